//! What does a person say about a backend?

use std::io::BufRead;

use super::draft;
use crate::backend::{Contract, ContractError};
use crate::cli::arguments::ContractInit;
use crate::cli::problem::Problem;
use crate::language::translated;

/// A question: the option that answers it as well, what is asked, an example, and what an empty answer means.
struct Question {
    option: &'static str,
    text: &'static str,
    example: &'static str,
    default: Option<&'static str>,
    slot: fn(&mut ContractInit) -> &mut Option<String>,
}

const QUESTIONS: &[Question] = &[
    Question {
        option: "--login",
        text: mark!("Which request does a login code go into?"),
        example: "POST api/login",
        default: None,
        slot: |wanted| &mut wanted.login,
    },
    Question {
        option: "--code-in",
        text: mark!("Where does the code stand in it: json, form, query or header, and under which name?"),
        example: "form:js_code",
        default: Some("json:code"),
        slot: |wanted| &mut wanted.code_in,
    },
    Question {
        option: "--ok",
        text: mark!("What stands in an answer that says yes?"),
        example: "/code=0",
        default: Some(""),
        slot: |wanted| &mut wanted.ok,
    },
    Question {
        option: "--token",
        text: mark!("Where in the answer does the token stand?"),
        example: "/data/token",
        default: None,
        slot: |wanted| &mut wanted.token,
    },
    Question {
        option: "--openid",
        text: mark!("Where in the answer does the openid stand, if it is there?"),
        example: "/data/openid",
        default: Some(""),
        slot: |wanted| &mut wanted.openid,
    },
    Question {
        option: "--auth",
        text: mark!(
            "How does the token travel: header, query, form or json, the name, and what stands there?"
        ),
        example: "header:X-Token:{token}",
        default: Some("header:Authorization: Bearer {token}"),
        slot: |wanted| &mut wanted.auth,
    },
    Question {
        option: "--user-info",
        text: mark!("Which request shows whose the token is?"),
        example: "GET api/me",
        default: None,
        slot: |wanted| &mut wanted.user_info,
    },
    Question {
        option: "--data",
        text: mark!("Where in its answer do the user's data stand?"),
        example: "/result",
        default: Some("/data"),
        slot: |wanted| &mut wanted.data,
    },
    Question {
        option: "--expires",
        text: mark!("Where in the answer to the login does the lifetime of the token stand, if it is told?"),
        example: "/data/expires_in",
        default: Some(""),
        slot: |wanted| &mut wanted.expires,
    },
    Question {
        option: "--unit",
        text: mark!("In what is it told: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp?"),
        example: "epoch_ms",
        default: Some("s"),
        slot: |wanted| &mut wanted.unit,
    },
];

/// What a person is told.
#[derive(Debug)]
pub(super) enum Said<'a> {
    /// A question; the answer follows.
    Question(&'a str),
    /// Why the last answer does not do.
    Objection(&'a str),
}

/// Asks for everything that no flag says. What cannot be understood is asked for again.
pub(super) fn ask(
    wanted: &ContractInit,
    input: &mut dyn BufRead,
    say: &mut dyn FnMut(Said<'_>),
) -> Result<ContractInit, Problem> {
    let mut known = wanted.clone();
    for question in QUESTIONS {
        if (question.slot)(&mut known).is_some() || question.option == "--unit" && known.expires.is_none() {
            continue;
        }
        let default = match question.default {
            None => String::new(),
            Some("") => tr!(" [none]"),
            Some(default) => format!(" [{default}]"),
        };
        let text = tr!(
            "{question} Such as {example}{default}:",
            question = translated(question.text),
            example = question.example,
            default
        );
        loop {
            say(Said::Question(&text));
            let Some(answer) = line(input)? else {
                return Err(Problem::usage(tr!(
                    "the input ended before the answer to {option}; nothing is written",
                    option = question.option
                )));
            };
            let answer =
                if answer.is_empty() { question.default.unwrap_or_default() } else { answer.as_str() };
            if answer.is_empty() {
                if question.default.is_some() {
                    break;
                }
                say(Said::Objection(&tr!("without it there is no contract")));
                continue;
            }
            let mut tried = known.clone();
            *(question.slot)(&mut tried) = Some(answer.to_owned());
            let Some(objection) = objection(&tried) else {
                known = tried;
                break;
            };
            say(Said::Objection(&objection));
        }
    }
    Ok(known)
}

/// Reads a line without its end; none when there is no more.
fn line(input: &mut dyn BufRead) -> Result<Option<String>, Problem> {
    let mut line = String::new();
    let length = input
        .read_line(&mut line)
        .map_err(|error| Problem::usage(tr!("cannot read an answer: {error}", error)))?;
    Ok((length > 0).then(|| line.trim().to_owned()))
}

/// Says what is wrong with what is known so far.
fn objection(known: &ContractInit) -> Option<String> {
    let text = match draft(known) {
        Ok(draft) => draft.to_string(),
        Err(problem) => return Some(problem.cause().to_string()),
    };
    match Contract::parse("new", &tr!("the new contract"), &text, &[]).err()? {
        // The line is of no use to somebody who has not seen the file.
        ContractError::Wrong { mistake, .. } => Some(mistake.to_string()),
        error @ (ContractError::Unreadable { .. } | ContractError::Unknown { .. }) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ContractInit, QUESTIONS, Said, ask};
    use crate::backend::Contract;
    use crate::cli::contract_init::draft;

    fn asked(wanted: &ContractInit, answers: &str) -> (Result<ContractInit, String>, String) {
        let mut said = String::new();
        let known = ask(wanted, &mut answers.as_bytes(), &mut |text| {
            let (Said::Question(text) | Said::Objection(text)) = text;
            said.push_str(text);
            said.push('\n');
        });
        (known.map_err(|problem| problem.cause().to_string()), said)
    }

    #[test]
    fn the_answers_make_a_contract() {
        let answers = "POST api/login\nform:wxCode\n/code=\"0\"\n/data/token\n\nquery:t:{token}\nGET me\n\n/data/ttl\nms\n";
        let (known, said) = asked(&ContractInit::default(), answers);
        let text = draft(&known.unwrap()).unwrap().to_string();
        let contract = Contract::parse("new", "new", &text, &[]).unwrap().contract;
        let dialect = contract.dialect.unwrap();
        assert_eq!(dialect.login[0].call.form[0].0, "wxCode");
        assert_eq!((dialect.auth[0].name.as_str(), dialect.openid.len()), ("t", 0));
        assert_eq!(said.lines().count(), QUESTIONS.len(), "{said}");
        for question in QUESTIONS {
            assert!(said.contains(question.text) && said.contains(question.example), "{}", question.option);
        }
    }

    #[test]
    fn the_fewest_answers_are_three_and_the_rest_are_defaults() {
        let (known, said) = asked(&ContractInit::default(), "POST login\n\n\n/token\n\n\nGET me\n\n\n");
        let known = known.unwrap();
        assert_eq!(
            (known.ok.as_deref(), known.data.as_deref(), known.expires.as_deref()),
            (None, Some("/data"), None)
        );
        assert!(!said.contains("epoch_ms"), "without a lifetime there is no unit: {said}");
        assert!(Contract::parse("new", "new", &draft(&known).unwrap().to_string(), &[]).is_ok());
    }

    #[test]
    fn what_cannot_be_understood_is_asked_again_and_what_a_flag_says_never() {
        let wanted = ContractInit {
            token: Some("/t".to_owned()),
            code_in: Some("json:c".to_owned()),
            ..ContractInit::default()
        };
        let (known, said) = asked(&wanted, "\nlogin\nPOST login\nyes\n\n\nheader\n\nGET me\n\n\n");
        assert_eq!(known.unwrap().login.as_deref(), Some("POST login"));
        for words in [
            "without it there is no contract",
            "login[0].request",
            "--ok: \"yes\" cannot be understood",
            "--auth: ",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("does the token stand"), "{said}");
    }

    #[test]
    fn an_input_that_ends_is_told() {
        let (known, _) = asked(&ContractInit::default(), "POST login\n\n");
        assert_eq!(known.unwrap_err(), "the input ended before the answer to --ok; nothing is written");
    }
}
