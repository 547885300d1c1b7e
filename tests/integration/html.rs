//! Does the page for a browser show what a real run found, and nothing that a hostile backend made of it?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use crate::cli_foil::foil;
use crate::cli_stage::{free_port, wxconform};

/// Returns the elements of a page, each with its attributes.
fn elements(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    fn walk(node: &Handle, found: &mut Vec<(String, Vec<(String, String)>)>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
            found.push((name.local.to_string(), attributes.collect()));
        }
        node.children.borrow().iter().for_each(|child| walk(child, found));
    }
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    assert!(dom.errors.borrow().is_empty(), "{:?}", dom.errors.borrow());
    let mut found = Vec::new();
    walk(&dom.document, &mut found);
    found
}

#[test]
fn a_finding_is_told_with_its_traffic_and_how_to_repeat_it() {
    let wechat = free_port();
    let (listen, wechat_url) = (format!("127.0.0.1:{wechat}"), format!("http://127.0.0.1:{wechat}"));
    let serve = ["backend", "--listen", "127.0.0.1:0", "--wechat", &wechat_url, "--fault", "code-cached"];
    let backend = wxconform(&serve).serving();
    let run =
        ["--backend", backend.url(), "--wechat-listen", &listen, "--only", "CODE-01,CODE-02", "--seed", "7"];
    let ended = wxconform(&[&run[..], &["--report", "html=page.html"]].concat()).ended();
    let [(_, page)] = ended.has_status(1).files.as_slice() else { panic!("{:?}", ended.files) };
    let again = format!(
        "wxconform --backend {} --only CODE-01,CODE-02 --wechat-listen {listen} --seed 7",
        backend.url()
    );
    for shown in ["<!DOCTYPE html>", "Nonconforming", "✗ this was judged", "curl -i &#39;http", &again] {
        let shown = shown.replace("&#39;", "'");
        assert!(page.contains(&shown), "{shown} is not in the page");
    }
    let elements = elements(page);
    let ids =
        |id: &str| elements.iter().filter(|(_, all)| all.contains(&("id".to_owned(), id.to_owned()))).count();
    assert_eq!((ids("CODE-01"), ids("CODE-02")), (1, 1));
    let pictures = elements
        .iter()
        .filter(|(name, all)| name == "svg" && all.contains(&("class".to_owned(), "sequence".to_owned())));
    assert_eq!(pictures.count(), 4, "one for each broken scenario");
}

/// What the hostile backend says after it has asked WeChat.
const HOSTILE: &str = "HTTP/1.1 200 <script>alert(1)</script>\r\nx-b: \"><script>alert(1)</script>\r\n\
    content-type: text/html\r\nset-cookie: a=b\r\nconnection: close\r\n\r\n\
    {\"data\":{\"openid\":\"</pre></details></style><script>alert(1)</script><img src=x onerror=alert(1)>\
    \x1b]0;owned\x07\x00\u{202e}\"}}";

/// A backend that asks WeChat as it should, and then answers with poison, bytes that are no text, and megabytes.
fn poisoner(wechat: String) -> String {
    let asked_before = AtomicUsize::new(0);
    foil(move |mut phone| {
        let mut request = [0; 4096];
        let Ok(length @ 1..) = phone.read(&mut request) else { return };
        let request = String::from_utf8_lossy(&request[..length]);
        if let Some((_, rest)) = request.split_once("code=") {
            let code = rest.split([' ', '&']).next().unwrap();
            let (appid, secret) = ("wx0123456789abcdef", "0123456789abcdef0123456789abcdef");
            let question = format!(
                "GET /sns/jscode2session?appid={appid}&secret={secret}&js_code={code}&grant_type=authorization_code \
                 HTTP/1.1\r\nhost: {wechat}\r\nconnection: close\r\n\r\n"
            );
            let mut asked = TcpStream::connect(&wechat).unwrap();
            asked.write_all(question.as_bytes()).unwrap();
            asked.read_to_end(&mut Vec::new()).unwrap();
        }
        // A backend whose first answers are too long to be read would not be judged at all.
        let length = if asked_before.fetch_add(1, Ordering::Relaxed) < 4 { 10 } else { 10 * 1024 * 1024 };
        let poison = [HOSTILE.as_bytes(), b"\xff\xfe<script>", &vec![b'<'; length]].concat();
        // The phone reads no more than it wants to, which is not what the test is about.
        drop(phone.write_all(&poison));
    })
}

#[test]
fn a_hostile_backend_gets_nothing_executed_and_nothing_broken() {
    let wechat = format!("127.0.0.1:{}", free_port());
    let backend = poisoner(wechat.clone());
    let run = ["--backend", &backend, "--wechat-listen", &wechat, "--only", "CODE-01,CODE-02,LOGIN-01"];
    let ended = wxconform(&[&run[..], &["--report", "html=page.html"]].concat()).ended();
    let [(_, page)] = ended.files.as_slice() else { panic!("{ended:?}") };
    let elements = elements(page);
    let count = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
    assert_eq!((count("script"), count("style"), count("img"), count("b")), (1, 1, 0, 0));
    for (name, attributes) in &elements {
        for (attribute, value) in attributes {
            assert!(!attribute.starts_with("on"), "{name} {attribute}");
            let is_link = ["href", "src"].contains(&attribute.as_str());
            assert!(!is_link || value.starts_with('#') || value.starts_with("https://"), "{name} {value}");
        }
    }
    assert!(!page.contains(['\0', '\x1b', '\x07', '\u{202e}']));
    assert!(page.contains("&lt;script&gt;alert(1)"), "nothing of it is shown");
    assert!(page.len() < 1024 * 1024, "{} bytes", page.len());
}
