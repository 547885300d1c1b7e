//! Who prevails when flag, variable and file disagree, and is a mistake told where it can be mended?

use crate::cli_stage::wxconform;

/// One scenario of one requirement: the smallest run there is.
const LEAST: &str = "CODE-01";

/// Returns what the JSON report of a run says at a place, when the option is given in these three ways.
fn concluded(
    place: &str,
    flag: Option<&str>,
    variable: Option<(&str, &str)>,
    file: &str,
) -> serde_json::Value {
    let arguments: Vec<&str> = ["--report", "json=-"].into_iter().chain(flag).collect();
    let mut invocation = wxconform(&arguments).file("wxconform.toml", file);
    if let Some((name, value)) = variable {
        invocation = invocation.variable(name, value);
    }
    if !place.starts_with("/selection/only") {
        invocation = invocation.variable("WXCONFORM_ONLY", LEAST);
    }
    let json = invocation.ended().json();
    json.pointer(place).unwrap_or_else(|| panic!("{place} in {json:#}")).clone()
}

/// Makes sure that a flag beats a variable, and a variable beats the file.
#[track_caller]
fn precedence(
    place: &str,
    flag: &str,
    variable: (&str, &str),
    file: &str,
    expected: &[serde_json::Value; 3],
) {
    assert_eq!(concluded(place, Some(flag), Some(variable), file), expected[0]);
    assert_eq!(concluded(place, None, Some(variable), file), expected[1]);
    assert_eq!(concluded(place, None, Some((variable.0, "")), file), expected[2]);
}

#[test]
fn a_flag_beats_a_variable_which_beats_the_file() {
    precedence("/seed", "--seed=1", ("WXCONFORM_SEED", "2"), "seed = 3", &[1.into(), 2.into(), 3.into()]);
    precedence(
        "/strict",
        "--strict=false",
        ("WXCONFORM_STRICT", "true"),
        "strict = false",
        &[false.into(), true.into(), false.into()],
    );
    precedence(
        "/selection/only/0",
        "--only=CODE-01",
        ("WXCONFORM_ONLY", "CODE-07"),
        "only = ['USER-02']",
        &["CODE-01".into(), "CODE-07".into(), "USER-02".into()],
    );
    precedence(
        "/selection/tags",
        "--tags=@must",
        ("WXCONFORM_TAGS", "@must or @should"),
        "tags = 'not @should'",
        &["@must".into(), "@must or @should".into(), "not @should".into()],
    );
}

#[test]
fn addresses_follow_the_same_precedence() {
    // Nobody listens at port 1, so each run only says where it looked and where it stood.
    let place = |json: &serde_json::Value| {
        (json["backend"]["url"].as_str().unwrap().to_owned(), json["preflight"].is_string())
    };
    let file = "backend = 'http://127.0.0.1:1/file'\nwechat-listen = 'localhost:0'\n";
    let run = |arguments: &[&str], variable: &str| {
        let all: Vec<&str> = ["--report", "json=-"].iter().chain(arguments).copied().collect();
        let invocation = wxconform(&all).file("wxconform.toml", file);
        let ended = invocation.variable("WXCONFORM_BACKEND", variable).ended();
        place(&ended.has_status(3).json())
    };
    let flag = ["--backend", "http://127.0.0.1:1/flag"];
    let variable = "http://127.0.0.1:1/variable";
    assert_eq!(run(&flag, variable), ("http://127.0.0.1:1/flag/".to_owned(), true));
    assert_eq!(run(&[], variable), ("http://127.0.0.1:1/variable/".to_owned(), true));
    assert_eq!(run(&[], ""), ("http://127.0.0.1:1/file/".to_owned(), true));
}

#[test]
fn jobs_waits_listeners_and_reports_follow_the_same_precedence() {
    // Of these the report says nothing, so a value that will not do shows which one was taken.
    let rows = [
        ("jobs", "0", "whole number from 1 to 256"),
        ("max-wait", "soon", "between 0 and 86400"),
        ("wechat-listen", "nowhere", "no address"),
        ("report", "jsn=x", "no report format"),
    ];
    for (option, wrong, words) in rows {
        let variable = format!("WXCONFORM_{}", option.to_uppercase().replace('-', "_"));
        let (right, list) = match option {
            "wechat-listen" => ("127.0.0.1:0", false),
            "report" => ("junit=out.xml", true),
            _ => ("1", false),
        };
        let quoted = |value: &str| {
            if list { format!("\n{option} = ['{value}']") } else { format!("\n{option} = '{value}'") }
        };
        let flag = format!("--{option}");
        let run = |flag_value: Option<&str>, variable_value: &str, file_value: &str| {
            let mut arguments = vec!["--only", LEAST];
            if let Some(value) = flag_value {
                arguments.extend([flag.as_str(), value]);
            }
            let invocation = wxconform(&arguments).variable(&variable, variable_value);
            invocation.file("wxconform.toml", quoted(file_value)).ended()
        };
        run(Some(wrong), right, right).refused(&format!("{flag}: "));
        run(None, wrong, right).refused(&format!("{variable}: "));
        let of_file = run(None, "", wrong);
        of_file.refused(&format!("wxconform.toml, line 2, {option}: "));
        of_file.refused(words);
        run(Some(right), wrong, wrong).has_status(0);
        run(None, right, wrong).has_status(0);
    }
}

#[test]
fn a_wrong_variable_is_told_by_its_name() {
    let rows = [
        ("WXCONFORM_BACKEND", "nonsense", "is not a URL"),
        ("WXCONFORM_ONLY", "X-1", "there is no requirement"),
        ("WXCONFORM_TAGS", "(", "cannot be read"),
        ("WXCONFORM_STRICT", "yes", "expected true or false"),
        ("WXCONFORM_SEED", "x", "expected a whole number"),
    ];
    for (name, value, words) in rows {
        let ended = wxconform(&[]).variable(name, value).ended();
        ended.refused(&format!("error: {name}: "));
        ended.refused(words);
    }
}

#[test]
fn a_misspelt_variable_is_told_although_the_run_goes_on() {
    let ended = wxconform(&["--only", LEAST]).variable("WXCONFORM_BAKEND", "http://127.0.0.1:1").ended();
    ended.has_status(0);
    assert_eq!(
        ended.complaints(),
        "warning: WXCONFORM_BAKEND has no effect; the nearest variable is WXCONFORM_BACKEND\n"
    );
}

#[test]
fn a_wrong_file_is_told_with_its_line() {
    let rows = [
        (
            "strict = true\nbakend = 'x'\n",
            "wxconform.toml, line 2: there is no key \"bakend\"; the nearest is \"backend\"",
        ),
        ("\n\njobs = 'many'\n", "wxconform.toml, line 3, jobs: expected a whole number"),
        ("backend = ['x']\n", "wxconform.toml, line 1, backend: expected a single value, not a list"),
        ("\nbackend = 'nonsense'\n", "wxconform.toml, line 2, backend: \"nonsense\" is not a URL"),
        ("only = ['CODE-99']\n", "wxconform.toml, line 1, only: there is no requirement \"CODE-99\""),
        ("x = [\n", "wxconform.toml, line "),
    ];
    for (file, words) in rows {
        let ended = wxconform(&[]).file("wxconform.toml", file).ended();
        ended.refused(words);
        assert_eq!(ended.complaints().lines().count(), 1, "{}", ended.stderr);
    }
    wxconform(&[]).file("wxconform.toml", b"\xff").ended().refused("wxconform.toml is not UTF-8");
    let invocation = wxconform(&[]);
    std::fs::create_dir(invocation.folder().join("wxconform.toml")).unwrap();
    invocation.ended().refused("cannot read wxconform.toml: ");
}

#[test]
fn variables_of_cucumber_and_of_terminals_change_nothing() {
    let plain = wxconform(&["--only", "CODE-02", "--report", "json=-"]).ended();
    let rows = [
        ("CUCUMBER_FILTER_TAGS", "@nothing"),
        ("CUCUMBER_FILTER_NAME", "nothing"),
        ("CUCUMBER_RETRY", "3"),
        ("CUCUMBER_CONCURRENCY", "0"),
        ("TERM", "dumb"),
        ("CLICOLOR_FORCE", "0"),
    ];
    for (name, value) in rows {
        let ended = wxconform(&["--only", "CODE-02", "--report", "json=-"]).variable(name, value).ended();
        ended.has_status(0);
        assert_eq!(ended.json()["totals"], plain.json()["totals"], "{name}");
    }
}

#[test]
fn colour_comes_only_when_it_is_forced_and_never_with_no_color() {
    let colour = |variables: &[(&str, &str)]| {
        let all = variables.iter();
        let invocation =
            all.fold(wxconform(&["--only", LEAST]), |one, (name, value)| one.variable(name, value));
        invocation.ended().has_status(0).stdout.contains('\u{1b}')
    };
    assert!(!colour(&[]));
    assert!(!colour(&[("TERM", "xterm-256color")]));
    assert!(colour(&[("CLICOLOR_FORCE", "1")]));
    assert!(!colour(&[("NO_COLOR", "1"), ("TERM", "xterm-256color")]));
}
