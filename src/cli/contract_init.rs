//! `wxconform contract init`: a first contract, from what one knows of a backend.

mod questions;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use toml::Table;

use super::arguments::ContractInit;
use super::console::Console;
use super::problem::Problem;
use crate::backend::Contract;
use crate::backend::guess::{Draft, GuessError, Section, from_har, from_openapi};
use crate::record::ExitStatus;
use questions::Said;

/// Writes a contract, and makes sure that it can be understood before it is written.
pub(super) fn run(wanted: &ContractInit, console: &mut Console) -> Result<ExitStatus, Problem> {
    if let Some(path) = wanted.file.as_deref().filter(|path| !wanted.force && path.exists()) {
        return Err(Problem::usage(tr!(
            "{path} is there already; --force overwrites it",
            path = path.display()
        )));
    }
    let wanted = complete(wanted, console)?;
    let draft = draft(&wanted)?;
    let text = draft.to_string();
    Contract::parse("new", &tr!("the new contract"), &text, &[])?;
    match &wanted.file {
        None => console.render(|page, _color, _width| write!(page, "{text}"))?,
        Some(path) => keep(path, &text, wanted.force)?,
    }
    for open in draft.open() {
        console.note(&tr!("to do: {open}", open));
    }
    if let Some(path) = &wanted.file {
        console.note(&tr!(
            "{path} is written; next: wxconform contract check {path}, then wxconform --backend URL --contract {path}",
            path = path.display()
        ));
    }
    Ok(ExitStatus::Success)
}

fn keep(path: &Path, text: &str, force: bool) -> Result<(), Problem> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!force);
    let mut file = options
        .open(path)
        .map_err(|error| Problem::usage(tr!("cannot write {path}: {error}", path = path.display(), error)))?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Returns what is wanted together with what a person answers, where nothing says it.
fn complete(wanted: &ContractInit, console: &mut Console) -> Result<ContractInit, Problem> {
    let known = [("--login", &wanted.login), ("--token", &wanted.token), ("--user-info", &wanted.user_info)];
    let missing: Vec<&str> =
        known.iter().filter(|(_, given)| given.is_none()).map(|(option, _)| *option).collect();
    if missing.is_empty() || wanted.from_har.is_some() || wanted.from_openapi.is_some() {
        return Ok(wanted.clone());
    }
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(Problem::usage(tr!(
            "{options} is missing; say --login 'POST api/login' --token /data/token --user-info 'GET api/me', or what \
             they are read from: --from-har FILE or --from-openapi FILE (on a terminal they are asked for)"
                | "{options} are missing; say --login 'POST api/login' --token /data/token --user-info 'GET api/me', or \
                   what they are read from: --from-har FILE or --from-openapi FILE (on a terminal they are asked for)"
                    % missing.len(),
            options = missing.join(", ")
        )));
    }
    questions::ask(wanted, &mut input.lock(), &mut |said| match said {
        Said::Question(text) => console.ask(text),
        Said::Objection(text) => console.warn(text),
    })
}

/// Makes the contract from what was read, and what was said besides.
fn draft(wanted: &ContractInit) -> Result<Draft, Problem> {
    let read = match (&wanted.from_har, &wanted.from_openapi) {
        (Some(path), _) => Some(read(path, from_har)?),
        (None, Some(path)) => Some(read(path, from_openapi)?),
        (None, None) => None,
    };
    let mut draft = match read {
        None => said_only(),
        Some(Ok(draft)) => draft,
        // A file without a login still does when the login is said.
        Some(Err(GuessError::Lacks { .. })) if wanted.login.is_some() => said_only(),
        Some(Err(error)) => return Err(Problem::usage(error)),
    };
    login(&mut draft, wanted)?;
    session(&mut draft, wanted)?;
    Ok(draft)
}

fn read(
    path: &Path,
    guess: fn(&str, &str) -> Result<Draft, GuessError>,
) -> Result<Result<Draft, GuessError>, Problem> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::usage(tr!("{place} cannot be read: {error}", place, error)))?;
    Ok(guess(&place, &text))
}

/// Returns what stands in a contract of which nothing was read: what has a default.
fn said_only() -> Draft {
    let mut step =
        Section::about(tr!("One request: a login code buys the token. {code} stands where the code goes."));
    step.set("role", "token", "");
    step.assume("request", "POST login", tr!("the request that a login code goes into"));
    step.set("json", one("code", "{code}"), "");
    step.set(
        "ok",
        one("status", "2xx"),
        tr!("What says yes. The status alone rarely does: many backends answer 200 to everything."),
    );
    step.assume("capture", one("token", "/data/token"), tr!("where the token stands"));
    let mut auth = Section::about(tr!(
        "How the token travels afterwards: in a header field, the query, a form or JSON."
    ));
    for (key, value) in [("in", "header"), ("name", "Authorization"), ("value", "Bearer {token}")] {
        auth.set(key, value, "");
    }
    let mut user_info = Section::about(tr!("What the token opens, and where what it shows stands."));
    user_info.leave_open("request", "GET user/info", tr!("a request that shows whose the token is"));
    user_info.leave_open("data", "/data", "");
    let mut expiry = Section::about(tr!(
        "For how long it does: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp; or seconds = 7200 where no answer tells it; or never = true."
    ));
    expiry.leave_open("from", "/data/expires_in", "");
    expiry.leave_open("unit", "s", "");
    Draft { login: vec![step], auth: vec![auth], user_info, expiry, ..Draft::default() }
}

/// Puts what was said about the login over what was read.
fn login(draft: &mut Draft, wanted: &ContractInit) -> Result<(), Problem> {
    if let Some(step) = draft.login.first_mut() {
        if let Some(request) = &wanted.login {
            step.set("request", request.as_str(), "");
        }
        if let Some(code_in) = &wanted.code_in {
            let (carrier, name) = code_in.split_once(':').unwrap_or((code_in, "code"));
            let key = match carrier {
                "json" | "form" | "query" => carrier,
                "header" => "headers",
                other => {
                    let detail = tr!(
                        "--code-in: {other} is unknown; allowed are json, form, query and header",
                        other = format_args!("{other:?}")
                    );
                    return Err(Problem::usage(detail));
                }
            };
            for key in ["json", "form", "query", "headers"] {
                step.remove(key);
            }
            step.set(key, one(name, "{code}"), "");
        }
    }
    let Some(step) = draft.login.last_mut() else { return Ok(()) };
    if let Some(ok) = &wanted.ok {
        step.set(
            "ok",
            yes(ok)?,
            tr!("What says yes. The status alone rarely does: many backends answer 200 to everything."),
        );
    }
    let mut capture = step.get("capture").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    for (name, place) in [("token", &wanted.token), ("openid", &wanted.openid)] {
        if let Some(place) = place {
            capture.insert(name.to_owned(), place.as_str().into());
        }
    }
    if wanted.token.is_some() || wanted.openid.is_some() {
        step.set("capture", capture, "");
    }
    Ok(())
}

/// Puts what was said about the session over what was read.
fn session(draft: &mut Draft, wanted: &ContractInit) -> Result<(), Problem> {
    if let Some(auth) = &wanted.auth {
        let example = "header:Authorization: Bearer {token}";
        let (place, rest) = pair("--auth", auth, ':', example)?;
        let (name, value) = pair("--auth", rest, ':', example)?;
        let mut section = Section::about(tr!(
            "How the token travels afterwards: in a header field, the query, a form or JSON."
        ));
        for (key, value) in [("in", place), ("name", name), ("value", value.trim())] {
            section.set(key, value, "");
        }
        draft.auth = vec![section];
    }
    if let Some(request) = &wanted.user_info {
        for key in ["query", "form", "json"] {
            draft.user_info.remove(key);
        }
        draft.user_info.set("request", request.as_str(), "");
        if draft.user_info.get("data").is_none() {
            draft.user_info.set("data", "/data", "");
        }
    }
    // Where no request is known, there is nothing in which data could stand.
    if let Some(data) = wanted.data.as_ref().filter(|_| draft.user_info.get("request").is_some()) {
        draft.user_info.set("data", data.as_str(), "");
    }
    if let Some(ok) = wanted.ok.as_ref().filter(|_| draft.user_info.get("request").is_some()) {
        draft.user_info.set("ok", yes(ok)?, "");
    }
    if let Some(from) = &wanted.expires {
        draft.expiry.set("from", from.as_str(), "");
        draft.expiry.set("unit", "s", "");
    }
    if let Some(unit) = &wanted.unit {
        draft.expiry.set("unit", unit.as_str(), "");
    }
    Ok(())
}

/// Reads what says yes, such as `/code=0`.
fn yes(text: &str) -> Result<Table, Problem> {
    let (place, value) = pair("--ok", text, '=', "/code=0")?;
    let typed =
        toml::from_str::<Table>(&format!("value = {value}")).ok().and_then(|mut table| table.remove("value"));
    Ok(one("equals", one(place, typed.unwrap_or_else(|| value.into()))))
}

fn one(name: &str, value: impl Into<toml::Value>) -> Table {
    Table::from_iter([(name.to_owned(), value.into())])
}

fn pair<'a>(option: &str, text: &'a str, at: char, example: &str) -> Result<(&'a str, &'a str), Problem> {
    let wrong = || {
        Problem::usage(tr!(
            "{option}: {text} cannot be understood; write it like {example}",
            option,
            text = format_args!("{text:?}"),
            example = format_args!("{example:?}")
        ))
    };
    text.split_once(at).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::draft;
    use crate::backend::{Contract, LifetimeUnit};
    use crate::cli::arguments::{Arguments, Command, ContractCommand};

    fn drafted(arguments: &[&str]) -> Result<String, String> {
        let all = ["wxconform", "contract", "init"].iter().chain(arguments);
        let parsed = Arguments::try_parse_from(all).map_err(|error| error.to_string())?;
        let Some(Command::Contract(contract)) = parsed.command else { return Err("no contract".to_owned()) };
        let ContractCommand::Init(wanted) = contract.command else { return Err("no init".to_owned()) };
        draft(&wanted).map(|draft| draft.to_string()).map_err(|problem| problem.cause().to_string())
    }

    #[test]
    fn what_is_known_of_a_backend_makes_a_contract() {
        let text = drafted(&[
            "--login=POST api/login",
            "--code-in=header:X-Code",
            "--ok=/code=\"00000\"",
            "--token=/data/\"x",
            "--openid=/data/openid",
            "--auth=query:token:{token}",
            "--user-info=GET me",
            "--expires=/data/at",
            "--unit=epoch_ms",
        ]);
        let text = text.unwrap();
        assert!(!text.contains("TODO"), "{text}");
        let contract = Contract::parse("new", "new", &text, &[]).unwrap().contract;
        let dialect = contract.dialect.unwrap();
        assert_eq!(dialect.login[0].call.headers[0].0, "X-Code");
        assert_eq!(dialect.login[0].ok.demanded()["/code"], crate::expiry::Value::from("00000"));
        assert_eq!(dialect.user_info.unwrap().ok.demanded()["/code"], crate::expiry::Value::from("00000"));
        assert_eq!(dialect.login[0].capture["token"][0].to_string(), "/data/\"x");
        assert_eq!(dialect.openid[0].to_string(), "/data/openid");
        assert_eq!((dialect.auth[0].name.as_str(), dialect.auth[0].value.as_written()), ("token", "{token}"));
        let expiry = format!("{:?}", contract.expiry.unwrap());
        assert!(expiry.contains(&format!("{:?}", LifetimeUnit::EpochMillis)), "{expiry}");
    }

    #[test]
    fn the_least_is_a_login_and_a_token() {
        let text = drafted(&["--login", "POST login", "--token", "/token", "--user-info", "GET me"]).unwrap();
        let contract = Contract::parse("new", "new", &text, &[]).unwrap().contract;
        assert_eq!(contract.dialect.unwrap().scheme(), Some("Bearer"));
        assert!(!text.contains("TODO"), "{text}");
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_option() {
        let least = ["--login", "POST login", "--token", "/token", "--user-info", "GET me"];
        let with = |more: &str| drafted(&[&least[..], &[more]].concat()).unwrap_err();
        assert!(with("--code-in=cookie:x").contains("--code-in"));
        assert!(with("--ok=/code").contains("--ok"));
        assert!(with("--auth=header").contains("--auth"));
        assert!(with("--from-har=no/such.har").contains("no/such.har cannot be read"));
        assert!(drafted(&["--from-har=a", "--from-openapi=b"]).unwrap_err().contains("cannot be used with"));
    }
}
