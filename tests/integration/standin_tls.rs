//! Does the stand-in speak TLS in WeChat's names, and does everything travel through it as it does without?

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use wxconform::standin::{RefusedHost, Trouble, Way};

use crate::standin_stage::{
    End, LIMIT, WECHAT, as_wechat, asked, connected, get, head, secured, stand_in, troubled, trusting,
};

/// How long a client waits for an answer that never comes.
const PATIENCE: Duration = Duration::from_millis(400);

#[tokio::test]
async fn every_name_of_wechat_and_of_this_machine_is_vouched_for_in_both_versions() {
    let (stand_in, _) = stand_in().await;
    let names = [
        WECHAT,
        "api2.weixin.qq.com",
        "sh.api.weixin.qq.com",
        "sz.api.weixin.qq.com",
        "hk.api.weixin.qq.com",
        "localhost",
        "127.0.0.1",
        "::1",
    ];
    for name in names {
        for version in [&TLS12, &TLS13] {
            let mut stream = secured(connected(&stand_in), trusting(&stand_in, &[version]), name);
            let (answer, end) = asked(&mut stream, &get("/nowhere"), LIMIT);
            assert!(answer.contains("40066") && end == End::Closed, "{name}: {answer}");
            assert_eq!(stream.conn.protocol_version(), Some(version.version), "{name}");
        }
    }
    assert_eq!((stand_in.refused_hosts(), stand_in.failed_handshakes()), (vec![], vec![]));
}

#[tokio::test]
async fn the_authority_is_of_one_run_and_vouches_for_nothing_else() {
    let ((one, _), (other, _)) = (stand_in().await, stand_in().await);
    assert_ne!(one.ca_pem(), other.ca_pem());
    assert!(!one.ca_pem().contains("PRIVATE"));
    // A client that trusts the authority of another run does not trust this one, and that is told.
    let mut stream = secured(connected(&one), trusting(&other, &[&TLS13]), WECHAT);
    stream.write_all(b"x").expect_err("it is not trusted");
    drop(stream);
    while one.failed_handshakes().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let failed = one.failed_handshakes();
    assert!(failed[0].reason.contains("received fatal alert"), "{failed:?}");
    assert_eq!((failed.len(), failed[0].count, one.refused_hosts()), (1, 1, vec![]));
}

#[tokio::test]
async fn another_name_is_refused_with_an_alert_and_noted() {
    let (stand_in, wechat) = stand_in().await;
    for _ in 0..2 {
        let mut config = trusting(&stand_in, rustls::ALL_VERSIONS);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let mut stream = secured(connected(&stand_in), config, "open.weixin.qq.com");
        let error = stream.write_all(get("/a").as_bytes()).expect_err("it is refused");
        assert!(error.to_string().contains("UnrecognisedName"), "{error}");
    }
    let host = "open.weixin.qq.com".to_owned();
    assert_eq!(stand_in.refused_hosts(), [RefusedHost { host, way: Way::ServerName, count: 2 }]);
    assert_eq!(wechat.calls_total(), 0);
}

#[tokio::test]
async fn what_is_no_tls_and_who_stops_in_it_harms_nobody() {
    let (stand_in, wechat) = stand_in().await;
    // Somebody who stops in the middle of the handshake, and somebody who says nothing.
    let (mut stopping, silent) = (connected(&stand_in), connected(&stand_in));
    stopping.write_all(b"\x16\x03\x01\x02").expect("the beginning goes out");
    for nonsense in [&b"\x16\x03\x01\x00\x05hello"[..], b"\x16GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = connected(&stand_in);
        stream.write_all(nonsense).expect("it goes out");
        let mut said = Vec::new();
        let read = stream.read_to_end(&mut said).map_err(|error| error.kind());
        // An alert, if anything, and then the end.
        assert!(matches!(read, Ok(_) | Err(ErrorKind::ConnectionReset)), "{read:?}");
        assert!(said.is_empty() || said[0] == 0x15, "{said:?}");
    }
    let (answer, _) = asked(&mut as_wechat(&stand_in, connected(&stand_in)), &get("/a"), LIMIT);
    assert!(answer.contains("40066"), "{answer}");
    drop((stopping, silent));
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
    assert!(!stand_in.failed_handshakes().is_empty());
}

#[tokio::test]
async fn a_connection_is_kept_and_its_fields_are_those_of_the_real_service() {
    let (stand_in, wechat) = stand_in().await;
    let mut stream = as_wechat(&stand_in, connected(&stand_in));
    for _ in 0..3 {
        let request = format!("GET /nowhere HTTP/1.1\r\nHost: {WECHAT}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the request goes out");
        let head = head(&mut stream);
        assert!(head.contains("\r\nConnection: keep-alive\r\n"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
        let mut body = vec![0; length.parse().expect("a number")];
        stream.read_exact(&mut body).expect("a body");
    }
    assert_eq!(wechat.calls_total(), 3);
}

#[tokio::test]
async fn trouble_is_the_same_through_tls() {
    let (stand_in, wechat) = stand_in().await;
    let names = [
        "closed-before-answer",
        "closed-in-head",
        "body-cut-short",
        "reset-before-answer",
        "reset-after-head",
        "reset-in-body",
        "chunk-cut",
        "chunk-size-broken",
        "chunked-by-byte",
        "length-too-long",
        "close-delimited",
        "http-1-0",
        "interim-100",
        "in-pieces",
        "slow-body",
        "not-http",
        "silence",
        "silence-in-body",
        "trickle",
    ];
    for name in names {
        let trouble = Trouble::named(name).expect("a trouble");
        let silent = ["silence", "silence-in-body", "trickle"].contains(&name);
        let patience = if silent { PATIENCE } else { LIMIT };
        let (plain, tls) = (get(&troubled(&wechat, trouble)), get(&troubled(&wechat, trouble)));
        let stream = connected(&stand_in);
        stream.set_read_timeout(Some(patience)).expect("a time limit");
        let secure = connected(&stand_in);
        secure.set_read_timeout(Some(patience)).expect("a time limit");
        let mut secure = as_wechat(&stand_in, secure);
        let expected = asked(&mut { stream }, &plain, patience);
        assert_eq!(asked(&mut secure, &tls, patience), expected, "{name}");
    }
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}

#[tokio::test]
async fn refused_connections_are_refused_for_tls_as_well() {
    let (stand_in, wechat) = stand_in().await;
    let mut kept = as_wechat(&stand_in, connected(&stand_in));
    kept.write_all(format!("GET /a HTTP/1.1\r\nHost: {WECHAT}\r\n\r\n").as_bytes()).expect("it goes out");
    head(&mut kept);
    let refusing = wechat.refuse_connections().await;
    std::net::TcpStream::connect(stand_in.address()).expect_err("nobody listens");
    let mut rest = Vec::new();
    // Without a farewell, as from a machine that is switched off.
    let ended = kept.read_to_end(&mut rest).map_err(|error| error.kind());
    assert!(matches!(ended, Err(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset)), "{ended:?}");
    refusing.end().await;
    let (answer, _) = asked(&mut as_wechat(&stand_in, connected(&stand_in)), &get("/a"), LIMIT);
    assert!(answer.contains("40066"), "{answer}");
}
