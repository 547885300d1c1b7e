//! `wxconform contract init`: a first contract, from what one knows of a backend.

use std::fmt::Write as _;
use std::io::Write as _;

use super::arguments::ContractInit;
use super::console::Console;
use super::problem::Problem;
use crate::backend::Contract;
use crate::record::ExitStatus;

/// Writes a contract, and makes sure that it can be understood before it is written.
pub(super) fn run(wanted: &ContractInit, console: &mut Console) -> Result<ExitStatus, Problem> {
    let text = draft(wanted)?;
    Contract::parse("new", "the new contract", &text, &[])?;
    let Some(path) = &wanted.file else {
        console.render(|page, _color, _width| write!(page, "{text}"))?;
        return Ok(ExitStatus::Success);
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!wanted.force);
    let mut file = options.open(path).map_err(|error| {
        let hint =
            if error.kind() == std::io::ErrorKind::AlreadyExists { "; --force overwrites it" } else { "" };
        Problem::usage(format!("cannot write {}: {error}{hint}", path.display()))
    })?;
    file.write_all(text.as_bytes())?;
    console.note(&format!(
        "{} is written; next: wxconform contract check {0}, then wxconform --backend URL --contract {0}",
        path.display()
    ));
    Ok(ExitStatus::Success)
}

/// Returns the text of the contract.
fn draft(wanted: &ContractInit) -> Result<String, Problem> {
    let mut page = String::from(
        "# How a backend spells the login. What is left out is as in `wxconform contract show documented`.\n\n\
         # One request: a login code buys the token. {code} stands where the code goes.\n[[login]]\nrole = \"token\"\n",
    );
    let line = |page: &mut String, line: String| {
        // Writing into a String cannot fail.
        writeln!(page, "{line}").unwrap_or_default();
    };
    line(&mut page, format!("request = {}", quoted(&wanted.login)));
    let (carrier, name) = wanted.code_in.split_once(':').unwrap_or((wanted.code_in.as_str(), "code"));
    let table = match carrier {
        "json" | "form" | "query" => carrier,
        "header" => "headers",
        other => {
            let detail = format!("--code-in: {other:?} is unknown; allowed are json, form, query and header");
            return Err(Problem::usage(detail));
        }
    };
    line(&mut page, format!("{table} = {{ {} = \"{{code}}\" }}", quoted(name)));
    page.push_str("# What says yes. The status alone rarely does: many backends answer 200 to everything.\n");
    match &wanted.ok {
        None => line(&mut page, "ok = { status = \"2xx\" }".to_owned()),
        Some(ok) => {
            let (place, value) = pair("--ok", ok, "/code=0")?;
            let is_toml = toml::from_str::<toml::Table>(&format!("value = {value}")).is_ok();
            let value = if is_toml { value.to_owned() } else { quoted(value) };
            line(&mut page, format!("ok = {{ equals = {{ {} = {value} }} }}", quoted(place)));
        }
    }
    let openid =
        wanted.openid.as_ref().map(|place| format!(", openid = {}", quoted(place))).unwrap_or_default();
    line(&mut page, format!("capture = {{ token = {}{openid} }}", quoted(&wanted.token)));
    page.push_str("\n# How the token travels afterwards: in a header, query, form or json.\n[[auth]]\n");
    let (place, rest) = pair_at("--auth", &wanted.auth, ':', "header:Authorization: Bearer {token}")?;
    let (name, value) = pair_at("--auth", rest, ':', "header:Authorization: Bearer {token}")?;
    line(
        &mut page,
        format!("in = {}\nname = {}\nvalue = {}", quoted(place), quoted(name), quoted(value.trim())),
    );
    page.push_str("\n# What the token opens, and where what it shows stands.\n[user_info]\n");
    line(&mut page, format!("request = {}\ndata = {}", quoted(&wanted.user_info), quoted(&wanted.data)));
    if let Some(ok) = &wanted.ok {
        let (place, value) = pair("--ok", ok, "/code=0")?;
        let is_toml = toml::from_str::<toml::Table>(&format!("value = {value}")).is_ok();
        let value = if is_toml { value.to_owned() } else { quoted(value) };
        line(&mut page, format!("ok = {{ equals = {{ {} = {value} }} }}", quoted(place)));
    }
    page.push_str("\n# For how long it does: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp; or never = true.\n");
    match &wanted.expires {
        None => page.push_str("# [expiry]\n# from = \"/data/expires_in\"\n# unit = \"s\"\n"),
        Some(from) => {
            line(&mut page, format!("[expiry]\nfrom = {}\nunit = {}", quoted(from), quoted(&wanted.unit)));
        }
    }
    Ok(page)
}

/// Returns a text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn pair<'a>(option: &str, text: &'a str, example: &str) -> Result<(&'a str, &'a str), Problem> {
    pair_at(option, text, '=', example)
}

fn pair_at<'a>(option: &str, text: &'a str, at: char, example: &str) -> Result<(&'a str, &'a str), Problem> {
    let wrong =
        || Problem::usage(format!("{option}: {text:?} cannot be understood; write it like {example:?}"));
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
        draft(&wanted).map_err(|problem| problem.cause().to_string())
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
        let contract = Contract::parse("new", "new", &text.unwrap(), &[]).unwrap().contract;
        let dialect = contract.dialect.unwrap();
        assert_eq!(dialect.login[0].call.headers[0].0, "X-Code");
        assert_eq!(dialect.login[0].ok.demanded()["/code"], crate::expiry::Value::from("00000"));
        assert_eq!(dialect.login[0].capture["token"][0].to_string(), "/data/\"x");
        assert_eq!((dialect.auth[0].name.as_str(), dialect.auth[0].value.as_written()), ("token", "{token}"));
        let expiry = format!("{:?}", contract.expiry.unwrap());
        assert!(expiry.contains(&format!("{:?}", LifetimeUnit::EpochMillis)), "{expiry}");
    }

    #[test]
    fn the_least_is_a_login_and_a_token() {
        let text = drafted(&["--login", "POST login", "--token", "/token", "--user-info", "GET me"]).unwrap();
        let contract = Contract::parse("new", "new", &text, &[]).unwrap().contract;
        assert_eq!(contract.dialect.unwrap().scheme(), Some("Bearer"));
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_option() {
        let least = ["--login", "POST login", "--token", "/token", "--user-info", "GET me"];
        let with = |more: &str| drafted(&[&least[..], &[more]].concat()).unwrap_err();
        assert!(with("--code-in=cookie:x").contains("--code-in"));
        assert!(with("--ok=/code").contains("--ok"));
        assert!(with("--auth=header").contains("--auth"));
        assert!(drafted(&["--token", "/token"]).unwrap_err().contains("--login"));
    }
}
