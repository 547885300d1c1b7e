// The part of WeChat's `wx` that the published client uses, over a scripted list of answers.
//
// The host sets `scriptText` and `answersText`, evaluates `begin(i)` for each event, then `turn()`
// until it gives false, running the promise jobs in between, and reads `report()` at the end.

const script = JSON.parse(scriptText);
const config = {url: 'http://backend/'};
const answers = JSON.parse(answersText);
const stored = script.storage ?? {};
const output = {requests: [], events: [], stages: [], storage: stored};
const tasks = [];
let event;

// What HTTP can carry in a header value. A request with more fails before it is sent.
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

const header = (fields, name) =>
    Object.entries(fields).filter(([field]) => field.toLowerCase() === name).map(([, value]) => value)[0];

const parsed = text => {
    try { return JSON.parse(text) } catch (refused) { return text }
};

const wx = {
    getStorageSync: key => key in stored ? stored[key] : '',
    setStorageSync: (key, value) => { stored[key] = value },
    checkSession: ({success, fail}) =>
        void tasks.push(() => event.session === 'valid' ? success() : fail()),
    login: ({success, fail}) =>
        void tasks.push(() => script.codes.length > 0 ? success({code: script.codes.shift()}) : fail()),
    request({url, method = 'GET', data, header: fields, success}) {
        const pair = ([key, value]) => encodeURIComponent(key) + '=' + encodeURIComponent(String(value));
        const text = Object.entries(data).map(pair).join('&');
        const request = {
            method,
            path: url.slice(config.url.length - 1),
            query: method === 'GET' ? text : '',
            authorization: header(fields, 'authorization') ?? null,
            content_type: header(fields, 'content-type'),
            body: method === 'GET' ? '' : text,
            status: null,
        };
        output.requests.push(request);
        tasks.push(() => {
            if (!SENDABLE.test(request.authorization ?? '')) return;
            const answer = answers.shift();
            if (answer === null) return;
            request.status = answer.status;
            try { success({statusCode: answer.status, data: parsed(answer.body)}) }
            catch (thrown) { request.callback_threw = true }
        });
    },
};

const getApp = () => ({config, onFire: {fire: name => output.events.push(name)}});
const console = {log() {}};
globalThis.Date = class { getTime() { return event.now_ms } };

// Says of every stage what became of its promise.
function watched(client) {
    for (const stage of ['login', 'code2session', 'getToken', 'storeUserinfo']) {
        const method = client[stage];
        client[stage] = argument => {
            const entry = {stage, outcome: 'pending'};
            output.stages.push(entry);
            const settle = outcome => () => { entry.outcome = outcome };
            try {
                const promise = method(argument);
                promise.then(settle('fulfilled'), settle('rejected'));
                return promise;
            } catch (thrown) {
                entry.outcome = 'rejected';
                throw thrown;
            }
        };
    }
    return client;
}

function guarded(task) {
    try { task() } catch (thrown) { /* An exception in a callback of `wx` ends there. */ }
}

function begin(index) {
    event = script.events[index];
    app.wxutil ??= watched(new WxUtil());
    guarded(() => event.event === 'launch' ? app.wxutil.initlogin() : app.onShow({}));
}

function turn() {
    const task = tasks.shift();
    if (task) guarded(task);
    return task !== undefined;
}

const report = () => JSON.stringify(output);
