//! Is the picture of the login what a run of the reference backend shows?

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use wxconform::backend::{Target, TimeControl};
use wxconform::record::{ExchangeRecord, RequirementVerdict};
use wxconform::reference::{Reference, Settings};
use wxconform::report::picture;
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::{Catalogue, Choice, Judging, Plan, judge};

use crate::docs::assert_committed;

const PICTURE: &str = "docs/login-flow.svg";

/// Returns what passes between the parties when somebody opens the mini program for the first time.
async fn first_login() -> Vec<ExchangeRecord> {
    let local = ([127, 0, 0, 1], 0).into();
    let standin = StandIn::start(local, StandInSettings::default()).await.unwrap();
    let backend = Reference::start(local, Settings::new(standin.url())).await.unwrap();
    let target = Target::new(&backend.url(), TimeControl::Wait(std::time::Duration::ZERO)).unwrap();
    let choice = Choice { only: vec!["LOGIN-01".to_owned()], tags: None };
    let plan = Plan::new(&Catalogue::embedded().unwrap(), &choice, target.time()).unwrap();
    let judging = Judging { plan, jobs: 1, ..Judging::whole(target, 0).unwrap() };
    let mut record = judge(&judging, &standin).await.unwrap();
    backend.stop().await.unwrap();
    assert_eq!(record.requirements[0].verdict, RequirementVerdict::Kept);
    record.requirements.remove(0).scenarios.remove(0).exchanges
}

/// Takes out what differs from run to run: the times, and the code, the openid and the number of the person.
fn normalise(exchanges: &mut [ExchangeRecord]) {
    let url = &exchanges[0].url;
    let code = url.split_once("code=").unwrap().1.to_owned();
    let openid = exchanges[0].answer.as_ref().unwrap().body.split('"').nth_back(1).unwrap().to_owned();
    let named = |text: &str| {
        let text = text.replace(&code, "CODE").replace(&openid, "OPENID");
        regex::Regex::new("(\"u|user )[0-9]+").unwrap().replace_all(&text, "${1}1").into_owned()
    };
    let mut now = 0.0;
    for exchange in exchanges {
        // A call to WeChat stands within the request that leads to it.
        (exchange.at_ms, exchange.took_ms) = (now, if exchange.from == "phone" { 15.0 } else { 1.0 });
        now += if exchange.from == "phone" && now == 0.0 { 10.0 } else { 20.0 };
        exchange.url = named(&exchange.url);
        exchange.request.body = named(&exchange.request.body);
        if let Some(answer) = &mut exchange.answer {
            answer.body = named(&answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_of_the_login_is_what_a_run_shows() {
    let mut exchanges = first_login().await;
    let parties: Vec<&str> = exchanges.iter().map(|one| one.to.as_str()).collect();
    assert_eq!(parties, ["backend", "wechat", "backend", "backend"]);
    normalise(&mut exchanges);
    let svg = picture(
        &exchanges,
        "The documented login of a WeChat mini program",
        "The phone sends its code to the backend, which asks WeChat and answers with the openid. With the openid the \
         phone obtains a token, and with the token its user info.",
    );
    assert!(svg.contains("code=CODE") && svg.contains("OPENID") && svg.contains("Bearer ***"), "{svg}");
    assert_committed(PICTURE, &svg);
}
