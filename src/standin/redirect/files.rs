//! Which files do the variables name?

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::trust_store;
use crate::standin::gateway::HOSTS;

/// Writes the certificate in PEM to a file, and beside it what some runtimes need instead: `FILE.jks` for Java,
/// `FILE.cjs` for Node, and the folder `FILE.php` with one file for PHP.
pub(in crate::standin) fn write(file: &Path, pem: &str, der: &[u8], proxy: SocketAddr) -> io::Result<()> {
    std::fs::write(file, pem)?;
    std::fs::write(beside(file, ".jks"), trust_store::of(der))?;
    std::fs::write(beside(file, ".cjs"), preloaded(proxy))?;
    let folder = beside(file, ".php");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("wxconform.ini"), ini(file))
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

/// What PHP reads.
fn ini(ca_file: &Path) -> String {
    let ca = ca_file.display();
    format!(
        "; Written by wxconform: PHP trusts the stand-in for WeChat, and nobody else.\n\
             curl.cainfo = \"{ca}\"\nopenssl.cafile = \"{ca}\"\n"
    )
}

/// What Node loads before the backend.
fn preloaded(standin: SocketAddr) -> String {
    let hosts = HOSTS.map(|host| format!("'{host}'")).join(", ");
    let (host, port) = (standin.ip().to_string(), standin.port().to_string());
    PRELOADED.replace("HOSTS", &hosts).replace("HOST", &host).replace("PORT", &port)
}

const PRELOADED: &str = r"// Written by wxconform: leads connections to WeChat to the stand-in for it.
'use strict';
const net = require('net');
const hosts = new Set([HOSTS]);
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // net.connect hands its arguments over in one array, tls.connect as they are.
  const [asked] = Array.isArray(args[0]) ? args[0] : args;
  if (asked && typeof asked === 'object' && hosts.has(asked.host)) {
    const led = { ...asked, host: 'HOST', port: PORT, lookup: undefined };
    if (Array.isArray(args[0])) args[0][0] = led;
    else args[0] = led;
  }
  return connect.apply(this, args);
};
";
