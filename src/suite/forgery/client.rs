//! A client that is not ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::flip_case;
use crate::backend::ClientCredentials;
use crate::suite::arrange::ALWAYS_TRUE;
use crate::suite::driver::basic;
use crate::suite::parameters::ClientKind;

/// Returns the header value that a token is asked for with; absent when none is to be sent.
pub(crate) fn client_header(client: &ClientCredentials, kind: ClientKind) -> Option<String> {
    let with = |name: &str, secret: &str| {
        Some(basic(&ClientCredentials { name: name.to_owned(), secret: secret.to_owned() }))
    };
    let (name, secret) = (client.name.as_str(), client.secret.as_str());
    match kind {
        ClientKind::Missing => None,
        ClientKind::EmptyHeader => Some(String::new()),
        ClientKind::BareScheme => Some("Basic".to_owned()),
        ClientKind::WrongSecret => with(name, &secret.chars().rev().map(next_letter).collect::<String>()),
        ClientKind::WrongName => with(&format!("no-{name}"), secret),
        ClientKind::LongerName => with(&format!("{name}x"), secret),
        ClientKind::ShorterName => {
            let mut shorter = name.to_owned();
            shorter.pop();
            with(&shorter, secret)
        }
        ClientKind::NameCaseFlipped => with(&in_another_case(name), secret),
        ClientKind::EmptyName => with("", secret),
        ClientKind::LongerSecret => with(name, &format!("{secret}x")),
        ClientKind::ShorterSecret => {
            let mut shorter = secret.to_owned();
            shorter.pop();
            with(name, &shorter)
        }
        ClientKind::EmptySecret => with(name, ""),
        ClientKind::NoSecret => Some(format!("Basic {}", STANDARD.encode(name))),
        // A secret may hold a colon (RFC 7617 section 2), so this one is another secret.
        ClientKind::SecretAndMore => with(name, &format!("{secret}:more")),
        ClientKind::CaseFlipped => with(name, &in_another_case(secret)),
        // Both halves, as either may be put into a query; what stands behind the name is a comment there.
        ClientKind::Condition => with(&format!("{ALWAYS_TRUE}' -- "), ALWAYS_TRUE),
        ClientKind::BrokenBase64 => Some("Basic %%%not-base64%%%".to_owned()),
        ClientKind::NoScheme => Some(STANDARD.encode(format!("{name}:{secret}"))),
        ClientKind::OtherScheme => Some(format!("Bearer {}", STANDARD.encode(format!("{name}:{secret}")))),
    }
}

/// Returns a text with the case of its letters flipped; where there are none, one that is as near to it.
fn in_another_case(text: &str) -> String {
    let flipped: String = text.chars().map(flip_case).collect();
    if flipped == text { text.chars().map(next_letter).collect() } else { flipped }
}

/// Returns another letter, so that a secret becomes a wrong one of the same length.
fn next_letter(letter: char) -> char {
    match letter {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(letter) + 1).unwrap_or('q'),
        _ => 'q',
    }
}

#[cfg(test)]
mod tests {
    use super::client_header;
    use crate::backend::{ClientCredentials, Contract};
    use crate::suite::driver::basic;
    use crate::suite::parameters::ClientKind;

    const KINDS: [ClientKind; 17] = [
        ClientKind::EmptyHeader,
        ClientKind::BareScheme,
        ClientKind::WrongSecret,
        ClientKind::WrongName,
        ClientKind::LongerName,
        ClientKind::ShorterName,
        ClientKind::NameCaseFlipped,
        ClientKind::NoScheme,
        ClientKind::EmptyName,
        ClientKind::NoSecret,
        ClientKind::SecretAndMore,
        ClientKind::LongerSecret,
        ClientKind::ShorterSecret,
        ClientKind::EmptySecret,
        ClientKind::CaseFlipped,
        ClientKind::BrokenBase64,
        ClientKind::OtherScheme,
    ];

    #[test]
    fn no_wrong_client_is_the_right_one() {
        let documented = Contract::documented().client;
        let digits = ClientCredentials { name: "77".to_owned(), secret: "123456".to_owned() };
        for (client, kind) in [documented, digits].iter().flat_map(|client| KINDS.map(|kind| (client, kind)))
        {
            assert_ne!(client_header(client, kind).unwrap(), basic(client), "{kind:?}");
        }
        assert_eq!(client_header(&Contract::documented().client, ClientKind::Missing), None);
    }
}
