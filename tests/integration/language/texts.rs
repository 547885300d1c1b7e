//! Which texts does a source say?

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::placeholders;

/// A text that is said, as gettext knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text {
    /// What tells equal texts apart that mean different things.
    pub(super) context: Option<String>,
    /// The text, or its form for one of something.
    pub(super) singular: String,
    /// The form for another number, if there is one.
    pub(super) plural: Option<String>,
}

impl Text {
    pub(super) fn plain(text: &str) -> Self {
        Self { context: None, singular: text.to_owned(), plural: None }
    }
}

/// Returns the tokens of a source without the tests at its end.
fn tokens(source: &str) -> Vec<TokenTree> {
    // Tests that are a file of their own may be named anywhere.
    let code = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.parse::<TokenStream>().unwrap().into_iter().collect()
}

/// Returns the value of a text literal.
fn literal(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|literal| literal.value())
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// Returns what a call of `tr!` or `mark!` at this place says, and how many tokens the call has.
fn call(tokens: &[TokenTree]) -> Option<(Vec<TokenTree>, usize)> {
    let [TokenTree::Ident(name), bang, TokenTree::Group(group), ..] = tokens else { return None };
    let is_ours = name == "tr" || name == "mark";
    (is_ours && is_punct(Some(bang), '!')).then(|| (group.stream().into_iter().collect(), 3))
}

/// Returns what the arguments of `tr!` say: `"context" => "one" | "many" % n`, of which only one text must be there.
fn said(arguments: &[TokenTree]) -> Option<Text> {
    let first = literal(arguments.first()?)?;
    let has_context = is_punct(arguments.get(1), '=') && is_punct(arguments.get(2), '>');
    let (context, at) = if has_context { (Some(first), 3) } else { (None, 0) };
    let text = literal(arguments.get(at)?)?;
    let plural = is_punct(arguments.get(at + 1), '|').then(|| literal(arguments.get(at + 2)?)).flatten();
    Some(Text { context, singular: text, plural })
}

/// Returns every text in `tr!` and `mark!`, wherever they stand.
pub(super) fn spoken(source: &str) -> Vec<Text> {
    let mut found = Vec::new();
    walk(&tokens(source), &mut |tokens| {
        if let Some((arguments, _)) = call(tokens) {
            found.extend(said(&arguments));
        }
        0
    });
    found
}

/// Returns every text with arguments that names a place which none of them fills.
pub(super) fn unfilled(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&tokens(source), &mut |tokens| {
        if let Some((arguments, _)) = call(tokens)
            && let Some(text) = said(&arguments)
        {
            let mut parts = arguments.split(|token| is_punct(Some(token), ','));
            let counts =
                parts.next().is_some_and(|first| first.iter().any(|token| is_punct(Some(token), '%')));
            let given: Vec<&[TokenTree]> = parts.filter(|part| !part.is_empty()).collect();
            let names = given.iter().filter(|part| part.len() == 1 || is_punct(part.get(1), '='));
            let mut filled: BTreeSet<String> = names.map(|part| part[0].to_string()).collect();
            filled.extend((0..given.len()).map(|number| number.to_string()));
            filled.extend(counts.then(|| "n".to_owned()));
            let formatted = counts || !given.is_empty();
            let places = placeholders(text.plural.as_ref().unwrap_or(&text.singular));
            found.extend(places.difference(&filled).filter(|_| formatted).map(|_| text.singular.clone()));
        }
        0
    });
    found
}

/// Returns every sentence that stands neither in `tr!` nor in `mark!`: at least three words in one text. Attributes
/// speak to the compiler, except for the messages of errors.
pub(super) fn prose(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&tokens(source), &mut |tokens| {
        if let Some((_, length)) = call(tokens) {
            return length;
        }
        if is_punct(tokens.first(), '#') {
            if let Some(TokenTree::Group(group)) = tokens.get(1) {
                let is_error =
                    group.stream().into_iter().next().is_some_and(|name| name.to_string() == "error");
                if group.delimiter() == Delimiter::Bracket && !is_error {
                    return 2;
                }
            }
            if is_punct(tokens.get(1), '!') {
                return 3;
            }
        }
        // What is written for whoever mends the program is English, and so are the words of the steps.
        if let [TokenTree::Ident(name), bang, TokenTree::Group(_), ..] = tokens
            && is_punct(Some(bang), '!')
            && ["assert", "debug_assert", "unreachable", "words"].contains(&name.to_string().as_str())
        {
            return 3;
        }
        found.extend(tokens.first().and_then(literal).filter(|text| is_sentence(text)));
        0
    });
    found
}

/// Tells whether a text has three words one after the other.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_matches(|c: char| ",.;:()\"'`".contains(c));
        word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let words: Vec<&str> = text.split([' ', '\n']).collect();
    words.windows(3).any(|three| three.iter().all(is_word))
}

/// Visits every place in the tokens, groups included. The visitor returns how many tokens are to be passed over.
fn walk(tokens: &[TokenTree], visit: &mut impl FnMut(&[TokenTree]) -> usize) {
    let mut at = 0;
    while at < tokens.len() {
        let skipped = visit(&tokens[at..]);
        if let (0, TokenTree::Group(group)) = (skipped, &tokens[at]) {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            walk(&inner, visit);
        }
        at += skipped.max(1);
    }
}

#[test]
fn texts_are_found_wherever_they_stand() {
    let source = r#"
        #[error("{}", tr!("in an {attribute}", attribute))]
        fn f() { html! { p { (tr!("in a page")) } } tr!("verb" => "open"); tr!("one call" | "{n} calls" % 3, x = tr!("within")); }
        const A: &str = mark!("a constant \"quoted\"");

#[cfg(test)]
mod tests { fn g() { tr!("in a test"); } }
    "#;
    let texts = spoken(source);
    let shown: Vec<&str> = texts.iter().map(|one| one.singular.as_str()).collect();
    let expected = ["in an {attribute}", "in a page", "open", "one call", "within", "a constant \"quoted\""];
    assert_eq!(shown, expected);
    assert_eq!(texts[2].context.as_deref(), Some("verb"));
    assert_eq!(texts[3].plural.as_deref(), Some("{n} calls"));
}

#[test]
fn sentences_outside_are_found_and_nothing_else() {
    let source = r#"
        //! A comment is a sentence too.
        #[expect(clippy::panic, reason = "said to the compiler only")]
        #[error("the message of an error")]
        fn f() { g("it was not said"); tr!("it was said here"); mark!("and it too was"); g("content-type: text/html"); g("two words"); }
    "#;
    assert_eq!(prose(source), ["the message of an error", "it was not said"]);
}

#[test]
fn a_place_that_nothing_fills_is_found() {
    let source = r#"
        fn f() {
            tr!("{a} {b}", f(1, 2), a); tr!("{a} {}", x.y, a = 1); tr!("{n} call" | "{n} calls of {a}" % 3);
            tr!("{braces} alone"); tr!("c" => "{x} and {}", x = "{y}");
        }
    "#;
    assert_eq!(unfilled(source), ["{a} {b}", "{n} call"]);
}
