//! What does `wxconform explore` print, and with which status does it end?

use crate::cli_stage::{Serving, free_port, wxconform};

/// A backend with a fault, and the address at which it expects WeChat.
fn backend(arguments: &[&str]) -> (Serving, String) {
    let wechat = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{wechat}");
    let mut all = vec!["backend", "--listen", "127.0.0.1:0", "--wechat", &url];
    all.extend(arguments);
    (wxconform(&all).serving(), wechat)
}

#[test]
fn the_built_in_backend_shows_no_difference() {
    let ended = wxconform(&["explore", "--seed", "5", "--cases", "30"]).ended();
    ended.has_status(0);
    assert!(ended.stdout.starts_with("NO DIFFERENCE  30 sequences · "), "{}", ended.stdout);
    assert!(ended.stdout.ends_with(" · seed 5\n"), "{}", ended.stdout);
    assert_eq!(ended.complaints(), "");
}

#[test]
fn a_difference_is_a_scenario_and_the_command_that_repeats_it() {
    let (backend, wechat) = backend(&["--fault", "code-cached"]);
    let arguments = ["explore", "--backend", backend.url(), "--wechat-listen", &wechat, "--seed", "1"];
    let ended = wxconform(&arguments).ended();
    ended.has_status(1);
    for part in [
        "DIFFERENCE  sequence ",
        "\n    Scenario: ",
        "\n      Then the exchange is refused\n",
        "\nmost likely  CODE-02  A code is exchanged once",
        "\nexpected     a refusal, without an openid\n",
        "\nagain        wxconform explore --backend http://127.0.0.1:",
        "\nmore         wxconform explain CODE-02\n",
    ] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {}", ended.stdout);
    }
    let again = ended.stdout.lines().find_map(|line| line.strip_prefix("again        wxconform ")).unwrap();
    let repeated = wxconform(&again.split(' ').collect::<Vec<_>>()).ended();
    repeated.has_status(1);
    let scenario =
        |text: &str| text[text.find("    Scenario").unwrap()..text.find("most").unwrap()].to_owned();
    assert_eq!(scenario(&repeated.stdout), scenario(&ended.stdout));
}

#[test]
fn the_end_of_short_lived_tokens_is_waited_for() {
    let (backend, wechat) = backend(&["--fault", "never-ends", "--token-lifetime", "3"]);
    let arguments = ["explore", "--backend", backend.url(), "--wechat-listen", &wechat, "--seed", "1"];
    let ended = wxconform(&arguments).ended();
    ended.has_status(1);
    assert!(ended.stdout.contains("most likely  EXPIRY-05"), "{}", ended.stdout);
}

#[test]
fn what_was_not_explored_is_said() {
    let (backend, wechat) = backend(&["--fault", "never-ends"]);
    let arguments = ["explore", "--backend", backend.url(), "--wechat-listen", &wechat, "--cases", "10"];
    let ended = wxconform(&arguments).ended();
    ended.has_status(0);
    assert!(ended.stdout.contains("not explored the end of tokens: tokens live 7200 s"), "{}", ended.stdout);
}

#[test]
fn without_a_backend_nothing_is_judged_and_nonsense_is_refused() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let ended = wxconform(&["explore", "--backend", &nobody, "--wechat-listen", "127.0.0.1:0"]).ended();
    ended.has_status(3);
    assert!(ended.stdout.starts_with("COULD NOT JUDGE"), "{}", ended.stdout);
    wxconform(&["explore", "--cases", "0"]).ended().refused("--cases: expected a whole number from 1");
    wxconform(&["explore", "--max-steps", "x"]).ended().refused("--max-steps: expected a whole number");
    wxconform(&["explore"]).variable("WXCONFORM_SEED", "x").ended().refused("WXCONFORM_SEED: ");
    wxconform(&["explore", "--backend", "x"]).ended().refused("--backend: ");
}
