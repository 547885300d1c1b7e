//! Does the command say how a backend is led to the stand-in, and what was refused on the way?

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use wxconform::standin::RECIPES;

use crate::cli_foil::foil;
use crate::cli_stage::{Serving, free_port, wxconform};
use crate::docs::{assert_committed, plain, read};

const SERVED: [&str; 5] = ["wechat", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"];

fn serving(more: &[&str]) -> Serving {
    wxconform(&[&SERVED, more].concat()).serving()
}

/// Sets the variables of a page in a shell that has one of them already, and returns what it then holds.
fn in_a_shell(page: &str, before: &str, name: &str) -> String {
    let script = format!("{before}\n{page}\nprintf %s \"${name}\"");
    let ended = Command::new("sh").args(["-c", &script]).env_clear().output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    String::from_utf8(ended.stdout).unwrap()
}

/// Where the table of recipes begins on the page, and where it ends.
const TABLE: [&str; 2] = ["writes the table anew -->\n", "<!-- end of recipes -->"];

#[test]
fn the_page_of_redirects_lists_the_recipes() {
    let page = read("docs/redirects.md");
    let (front, rest) = page.split_once(TABLE[0]).unwrap();
    let (_, back) = rest.split_once(TABLE[1]).unwrap();
    let mut table = String::from("| runtime | reads | seen with | note |\n|---|---|---|---|\n");
    for recipe in RECIPES {
        let names: Vec<String> =
            recipe.variables.iter().map(|variable| format!("`{}`", variable.name)).collect();
        let seen = if recipe.seen_with.is_empty() { "not tried" } else { recipe.seen_with };
        let (runtime, names, note) = (recipe.runtime, names.join(" "), plain(recipe.note));
        writeln!(table, "| {runtime} | {names} | {seen} | {note} |").unwrap();
    }
    assert_committed("docs/redirects.md", &format!("{front}{}{table}{}{back}", TABLE[0], TABLE[1]));
}

#[test]
fn a_shell_can_read_what_leads_a_backend_there() {
    let wechat = serving(&["--ca-out", "it's a ca.pem", "--print-env"]);
    let (page, url) = (&wechat.page, wechat.url().trim_end_matches(','));
    let ca = wechat.running.folder().canonicalize().unwrap().join("it's a ca.pem");
    let ca = ca.to_str().unwrap();
    assert_eq!(in_a_shell(page, "", "SSL_CERT_FILE"), ca);
    assert_eq!(in_a_shell(page, "HTTPS_PROXY=http://office:3128", "HTTPS_PROXY"), url);
    assert_eq!(in_a_shell(page, "", "NO_PROXY"), "localhost,127.0.0.1,::1");
    assert_eq!(in_a_shell(page, "NO_PROXY=db", "NO_PROXY"), "db,localhost,127.0.0.1,::1");
    assert_eq!(in_a_shell(page, "NODE_OPTIONS=-x", "NODE_OPTIONS"), format!("-x --require \"{ca}.cjs\""));
    assert_eq!(in_a_shell(page, "", "http_proxy"), "");
    for recipe in RECIPES {
        assert!(page.contains(&format!("# {}: {}", recipe.runtime, recipe.variables[0].name)), "{page}");
    }
}

#[test]
fn the_certificate_and_what_belongs_beside_it_are_written() {
    let wechat = serving(&["--ca-out", "ca.pem"]);
    assert!(wechat.page.contains("vouched for by "), "{}", wechat.page);
    let read = |name: &str| std::fs::read(wechat.running.folder().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    let pem = text("ca.pem");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"), "{pem}");
    assert!(read("ca.pem.jks").starts_with(b"\xfe\xed\xfe\xed\0\0\0\x02"));
    let port = wechat.url().rsplit(':').next().unwrap();
    let preloaded = text("ca.pem.cjs");
    assert!(preloaded.contains(&format!("port: {port}")) && preloaded.contains("'hk.api.weixin.qq.com'"));
    let ca = wechat.running.folder().canonicalize().unwrap().join("ca.pem");
    let ini = text("ca.pem.php/wxconform.ini");
    assert!(ini.contains(&format!("curl.cainfo = \"{}\"", ca.display())), "{ini}");
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_served() {
    wxconform(&[&SERVED[..], &["--print-env"]].concat()).ended().refused("--print-env needs --ca-out FILE");
    let ca_out = [&SERVED[..], &["--ca-out", "notes.txt"]].concat();
    let ended = wxconform(&ca_out).file("notes.txt", "mine").ended();
    ended.refused("it is there and is no certificate; name another file, or remove it");
    assert_eq!(ended.files, [("notes.txt".to_owned(), "mine".to_owned())]);
    wxconform(&[&SERVED[..], &["--ca-out", "no/such/folder.pem"]].concat()).ended().refused("--ca-out");
    // A certificate of an earlier run makes place.
    let ca_out = [&SERVED[..], &["--ca-out", "ca.pem"]].concat();
    let wechat = wxconform(&ca_out).file("ca.pem", "-----BEGIN CERTIFICATE-----\n").serving();
    assert!(std::fs::read(wechat.running.folder().join("ca.pem")).unwrap().len() > 300);
}

/// Asks a proxy for a tunnel to a host that it refuses.
fn ask_for_example_com(proxy_port: u16) {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", proxy_port)) else { return };
    let request = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}

#[test]
fn a_backend_that_asks_somebody_else_is_told_whom() {
    let port = free_port();
    let lost = foil(move |mut stream| {
        if stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {
            ask_for_example_com(port);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"));
        }
    });
    let listen = format!("127.0.0.1:{port}");
    let ended = wxconform(&["--backend", &lost, "--wechat-listen", &listen, "--only", "CODE-01"]).ended();
    let said = ended.has_status(3).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("never asked the stand-in about a fresh code"), "{said}");
    assert!(said.contains("other hosts, which are refused: example.com by CONNECT 2 times"), "{said}");
}

#[test]
fn a_host_that_was_refused_is_among_what_the_backend_called() {
    let port = free_port();
    let wechat = format!("http://127.0.0.1:{port}");
    let backend = wxconform(&["backend", "--listen", "127.0.0.1:0", "--wechat", &wechat]).serving();
    let at = backend.url().trim_start_matches("http://").to_owned();
    let curious = foil(move |asker| {
        ask_for_example_com(port);
        let Ok(asked) = TcpStream::connect(&at) else { return };
        let (mut from, mut to) = (asked.try_clone().unwrap(), asker.try_clone().unwrap());
        let answers = std::thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
        drop(std::io::copy(&mut { asker }, &mut { asked }));
        answers.join().unwrap();
    });
    let listen = format!("127.0.0.1:{port}");
    let only = ["--only", "CODE-01,WECHAT-09", "--report", "json=-"];
    let run = [&["--backend", &curious, "--wechat-listen", &listen], &only[..]].concat();
    let json = wxconform(&run).ended().has_status(0).json().to_string();
    assert!(json.contains("which is another host and was refused"), "{json}");
    assert!(json.contains("example.com by CONNECT"), "{json}");
}
