//! No fault is without effect.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use wxconform::reference::{Fault, FaultSet};

use super::bench::{Bench, RIGHT_CLIENT, Seen};
use super::wechat;

/// Plays a fixed sequence against a backend and returns everything that could be seen of it, from both sides.
async fn probe(faults: FaultSet) -> Vec<String> {
    let bench = Bench::start(faults).await;
    let mut seen = Vec::new();
    let bearer = |token: &str| format!("Bearer {token}");

    // A WeChat that is silent takes its time while everything else goes on.
    let silent = bench.request(Method::GET, "/miniprogram/wxmp/code2session?code=silent");
    let silent = tokio::spawn(Seen::by(silent.timeout(Duration::from_secs(3))));

    // The flow: a login, a second token, a second login, another person.
    let mut newest = Vec::new();
    for code in ["ok-ann-1", "ok-ann-2", "legacy-bob-1", "ok-cid-1"] {
        seen.push(bench.exchange(&format!("?code={code}")).await);
        let openid = seen.last().unwrap().text_at("/data/openid");
        seen.push(bench.token(&openid).await);
        let token = seen.last().unwrap().body()["access_token"].clone();
        let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
        seen.push(bench.user(Some(&bearer(&token))).await);
        seen.push(bench.token(&openid).await);
        seen.push(bench.user(Some(&bearer(&token))).await);
        newest.push((openid, token));
    }
    let (openid, token) = newest[0].clone();
    seen.push(bench.user(Some(&bearer(&token))).await);

    // Codes that are refused, and the login after each.
    let long = format!("ok-dan-{}", "9".repeat(40));
    for code in [
        "=",
        "=%22x%22",
        "=ok-ann-1",
        "=ok-ann-3",
        "=ok-ann-4",
        "=unknown",
        "=err-40226",
        "=err-45011",
        "=err-99999",
    ]
    .into_iter()
    .chain(["=ok-eve-1%26appid%3Dother", &format!("={long}"), "=says-nothing", "=says-%7B%7D"])
    {
        seen.push(bench.exchange(&format!("?code{code}")).await);
    }
    seen.push(bench.exchange("").await);
    let mut twins = futures::future::join_all(["?code=ok-ann-5"; 2].map(|query| bench.exchange(query))).await;
    twins.sort_by_key(|twin| twin.status);
    seen.extend(twins);

    // People at the same time, and people whose openids look alike.
    let fay_and_gus = ["?code=ok-fay-1", "?code=ok-gus-1"].map(|query| bench.exchange(query));
    seen.extend(futures::future::join_all(fay_and_gus).await);
    let both = [bearer(&token), bearer(&newest[2].1)];
    seen.extend(futures::future::join_all(both.iter().map(|token| bench.user(Some(token)))).await);
    let (_, alike) = bench.login("ok-ANN-1").await;
    seen.push(bench.user(Some(&bearer(&alike))).await);

    // Clients and openids that are refused.
    let form = format!("openid={openid}");
    for client in [None, Some("Basic YXBwOndyb25n"), Some("Basic YXBwOmFwcGxl"), Some("Basic YXBwOmF")]
        .into_iter()
        .chain([Some("Bearer YXBwOmFwcA=="), Some("Basic b3RoZXI6YXBw")])
    {
        seen.push(bench.token_as(client, &form).await);
    }
    let (repeated, start) =
        (format!("{form}&{form}"), format!("openid={}", wechat::openid("ann")[..27].to_owned()));
    let stranger = format!("openid={}", wechat::openid("zoe"));
    for form in ["", "openid=", "openid=x", &repeated, &start, &stranger] {
        seen.push(bench.token_as(Some(RIGHT_CLIENT), form).await);
    }

    // Tokens that are refused.
    let (cut, altered) =
        (token.get(..30).unwrap_or(&token), format!("{}{}", token.get(..30).unwrap_or(""), "x"));
    let case: String = token.chars().map(flipped).collect();
    for token in ["nonsense", cut, &altered, &case, &format!("{token}x")] {
        seen.push(bench.user(Some(&bearer(token))).await);
    }
    for value in [None, Some("Bearer "), Some(token.as_str()), Some(&format!("bearer {token}"))] {
        seen.push(bench.user(value).await);
    }

    // Requests that lead nowhere.
    seen.push(Seen::by(bench.request(Method::GET, "/nowhere")).await);
    seen.push(Seen::by(bench.request(Method::PUT, "/admin/user/info")).await);

    // The end of a token.
    for _ in 0..4 {
        bench.clock.advance(Duration::from_secs(1850));
        seen.push(bench.user(Some(&bearer(&token))).await);
    }
    seen.push(bench.token(&openid).await);
    let renewed = seen.last().unwrap().text_at("/access_token");
    seen.push(bench.user(Some(&bearer(&renewed))).await);

    seen.push(silent.await.unwrap());
    let mut asked = bench.wechat.asked();
    asked.sort();
    bench.backend.stop().await.unwrap();
    let mut tokens = Vec::new();
    seen.iter().map(|seen| seen.normal(&mut tokens)).chain(asked).collect()
}

fn flipped(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_changes_something_that_can_be_seen() {
    let correct = probe(FaultSet::default()).await;
    let again = probe(FaultSet::default()).await;
    let different: Vec<_> = correct.iter().zip(&again).filter(|(one, other)| one != other).collect();
    assert!(correct == again, "two correct backends must look the same: {different:#?}");
    let probes = Fault::ALL.iter().map(|fault| tokio::spawn(probe(FaultSet::from(*fault))));
    let probes: Vec<_> = futures::stream::iter(probes).buffered(16).collect().await;
    let mut without_effect = Vec::new();
    for (fault, seen) in Fault::ALL.iter().zip(probes) {
        if seen.unwrap() == correct {
            without_effect.push(fault.name());
        }
    }
    assert!(without_effect.is_empty(), "{without_effect:?}");
}
