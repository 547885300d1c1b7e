//! Words about bad input.

use super::words;

words! {
    /// Where in a request bad input stands.
    InputPlace, "place", {
        Code = "the code",
        Openid = "the openid",
        Token = "the token",
        Client = "the client credentials",
        Header = "a header",
        ContentType = "the content type",
        Form = "a body that is no form",
        Json = "a body that is said to be JSON",
    }
}

impl InputPlace {
    /// Every place.
    pub(crate) const ALL: [Self; 8] = [
        Self::Code,
        Self::Openid,
        Self::Token,
        Self::Client,
        Self::Header,
        Self::ContentType,
        Self::Form,
        Self::Json,
    ];
}

words! {
    /// Bad inputs of one kind.
    Family, "family", {
        Long = "values that are far too long",
        Quotes = "quotes and SQL",
        Control = "control characters",
        Encoding = "broken encodings",
        Languages = "pieces of other languages",
        Letters = "letters that are not ASCII",
        Lists = "parameters sent as lists",
    }
}

words! {
    /// A request of the flow.
    Called, "called", {
        Exchange = "the code exchange",
        Token = "the token request",
        UserInfo = "the user info request",
    }
}

impl Called {
    /// Every request.
    pub(crate) const ALL: [Self; 3] = [Self::Exchange, Self::Token, Self::UserInfo];
}

words! {
    /// How a body says that it is far too long.
    Oversize, "oversize", {
        Form = "a form",
        Json = "JSON",
    }
}
