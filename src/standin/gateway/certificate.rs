//! Who vouches that the stand-in is WeChat?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike as _};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use thiserror::Error;

use super::hosts::{HOSTS, LOCALHOST};
use crate::expiry::{Clock as _, SystemClock};

/// How far the certificates reach into the past and into the future: a backend that is judged may believe in
/// another time. Together it is less than the 825 days that some systems tolerate.
const REACH: Duration = Duration::from_secs(400 * 86_400);

/// Over TLS both versions of HTTP are spoken; the first is preferred.
pub(super) const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why nobody vouches. The enum may grow.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The certificates cannot be made.
    #[error("{}", tr!("no certificate can be made"))]
    Making(#[from] rcgen::Error),
    /// The TLS library refuses what was made.
    #[error("{}", tr!("the TLS library refuses its own defaults"))]
    Tls(#[from] rustls::Error),
}

/// A certificate authority of one run and the certificate that it gave to the stand-in.
///
/// Its key signs once and is forgotten; the key of the stand-in stays in memory.
pub(in crate::standin) struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    /// How TLS is spoken.
    pub(super) tls: Arc<ServerConfig>,
}

impl Authority {
    /// Makes an authority and lets it vouch for WeChat's names, for this machine, and for the address.
    pub(in crate::standin) fn new(listening: SocketAddr) -> Result<Self, CertificateError> {
        let key = KeyPair::generate()?;
        let parameters = authority();
        let certificate = parameters.self_signed(&key)?;
        let issuer = Issuer::from_params(&parameters, &key);
        let leaf_key = KeyPair::generate()?;
        let leaf = leaf(listening)?.signed_by(&leaf_key, &issuer)?;
        let leaf_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], leaf_key)?;
        tls.alpn_protocols = ALPN.map(<[u8]>::to_vec).to_vec();
        Ok(Self { pem: certificate.pem(), der: certificate.der().clone(), tls: Arc::new(tls) })
    }

    /// Returns the certificate of the authority in PEM.
    pub(in crate::standin) fn pem(&self) -> &str {
        &self.pem
    }

    /// Returns the certificate of the authority as it is signed.
    pub(in crate::standin) fn der(&self) -> &[u8] {
        &self.der
    }
}

fn authority() -> CertificateParams {
    let mut parameters = valid("wxconform stand-in for WeChat, authority of one run");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}

fn leaf(listening: SocketAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = valid(HOSTS[0]);
    for name in HOSTS.into_iter().chain([LOCALHOST]) {
        parameters.subject_alt_names.push(SanType::DnsName(name.try_into()?));
    }
    let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    if !listening.ip().is_unspecified() && !addresses.contains(&listening.ip()) {
        addresses.push(listening.ip());
    }
    parameters.subject_alt_names.extend(addresses.into_iter().map(SanType::IpAddress));
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Some clients insist on it.
    parameters.use_authority_key_identifier_extension = true;
    Ok(parameters)
}

/// Returns what every certificate says: who it is about, and when it is good.
fn valid(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    let now = SystemClock.now().millis();
    let reach = i64::try_from(REACH.as_millis()).unwrap_or(i64::MAX);
    for (end, millis) in [
        (&mut parameters.not_before, now.saturating_sub(reach)),
        (&mut parameters.not_after, now.saturating_add(reach)),
    ] {
        // A clock that is out of the calendar leaves the library's own ends, which are far away.
        if let Some(day) = DateTime::from_timestamp_millis(millis)
            && let (Ok(month), Ok(date)) = (u8::try_from(day.month()), u8::try_from(day.day()))
        {
            *end = date_time_ymd(day.year(), month, date);
        }
    }
    parameters
}
