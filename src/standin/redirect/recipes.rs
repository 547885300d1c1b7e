//! What does each runtime read?

use super::{Recipe, Variable};

const HTTPS_PROXY: Variable = everywhere("HTTPS_PROXY", "{proxy}");
const LOWER_HTTPS_PROXY: Variable = everywhere("https_proxy", "{proxy}");
const NO_PROXY: Variable = added("NO_PROXY", "{loopback}", ",");
const LOWER_NO_PROXY: Variable = added("no_proxy", "{loopback}", ",");
const SSL_CERT_FILE: Variable = everywhere("SSL_CERT_FILE", "{ca}");
const NODE_EXTRA_CA_CERTS: Variable = everywhere("NODE_EXTRA_CA_CERTS", "{ca}");

/// What each runtime reads, and what is to be known about it.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        runtime: "Go",
        variables: &[HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE],
        seen_with: "Go 1.26",
        note: "Read by http.DefaultTransport, once for each process. A client with a Transport of its own needs \
               `Proxy: http.ProxyFromEnvironment` in it. On macOS and Windows Go asks the system about \
               certificates and reads no variable.",
    },
    Recipe {
        runtime: "Python: requests",
        variables: &[LOWER_HTTPS_PROXY, LOWER_NO_PROXY, everywhere("REQUESTS_CA_BUNDLE", "{ca}")],
        seen_with: "Python 3.11 with requests 2",
        note: "The certificates of certifi are not used then.",
    },
    Recipe {
        runtime: "Python: httpx, urllib, aiohttp",
        variables: &[HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE],
        seen_with: "Python 3.11 with httpx 0.28, aiohttp 3",
        note: "aiohttp reads the proxy only in a ClientSession with trust_env=True.",
    },
    Recipe {
        runtime: "Node 24, and 22 from 22.21 on",
        variables: &[everywhere("NODE_USE_ENV_PROXY", "1"), HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS],
        seen_with: "Node 22.23 and 24.21",
        note: "fetch, http and https then use the proxy.",
    },
    Recipe {
        runtime: "Node 20 and older",
        variables: &[NODE_EXTRA_CA_CERTS, added("NODE_OPTIONS", "--require \"{ca}.cjs\"", " ")],
        seen_with: "Node 20.20: https, fetch, undici",
        note: "fetch and https know no proxy. The file that is loaded first leads connections to WeChat to the \
               stand-in, in every version of Node.",
    },
    Recipe {
        runtime: "Node: axios, request",
        variables: &[HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS],
        seen_with: "Node 20.20 with axios 0.16, 0.19, 0.21, 0.27 and 1, request 2",
        note: "Read in every version of Node. Whatever an axios makes of the proxy, a tunnel or a request with the \
               whole URL, the stand-in answers.",
    },
    Recipe {
        runtime: "Java",
        variables: &[added(
            "JAVA_TOOL_OPTIONS",
            "-Dhttps.proxyHost={host} -Dhttps.proxyPort={port} -Dhttp.nonProxyHosts=localhost|127.*|[::1] \
             '-Djavax.net.ssl.trustStore={ca}.jks' -Djavax.net.ssl.trustStoreType=JKS",
            " ",
        )],
        seen_with: "OpenJDK 17: HttpURLConnection, java.net.http",
        note: "Read by HttpURLConnection, java.net.http and OkHttp. Apache HttpClient reads the trust store, and the \
               proxy only after useSystemProperties(); an SDK on top of it has a proxy among its settings. Every JVM \
               says on its standard error that it picked the options up.",
    },
    Recipe {
        runtime: "PHP: curl, Guzzle, Symfony, streams",
        variables: &[HTTPS_PROXY, LOWER_HTTPS_PROXY, NO_PROXY, added("PHP_INI_SCAN_DIR", ":{ca}.php", "")],
        seen_with: "PHP 8.2 with its curl",
        note: "The folder holds one file, which sets curl.cainfo and openssl.cafile. file_get_contents and other \
               streams know no proxy unless their context names it; php-fpm passes variables on only where its pool says so.",
    },
    Recipe {
        runtime: "curl",
        variables: &[LOWER_HTTPS_PROXY, LOWER_NO_PROXY, everywhere("CURL_CA_BUNDLE", "{ca}")],
        seen_with: "curl 7.88",
        note: "The command. A program that uses its library reads the proxy, and has certificates of its own.",
    },
    Recipe {
        runtime: ".NET on Linux",
        variables: &[HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE],
        seen_with: "",
        note: "Read by HttpClient. On macOS and Windows certificates belong into the store of the system.",
    },
    Recipe {
        runtime: "Rust: reqwest",
        variables: &[HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE],
        seen_with: "reqwest 0.12",
        note: "Where it has no root certificates built in (the webpki-roots of some builds) and does not call \
               no_proxy().",
    },
    Recipe {
        runtime: "Ruby: Net::HTTP, Faraday",
        variables: &[elsewhere_harmful("http_proxy", "{proxy}"), LOWER_NO_PROXY, SSL_CERT_FILE],
        seen_with: "Ruby 3.1: Net::HTTP",
        note: "Net::HTTP asks http_proxy for HTTPS as well. Other runtimes send plain requests to neighbours \
               through it, so no other process is given it.",
    },
];

/// One that every process can be given.
const fn everywhere(name: &'static str, template: &'static str) -> Variable {
    Variable { name, template, joined_by: None, everywhere: true }
}

/// One that every process can be given, beside what is there.
const fn added(name: &'static str, template: &'static str, between: &'static str) -> Variable {
    Variable { name, template, joined_by: Some(between), everywhere: true }
}

/// One that only its own runtime can be given.
const fn elsewhere_harmful(name: &'static str, template: &'static str) -> Variable {
    Variable { name, template, joined_by: None, everywhere: false }
}
