//! Faults of the token call in knowing its client.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::reference::server::Backend;
use crate::reference::{Fault, credentials, field};

/// Decides whether the client may have a token at all.
pub(in crate::reference) fn client(
    backend: &Backend,
    headers: &HeaderMap,
    form: &[u8],
    accepted: bool,
) -> bool {
    let faults = &backend.settings.faults;
    if accepted || faults.is_empty() {
        return accepted;
    }
    let Some(given) = headers.get(AUTHORIZATION) else {
        return faults.has(Fault::ClientAuthOptional)
            || (faults.has(Fault::FirstTokenUnauthenticated) && is_first(backend, form))
            || (faults.has(Fault::InternalCallTrusted) && !headers.contains_key("x-forwarded-for"));
    };
    if matches!(given.as_bytes(), b"" | b"Basic") {
        return faults.has(Fault::EmptyAuthorizationAccepted);
    }
    let presented = credentials::after_scheme(headers, "Bearer").unwrap_or_default();
    if faults.has(Fault::TokenTakenForClient)
        && backend.store().owner(presented, backend.settings.clock.now()).is_some()
    {
        return true;
    }
    let under_any_scheme =
        credentials::parts(headers).and_then(|(_, encoded)| credentials::decode_pair(encoded));
    if faults.has(Fault::AnySchemeAccepted)
        && under_any_scheme.is_some_and(|(name, secret)| is_ours(backend, &name, &secret))
    {
        return true;
    }
    match credentials::basic(headers) {
        Some((name, secret)) => taken_for_ours(backend, &name, &secret),
        None => undecoded(backend, headers),
    }
}

/// Says whether nothing was issued yet to the person for whom a token is asked.
fn is_first(backend: &Backend, form: &[u8]) -> bool {
    let openid = field::only(form, "openid");
    openid
        .is_ok_and(|openid| backend.memory().people.get(&openid).is_none_or(|known| known.tokens.is_empty()))
}

fn is_ours(backend: &Backend, name: &str, secret: &str) -> bool {
    name == backend.settings.client_name && secret == backend.settings.client_secret
}

/// Takes a name and a secret, not both of which are ours, for ours.
fn taken_for_ours(backend: &Backend, name: &str, secret: &str) -> bool {
    let faults = &backend.settings.faults;
    if faults.has(Fault::ClientPutIntoQuery) && name.contains("' OR '1'='1' --") {
        return true;
    }
    let (our_name, our_secret) = (&backend.settings.client_name, &backend.settings.client_secret);
    if secret == our_secret {
        return faults.has(Fault::ClientNameUnchecked)
            || (faults.has(Fault::ClientNamePrefixCompared) && name.starts_with(our_name))
            || (faults.has(Fault::EmptyClientNameAccepted) && name.is_empty());
    }
    name == our_name
        && (faults.has(Fault::AnySecretAccepted)
            || (faults.has(Fault::SecretPrefixCompared) && secret.starts_with(our_secret))
            || (faults.has(Fault::SecretBeginningAccepted)
                && !secret.is_empty()
                && our_secret.starts_with(secret))
            || (faults.has(Fault::EmptySecretAccepted) && secret.is_empty())
            || (faults.has(Fault::SecretComparedWithoutCase) && secret.eq_ignore_ascii_case(our_secret))
            || (faults.has(Fault::SecretCutAtColon) && secret.split(':').next() == Some(our_secret)))
}

/// Takes what is no pair of name and secret for ours.
fn undecoded(backend: &Backend, headers: &HeaderMap) -> bool {
    let faults = &backend.settings.faults;
    let Some(encoded) = credentials::after_scheme(headers, "Basic") else { return false };
    match credentials::decode(encoded) {
        Some(text) => faults.has(Fault::MissingSecretAccepted) && text == backend.settings.client_name,
        None => faults.has(Fault::BrokenBase64Accepted),
    }
}
