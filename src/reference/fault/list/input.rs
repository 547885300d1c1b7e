//! Faults in INPUT: what a hostile client sends.

macro_rules! input {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Answers 500 to a value that holds a NUL.
        NulIs500 = "nul-is-500" breaks "INPUT-01",
            from "a database whose texts cannot hold one, and an exception that no handler catches";
        /// Answers 500 to a value that holds a quotation mark.
        QuoteIs500 = "quote-is-500" breaks "INPUT-01",
            from "SQL put together by concatenation";
        /// Answers 500 to a value of more than 4 KB.
        LongValueIs500 = "long-value-is-500" breaks "INPUT-01",
            from "a column that is too short, and nothing before it that counts";
        /// Answers 500 to a percent escape that is none.
        BrokenEscapeIs500 = "broken-escape-is-500" breaks "INPUT-01",
            from "a decoder that throws on what it cannot decode";
        /// Answers 500 to bytes that are no UTF-8.
        BrokenUtf8Is500 = "broken-utf8-is-500" breaks "INPUT-01",
            from "strict decoding outside of any handler";
        /// Answers 500 to a value that holds a control character.
        ControlCharacterIs500 = "control-character-is-500" breaks "INPUT-01",
            from "a value copied into XML, which cannot hold one";
        /// Answers 500 to a value that holds a character beyond the first 65536.
        EmojiIs500 = "emoji-is-500" breaks "INPUT-01",
            from "MySQL tables in `utf8`, which has no room for emoji";
        /// Answers 500 to a value that holds a placeholder of a format string.
        FormatStringIs500 = "format-string-is-500" breaks "INPUT-01",
            from "a log message that is formatted a second time";
        /// Answers 500 to a number of many digits.
        LongNumberIs500 = "long-number-is-500" breaks "INPUT-01",
            from "everything that looks like a number parsed as one";
        /// Answers 500 to a parameter that is spelt as a list.
        ParameterListIs500 = "parameter-list-is-500" breaks "INPUT-01",
            from "a query parser that makes an array of it, and code that expects a text";
        /// Answers 500 to a token request whose body is broken JSON.
        BrokenJsonIs500 = "broken-json-is-500" breaks "INPUT-01",
            from "a body parser whose exception nobody catches";
        /// Answers 500 to a body that is no form.
        NoFormIs500 = "no-form-is-500" breaks "INPUT-01",
            from "a form without fields, read as if one were there";
        /// Answers 500 to a content type that is none.
        UnknownCharsetIs500 = "unknown-charset-is-500" breaks "INPUT-01",
            from "a character set looked up by the name that the client gives";
        /// Answers 500 to client credentials without a colon.
        CredentialsWithoutColonAre500 = "credentials-without-colon-are-500" breaks "INPUT-01",
            from "the second half of a split that has only one";
        /// Answers 500 to a token that is not ASCII.
        TokenNotAsciiIs500 = "token-not-ascii-is-500" breaks "INPUT-01",
            from "a header value taken for text without asking";
        /// Answers 500 to a cookie that cannot be read.
        CookieUnreadableIs500 = "cookie-unreadable-is-500" breaks "INPUT-01",
            from "session middleware that decodes every cookie there is";
        /// Refuses the next login of a person in whose openid a NUL was sent.
        NulSpoilsNextLogin = "nul-spoils-next-login" breaks "INPUT-02",
            from "a failed transaction that is left open on a connection of the pool";
        /// Refuses the next login of a person whose token came with an unreadable cookie.
        CookieSpoilsNextLogin = "cookie-spoils-next-login" breaks "INPUT-02",
            from "a session that is stored although it could not be read";
        /// Refuses the next login of a person whose openid was sent in quotation marks.
        QuoteSpoilsNextLogin = "quote-spoils-next-login" breaks "INPUT-02",
            from "a worker that ends with the exception and is started anew too late";
        /// Shows a Java stack trace with each refused code.
        JavaTraceInRefusal = "java-trace-in-refusal" breaks "INPUT-03",
            from "`server.error.include-stacktrace` left on";
        /// Shows a Python stack trace with each refused openid.
        PythonTraceInRefusal = "python-trace-in-refusal" breaks "INPUT-03",
            from "`traceback.format_exc()` put into the answer while looking for a bug";
        /// Shows a Node.js stack trace for a path that is not there.
        NodeTraceInNotFound = "node-trace-in-not-found" breaks "INPUT-03",
            from "Express outside of production mode";
        /// Shows a Go stack trace with each refused token.
        GoTraceInRefusal = "go-trace-in-refusal" breaks "INPUT-03",
            from "recovery middleware that answers with `debug.Stack()`";
        /// Shows a PHP warning with each refused code.
        PhpWarningInRefusal = "php-warning-in-refusal" breaks "INPUT-03",
            from "`display_errors` left on";
        /// Shows the SQL statement that did not find an openid.
        SqlInRefusal = "sql-in-refusal" breaks "INPUT-03",
            from "an ORM's exception handed to the client as the message";
        /// Shows the debug page of a framework for a path that is not there.
        DebugPageForNotFound = "debug-page-for-not-found" breaks "INPUT-03",
            from "`DEBUG = True` taken along into production";
        /// Shows the file and line of the source for a method that is not allowed.
        SourcePathInRefusal = "source-path-in-refusal" breaks "INPUT-03",
            from "Laravel with `APP_DEBUG` left on";
        /// Shows a stack trace to a client that can show HTML.
        TraceForBrowsers = "trace-for-browsers" breaks "INPUT-03",
            from "a framework whose error page for people is not the one for programs";
        /// Shows a stack trace only when WeChat is busy.
        TraceWhenWeChatIsBusy = "trace-when-wechat-is-busy" breaks "INPUT-03",
            from "a handler for the expected errors, and the framework's own for the rest";
        /// Answers 500 to the method DELETE.
        DeleteIs500 = "delete-is-500" breaks "INPUT-04",
            from "a framework's exception for a wrong method caught by a handler for everything";
        /// Exchanges a code by any method.
        ExchangeByAnyMethod = "exchange-by-any-method" breaks "INPUT-04",
            from "a route without a method";
        /// Shows user info by any method.
        UserInfoByAnyMethod = "user-info-by-any-method" breaks "INPUT-04",
            from "a route without a method";
        /// Answers a wrong method on the token path with status 200 and an empty object.
        WrongMethodIs200 = "wrong-method-is-200" breaks "INPUT-04",
            from "middleware that answers everything it does not know like a pre-flight";
        /// Refuses the next login of a person for whom a body of more than 1 MB was sent.
        OversizeBodySpoilsNextLogin = "oversize-body-spoils-next-login" breaks "INPUT-05",
            from "a worker that is killed when its memory is used up";
        /// Lets a line break in a code end a header field.
        CodeInHeader = "code-in-header" breaks "INPUT-06",
            from "a correlation id made of the code, in a server that does not look into values";
        /// Lets a line break in an openid end a header field.
        OpenidInHeader = "openid-in-header" breaks "INPUT-06",
            from "a cookie written by hand";
        /// Lets a line break in a client's name end a header field.
        ClientNameInHeader = "client-name-in-header" breaks "INPUT-06",
            from "a challenge that quotes the name";
        /// Keeps only the lower half of each character that it copies into a header field.
        HeaderCutToBytes = "header-cut-to-bytes" breaks "INPUT-06",
            from "characters cut to bytes behind a check for line breaks";
        /// Lets a code end the answer and begin another one.
        CodeSplitsAnswer = "code-splits-answer" breaks "INPUT-06",
            from "a redirect to an address that holds the code";
        /// Refuses a code exchange with a parameter it does not know.
        ExtraExchangeParameterRefused = "extra-exchange-parameter-refused" breaks "INPUT-07",
            from "a signature over all parameters that only the own client makes";
        /// Refuses a token request with a parameter it does not know.
        ExtraTokenParameterRefused = "extra-token-parameter-refused" breaks "INPUT-07",
            from "a strict form schema";
        /// Refuses user info when there is a query.
        ExtraUserInfoParameterRefused = "extra-user-info-parameter-refused" breaks "INPUT-07",
            from "a route that compares the whole address";
    } };
}

pub(super) use input;
