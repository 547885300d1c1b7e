//! Is a wrong request told in a way that helps, before anything is started?

use std::net::TcpListener;

use crate::cli_stage::{Invocation, free_port, wxconform};

/// Makes sure that each command is refused with status 2 and these words.
#[track_caller]
fn refused(rows: &[(&[&str], &str)]) {
    for (arguments, words) in rows {
        wxconform(arguments).ended().refused(words);
    }
}

#[test]
fn a_misspelt_flag_or_command_is_told_with_the_right_one() {
    refused(&[
        (&["--bakend", "x"], "'--backend'"),
        (&["explian", "CODE-02"], "'explain'"),
        (&["run", "--sede", "1"], "'--seed'"),
        (&["explain"], "<ID>"),
        (&["list", "more"], "unexpected argument 'more'"),
        (&["--only", "CODE-02", "list"], "cannot be used with"),
        (&["run", "--seed"], "a value is required"),
        (&["--seed", "1", "--seed", "2"], "cannot be used multiple times"),
    ]);
}

#[test]
fn a_misspelt_trouble_is_told_with_the_nearest_one() {
    refused(&[(
        &["wechat", "--trouble", "sillence"],
        "--trouble: there is no trouble `sillence`; the nearest name is `silence`; \
         `wxconform wechat --list-troubles`",
    )]);
}

#[test]
fn a_backend_that_is_no_url_is_told_with_an_example() {
    for url in ["localhost:8080", "", "/api", "127.0.0.1:8080"] {
        let words = format!("--backend: \"{url}\" is not a URL; write it like http://127.0.0.1:8080");
        wxconform(&["--backend", url]).ended().refused(&words);
        wxconform(&["simulate", "--backend", url]).input("{}").ended().refused(&words);
    }
    refused(&[(
        &["--backend", "ftp://127.0.0.1/"],
        "--backend: \"ftp://127.0.0.1/\" has the scheme \"ftp\"",
    )]);
}

#[test]
fn a_backend_at_the_address_of_wechat_is_refused() {
    let address = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{address}/api");
    let ended = wxconform(&["--backend", &url, "--wechat-listen", &address]).ended();
    ended.refused("--backend: the stand-in for WeChat listens there");
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let ended = wxconform(&["--backend", "http://me:hush@127.0.0.1:1"]).ended();
    ended.refused("has a user name or password");
    assert!(!ended.stderr.contains("hush"), "{}", ended.stderr);
}

#[test]
fn an_address_that_cannot_be_listened_on_is_told_with_the_way_out() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let in_use = |option: &str| {
        format!(
            "on {taken}: Address already in use (os error 98); end what listens there, or choose another address with {option}"
        )
    };
    refused(&[
        (&["--wechat-listen", "nonsense"], "--wechat-listen: \"nonsense\" is no address to listen on"),
        (&["--wechat-listen", "127.0.0.1"], "write it like 127.0.0.1:9321"),
        (&["--wechat-listen", "127.0.0.1:99999"], "invalid port value"),
        (&["--wechat-listen", "192.0.2.1:9000"], "it is no address of this machine"),
        (&["backend", "--listen", "x"], "--listen: \"x\" is no address"),
        (&["wechat", "--control", "x"], "--control: \"x\" is no address"),
        (&["backend", "--listen", "127.0.0.1:0", "--wechat", "x"], "--wechat: the address of WeChat"),
    ]);
    if cfg!(target_os = "linux") {
        refused(&[
            (&["--wechat-listen", &taken], &in_use("--wechat-listen")),
            (&["backend", "--listen", &taken], &in_use("--listen")),
            (&["wechat", "--listen", &taken], &in_use("--listen")),
            (&["wechat", "--listen", "127.0.0.1:0", "--control", &taken], &in_use("--control")),
        ]);
        let given = wxconform(&[]).variable("WXCONFORM_WECHAT_LISTEN", &taken).ended();
        given.refused(&in_use("WXCONFORM_WECHAT_LISTEN"));
    }
}

#[test]
fn an_unknown_requirement_tag_or_fault_is_told_with_the_nearest() {
    refused(&[
        (&["--only", "COED-02"], "--only: there is no requirement \"COED-02\"; the nearest is CODE-02"),
        (&["--only", " , "], "--only: expected IDs such as CODE-02"),
        (&["list", "--only", "COED-02"], "--only: there is no requirement"),
        (&["explain", "COED-02"], "the nearest is CODE-02"),
        (&["--tags", "@muts"], "--tags: no requirement carries the tag @muts; the nearest is @must"),
        (&["--tags", "@must and"], "--tags: the tag expression \"@must and\" cannot be read"),
        (&["backend", "--fault", "code-cashed"], "--fault: there is no fault `code-cashed`"),
        (&["backend", "--fault", "code-cashed"], "`code-cached`"),
    ]);
}

#[test]
fn a_number_out_of_its_bounds_is_told_with_the_bounds() {
    refused(&[
        (&["--seed", "-1"], "--seed: expected a whole number below 9007199254740992, not \"-1\""),
        (&["--seed", "9007199254740992"], "--seed: expected a whole number below 9007199254740992"),
        (&["wechat", "--seed", "x"], "--seed: expected a whole number"),
        (&["--jobs", "0"], "--jobs: expected a whole number from 1 to 256, not \"0\""),
        (&["--jobs", "257"], "--jobs: expected a whole number from 1 to 256"),
        (&["--max-wait", "-1"], "--max-wait: expected between 0 and 86400 seconds"),
        (&["--max-wait", "soon"], "--max-wait: expected between 0 and 86400 seconds, not \"soon\""),
        (&["--strict=maybe"], "--strict: expected true or false, not \"maybe\""),
        (
            &["backend", "--contract", "gin-jwt", "--set", "expiry={seconds=60}", "--token-lifetime", "5"],
            "--token-lifetime: the contract says that tokens live 60 s; change that with `--set expiry.seconds=5`",
        ),
        (
            &["backend", "--contract", "gin-jwt", "--set", "expiry={never=true}", "--token-lifetime", "5"],
            "--token-lifetime: the contract says that tokens never end",
        ),
        (&["backend", "--token-lifetime", "0"], "--token-lifetime: expected between 1 and"),
    ]);
}

#[test]
fn a_report_that_has_no_place_is_refused_before_the_run() {
    let refused = |invocation: Invocation, words: &str| {
        let ended = invocation.ended();
        ended.refused(words);
        assert!(ended.files.is_empty(), "{:?}", ended.files);
    };
    let report = |specs: &[&str]| {
        let arguments: Vec<&str> = specs.iter().flat_map(|spec| ["--report", spec]).collect();
        wxconform(&arguments)
    };
    refused(report(&["jsn=x"]), "--report: no report format is called `jsn`, did you mean `json`?");
    refused(report(&["json"]), "write `json=PATH`");
    refused(report(&["json=no/x"]), "--report: cannot write the report to no/x: there is no folder no");
    refused(report(&["json=."]), "cannot write the report to .: it is a folder");
    refused(report(&["json=-", "junit=-"]), "only one report can go to the standard output");
    refused(report(&["json=x", "junit=x"]), "only one report can go to x");
    if cfg!(target_os = "linux") {
        refused(report(&["json=/proc/wxconform"]), "cannot write the report to /proc/wxconform");
    }
}
