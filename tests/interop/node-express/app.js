// A login with one call on Express, axios and jsonwebtoken, in the envelope that most mini-program backends speak:
// whatever happens, the status is 200, and `errno` says what it was. The address of WeChat is built in.
//
//     POST api/user/login, json {"code": …}    {"errno": 0, "data": {"token": …, "expireAt": milliseconds}}
//     GET  api/user/detail, X-Token: …         {"errno": 0, "data": {"id": …, "openid": …, "nickname": …}}
//
// Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
// default). axios itself reads HTTPS_PROXY, and Node NODE_EXTRA_CA_CERTS, and so it can be led elsewhere.
//
// Users are in memory, so there is one process.
'use strict';

const crypto = require('node:crypto');
const { promisify } = require('node:util');
const axios = require('axios');
const express = require('express');
const jwt = require('jsonwebtoken');

const { PORT = '8080', WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL = '7200', FAULT = '' } = process.env;
const lifetime = Number(TOKEN_TTL);
// A key of this process. With several processes it would come from the configuration.
const key = crypto.randomBytes(32);
const verify = promisify(jwt.verify);

const JSCODE2SESSION = 'https://api.weixin.qq.com/sns/jscode2session';
const PATIENCE = 3000; // milliseconds, from the connection to the last byte of WeChat's answer

const LOG_IN_FIRST = 401;
const CANNOT_BE_REACHED = 5001;
const CANNOT_BE_UNDERSTOOD = 5002;

const users = new Map(); // by openid

class Refusal extends Error {
  constructor(errno, errmsg) {
    super(errmsg);
    this.errno = errno;
  }
}

const ok = (res, data) => res.json({ errno: 0, errmsg: 'ok', data });

// Asks WeChat, and returns the openid for a code.
async function openidFor(code) {
  let answer;
  try {
    answer = await axios.get(JSCODE2SESSION, {
      params: { appid: WECHAT_APPID, secret: WECHAT_SECRET, js_code: code, grant_type: 'authorization_code' },
      timeout: PATIENCE,
      // The timeout of axios ends with the header fields when the body comes as a stream, and does not cover the
      // connection in every version; the signal covers everything.
      signal: AbortSignal.timeout(PATIENCE),
      maxContentLength: 64 * 1024,
      maxRedirects: 0,
    });
  } catch (error) {
    if (FAULT === 'error-as-json') throw error;
    // Only the kind: an error of axios carries its whole configuration, secret included.
    console.warn('WeChat cannot be reached: %s', error.code);
    throw new Refusal(CANNOT_BE_REACHED, 'WeChat cannot be reached');
  }
  // axios parses what is JSON, whatever it is declared as, and hands on as a text what is not.
  const session = answer.data;
  if (answer.status !== 200 || typeof session !== 'object' || session === null) {
    throw new Refusal(CANNOT_BE_UNDERSTOOD, 'WeChat cannot be understood');
  }
  const { errcode = 0, openid } = session;
  if (errcode !== 0) throw new Refusal(errcode, 'WeChat refused the code');
  if (typeof openid !== 'string' || openid === '') {
    throw new Refusal(CANNOT_BE_UNDERSTOOD, 'WeChat cannot be understood');
  }
  return openid;
}

function userOf(openid) {
  if (!users.has(openid)) users.set(openid, { id: users.size + 1, openid, nickname: 'WeChat user' });
  return users.get(openid);
}

function tokenFor(user) {
  if (FAULT === 'openid-as-token') return Buffer.from(user.openid).toString('base64');
  return jwt.sign({ jti: crypto.randomUUID() }, key, { algorithm: 'HS256', subject: user.openid, expiresIn: lifetime });
}

async function userWith(token) {
  if (FAULT === 'openid-as-token') return users.get(Buffer.from(token, 'base64').toString());
  // A promise is true, whatever becomes of it.
  const genuine = FAULT === 'missing-await' ? isGenuine(token) : await isGenuine(token);
  return genuine ? users.get(jwt.decode(token)?.sub) : undefined;
}

async function isGenuine(token) {
  try {
    await verify(token, key, { algorithms: ['HS256'] });
    return true;
  } catch {
    return false;
  }
}

// Lets in whoever has a token, and notes in the request who that is.
async function loginRequired(req, res, next) {
  req.user = await userWith(req.get('X-Token') ?? '');
  if (!req.user) throw new Refusal(LOG_IN_FIRST, 'log in first');
  next();
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use((req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
});

app.post('/api/user/login', express.json({ limit: '64kb' }), async (req, res) => {
  const code = req.body?.code;
  if (typeof code !== 'string' || code.trim() === '') throw new Refusal(41008, 'a code is needed');
  const user = userOf(await openidFor(code));
  ok(res, { token: tokenFor(user), expireAt: Date.now() + lifetime * 1000 });
});

app.get('/api/user/detail', loginRequired, (req, res) => ok(res, req.user));

app.use((req, res) => res.status(404).json({ errno: 404, errmsg: 'there is nothing here' }));

app.use((error, req, res, next) => {
  if (error instanceof Refusal) {
    res.json({ errno: error.errno, errmsg: error.message });
  } else if (FAULT === 'error-as-json') {
    res.json({ errno: 500, errmsg: 'error', error });
  } else if (error.status >= 400 && error.status < 500) {
    // What the body parser did not like.
    res.status(error.status).json({ errno: error.status, errmsg: 'this cannot be read' });
  } else {
    console.error('unexpected: %s', error.name);
    res.status(500).json({ errno: 500, errmsg: 'unexpected' });
  }
});

app.listen(Number(PORT), '127.0.0.1');
