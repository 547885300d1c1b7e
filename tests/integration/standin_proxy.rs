//! Does the stand-in answer for WeChat when it is taken for a proxy, and lead nowhere else?

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use wxconform::standin::{RefusedHost, StandIn, Trouble, Way};

use crate::standin_stage::{
    End, LIMIT, WECHAT, as_wechat, asked, connected, get, secured, stand_in, target, troubled, trusting,
    tunnel,
};

/// What a client is told whose tunnel is open.
const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

fn refused(host: &str, way: Way, count: u64) -> RefusedHost {
    RefusedHost { host: host.to_owned(), way, count }
}

#[tokio::test]
async fn a_tunnel_ends_at_the_stand_in_with_tls_or_without() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    let own = format!("localhost:{}", stand_in.address().port());
    for to in ["api.weixin.qq.com:443", "HK.API.WEIXIN.QQ.COM:443", "api2.weixin.qq.com:80", own.as_str()] {
        for secure in [true, false] {
            let request = get(&target(&wechat, &wechat.login(&alice)));
            let mut stream = connected(&stand_in);
            assert_eq!(tunnel(&mut stream, to), OPEN, "{to}");
            let (answer, end) = if secure {
                asked(&mut as_wechat(&stand_in, stream), &request, LIMIT)
            } else {
                asked(&mut stream, &request, LIMIT)
            };
            assert!(answer.contains(alice.openid.as_str()) && end == End::Closed, "{to}: {answer}");
        }
    }
    assert_eq!(stand_in.refused_hosts(), []);
}

#[tokio::test]
async fn a_tunnel_can_be_asked_for_through_tls_and_after_other_requests() {
    let (stand_in, _) = stand_in().await;
    let mut proxy = secured(connected(&stand_in), trusting(&stand_in, rustls::ALL_VERSIONS), "localhost");
    write!(proxy, "GET http://{WECHAT}/a HTTP/1.1\r\nHost: {WECHAT}\r\nContent-Length: 0\r\n\r\n")
        .expect("the request goes out");
    let head = crate::standin_stage::head(&mut proxy);
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .and_then(|text| text.parse().ok())
        .expect("a length");
    std::io::Read::read_exact(&mut proxy, &mut vec![0; length]).expect("a body");
    assert_eq!(tunnel(&mut proxy, "api.weixin.qq.com:443"), OPEN);
    let (answer, end) = asked(&mut as_wechat(&stand_in, proxy), &get("/b"), LIMIT);
    assert!(answer.contains("40066") && end == End::Closed, "{answer}");
}

#[tokio::test]
async fn who_does_not_wait_for_the_tunnel_to_open_is_served() {
    let (stand_in, _) = stand_in().await;
    let mut stream = connected(&stand_in);
    let request = format!("CONNECT {WECHAT}:443 HTTP/1.1\r\nHost: {WECHAT}:443\r\n\r\n{}", get("/a"));
    let (answer, end) = asked(&mut stream, &request, LIMIT);
    assert!(answer.starts_with(OPEN) && answer.contains("40066") && end == End::Closed, "{answer}");
}

#[tokio::test]
async fn a_whole_url_is_answered_as_if_it_had_been_sent_there() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    let own = format!("http://{}", stand_in.address());
    for origin in ["http://api.weixin.qq.com", "https://sz.api.weixin.qq.com:443", &own] {
        let code = wechat.login(&alice);
        let request = get(&format!("{origin}{}", target(&wechat, &code)));
        let (answer, _) = asked(&mut connected(&stand_in), &request, LIMIT);
        assert!(answer.contains(alice.openid.as_str()), "{origin}: {answer}");
        let url = &wechat.calls(&code)[0].request.url;
        assert_eq!(*url, format!("{own}{}", target(&wechat, &code)), "{origin}");
    }
    // Some clients send such a request through TLS.
    let request = get(&format!("https://{WECHAT}{}", target(&wechat, &wechat.login(&alice))));
    let (answer, _) = asked(&mut as_wechat(&stand_in, connected(&stand_in)), &request, LIMIT);
    assert!(answer.contains(alice.openid.as_str()), "{answer}");
}

#[tokio::test]
async fn every_other_host_is_refused_and_noted_and_nobody_is_dialled() {
    let (stand_in, wechat) = stand_in().await;
    // Somebody who listens and must not be called.
    let neighbour = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    neighbour.set_nonblocking(true).expect("a listener");
    let neighbour_at = neighbour.local_addr().expect("an address").to_string();
    for to in ["example.com:443", "api.weixin.qq.com:22", "open.weixin.qq.com:443", neighbour_at.as_str()] {
        let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n\r\n");
        let (answer, end) = asked(&mut connected(&stand_in), &request, LIMIT);
        assert!(answer.starts_with("HTTP/1.1 403 ") && end == End::Closed, "{to}: {answer}");
        let named = to.trim_end_matches(":443");
        assert!(answer.contains(&format!("{named} is not reached through wxconform")), "{answer}");
        assert!(answer.contains("no test reaches the real network"), "{answer}");
    }
    for url in ["http://example.com/", "https://example.com/", &format!("http://{neighbour_at}/")] {
        let (answer, _) = asked(&mut connected(&stand_in), &get(url), LIMIT);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{url}: {answer}");
    }
    // The same client goes on after that.
    let mut stream = connected(&stand_in);
    assert!(tunnel_refused(&mut stream, "example.com:443"));
    assert_eq!(tunnel(&mut stream, "api.weixin.qq.com:443"), OPEN);
    let mut expected = vec![
        refused(&neighbour_at, Way::Connect, 1),
        refused(&neighbour_at, Way::WholeUrl, 1),
        refused("api.weixin.qq.com:22", Way::Connect, 1),
        refused("example.com", Way::Connect, 2),
        refused("example.com", Way::WholeUrl, 1),
        refused("example.com:80", Way::WholeUrl, 1),
        refused("open.weixin.qq.com", Way::Connect, 1),
    ];
    expected.sort_by_key(|one| (one.host.clone(), one.way));
    assert_eq!(stand_in.refused_hosts(), expected);
    let error = neighbour.accept().expect_err("nobody was dialled");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(wechat.calls_total(), 0);
}

/// Asks for a tunnel that is refused, and reads why.
fn tunnel_refused(stream: &mut std::net::TcpStream, to: &str) -> bool {
    let head = tunnel(stream, to);
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.and_then(|text| text.parse().ok()).expect("a length");
    std::io::Read::read_exact(stream, &mut vec![0; length]).expect("a reason");
    head.starts_with("HTTP/1.1 403 ")
}

#[tokio::test]
async fn tunnels_in_tunnels_have_an_end() {
    let (stand_in, _) = stand_in().await;
    let mut stream = connected(&stand_in);
    let mut opened = 0;
    let refused = loop {
        let request = format!("CONNECT {WECHAT}:443 HTTP/1.1\r\nHost: {WECHAT}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the request goes out");
        let mut answer = [0; OPEN.len()];
        match std::io::Read::read_exact(&mut stream, &mut answer) {
            Ok(()) if answer == *OPEN.as_bytes() => opened += 1,
            other => break other,
        }
        assert!(opened < 100, "there is no end of it");
    };
    assert!(opened > 1 && refused.is_err(), "{opened} {refused:?}");
}

#[tokio::test]
async fn trouble_reaches_through_a_tunnel() {
    let (stand_in, wechat) = stand_in().await;
    for (trouble, end) in [(Trouble::ResetInBody, End::Reset), (Trouble::BodyCutShort, End::Closed)] {
        let request = get(&troubled(&wechat, trouble));
        let mut stream = connected(&stand_in);
        assert_eq!(tunnel(&mut stream, "api.weixin.qq.com:443"), OPEN);
        let (answer, ended) = asked(&mut as_wechat(&stand_in, stream), &request, LIMIT);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
        assert_eq!(body.len(), length.parse::<usize>().expect("a number") / 2, "{trouble}");
        assert_eq!(ended, end, "{trouble}");
    }
}

/// Returns a client as most backends have one: it knows WeChat's address, a proxy and whom to trust.
fn backend(stand_in: &StandIn) -> reqwest::Client {
    let proxy = reqwest::Proxy::https(stand_in.proxy_url()).expect("a proxy");
    reqwest::Client::builder()
        .proxy(proxy)
        .timeout(LIMIT)
        .tls_backend_preconfigured(trusting(stand_in, rustls::ALL_VERSIONS))
        .build()
        .expect("a client")
}

#[tokio::test]
async fn a_client_with_the_real_address_built_in_logs_in() {
    let (stand_in, wechat) = stand_in().await;
    let client = Arc::new(backend(&stand_in));
    let logging_in = (0..40).map(|number| {
        let (client, wechat) = (Arc::clone(&client), wechat.clone());
        async move {
            let person = wechat.person(&number.to_string());
            let url = format!("https://{WECHAT}{}", target(&wechat, &wechat.login(&person)));
            let answer = client.get(url).send().await.expect("an answer");
            assert_eq!(answer.headers()["content-type"], "text/plain");
            let answer = answer.text().await.expect("a body");
            assert!(answer.contains(person.openid.as_str()), "{answer}");
        }
    });
    futures::future::join_all(logging_in).await;
    let error = client.get("https://example.com/").send().await.expect_err("it is not reached");
    assert!(error.is_connect(), "{error}");
    assert_eq!(stand_in.refused_hosts(), [refused("example.com", Way::Connect, 1)]);
}

#[tokio::test]
async fn clients_that_open_tunnels_and_say_nothing_keep_nobody_waiting() {
    let (stand_in, wechat) = stand_in().await;
    let mut hanging = Vec::new();
    for _ in 0..50 {
        let mut stream = connected(&stand_in);
        assert_eq!(tunnel(&mut stream, "api.weixin.qq.com:443"), OPEN);
        hanging.push(stream);
    }
    let (answer, _) = asked(&mut as_wechat(&stand_in, connected(&stand_in)), &get("/a"), LIMIT);
    assert!(answer.contains("40066"), "{answer}");
    // They end with the stand-in.
    drop(stand_in);
    for stream in &mut hanging {
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a time limit");
        assert_eq!(std::io::Read::read(stream, &mut [0]).unwrap_or(0), 0);
    }
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}
