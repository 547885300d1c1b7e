//! Many people at once, and people who are easily mistaken for each other.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::cast::short_name;
use super::driver::{basic, bearer, request};
use super::forgery::flip_case;
use super::log::Stop;
use super::parameters::{Marks, NEWCOMER, Place, Someone};
use super::reading::due_step;
use super::run::Run;
use super::world::World;
use crate::checks::{Judgement, Login, Reply, carries_data, given_openid, one_account, told_apart};
use crate::expiry::Value;
use crate::miniprogram::Transport;
use crate::protocol::{JsCode, OpenId};
use crate::record::Request;
use crate::standin::Person;

/// The length of an openid.
const OPENID_LENGTH: usize = 28;

/// How many characters at its beginning all openids of an app share.
pub(crate) const SHARED_LENGTH: usize = 6;

impl World {
    /// Lets many people log in at the same time, each from the code to the user info.
    pub(crate) async fn crowd_logs_in(&mut self, people: usize) -> Result<(), Stop> {
        let run = self.run()?;
        let mut visitors = Vec::new();
        for number in 1..=people {
            let person = run.person(&self.key_of(&format!("Visitor {number}"))?);
            let code = run.wechat.login(&person);
            run.watch(&person);
            visitors.push((person, code));
        }
        let logins = self.log_in_at_once(visitors).await?;
        self.remember_crowd(logins);
        Ok(())
    }

    /// Lets somebody log in from several phones at the same time, and afterwards twice more, once at a time, and judges
    /// whether all of them show one account.
    pub(crate) async fn log_in_from_phones(&mut self, someone: &Someone, phones: usize) -> Result<(), Stop> {
        let person = self.actor(someone)?.person.clone();
        let mut logins = Vec::new();
        for _ in 0..phones {
            logins.push((person.clone(), self.slowed_code(someone)?));
        }
        let at_once = self.log_in_at_once(logins).await?;
        let at_once: Vec<Reply> = at_once.into_iter().filter_map(|login| login.info).collect();
        let mut later = Vec::new();
        for _ in 0..2 {
            self.log_in_wholly(someone).await?;
            later.extend(self.actor(someone)?.replies.last().cloned());
        }
        match one_account(&at_once, &later) {
            Some(judgement) => self.conclude(judgement),
            None => {
                return Err(self.not_applicable(tr!("user info shows no account of the backend's own")));
            }
        }
        Ok(())
    }

    /// Lets all of them log in at the same time, each from the code to the user info, and takes what happened into
    /// evidence.
    async fn log_in_at_once(&mut self, visitors: Vec<(Person, JsCode)>) -> Result<Vec<Login>, Stop> {
        let run = self.run()?;
        let barrier = Arc::new(Barrier::new(visitors.len()));
        let mut going = JoinSet::new();
        for (index, (person, code)) in visitors.into_iter().enumerate() {
            let (run, transport, barrier) = (Arc::clone(&run), self.transport()?, Arc::clone(&barrier));
            going.spawn(async move {
                barrier.wait().await;
                (index, whole_login(&run, &transport, &person, &code).await)
            });
        }
        let mut finished = Vec::new();
        while let Some(joined) = going.join_next().await {
            finished.push(joined.map_err(|error| Stop::new(tr!("a login was lost: {error}", error)))?);
        }
        finished.sort_by_key(|(index, _)| *index);
        let mut logins = Vec::new();
        self.take_in_turned_away()?;
        for (_, login) in finished {
            let login = login?;
            for reply in
                [Some(&login.exchange), login.token.as_ref(), login.info.as_ref()].into_iter().flatten()
            {
                self.take_in(reply)?;
            }
            logins.push(login);
        }
        Ok(logins)
    }

    /// Makes sure that the backend lets an ordinary person in, with an openid of letters and digits only, and
    /// returns the user info. Whatever it does to others is then because of what is special about them.
    pub(crate) async fn check_ordinary_person(&mut self, name: &str, unionid: bool) -> Result<Value, Stop> {
        self.introduce_special(name, |person, run| {
            let openid = plain_openid(&person.openid);
            Person { openid, ..run.bound_person(&person.key, unionid) }
        })?;
        let someone = Someone::Named(name.to_owned());
        self.log_in_as_far_as_user_info(&someone).await?;
        if !self.was_given_own_openid(&someone)? {
            return Err(Stop::new(tr!("an ordinary person got another openid than WeChat's")));
        }
        let actor = self.actor(&someone)?;
        Ok(actor.info.clone().unwrap_or(Value::Undefined))
    }

    /// Tells whether a login led to the person's own openid, as far as it leads to an openid.
    pub(crate) fn was_given_own_openid(&mut self, someone: &Someone) -> Result<bool, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let own = actor.openid.as_deref() == Some(actor.person.openid.as_str());
        Ok(own || !run.contract.goes_on_with_openid())
    }

    /// Makes somebody known, where the contract wants that done before a single request is a whole login.
    pub(crate) async fn make_known(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        if run.contract.dialect.as_ref().is_some_and(|dialect| dialect.conditional().next().is_some()) {
            self.log_in_as_far_as_openid(someone).await?;
            self.actor(someone)?.bought = None;
        }
        Ok(())
    }

    /// Makes sure that the backend tells two ordinary people apart, also when one of them looks again.
    pub(crate) async fn check_ordinary_people(&mut self, unionid: bool) -> Result<(), Stop> {
        let one = self.check_ordinary_person("Yvonne", unionid).await?;
        let other = self.check_ordinary_person(NEWCOMER, unionid).await?;
        let again = self.read_user_info(&Someone::Named("Yvonne".to_owned())).await?;
        self.demand_opened(&Someone::Named("Yvonne".to_owned()), &again)?;
        match told_apart(&one, &other, &again.data) {
            Judgement::Kept => Ok(()),
            Judgement::Broken(_) | Judgement::CannotTell(_) => {
                Err(Stop::new(tr!("user info does not tell any two people apart")))
            }
        }
    }

    /// Brings in a person who differs from the usual one of this name.
    pub(crate) fn introduce_special(
        &mut self,
        name: &str,
        change: impl FnOnce(Person, &Run) -> Person,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let person = change(run.person(&self.key_of(name)?), &run);
        self.introduce_as(name, person)
    }

    /// Brings in a person whose openid is made of another one's.
    pub(crate) fn introduce_alike(
        &mut self,
        name: &str,
        of: &Someone,
        make: impl FnOnce(&str) -> String,
    ) -> Result<(), Stop> {
        let openid = OpenId::new(make(self.actor(of)?.person.openid.as_str()));
        self.introduce_special(name, |person, _| Person { openid, ..person })
    }

    /// Brings in a person with these marks at this place of the openid, and nowhere else.
    pub(crate) fn introduce_marked(&mut self, name: &str, marks: Marks, place: Place) -> Result<(), Stop> {
        self.introduce_special(name, |person, _| {
            let openid = marked(&plain_openid(&person.openid), marks, place);
            Person { openid, ..person }
        })
    }

    /// Gives a person a unionid, as happens when the app is bound to an account at WeChat.
    pub(crate) fn give_unionid(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let person = &mut self.actor(someone)?.person;
        person.unionid = run.wechat.person_with_unionid(&person.key).unionid;
        Ok(())
    }

    /// Logs in from the code to the user info and keeps the three answers, fewer when one of them is a refusal.
    pub(crate) async fn log_in_wholly(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.actor(someone)?.token = None;
        let mut replies = vec![self.exchange_fresh(someone).await?];
        if replies[0].granted {
            let token = self.obtain_token(someone).await?;
            let issued = token.token.is_truthy();
            replies.push(token);
            if issued {
                replies.push(self.read_user_info(someone).await?);
            }
        }
        self.keep(someone, replies)
    }

    /// Reads user info once more with the token the person has, and keeps it beside the earlier answers.
    pub(crate) async fn look_again(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.read_user_info(someone).await?;
        let mut replies = self.actor(someone)?.replies.clone();
        replies.push(reply);
        self.keep(someone, replies)
    }

    /// Judges the whole login of a person: the openid that WeChat gave, a token, and user info.
    pub(crate) fn judge_whole_login(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let actor = self.actor(someone)?;
        let [exchange, rest @ ..] = actor.replies.as_slice() else {
            return Err(Stop::new(tr!("write first: When she logs in and reads her user info")));
        };
        let refused = |why: String| Judgement::CannotTell(why);
        Ok(given_openid(exchange, &actor.person.openid)
            .and(|| {
                rest.first()
                    .map_or_else(|| refused(tr!("a token was not asked for")), crate::checks::token_granted)
            })
            .and(|| rest.get(1).map_or_else(|| refused(tr!("user info was not asked for")), carries_data)))
    }
}

/// Logs one person in, as far as the backend lets them.
async fn whole_login(
    run: &Run,
    transport: &Transport,
    person: &Person,
    code: &JsCode,
) -> Result<Login, Stop> {
    let (target, contract, actor) = (&run.target, &run.contract, short_name(&person.key));
    let send = async |request: Request, purpose: &str| {
        let request = run.spell(request, person).map_err(Stop::new)?;
        let reply = run.read(transport.send(request, actor, purpose).await);
        run.capture(&person.key, &reply);
        Ok::<Reply, Stop>(reply)
    };
    let operation = &contract.exchange;
    let mut exchange = send(request(target, operation, Some(code.as_str()), None), operation.purpose).await?;
    if let Some(dialect) = &contract.dialect
        && let Some(step) = due_step(dialect, &exchange)
    {
        let code = if step.takes_code() { run.wechat.login(person) } else { code.clone() };
        let request = run.spell_step(step, person, &code)?;
        exchange = run.read(transport.send(request, actor, operation.purpose).await);
        run.capture(&person.key, &exchange);
    }
    let mut login = Login { openid: person.openid.clone(), exchange, token: None, info: None };
    if !login.exchange.granted {
        return Ok(login);
    }
    let token = if contract.asks_for_tokens() {
        let openid = login.exchange.openid.to_js_string().unwrap_or_default().to_string_lossy();
        let operation = &contract.token;
        let authorization = Some(basic(&contract.client));
        send(request(target, operation, Some(&openid), authorization), operation.purpose).await?
    } else {
        login.exchange.clone()
    };
    if token.token.is_truthy() {
        let operation = &contract.user_info;
        let authorization = Some(bearer(&token.token)?);
        login.info = Some(send(request(target, operation, None, authorization), operation.purpose).await?);
    }
    login.token = Some(token);
    Ok(login)
}

/// Returns an openid that differs in nothing but the case of its letters.
pub(crate) fn in_other_case(openid: &str) -> String {
    let letters = openid.chars().enumerate();
    letters.map(|(at, letter)| if at < SHARED_LENGTH { letter } else { flip_case(letter) }).collect()
}

/// Returns an openid that differs in its last letter only.
pub(crate) fn with_another_end(openid: &str) -> String {
    let last = if openid.ends_with('A') { 'B' } else { 'A' };
    format!("{}{last}", openid.get(..OPENID_LENGTH - 1).unwrap_or_default())
}

/// Returns a person whose openid has this text in it, once.
pub(crate) fn with_part(person: Person, part: &str) -> Person {
    let openid = person.openid.as_str();
    let (front, rest) = openid.split_at_checked(SHARED_LENGTH).unwrap_or((openid, ""));
    let openid = OpenId::new(format!("{front}{part}{}", rest.get(part.len()..).unwrap_or_default()));
    Person { openid, ..person }
}

/// Returns an openid with an underscore in the place of each dash.
pub(crate) fn underscored(openid: &str) -> String {
    openid.replace('-', "_")
}

/// Returns an openid with letters and digits only, made of another one.
fn plain_openid(openid: &OpenId) -> OpenId {
    OpenId::new(openid.as_str().replace('-', "D").replace('_', "u"))
}

fn marked(openid: &OpenId, marks: Marks, place: Place) -> OpenId {
    let (letters, marks) = (openid.as_str(), marks.text());
    let at = match place {
        Place::Start => 1,
        Place::Middle => OPENID_LENGTH / 2,
        Place::End => OPENID_LENGTH - marks.len(),
    };
    let rest = letters.get(at + marks.len()..).unwrap_or_default();
    OpenId::new(format!("{}{marks}{rest}", letters.get(..at).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::{marked, plain_openid};
    use crate::protocol::OpenId;
    use crate::suite::parameters::{Marks, Place};

    #[test]
    fn marks_stand_where_they_are_said_to_and_nowhere_else() {
        let plain = plain_openid(&OpenId::new("o1-IF6gNS95lQ_F8enmTaDzTwn9A"));
        assert_eq!(plain.as_str(), "o1DIF6gNS95lQuF8enmTaDzTwn9A");
        let with = |marks, place| marked(&plain, marks, place).as_str().to_owned();
        assert_eq!(with(Marks::Dash, Place::Start), "o-DIF6gNS95lQuF8enmTaDzTwn9A");
        assert_eq!(with(Marks::Both, Place::Middle), "o1DIF6gNS95lQu-_enmTaDzTwn9A");
        assert_eq!(with(Marks::Underscores, Place::End), "o1DIF6gNS95lQuF8enmTaDzTwn__");
    }
}
