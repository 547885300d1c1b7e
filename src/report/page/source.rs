//! Where can a person read what a requirement stands on?

use std::sync::LazyLock;

use maud::{Markup, html};
use regex::Regex;

use super::LINE;
use super::text::Line;

/// How sources name pages that are known, in either language.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        RFC\ (?P<rfc>[0-9]{3,5})(?:\ (?:sections?|第)\ (?P<section>[0-9]+(?:\.[0-9]+)*)(?:\ 节)?)?
        |CWE-(?P<cwe>[0-9]+)
        |(?P<page>(?:jscode2session|wx\.login|wx\.request)\ (?:page|文档页)|phone\ number\ page|手机号文档页)
        |(?P<owasp>OWASP\ API\ (?:Security|安全))",
    )
    .ok()
});

const WECHAT: &str = "https://developers.weixin.qq.com/miniprogram/dev/";

/// Shows a source; what it names that stands on the web is a link.
pub(in crate::report) fn source(text: &str) -> Markup {
    let mut parts = Vec::new();
    let mut shown = 0;
    for found in NAMED.iter().flat_map(|named| named.captures_iter(text)) {
        let (Some(whole), Some(link)) = (found.get(0), address(&found)) else { continue };
        parts.push((&text[shown..whole.start()], None));
        parts.push((whole.as_str(), Some(link)));
        shown = whole.end();
    }
    parts.push((&text[shown..], None));
    html! {
        @for (part, link) in &parts {
            @match link {
                Some(link) => a href=(link) rel="noreferrer" { (Line(part, LINE)) },
                None => (Line(part, LINE)),
            }
        }
    }
}

fn address(found: &regex::Captures<'_>) -> Option<String> {
    if let Some(number) = found.name("rfc") {
        let section = found.name("section").map(|section| format!("#section-{}", section.as_str()));
        let number = number.as_str();
        return Some(format!("https://www.rfc-editor.org/rfc/rfc{number}{}", section.unwrap_or_default()));
    }
    if let Some(number) = found.name("cwe") {
        return Some(format!("https://cwe.mitre.org/data/definitions/{}.html", number.as_str()));
    }
    if found.name("owasp").is_some() {
        return Some("https://owasp.org/API-Security/editions/2023/en/0x11-t10/".to_owned());
    }
    let page = match found.name("page")?.as_str() {
        "jscode2session page" | "jscode2session 文档页" => "OpenApiDoc/user-login/code2Session.html",
        "wx.login page" | "wx.login 文档页" => "api/open-api/login/wx.login.html",
        "wx.request page" | "wx.request 文档页" => "api/network/request/wx.request.html",
        "phone number page" | "手机号文档页" => "OpenApiDoc/user-info/phone-number/getPhoneNumber.html",
        _ => return None,
    };
    Some(format!("{WECHAT}{page}"))
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn what_stands_on_the_web_is_a_link_and_the_rest_is_text() {
        assert_eq!(
            source("flow step 2; RFC 9111 section 5.2.2.5 <b>").0,
            "flow step 2; <a href=\"https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5\" rel=\"noreferrer\">\
             RFC 9111 section 5.2.2.5</a> &lt;b&gt;"
        );
        assert!(source("CWE-113").0.contains("https://cwe.mitre.org/data/definitions/113.html"));
        assert!(source("wx.login page, validity").0.contains("/api/open-api/login/wx.login.html\""));
        assert_eq!(source("flow step 2").0, "flow step 2");
        assert!(
            source("RFC 3986 第 2.4 节；")
                .0
                .contains("#section-2.4\" rel=\"noreferrer\">RFC 3986 第 2.4 节</a>；")
        );
        assert!(
            source("微信的响应；jscode2session 文档页，参数").0.contains(">jscode2session 文档页</a>，参数")
        );
        assert!(source("手机号文档页，该 code").0.contains("/getPhoneNumber.html\""));
        assert!(source("OWASP API 安全，API8:2023").0.contains("0x11-t10/"));
    }
}
