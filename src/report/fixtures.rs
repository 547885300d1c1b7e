//! Hand-made records that the tests of this module show.

use crate::record::{
    BackendRecord, BaselineEntry, BaselineRecord, EvidenceRecord, ExchangeRecord, Level, MessageRecord,
    PlannedRecord, RequirementRecord, RequirementVerdict, RunRecord, RunVerdict, SCHEMA, ScenarioCounts,
    ScenarioRecord, ScenarioVerdict, Selection, ShardRecord, StaleEntry, StaleKind, StepRecord, ToolRecord,
    Totals, UnexpectedCall, VerdictCounts, Waiver,
};

const CODE: &str = "Exchanging the login code";
const TOKEN: &str = "Trading the openid for a token";
const USER: &str = "What a token opens";
const WECHAT: &str = "Living with the real platform";

/// Compares a report with the accepted one in the folder `snapshots`.
pub(super) fn assert_snapshot(name: &str, report: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, report));
}

/// Returns every example.
pub(super) fn all() -> [RunRecord; 7] {
    [conforming(), nonconforming(), unreachable(), unasked(), died(), partial(), interrupted()]
}

/// Everything judged is kept; one requirement is an observation.
pub(super) fn conforming() -> RunRecord {
    run(RunVerdict::Conforming, None, kept_requirements())
}

/// Two musts are broken, and there is one of every other verdict.
pub(super) fn nonconforming() -> RunRecord {
    let mut requirements = kept_requirements();
    requirements.insert(1, broken_code());
    requirements.push(advised_token());
    requirements.push(unjudged(
        "TOKEN-19",
        TOKEN,
        Level::Should,
        RequirementVerdict::Skipped,
        "The end that a JWT names agrees with the announced lifetime",
        "the tokens of this backend are not JWTs",
    ));
    requirements.push(broken_user());
    requirements.push(waived_user());
    requirements.push(unjudged(
        "USER-05",
        USER,
        Level::Must,
        RequirementVerdict::Skipped,
        "A forged JWT is refused",
        "the tokens of this backend are not JWTs",
    ));
    requirements.push(undecided_wechat());
    for (id, sentence) in [
        ("WECHAT-08", "After each of these the next login succeeds"),
        ("WECHAT-10", "An openid that is empty, null, a number or absent is a refusal"),
        ("WECHAT-12", "While WeChat is silent for one person, others still log in"),
    ] {
        requirements.push(unjudged(
            id,
            WECHAT,
            Level::Must,
            RequirementVerdict::Undecided,
            sentence,
            "the stand-in was not asked for an earlier login",
        ));
    }
    let mut record = run(RunVerdict::Nonconforming, None, requirements);
    record.backend.url = "http://127.0.0.1:8080/api".to_owned();
    record.backend.kind = "external".to_owned();
    record.baseline = Some(known());
    record.command =
        ["wxconform", "--backend", "http://127.0.0.1:8080/api", "--seed", "42"].map(str::to_owned).to_vec();
    record.unexpected_calls = vec![UnexpectedCall {
        method: "POST".to_owned(),
        path: "/cgi-bin/message/custom/send\u{1b}[31m".to_owned(),
        count: 3,
    }];
    record
}

/// Nobody answered, so nothing was judged.
pub(super) fn unreachable() -> RunRecord {
    let mut record = run(
        RunVerdict::Undecided,
        Some("nobody answers at http://127.0.0.1:8080 (connection refused)"),
        Vec::new(),
    );
    record.backend.url = "http://127.0.0.1:8080".to_owned();
    record.backend.kind = "external".to_owned();
    record.contract = "envelope".to_owned();
    record.totals.scenarios.planned = 52;
    record.preflight.clone_from(&record.reason);
    record.totals.exchanges = 0;
    record.totals.wechat_calls = 0;
    record.duration_ms = 31;
    record
}

/// The backend never asked WeChat, so nothing was judged of all that was selected.
pub(super) fn unasked() -> RunRecord {
    let reason = "the backend answers, but never asked the stand-in about a fresh code; its answer was 200";
    let mut requirements = nonconforming().requirements;
    for requirement in &mut requirements {
        let skipped = requirement.verdict == RequirementVerdict::Skipped;
        requirement.waiver = None;
        if skipped {
            continue;
        }
        requirement.verdict = RequirementVerdict::Undecided;
        requirement.reason = Some(reason.to_owned());
        for one in &mut requirement.scenarios {
            let location = one.location.clone();
            *one = scenario(&one.name, ScenarioVerdict::Undecided);
            (one.location, one.reason, one.duration_ms) = (location, Some(reason.to_owned()), 0);
        }
    }
    let mut record = run(RunVerdict::Undecided, Some(reason), requirements);
    record.backend.url = "http://127.0.0.1:8080".to_owned();
    record.backend.kind = "external".to_owned();
    record.baseline = Some(known());
    record.command =
        ["wxconform", "--backend", "http://127.0.0.1:8080", "--seed", "42"].map(str::to_owned).to_vec();
    record.totals.scenarios.ran = 0;
    record.preflight.clone_from(&record.reason);
    record
}

/// Only some requirements were asked for.
pub(super) fn partial() -> RunRecord {
    let mut record = run(RunVerdict::Partial, None, kept_requirements());
    record.selection =
        Selection { only: vec!["CODE-01".to_owned()], tags: Some("@must and not @serial".to_owned()) };
    record.totals.catalogue = 96;
    record.strict = true;
    record.secrets_shown = true;
    record
}

/// A launched backend ended half-way.
pub(super) fn died() -> RunRecord {
    let mut record = run(
        RunVerdict::Undecided,
        Some("the launched backend ended with status 3 after 0.8 s; it was answering GET /user (TOKEN-07/1)"),
        vec![unjudged(
            "TOKEN-07",
            TOKEN,
            Level::Must,
            RequirementVerdict::Undecided,
            "A token that was altered in any place opens nothing",
            "the launched backend ended with status 3 after 0.8 s; it was answering GET /user (TOKEN-07/1)",
        )],
    );
    record.backend.kind = "launched".to_owned();
    record.shard = Some(ShardRecord {
        index: 1,
        of: 2,
        plan: vec![PlannedRecord {
            requirement: "CODE-01".to_owned(),
            scenarios: vec!["features/example.feature:12".to_owned()],
        }],
        everywhere: Vec::new(),
        musts_left_out: 60,
        beside: Vec::new(),
        asked: true,
        died: Some("the launched backend ended with status 3".to_owned()),
    });
    record.backend.command = Some("node server.js --port {port} --secret=***".to_owned());
    record.backend.output = vec![
        "listening on 40001".to_owned(),
        "TypeError: Cannot read properties of undefined (reading 'length')\u{1b}[31m".to_owned(),
    ];
    record
}

/// What was judged is kept, but the run ended before the plan did.
pub(super) fn interrupted() -> RunRecord {
    let mut record = run(RunVerdict::Partial, Some("the run was interrupted"), kept_requirements());
    record.totals.scenarios.planned = 9;
    record
}

fn run(verdict: RunVerdict, reason: Option<&str>, requirements: Vec<RequirementRecord>) -> RunRecord {
    let mut counts = VerdictCounts::default();
    for requirement in &requirements {
        counts.add(requirement.verdict);
    }
    let ran = requirements.iter().map(|requirement| requirement.scenarios.len()).sum();
    RunRecord {
        schema: SCHEMA.to_owned(),
        tool: ToolRecord { name: "wxconform".to_owned(), version: "0.1.0".to_owned() },
        backend: BackendRecord {
            url: "http://127.0.0.1:40001".to_owned(),
            kind: "reference".to_owned(),
            wechat: "http://127.0.0.1:40002".to_owned(),
            command: None,
            output: Vec::new(),
        },
        contract: "documented".to_owned(),
        evidence: Some(EvidenceRecord {
            catalogue: format!("sha256:{}", "c".repeat(64)),
            contract: format!("sha256:{}", "d".repeat(64)),
            digest: Some(format!("sha256:{}", "e".repeat(64))),
        }),
        seed: 42,
        started_at: "2025-01-02T03:04:05Z".to_owned(),
        duration_ms: 1840,
        strict: false,
        selection: Selection::default(),
        shard: None,
        baseline: None,
        preflight: None,
        verdict,
        reason: reason.map(str::to_owned),
        totals: Totals {
            catalogue: requirements.len(),
            selected: requirements.len(),
            requirements: counts,
            scenarios: ScenarioCounts { planned: ran, ran },
            exchanges: 410,
            wechat_calls: 96,
        },
        command: Vec::new(),
        secrets_shown: false,
        requirements,
        unexpected_calls: Vec::new(),
    }
}

fn kept_requirements() -> Vec<RequirementRecord> {
    let mut observed = requirement(
        "TOKEN-17",
        TOKEN,
        Level::Observe,
        "Whether an openid alone, without any proof of the WeChat session, obtains a token",
    );
    observed.verdict = RequirementVerdict::Observed;
    observed.reason = Some("an openid alone obtains a token".to_owned());
    observed.scenarios[0].notes = vec!["an openid alone obtains a token".to_owned()];
    vec![
        requirement(
            "CODE-01",
            CODE,
            Level::Must,
            "A fresh code yields exactly the openid that WeChat gave for it",
        ),
        requirement(
            "CODE-04",
            CODE,
            Level::Must,
            "The code reaches WeChat as the client sent it: encoded, whole, and unable to add or override a parameter",
        ),
        requirement(
            "TOKEN-02",
            TOKEN,
            Level::Must,
            "The lifetime is a positive finite JSON number of seconds: the documented client adds it to a clock",
        ),
        observed,
    ]
}

fn requirement(id: &str, area: &str, level: Level, sentence: &str) -> RequirementRecord {
    let mut scenario = scenario("It is so", ScenarioVerdict::Kept);
    scenario.steps = vec![step("When Alice logs in", "passed"), step("Then it is so", "passed")];
    RequirementRecord {
        id: id.to_owned(),
        area: area.to_owned(),
        level,
        sentence: sentence.to_owned(),
        why: "Every later request of the person stands on this answer.".to_owned(),
        fix: "Pass the value on unchanged.".to_owned(),
        source: "flow 2".to_owned(),
        verdict: RequirementVerdict::Kept,
        reason: None,
        waiver: None,
        scenarios: vec![scenario],
    }
}

fn unjudged(
    id: &str,
    area: &str,
    level: Level,
    verdict: RequirementVerdict,
    sentence: &str,
    reason: &str,
) -> RequirementRecord {
    let mut unjudged = requirement(id, area, level, sentence);
    unjudged.verdict = verdict;
    unjudged.reason = Some(reason.to_owned());
    let seen = if verdict == RequirementVerdict::Skipped {
        ScenarioVerdict::Skipped
    } else {
        ScenarioVerdict::Undecided
    };
    unjudged.scenarios = vec![scenario("It is so", seen)];
    unjudged.scenarios[0].reason = Some(reason.to_owned());
    unjudged
}

fn broken_code() -> RequirementRecord {
    let mut broken =
        requirement("CODE-02", CODE, Level::Must, "A code is exchanged once: the second time it is refused");
    broken.verdict = RequirementVerdict::Broken;
    broken.why = "A code that leaks through a log or a proxy would let its finder log in as the person, \
                  for as long as the backend remembers it."
        .to_owned();
    broken.fix = "Ask WeChat for every code and trust its answer; do not keep a table of codes.".to_owned();
    let mut replay = scenario("Alice's code is exchanged a second time", ScenarioVerdict::Broken);
    replay.location = "features/code_exchange.feature:31".to_owned();
    replay.expected = Some("a refusal".to_owned());
    replay.actual = Some("200 with the openid oA1b2C3 for the second time".to_owned());
    replay.steps = vec![
        step("Given Alice has exchanged a code", "passed"),
        step("When she exchanges the same code again", "passed"),
        step("Then the exchange is refused", "failed"),
        step("And WeChat is asked", "not reached"),
    ];
    let path = "/miniprogram/wxmp/code2session?code=081Kq4Ga1MSox41R6bJa1Kq4Ga1";
    replay.exchanges = vec![
        phone(10.0, "GET", path, Some(200), r#"{"data":{"openid":"oA1b2C3"}}"#),
        wechat(11.0, Some(200), r#"{"openid":"oA1b2C3","session_key":"***"}"#),
        phone(20.0, "GET", path, Some(200), r#"{"data":{"openid":"oA1b2C3"}}"#),
    ];
    replay.exchanges[2].judged = true;
    broken.scenarios = vec![replay, scenario("A refused code stays refused", ScenarioVerdict::Kept)];
    broken
}

fn broken_user() -> RequirementRecord {
    let mut broken = requirement("USER-03", USER, Level::Must, "An altered token is refused");
    broken.verdict = RequirementVerdict::Broken;
    broken.why = "Whoever can change a token can become somebody else.".to_owned();
    broken.fix = "Look the token up whole, or verify its signature before reading it.".to_owned();
    let mut altered = scenario("One character is changed", ScenarioVerdict::Broken);
    altered.location = "features/user_info.feature:40".to_owned();
    altered.expected = Some("a refusal".to_owned());
    // What a hostile backend would like the terminal to do.
    altered.actual =
        Some(format!("200 with \u{1b}[2J\u{1b}[1;32mCONFORMING\u{202e}\0{}", "很好".repeat(400)));
    altered.steps =
        vec![step("When Alice asks for user info with it", "passed"), step("Then it is refused", "failed")];
    altered.exchanges = (0_u8..9)
        .map(|turn| {
            let path = format!("/user/info?turn={turn}");
            phone(f64::from(turn), "GET", &path, Some(200), "{\"nick\":\"\u{1b}]0;owned\u{7}\"}")
        })
        .collect();
    broken.scenarios = vec![altered];
    broken
}

fn known() -> BaselineRecord {
    let entry = |requirement: &str, line, reason: &str, until: Option<&str>| BaselineEntry {
        requirement: requirement.to_owned(),
        line,
        waiver: Waiver {
            reason: reason.to_owned(),
            owner: "Li Wei".to_owned(),
            until: until.map(str::to_owned),
        },
    };
    let stale = |requirement: &str, line, kind, why: &str| StaleEntry {
        requirement: requirement.to_owned(),
        line,
        kind,
        why: why.to_owned(),
    };
    BaselineRecord {
        path: "known.toml".to_owned(),
        entries: vec![
            entry("CODE-01", 5, "the old gateway answers with its own number", None),
            entry("USER-04", 10, "known since the first release, ticket 17", Some("2027-01-31")),
            entry("WECHAT-07", 16, "the new client comes with release 3", Some("2024-12-31")),
        ],
        stale: vec![
            stale("CODE-01", 5, StaleKind::Kept, "the deviation did not occur"),
            stale("WECHAT-07", 16, StaleKind::Ended, "its last day, 2024-12-31, is over"),
        ],
    }
}

fn waived_user() -> RequirementRecord {
    let mut waived = requirement("USER-04", USER, Level::Must, "Another scheme is refused");
    waived.verdict = RequirementVerdict::Waived;
    waived.waiver = Some(known().entries[1].waiver.clone());
    waived.reason = waived.waiver.as_ref().map(|waiver| waiver.reason.clone());
    waived.scenarios[0].verdict = ScenarioVerdict::Broken;
    waived.scenarios[0].expected = Some("a refusal".to_owned());
    waived.scenarios[0].actual = Some("200".to_owned());
    waived
}

fn advised_token() -> RequirementRecord {
    let mut advised =
        requirement("TOKEN-04", TOKEN, Level::Should, "The answer with the token forbids caches to keep it");
    advised.verdict = RequirementVerdict::Advised;
    advised.why = "A cache between backend and phone would hand the token to the next person.".to_owned();
    advised.fix = "Send Cache-Control: no-store with every answer that carries a token.".to_owned();
    advised.source = "RFC 6749 section 5.1".to_owned();
    let mut cached = scenario("Alice obtains a token", ScenarioVerdict::Broken);
    cached.expected = Some("Cache-Control: no-store".to_owned());
    cached.actual = Some("no Cache-Control field".to_owned());
    cached.steps =
        vec![step("When Alice obtains a token", "passed"), step("Then no cache may keep it", "failed")];
    cached.exchanges = vec![phone(5.0, "POST", "/auth/openid/token", Some(200), r#"{"access_token":"***"}"#)];
    advised.scenarios = vec![cached];
    advised
}

fn undecided_wechat() -> RequirementRecord {
    let reason = "the backend closed the connection before WeChat's silence was over";
    let mut undecided = unjudged(
        "WECHAT-07",
        WECHAT,
        Level::Must,
        RequirementVerdict::Undecided,
        "A silent WeChat is a refusal within the patience of the contract",
        reason,
    );
    undecided.why = "The person looks at a spinner until the phone gives up.".to_owned();
    undecided.fix = "Set a timeout on the client that asks WeChat.".to_owned();
    let mut lost = phone(70.0, "GET", "/miniprogram/wxmp/code2session?code=silent", None, "");
    lost.failure = Some("the connection ended before the answer was complete (reset by peer)".to_owned());
    lost.redirects = vec!["http://127.0.0.1:8080/api/elsewhere".to_owned()];
    undecided.scenarios[0].steps = vec![step("When Alice logs in while WeChat is silent", "failed")];
    let mut bytes = message("\u{fffd}\u{fffd}");
    (bytes.body_bytes, bytes.hex) = (2, Some("fffe".to_owned()));
    lost.request = bytes;
    undecided.scenarios[0].exchanges = vec![lost, wechat(71.0, None, "")];
    undecided
}

fn scenario(name: &str, verdict: ScenarioVerdict) -> ScenarioRecord {
    ScenarioRecord {
        name: name.to_owned(),
        location: "features/example.feature:12".to_owned(),
        verdict,
        reason: None,
        expected: None,
        actual: None,
        notes: Vec::new(),
        duration_ms: 12,
        steps: Vec::new(),
        exchanges: Vec::new(),
    }
}

fn step(text: &str, outcome: &str) -> StepRecord {
    StepRecord { text: text.to_owned(), outcome: outcome.to_owned() }
}

fn phone(at_ms: f64, method: &str, path: &str, status: Option<u16>, body: &str) -> ExchangeRecord {
    ExchangeRecord {
        from: "phone".to_owned(),
        to: "backend".to_owned(),
        actor: "Alice".to_owned(),
        purpose: "code exchange".to_owned(),
        at_ms,
        took_ms: 1.25,
        method: method.to_owned(),
        url: format!("http://127.0.0.1:8080/api{path}"),
        request: message(""),
        status,
        judged: false,
        redirects: Vec::new(),
        answer: status.map(|_| message(body)),
        failure: None,
    }
}

fn wechat(at_ms: f64, status: Option<u16>, body: &str) -> ExchangeRecord {
    let path = "/sns/jscode2session?appid=wx0123456789abcdef&secret=***&js_code=081Kq4Ga1MSox41R6bJa1Kq4Ga1";
    let mut call = phone(at_ms, "GET", path, status, body);
    call.from = "backend".to_owned();
    call.to = "wechat".to_owned();
    call.url = format!("http://127.0.0.1:40002{path}");
    call
}

fn message(body: &str) -> MessageRecord {
    MessageRecord {
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_owned(),
        body_bytes: body.len(),
        cut: false,
        hex: None,
    }
}
