//! Asking for user info without a good token, at every door that somebody may have left open.

use std::time::{Duration, Instant};

use super::codes::name_as_gateways_do;
use super::driver::{SCHEME, bearer, request};
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;
use crate::checks::{Judgement, Reply, carries_data};
use crate::miniprogram::Transport;
use crate::record::Request;

/// What servers of the backend's own say of themselves, or what proxies say of a caller who is in the same building. The
/// first two are those of widespread platforms of services.
const INNER: &[(&str, &str)] = &[
    ("from", "Y"),
    ("from-source", "inner"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("Forwarded", "for=127.0.0.1;host=localhost"),
    ("X-WX-SOURCE", "wx_client"),
    ("User-Agent", "kube-probe/1.30"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("Origin", "https://servicewechat.com"),
];

/// Methods that a guard may leave out: the one by which a browser asks whether it may ask, and those that nobody thought of.
const UNGUARDED_METHODS: [&str; 4] = ["OPTIONS", "POST", "PUT", "PATCH"];

/// How long a connection that is kept is left alone before it is used again.
const SETTLING: Duration = Duration::from_millis(20);

/// What nobody was given as a token.
const NO_TOKEN: &str = "nobody-was-given-this-as-a-token";

/// How many requests with a token and how many without one meet.
const MEETING: usize = 6;

/// The unique person whose data is asked for.
const WHO: Someone = Someone::Protagonist;

/// A request in the backend's own words, and what it is for.
pub(crate) struct Spelled {
    pub(crate) request: Request,
    pub(crate) purpose: &'static str,
}

impl World {
    /// Asks for user info without any token, naming the owner in the URL.
    pub(crate) async fn present_openid_alone(&mut self) -> Result<(), Stop> {
        let openid = self.actor(&WHO)?.known_openid()?.to_owned();
        let reply = self.ask_user_info_by_url(&WHO, "openid", &openid, None).await?;
        self.keep(&WHO, vec![reply])
    }

    /// Asks for user info without any token, naming the owner as a gateway names people to the servers behind it.
    pub(crate) async fn present_openid_around_alone(&mut self) -> Result<(), Stop> {
        let request = self.named_around(&[])?;
        let reply = self.send(&WHO, request, self.run()?.contract.user_info.purpose).await?;
        self.keep(&WHO, vec![reply])
    }

    /// Asks for user info without any token, as a server of the backend's own would ask for the owner's, each way of saying
    /// so by itself.
    pub(crate) async fn present_as_inner(&mut self) -> Result<(), Stop> {
        let purpose = self.run()?.contract.user_info.purpose;
        let mut replies = Vec::new();
        for said in INNER {
            let request = self.named_around(&[*said])?;
            replies.push(self.send(&WHO, request, purpose).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Asks for user info without any token at addresses that lead to the same place where a server is lenient.
    pub(crate) async fn present_at_other_spellings(&mut self) -> Result<(), Stop> {
        let Spelled { request: ordinary, purpose } = self.spelled_without_token()?;
        let address = ordinary.url.split('?').next().unwrap_or_default();
        let base = self.run()?.target.url().trim_end_matches('/').to_owned();
        let path = address.strip_prefix(&base).unwrap_or_default();
        if path.trim_matches('/').is_empty() {
            return Err(self.not_applicable(tr!("user info has no path that could be spelled otherwise")));
        }
        let mut replies = Vec::new();
        for spelled in other_spellings(path) {
            // Each is a request of its own, with a time and a nonce of its own.
            let ordinary = self.spelled_without_token()?.request;
            let query = ordinary.url.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
            let request = Request { url: format!("{base}{spelled}{query}"), ..ordinary };
            replies.push(self.send_as_it_is(&WHO, Spelled { request, purpose }).await?);
        }
        for parameter in self.harmless_parameters()? {
            let ordinary = self.spelled_without_token()?.request;
            let joint = if ordinary.url.contains('?') { '&' } else { '?' };
            let request = Request { url: format!("{}{joint}{parameter}", ordinary.url), ..ordinary };
            replies.push(self.send_as_it_is(&WHO, Spelled { request, purpose }).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Returns parameters that mean nothing, and that a guard which looks for words in the whole address takes for something
    /// that is open to everybody: a picture, a script, the login.
    fn harmless_parameters(&mut self) -> Result<[String; 3], Stop> {
        let run = self.run()?;
        let person = self.actor(&WHO)?.person.clone();
        let login = request(&run.target, &run.contract.exchange, Some(""), None);
        let login = run.spell(login, &person).map_err(|reason| self.not_applicable(reason))?;
        let base = run.target.url().trim_end_matches('/');
        let path = login.url.split('?').next().unwrap_or_default().strip_prefix(base).unwrap_or("/login");
        Ok(["a.js".to_owned(), "a.png".to_owned(), format!("x={path}")])
    }

    /// Asks for user info without any token by methods that its guard may have forgotten, and by its own while another
    /// method is said to be meant.
    pub(crate) async fn present_by_other_methods(&mut self) -> Result<(), Stop> {
        let Spelled { request: ordinary, purpose } = self.spelled_without_token()?;
        let mut requests = Vec::new();
        for method in UNGUARDED_METHODS.iter().filter(|method| **method != ordinary.method) {
            let ordinary = self.spelled_without_token()?.request;
            requests.push(Request { method: (*method).to_owned(), ..ordinary });
        }
        let mut meant = ordinary;
        let own = meant.method.clone();
        meant.headers.push("X-HTTP-Method-Override", "OPTIONS");
        requests.push(meant);
        if own != "POST" {
            let mut posted = self.spelled_without_token()?.request;
            "POST".clone_into(&mut posted.method);
            posted.headers.push("X-HTTP-Method-Override", own);
            requests.push(posted);
        }
        let mut replies = Vec::new();
        for request in requests {
            replies.push(self.send_as_it_is(&WHO, Spelled { request, purpose }).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Asks for user info without any token while its owner asks with one, all at the same moment.
    pub(crate) async fn present_nothing_amid(&mut self, rounds: usize) -> Result<(), Stop> {
        let run = self.run()?;
        let mut without = Vec::new();
        for round in 0..rounds {
            let header = bearer(&self.actor(&WHO)?.held_token()?.token)?;
            let mut requests = Vec::new();
            for _ in 0..MEETING {
                for said in [Some(header.clone()), None] {
                    requests.push((WHO, request(&run.target, &run.contract.user_info, None, said)));
                }
            }
            let transport = self.transport()?;
            let replies = self.send_at_once(requests, run.contract.user_info.purpose, &transport).await?;
            let served = replies.iter().step_by(2).any(|reply| carries_data(reply) == Judgement::Kept);
            // A token that its use replaces serves for one round.
            if round == 0 && !served {
                self.demand_opened(&WHO, &replies[0])?;
            } else if !served {
                break;
            }
            without.extend(replies.into_iter().skip(1).step_by(2));
            // The owner's data is the owner's as long as the token lives.
            if self.is_past(&WHO, 2)? {
                break;
            }
        }
        self.keep(&WHO, without)
    }

    /// Asks for user info without any token, and with one that is none, each time on the connection over which its owner
    /// has just read it.
    pub(crate) async fn present_on_the_owners_connection(&mut self) -> Result<(), Stop> {
        let kept = self.transport()?.with_kept_connections();
        let kept = kept.map_err(|error| Stop::new(error.to_string()))?;
        let mut replies = Vec::new();
        for said in [None, Some(format!("{SCHEME} {NO_TOKEN}"))] {
            let own = bearer(&self.actor(&WHO)?.held_token()?.token)?;
            let (asked, virtual_since) = (Instant::now(), self.run()?.target.time().shown());
            let owners = self.ask_over(&kept, Some(own)).await?;
            self.demand_opened(&WHO, &owners)?;
            self.go_on_with_what_came(&WHO, &owners, asked, virtual_since)?;
            // It takes a moment until a connection is known to be free.
            tokio::time::sleep(SETTLING).await;
            replies.push(self.ask_over(&kept, said).await?);
        }
        self.keep(&WHO, replies)
    }

    /// Asks for user info over a transport.
    async fn ask_over(
        &mut self,
        transport: &Transport,
        authorization: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let (person, name) = (self.actor(&WHO)?.person.clone(), self.short_name(&WHO)?);
        let request = request(&run.target, &run.contract.user_info, None, authorization);
        let request = run.spell(request, &person).map_err(|reason| self.not_applicable(reason))?;
        self.witness(transport.send(request, &name, run.contract.user_info.purpose).await)
    }

    /// Returns a request for user info that names the owner beside it, with these fields in addition.
    fn named_around(&mut self, fields: &[(&str, &str)]) -> Result<Request, Stop> {
        let run = self.run()?;
        let openid = self.actor(&WHO)?.known_openid()?.to_owned();
        let mut request = request(&run.target, &run.contract.user_info, None, None);
        for (name, value) in fields {
            request.headers.push(*name, *value);
        }
        name_as_gateways_do(&mut request, &openid);
        request.headers.push("Cookie", format!("openid={openid}"));
        Ok(request)
    }

    /// Returns the request for user info in the backend's own words, without a token.
    fn spelled_without_token(&mut self) -> Result<Spelled, Stop> {
        let run = self.run()?;
        let person = self.actor(&WHO)?.person.clone();
        let request = request(&run.target, &run.contract.user_info, None, None);
        let request = run.spell(request, &person).map_err(|reason| self.not_applicable(reason))?;
        Ok(Spelled { request, purpose: run.contract.user_info.purpose })
    }

    /// Sends a request that is in the backend's own words already.
    pub(crate) async fn send_as_it_is(&mut self, someone: &Someone, spelled: Spelled) -> Result<Reply, Stop> {
        let name = self.short_name(someone)?;
        let exchange = self.transport()?.send(spelled.request, &name, spelled.purpose).await;
        self.witness(exchange)
    }
}

/// Returns other spellings of a path: those that routers take for the same one while a guard that compares texts does not.
fn other_spellings(path: &str) -> Vec<String> {
    let first = path.trim_start_matches('/');
    let mut letters = first.chars();
    let escaped = letters.next().map(|letter| format!("/%{:02x}{}", u32::from(letter), letters.as_str()));
    let mut spelled = vec![
        format!("{path}/"),
        format!("/{path}"),
        format!("{path};x=.js"),
        format!("{path}.json"),
        format!("{path}.js"),
        format!("{path}/a.css"),
        format!("{path}%20"),
        path.to_ascii_uppercase(),
    ];
    spelled.extend(escaped.filter(|_| first.starts_with(|letter: char| letter.is_ascii_alphanumeric())));
    spelled.retain(|spelled| spelled != path);
    spelled
}

#[cfg(test)]
mod tests {
    use super::other_spellings;

    #[test]
    fn no_spelling_is_the_usual_one() {
        let spelled = other_spellings("/user/info");
        assert_eq!(spelled.len(), 9);
        assert!(spelled.contains(&"//user/info".to_owned()) && spelled.contains(&"/%75ser/info".to_owned()));
        assert!(!other_spellings("/A/1").contains(&"/A/1".to_owned()));
    }
}
