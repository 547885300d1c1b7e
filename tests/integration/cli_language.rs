//! In which language does the command speak, and does it speak all of it?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use clap::CommandFactory as _;
use regex::Regex;

use crate::cli_stage::{Ended, LANGUAGE, wxconform};

/// What the list says of CODE-02 in either language.
const SENTENCES: [&str; 2] =
    ["A code is exchanged once: the second time it is refused", "一个 code 只能兑换一次：第二次被拒绝"];

/// Lists CODE-02 with these flags, variables and this file.
fn listed(flags: &[&str], variables: &[(&str, &str)], file: &str) -> Ended {
    let arguments = [&["list", "--only", "CODE-02"], flags].concat();
    let mut invocation = wxconform(&arguments).variable(LANGUAGE, "").variable("LC_ALL", "C");
    for (name, value) in variables {
        invocation = invocation.variable(name, value);
    }
    if file.is_empty() { invocation } else { invocation.file("wxconform.toml", file) }.ended()
}

/// Makes sure that this is said in English or in Chinese.
#[track_caller]
fn speaks(index: usize, flags: &[&str], variables: &[(&str, &str)], file: &str) {
    let ended = listed(flags, variables, file);
    ended.has_status(0);
    assert!(ended.stdout.contains(SENTENCES[index]), "{flags:?} {variables:?} {file}: {}", ended.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn the_variables_of_the_system_choose_the_language() {
    for (variables, index) in [
        (&[("LC_ALL", "zh_CN.UTF-8")][..], 1),
        (&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")], 1),
        (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "en_GB.UTF-8")], 1),
        (&[("LC_ALL", "en_US.UTF-8"), ("LANG", "zh_CN.UTF-8")], 0),
        (&[("LC_ALL", "de_DE.UTF-8")], 0),
        (&[("LC_ALL", "C")], 0),
    ] {
        speaks(index, &[], variables, "");
    }
}

#[test]
fn a_flag_beats_the_variable_which_beats_the_file_which_beats_the_system() {
    let system = ("LC_ALL", "zh_CN.UTF-8");
    speaks(0, &[], &[system], "lang = 'en'");
    speaks(1, &[], &[], "lang = 'zh'");
    speaks(0, &[], &[system, (LANGUAGE, "en")], "lang = 'zh'");
    speaks(1, &[], &[(LANGUAGE, "zh-CN")], "lang = 'en'");
    speaks(0, &["--lang", "en"], &[(LANGUAGE, "zh")], "lang = 'zh'");
    speaks(1, &["--lang=zh"], &[(LANGUAGE, "en")], "lang = 'en'");
}

#[test]
fn a_language_that_nobody_speaks_is_refused_with_the_choices() {
    let choices = "\"kl\" is no language that this program speaks; it speaks en and zh\n";
    listed(&["--lang", "kl"], &[], "").refused(&format!("--lang: {choices}"));
    listed(&[], &[(LANGUAGE, "kl")], "").refused(&format!("{LANGUAGE}: {choices}"));
    listed(&[], &[], "\nlang = 'kl'").refused(&format!("wxconform.toml, line 2, lang: {choices}"));
    listed(&["--lang"], &[], "").refused("[possible values: en, zh]");
}

#[cfg(target_os = "linux")]
#[test]
fn a_wrong_language_is_told_in_that_of_the_system() {
    let ended = listed(&["--lang", "kl"], &[("LC_ALL", "zh_CN.UTF-8")], "");
    assert_eq!(ended.has_status(2).stderr, "错误：--lang：本程序不支持语言 \"kl\"；支持 en 和 zh\n");
}

#[test]
fn a_variable_that_is_wrong_otherwise_keeps_nobody_from_the_help() {
    let ended =
        wxconform(&["--help"]).file("wxconform.toml", "lang = [").variable("WXCONFORM_SEED", "x").ended();
    ended.has_status(0);
}

#[test]
fn a_shell_completes_the_languages() {
    for (shell, offer) in [("bash", "compgen -W \"en zh\""), ("zsh", "LANG:(en zh)"), ("fish", "-l lang -d")]
    {
        let ended = wxconform(&["completions", shell]).ended();
        assert!(ended.has_status(0).stdout.contains(offer), "{shell}");
    }
}

/// Returns what is English in a text: three words in a row that stand neither in code nor in a command.
fn english(text: &str) -> Vec<String> {
    let code = Regex::new("`[^`]*`|'[^']*'|\"[^\"]*\"|https?://\\S+").unwrap();
    let words = Regex::new(r"\b[A-Za-z][a-z]+[ ;:]+[a-z]{2,}[ ;:]+[a-z]{2,}\b").unwrap();
    let is_command = |line: &&str| {
        let line = line.trim_start();
        !["wxconform ", "curl ", "用法"].iter().any(|command| line.starts_with(command))
    };
    let lines = text.lines().filter(is_command).map(|line| code.replace_all(line, "…").into_owned());
    lines.filter(|line| words.is_match(line)).collect()
}

#[test]
fn english_is_found_and_code_is_not() {
    assert_eq!(english("  -x  Say what broke\n"), ["  -x  Say what broke"]);
    assert_eq!(
        english("  --x  中文 `list the faults` \"must and not\" https://a/b\n  wxconform report merge a\n"),
        [""; 0]
    );
}

/// Returns the names of a command and of those below it.
fn names(command: &clap::Command, above: &[String], found: &mut Vec<Vec<String>>) {
    found.push(above.to_vec());
    for below in command.get_subcommands() {
        names(below, &[above, &[below.get_name().to_owned()]].concat(), found);
    }
}

#[test]
fn the_help_of_every_command_is_in_chinese() {
    let mut commands = Vec::new();
    names(&wxconform::cli::Arguments::command(), &[], &mut commands);
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        for help in ["-h", "--help"] {
            let words: Vec<&str> = command.iter().map(String::as_str).chain([help, "--lang", "zh"]).collect();
            let ended = wxconform(&words).ended();
            let text = &ended.has_status(0).stdout;
            assert_eq!(english(text), [""; 0], "{words:?}");
            for heading in ["用法：", "选项:"] {
                assert!(text.contains(heading), "{words:?}: {text}");
            }
            let widest = text.lines().map(textwrap::core::display_width).max();
            assert!(widest <= Some(100), "{words:?}: {widest:?}");
        }
    }
    let ended = wxconform(&["help", "report", "diff", "--lang=zh"]).ended();
    let text = &ended.has_status(0).stdout;
    let places = ["<OLD.json>  之前", "<NEW.json>  之后"].map(|argument| text.find(argument).unwrap());
    assert!(places[0] < places[1], "{text}");
}

#[test]
fn help_that_nobody_asked_for_is_a_complaint_in_chinese_too() {
    let ended = wxconform(&["contract", "--lang", "zh"]).ended();
    assert_eq!(ended.has_status(2).stdout, "");
    assert_eq!(english(&ended.stderr), [""; 0]);
    assert!(ended.stderr.contains("列出内置的契约"), "{}", ended.stderr);
}

#[test]
fn a_requirement_is_explained_in_chinese() {
    let ended = wxconform(&["explain", "CODE-02", "--lang", "zh"]).ended();
    let text = &ended.has_status(0).stdout;
    for words in [
        "CODE-02  兑换登录凭证 code\n",
        SENTENCES[1],
        "级别：    必须\n",
        "原因：    能用两次的 code",
        "修复：    ",
        "来源：    流程说明第 2 条",
        "原文：    features/code_exchange.feature:",
        "\n场景：立即再次发送同一个 code\n  假如 Alice 已兑换一个 code\n",
        "\n  code-cached: 对",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    let own: Vec<String> =
        english(text).into_iter().filter(|line| !line.contains("wxconform backend")).collect();
    assert_eq!(own, [""; 0]);
}

#[test]
fn the_requirements_are_listed_in_chinese_in_columns() {
    let ended = wxconform(&["list", "--lang", "zh"]).ended();
    let text = &ended.has_status(0).stdout;
    assert_eq!(english(text), [""; 0]);
    assert!(text.contains("  CODE-02    必须     一个 code 只能兑换一次"), "{text}");
    for line in text.lines() {
        assert!(textwrap::core::display_width(line) <= 100, "{line}");
    }
}

#[test]
fn what_is_wrong_with_the_arguments_is_told_in_chinese() {
    for (words, told) in [
        (
            "--bakend x",
            "错误：未知的参数 '--bakend'\n\n  提示：存在相近的参数：'--backend'\n\n用法： wxconform --backend <URL>\n\n更多信息请使用 '--help'。\n",
        ),
        (
            "explane CODE-01",
            "错误：未知的子命令 'explane'\n\n  提示：存在相近的子命令：'explore', 'explain'\n\n用法： wxconform [OPTIONS]\n       wxconform <COMMAND>\n\n更多信息请使用 '--help'。\n",
        ),
        (
            "completions tcl",
            "错误：'tcl' 不是 '<SHELL>' 的有效值\n  [可选值：bash, elvish, fish, powershell, zsh]\n\n更多信息请使用 '--help'。\n",
        ),
        ("--quiet --verbose", "错误：参数 '--quiet' 不能与 '--verbose' 同时使用\n"),
        ("report diff", "错误：缺少以下必需的参数：\n  <OLD.json>\n  <NEW.json>\n"),
        ("--jobs 0", "错误：--jobs：应为 1 到 256 之间的整数，而不是 \"0\"\n"),
    ] {
        let words: Vec<&str> = words.split(' ').chain(["--lang", "zh"]).collect();
        let ended = wxconform(&words).ended();
        assert_eq!(ended.has_status(2).stdout, "", "{words:?}");
        assert!(ended.stderr.starts_with(told), "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn the_language_is_no_part_of_what_repeats_a_run() {
    let command = |variable: &str| {
        let run = ["--only", "CODE-07", "--seed", "1", "--report", "json=-"];
        let ended = wxconform(&run).variable(LANGUAGE, variable).ended();
        ended.has_status(0).json()["command"].clone()
    };
    let expected = serde_json::json!(["wxconform", "--only", "CODE-07", "--seed", "1"]);
    assert_eq!([command("zh"), command("en")], [expected.clone(), expected]);
}
