//! What leads a backend to the stand-in that has WeChat's address built in?

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::columns::filled;
use super::given::Given;
use super::problem::Problem;
use crate::language::translated;
use crate::standin::{RECIPES, StandIn, Variable, everywhere};

/// What a file with a certificate begins with.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The width that comments are laid out for.
const WIDTH: usize = 100;

/// Behind the recipes: what is left for whoever heeds no variable.
const HOSTS_FILE: &str = mark!(
    "Whatever heeds no variable can still be led by the name. As root, with the stand-in at port 443 (--listen \
     127.0.0.1:443) and a hosts file that only the backend sees:"
);

/// Makes sure, before anything runs, that nothing but a certificate is replaced, and returns the absolute path.
pub(super) fn place(file: &Path) -> Result<PathBuf, Problem> {
    let wrong = |detail: String| Given::flag("ca-out", &file.display().to_string()).wrong(detail);
    match std::fs::read(file) {
        Ok(found) if found.starts_with(PEM) => {}
        Ok(_) => {
            return Err(wrong(tr!("it is there and is no certificate; name another file, or remove it")));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(wrong(tr!("cannot look at it: {error}; name another file", error))),
    }
    std::path::absolute(file).map_err(|error| wrong(error.to_string()))
}

/// Writes the certificate of the stand-in to a file that [`place`] has looked at, and beside it what some runtimes
/// want instead.
pub(super) fn write_ca(standin: &StandIn, file: &Path) -> Result<(), Problem> {
    standin.write_ca(file).map_err(|error| {
        let detail = tr!("cannot write it, or what belongs beside it: {error}; name another file", error);
        Given::flag("ca-out", &file.display().to_string()).wrong(detail)
    })
}

/// Returns a page that a shell can read: it sets what leads a backend to the stand-in, whatever its runtime.
///
/// `people` says where people log in.
pub(super) fn page(standin: &StandIn, ca_file: &Path, people: &str) -> String {
    let proxy = standin.proxy_url();
    let mut page = String::new();
    comment(
        &mut page,
        &tr!(
            "WeChat is at {proxy}, which is also a proxy that leads nowhere else, and {file} vouches for it. A \
             process that has these variables trusts nobody but it. People log in at {people}/login; what \
             was refused is told at {people}/turned-away.",
            proxy,
            file = ca_file.display(),
            people
        ),
    );
    for variable in everywhere() {
        page.push('\n');
        comment(&mut page, &readers(variable));
        export(&mut page, "", variable, &proxy, ca_file);
    }
    for recipe in RECIPES {
        page.push('\n');
        let names: Vec<&str> = recipe.variables.iter().map(|variable| variable.name).collect();
        comment(
            &mut page,
            &format!("{}: {}. {}", translated(recipe.runtime), names.join(", "), translated(recipe.note)),
        );
        for variable in recipe.variables.iter().filter(|variable| !variable.everywhere) {
            export(&mut page, "# ", variable, &proxy, ca_file);
        }
    }
    page.push('\n');
    comment(&mut page, &translated(HOSTS_FILE));
    for line in crate::standin::hosts_file_recipe() {
        // Writing into a String cannot fail.
        writeln!(page, "#   {line}").unwrap_or_default();
    }
    page.push_str(&tr!("\n# Ctrl-C ends it.\n"));
    page
}

fn readers(variable: &Variable) -> String {
    let reads =
        |recipe: &&crate::standin::Recipe| recipe.variables.iter().any(|one| one.name == variable.name);
    let runtimes: Vec<String> =
        RECIPES.iter().filter(reads).map(|recipe| translated(recipe.runtime)).collect();
    runtimes.join("; ")
}

fn comment(page: &mut String, text: &str) {
    page.push_str(&filled(WIDTH, "# ", "# ", text));
    page.push('\n');
}

/// Adds a line that sets a variable, and keeps what it holds where that can be.
fn export(page: &mut String, front: &str, variable: &Variable, proxy: &str, ca_file: &Path) {
    let name = variable.name;
    let kept =
        variable.joined_by.map(|between| format!("\"${{{name}:+${name}{between}}}\"")).unwrap_or_default();
    let value = quoted(&variable.value(proxy, ca_file));
    // Writing into a String cannot fail.
    writeln!(page, "{front}export {name}={kept}{value}").unwrap_or_default();
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
