//! How does a backend get to the stand-in that has WeChat's address built in?
//!
//! Most backends ask `https://api.weixin.qq.com` and cannot be told otherwise. Their runtime often can: it reads
//! variables that name a proxy and certificates to trust. [`RECIPES`] lists what each runtime reads, [`variables`]
//! is all of it at once for a process that somebody is about to start, and
//! [`StandIn::write_ca`](super::StandIn::write_ca) lays the files down that the variables name.

mod files;
mod recipes;
mod trust_store;

use std::path::Path;

use super::gateway::HOSTS;

pub(super) use files::write;
pub use recipes::RECIPES;

/// What loopback traffic is called. It must not go through the proxy: the backend's own requests are none of
/// WeChat's business.
const LOOPBACK: &str = "localhost,127.0.0.1,::1";

/// How one runtime is led to the stand-in without a change to the backend.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The runtime, and the library where it makes a difference.
    pub runtime: &'static str,
    /// What it reads.
    pub variables: &'static [Variable],
    /// With what it was seen to work, on Linux; empty when it was not tried.
    pub seen_with: &'static str,
    /// What is to be known about it.
    pub note: &'static str,
}

/// A variable of the environment that leads a runtime to the stand-in.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value, with places for what differs from run to run.
    template: &'static str,
    /// What stands between its value and one that it already has; absent when the old value has to go.
    pub joined_by: Option<&'static str>,
    /// Whether every process can be given it. One that does more than it should to other runtimes cannot.
    pub everywhere: bool,
}

impl Variable {
    /// Returns the value for a proxy such as `http://127.0.0.1:9321` and a file that
    /// [`StandIn::write_ca`](super::StandIn::write_ca) has written.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use wxconform::standin::RECIPES;
    ///
    /// let go = RECIPES[0].variables.iter().find(|variable| variable.name == "SSL_CERT_FILE").unwrap();
    /// assert_eq!(go.value("http://127.0.0.1:9321", Path::new("/tmp/ca.pem")), "/tmp/ca.pem");
    /// ```
    #[must_use]
    pub fn value(&self, proxy: &str, ca_file: &Path) -> String {
        let authority = proxy.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        let host = host.trim_start_matches('[').trim_end_matches(']');
        self.template
            .replace("{loopback}", LOOPBACK)
            .replace("{proxy}", proxy)
            .replace("{host}", host)
            .replace("{port}", port)
            .replace("{ca}", &ca_file.display().to_string())
    }
}

/// Returns the variables for a process that is to take the stand-in for WeChat, whatever runtime it is of.
///
/// `url` is [`StandIn::url`](super::StandIn::url), `proxy` is [`StandIn::proxy_url`](super::StandIn::proxy_url), and
/// `ca_file` the absolute path of a file that [`StandIn::write_ca`](super::StandIn::write_ca) has written: some
/// variables name what it wrote beside it. The first three variables, `WXCONFORM_WECHAT`, `WXCONFORM_PROXY` and
/// `WXCONFORM_CA`, are for whoever writes a start script; the others are those of [`RECIPES`].
///
/// `SSL_CERT_FILE` and its like take the place of the certificates that the system trusts, and that is meant: a
/// process with these variables believes nobody but the stand-in. There is no `HTTP_PROXY`, which would also
/// swallow what a backend says to its neighbours, such as `http://search:9200`; WeChat is asked by HTTPS. Loopback
/// addresses are left out of the proxy. A variable with [`Variable::joined_by`] may have a value already, which
/// [`joined`] keeps.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use wxconform::standin::variables;
///
/// let proxy = "http://127.0.0.1:9321";
/// let variables = variables(proxy, proxy, Path::new("/tmp/ca.pem"));
/// assert!(variables.contains(&("HTTPS_PROXY".to_owned(), proxy.to_owned())));
/// assert!(variables.contains(&("NODE_EXTRA_CA_CERTS".to_owned(), "/tmp/ca.pem".to_owned())));
/// ```
#[must_use]
pub fn variables(url: &str, proxy: &str, ca_file: &Path) -> Vec<(String, String)> {
    let ca = ca_file.display().to_string();
    let mut variables = vec![
        ("WXCONFORM_WECHAT".to_owned(), url.to_owned()),
        ("WXCONFORM_PROXY".to_owned(), proxy.to_owned()),
        ("WXCONFORM_CA".to_owned(), ca),
    ];
    for variable in everywhere() {
        variables.push((variable.name.to_owned(), variable.value(proxy, ca_file)));
    }
    variables
}

/// Returns the value of a variable for a process that would otherwise have had another one.
///
/// Options of a runtime and addresses without a proxy are added to those that are there; anything else replaces
/// them.
///
/// # Examples
///
/// ```
/// use wxconform::standin::joined;
///
/// assert_eq!(joined("NO_PROXY", "db", "localhost"), "db,localhost");
/// assert_eq!(joined("HTTPS_PROXY", "http://office:3128", "http://127.0.0.1:1"), "http://127.0.0.1:1");
/// ```
#[must_use]
pub fn joined(name: &str, before: &str, ours: &str) -> String {
    let variable = everywhere().find(|variable| variable.name == name);
    match variable.and_then(|variable| variable.joined_by) {
        Some(between) if !before.is_empty() => format!("{before}{between}{ours}"),
        _ => ours.to_owned(),
    }
}

/// Returns the lines of a shell, for root, that start a command which takes the stand-in for WeChat by its name. The
/// stand-in has to listen at port 443 of 127.0.0.1 then, and the command still has to trust its certificate.
#[must_use]
pub fn hosts_file_recipe() -> Vec<String> {
    vec![
        format!("echo '127.0.0.1 localhost {}' > /tmp/hosts", HOSTS.join(" ")),
        "unshare --mount sh -c 'mount --bind /tmp/hosts /etc/hosts && exec YOUR-COMMAND'".to_owned(),
    ]
}

/// Returns the variables that every process can be given, each once, in the order of the recipes.
pub fn everywhere() -> impl Iterator<Item = &'static Variable> {
    let all = || RECIPES.iter().flat_map(|recipe| recipe.variables).filter(|variable| variable.everywhere);
    all()
        .enumerate()
        .filter(move |(index, variable)| all().take(*index).all(|one| one.name != variable.name))
        .map(|(_, variable)| variable)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use super::{RECIPES, everywhere, joined, variables};

    #[test]
    fn a_process_is_given_each_variable_once_and_nothing_stays_open() {
        let proxy = "http://[::1]:9321";
        let given = variables("http://[::1]:9321", proxy, Path::new("/a b/ca.pem"));
        let by_name: HashMap<&str, &str> =
            given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(by_name.len(), given.len());
        assert!(given.iter().all(|(_, value)| !value.contains(['{', '}'])), "{given:?}");
        assert_eq!(by_name["https_proxy"], proxy);
        assert_eq!(by_name["NO_PROXY"], "localhost,127.0.0.1,::1");
        assert!(by_name["JAVA_TOOL_OPTIONS"].contains("-Dhttps.proxyHost=::1 -Dhttps.proxyPort=9321 "));
        assert!(!by_name.keys().any(|name| name.eq_ignore_ascii_case("http_proxy")));
    }

    #[test]
    fn a_variable_is_told_in_one_way_by_all_recipes() {
        let mut seen: HashMap<&str, (&str, Option<&str>, bool)> = HashMap::new();
        for variable in RECIPES.iter().flat_map(|recipe| recipe.variables) {
            let told = (variable.template, variable.joined_by, variable.everywhere);
            assert_eq!(*seen.entry(variable.name).or_insert(told), told, "{}", variable.name);
        }
        assert_eq!(everywhere().count(), seen.values().filter(|(.., everywhere)| *everywhere).count());
    }

    #[test]
    fn what_a_process_has_already_is_kept_where_it_can_be() {
        assert_eq!(joined("NODE_OPTIONS", "--enable-source-maps", "-r x"), "--enable-source-maps -r x");
        assert_eq!(joined("NODE_OPTIONS", "", "-r x"), "-r x");
        // An empty folder is PHP's own.
        assert_eq!(joined("PHP_INI_SCAN_DIR", "/etc/php", ":/tmp/ca"), "/etc/php:/tmp/ca");
        assert_eq!(joined("SSL_CERT_FILE", "/etc/ssl/cert.pem", "/tmp/ca.pem"), "/tmp/ca.pem");
        assert_eq!(joined("UNHEARD_OF", "a", "b"), "b");
    }
}
