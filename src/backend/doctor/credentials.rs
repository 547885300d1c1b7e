//! Does the backend use the appid and the secret that the stand-in knows?

use super::upstream::{exchanges, parameter};
use super::{Complaint, Observed, State, Trouble};

/// Does it?
pub(super) fn credentials(seen: &Observed) -> State {
    let asked: Vec<_> = exchanges(seen).collect();
    let values = |name: &str| -> Vec<String> {
        asked.iter().map(|call| parameter(call, name).unwrap_or_default()).collect()
    };
    let (app_id, secret) = (&seen.wechat.app_id, &seen.wechat.app_secret);
    let (ids, secrets) = (values("appid"), values("secret"));
    let others = |values: &[String], ours: &String| !values.is_empty() && !values.contains(ours);
    if others(&ids, app_id) {
        let theirs = ids.first().cloned().unwrap_or_default();
        let what = match theirs.as_str() {
            "" => tr!("the backend asks WeChat without an appid"),
            theirs if theirs == secret => tr!("the backend sends the secret as its appid"),
            theirs if theirs.trim() == app_id => {
                tr!(
                    "the backend asks WeChat as {theirs}, with blanks around",
                    theirs = format_args!("{theirs:?}")
                )
            }
            theirs => tr!("the backend asks WeChat as appid {theirs}", theirs = format_args!("{theirs:?}")),
        };
        return State::Wrong(Complaint::new(
            Trouble::OtherAppId,
            what,
            tr!("appid {app_id}", app_id),
            tr!("configure the backend with appid {app_id} and secret {secret} for tests", app_id, secret),
        ));
    }
    if others(&secrets, secret) {
        let theirs = secrets.first().cloned().unwrap_or_default();
        let what = match theirs.as_str() {
            "" => tr!("the backend asks WeChat without a secret"),
            theirs if theirs.trim() == secret => {
                tr!("the backend sends the right secret with blanks around it")
            }
            theirs if theirs.eq_ignore_ascii_case(secret) => {
                tr!("the backend sends the right secret in other letters, small or large")
            }
            theirs => {
                tr!(
                    "the backend sends another secret, a text of {length} letters (***)",
                    length = theirs.chars().count()
                )
            }
        };
        return State::Wrong(Complaint::new(
            Trouble::OtherSecret,
            what,
            tr!("the secret that the stand-in knows"),
            tr!("configure the backend with secret {secret} for tests", secret),
        ));
    }
    let grant = values("grant_type").into_iter().find(|grant| grant != "authorization_code");
    match grant {
        Some(grant) => State::Note(Complaint::new(
            Trouble::OtherInterface,
            tr!("the backend asks WeChat with grant_type {grant}", grant = format_args!("{grant:?}")),
            "grant_type authorization_code",
            tr!("the run will judge that (CODE-05); nothing has to be done before"),
        )),
        None => State::Well(tr!("asks as {app_id} with the right secret", app_id)),
    }
}
