//! The list of troubles.

use super::TroubleKind;
use super::declare::troubles;

troubles! {
    // WeChat says no: each number with the text that the real service has for it.
    /// Error -1: the service is busy.
    Errcode1 = "errcode-minus-1" is Refusal, from "the official table of jscode2session";
    /// Error 40002: `grant_type` is not the right one.
    Errcode40002 = "errcode-40002" is Refusal, from "answers of the neighbouring endpoints to a misspelt grant_type";
    /// Error 40013: the appid is unknown.
    Errcode40013 = "errcode-40013" is Refusal, from "answers to an appid with quotation marks around it";
    /// Error 40029: the code is unknown, too old, or another app's.
    Errcode40029 = "errcode-40029" is Refusal, from "the official table of jscode2session";
    /// Error 40066: there is no such path.
    Errcode40066 = "errcode-40066" is Refusal, from "answers to a path in the wrong case";
    /// Error 40090: calls from this address are not welcome.
    Errcode40090 = "errcode-40090" is Refusal, from "one answer to a login call in 2022";
    /// Error 40125: the secret is wrong.
    Errcode40125 = "errcode-40125" is Refusal, from "answers after a secret was reset in the console";
    /// Error 40163: the code was exchanged before.
    Errcode40163 = "errcode-40163" is Refusal, from "the usual answer to a code sent twice, missing in the official table";
    /// Error 40226: the person is considered a high risk.
    Errcode40226 = "errcode-40226" is Refusal, from "the official table of jscode2session";
    /// Error 41002: the appid is missing.
    Errcode41002 = "errcode-41002" is Refusal, from "answers to parameters that were sent in the body";
    /// Error 41004: the secret is missing.
    Errcode41004 = "errcode-41004" is Refusal, from "answers to calls with a third party's parameters";
    /// Error 41008: the code is missing.
    Errcode41008 = "errcode-41008" is Refusal, from "answers to a login call without js_code";
    /// Error 45011: the quota of the minute is used up.
    Errcode45011 = "errcode-45011" is Refusal, from "the official table of jscode2session";
    /// Error 50002: the account is frozen.
    Errcode50002 = "errcode-50002" is Refusal, from "platform calls of accounts that were frozen or moved";
    /// Error 50123, which is in no table.
    Errcode50123 = "errcode-50123" is Refusal, from "numbers that are added without notice: 40163 was one of them";
    /// Error 40029 with the number as a text.
    ErrcodeText = "errcode-as-text" is Refusal, from "gateways of third parties that turn every value into text";
    /// An error number without a text.
    ErrcodeAlone = "errcode-without-errmsg" is Refusal, from "clients that look at errmsg instead of errcode";
    /// Error 40029 in an answer with status 400.
    ErrcodeWithStatus = "errcode-with-status-400" is Refusal, from "gateways of third parties that translate errors to HTTP";
    /// Error 40029 with the members of a success beside it.
    ErrcodeBesideOpenid = "errcode-beside-openid" is Refusal, from "backends that look for an openid and for nothing else";
    /// Error -1 with the members of a success beside it.
    BusyBesideOpenid = "errcode-minus-1-beside-openid" is Refusal, from "backends that take only positive numbers for errors";
    /// Error 40226 with an empty openid beside it.
    ErrcodeBesideEmptyOpenid = "errcode-beside-empty-openid" is Refusal, from "structures that are sent whole, filled in or not";
    /// Error 45011 for every call with the code, however often it is sent.
    QuotaForEver = "quota-forever" is Refusal, from "reports about the quota, where calling again makes it worse";
    /// Error -1 for the first call with the code, and the normal answer for the next.
    BusyOnce = "busy-once" is Either, from "an SDK that sends again by itself after error -1";

    // Something between the backend and WeChat answers instead.
    /// Status 500 with a page of HTML.
    Http500Html = "http-500-html" is Broken, from "the error page of a web server in front";
    /// Status 500 with an empty body.
    Http500Empty = "http-500-empty" is Broken, from "servers that say nothing about their defects";
    /// Status 500 with a JSON object that is none of WeChat's.
    Http500Json = "http-500-json" is Broken, from "the error page of an API gateway";
    /// Status 502 with a page of HTML.
    Http502Html = "http-502-html" is Broken, from "a reverse proxy whose upstream is restarted";
    /// Status 503 with a page of HTML.
    Http503Html = "http-503-html" is Broken, from "a load balancer without a healthy server";
    /// Status 504 with a page of HTML.
    Http504Html = "http-504-html" is Broken, from "a reverse proxy that lost its patience";
    /// Status 404 with a page of HTML.
    Http404Html = "http-404-html" is Broken, from "a proxy that routes the host elsewhere";
    /// Status 404 with a JSON object that is none of WeChat's.
    Http404Json = "http-404-json" is Broken, from "an API gateway without a route";
    /// Status 429 with a JSON object that is none of WeChat's.
    Http429Json = "http-429-json" is Broken, from "an API gateway that limits calls by itself";
    /// Status 403 with a page of HTML.
    Http403Html = "http-403-html" is Broken, from "a firewall that does not like the query";
    /// Status 200 with a page of HTML.
    Http200Html = "http-200-html" is Broken, from "the login page of a network, answered to everything";
    /// Status 200 with an empty body.
    EmptyBody = "empty-body" is Broken, from "an SDK that throws on an empty body, because there was one";
    /// Status 200 with a body of blanks.
    BlankBody = "blank-body" is Broken, from "filters that blank out what they do not like";
    /// Status 204 without a body.
    NoContent = "no-content" is Broken, from "mock servers and gateways with a stub for the path";
    /// A redirect to an address where nobody listens.
    Redirect = "redirect" is Broken, from "the login page of a network that has moved";
    /// A redirect to itself.
    RedirectLoop = "redirect-loop" is Broken, from "a proxy that wants to upgrade what it has upgraded";
    /// A redirect that does not say where to.
    RedirectNowhere = "redirect-without-location" is Broken, from "header filters that drop Location";

    // The body is not what it should be.
    /// Words that are not JSON.
    NotJson = "not-json" is Broken, from "plain text from something in between";
    /// An object without colons and commas.
    BrokenJson = "broken-json" is Broken, from "answers put together by hand";
    /// XML.
    Xml = "xml" is Broken, from "the older half of WeChat's server API, which speaks XML";
    /// The parameters of a success in the form of a query.
    FormBody = "form-body" is Broken, from "OAuth 2 servers of the older drafts";
    /// One half of a success, with a length that fits.
    HalfJson = "half-json" is Broken, from "a cache that stored what it had when the connection broke";
    /// The JSON value null.
    JsonNull = "json-null" is Broken, from "handlers that return nothing";
    /// A JSON number.
    JsonNumber = "json-number" is Broken, from "an error number without its object";
    /// A JSON text.
    JsonText = "json-text" is Broken, from "an error text without its object";
    /// The JSON value true.
    JsonTrue = "json-true" is Broken, from "a success without its object";
    /// An empty JSON array.
    JsonArray = "json-array" is Broken, from "PHP, where an empty object is an empty array";
    /// A success inside of an array.
    SuccessInArray = "success-in-array" is Broken, from "batch endpoints";
    /// A success inside of the member data.
    SuccessInData = "success-in-data" is Broken, from "gateways that wrap every answer into an envelope";
    /// A success as the text of a JSON string.
    SuccessInText = "success-in-text" is Broken, from "JSON that was encoded twice";
    /// An empty JSON object.
    EmptyObject = "empty-object" is Broken, from "serialisers that leave out what is empty";
    /// A success with curly quotation marks in the encoding of Windows, which is invalid UTF-8.
    InvalidUtf8 = "invalid-utf-8" is Broken, from "text that went through an editor";
    /// Objects inside of objects, 10,000 levels deep.
    DeepNesting = "deep-nesting" is Broken, from "parsers that call themselves for every level";
    /// A success that is declared as gzip and begins like it, and cannot be unpacked.
    GzipBroken = "gzip-broken" is Broken, from "a proxy that compresses and is interrupted";
    /// A success with a comma behind the last member.
    TrailingComma = "trailing-comma" is Either, from "templates; lenient parsers let it pass";
    /// A success with `'` where JSON wants `"`.
    SingleQuotes = "single-quotes" is Either, from "Python's way of printing; lenient parsers let it pass";
    /// A success with a byte order mark in front.
    ByteOrderMark = "byte-order-mark" is Either, from "files saved on Windows; RFC 8259 lets parsers choose";
    /// A success in UTF-16.
    Utf16 = "utf-16" is Either, from "older JSON, which allowed it; some parsers still find out";
    /// A success in which every member stands twice.
    DuplicateMembers = "duplicate-members" is Either, from "RFC 8259, which leaves it to the parser";

    // A success that lacks what it is for.
    /// A success without openid.
    OpenidAbsent = "openid-absent" is Broken, from "an SDK that returned an empty openid for every failure";
    /// A success with error number 0 and without openid.
    OpenidAbsentErrcode0 = "openid-absent-errcode-0" is Broken, from "backends that look at errcode and at nothing else";
    /// A success whose openid is empty.
    OpenidEmpty = "openid-empty" is Broken, from "structures with default values";
    /// A success whose openid is blanks.
    OpenidBlank = "openid-blank" is Either, from "columns of a fixed length; an openid is opaque, so blanks might be one";
    /// A success whose openid is null.
    OpenidNull = "openid-null" is Broken, from "serialisers that write what is missing as null";
    /// A success whose openid is a number.
    OpenidNumber = "openid-number" is Broken, from "another platform, whose user ids are numbers";
    /// A success whose openid is false.
    OpenidBool = "openid-bool" is Broken, from "PHP, where a failed look-up is false";
    /// A success whose openid is an object.
    OpenidObject = "openid-object" is Broken, from "an id that grew members in a new version";
    /// A success whose openid is an array that holds it.
    OpenidArray = "openid-array" is Broken, from "query parsers that make lists of values";
    /// A success without `session_key`.
    SessionKeyAbsent = "session-key-absent" is Either, from "a sister endpoint, which returns no key; not every backend needs it";

    // The connection fails.
    /// The connection is closed before any byte of an answer.
    ClosedBeforeAnswer = "closed-before-answer" is Broken, from "a server that ends a kept connection as it is used";
    /// The connection is closed within the status line.
    ClosedInStatusLine = "closed-in-status-line" is Broken, from "a server that crashes as it answers";
    /// The connection is closed before the header fields are complete.
    ClosedInHead = "closed-in-head" is Broken, from "a server that crashes as it answers";
    /// The connection is closed after the header fields.
    ClosedAfterHead = "closed-after-head" is Broken, from "a proxy whose upstream is gone when the body is due";
    /// The connection is closed in the middle of the body.
    BodyCutShort = "body-cut-short" is Broken, from "a proxy that loses its upstream";
    /// The connection is reset before any byte of an answer.
    ResetBeforeAnswer = "reset-before-answer" is Broken, from "firewalls, and a server that is killed";
    /// The connection is reset after the header fields.
    ResetAfterHead = "reset-after-head" is Broken, from "firewalls that look into answers";
    /// The connection is reset in the middle of the body.
    ResetInBody = "reset-in-body" is Broken, from "a mobile network that changes the address";
    /// A chunk is cut off in the middle, and the connection is closed.
    ChunkCut = "chunk-cut" is Broken, from "a proxy that streams and loses its upstream";
    /// A chunk has words where its size should be.
    ChunkSizeBroken = "chunk-size-broken" is Broken, from "a proxy that declares chunks and sends none";
    /// All chunks are there but the empty one that ends the body.
    LastChunkMissing = "last-chunk-missing" is Either, from "servers that close when they are done; some clients do not mind";
    /// The announced length is larger than the body.
    LengthTooLong = "length-too-long" is Either, from "lengths counted before a filter; some clients do not mind";
    /// The announced length is half that of the body.
    LengthTooShort = "length-too-short" is Broken, from "lengths counted in letters instead of bytes";
    /// The announced length is a word.
    LengthNoNumber = "length-no-number" is Either, from "a proxy written by hand; some clients read to the end";
    /// What answers speaks SSH.
    NotHttp = "not-http" is Broken, from "a port that was mistyped";
    /// What answers is an alert of TLS.
    TlsAlert = "tls-alert" is Broken, from "plain HTTP sent to a port of HTTPS";
    /// The status line has no number.
    StatusLineBroken = "status-line-broken" is Broken, from "servers written by hand";
    /// A body of 64 MiB that never becomes JSON.
    HugeBody = "huge-body" is Broken, from "downloads answered to the wrong request";
    /// Header fields that go on for 16 MiB and do not end.
    EndlessFields = "endless-fields" is Broken, from "a server in a loop";
    /// One header field that goes on for 16 MiB and does not end.
    EndlessField = "endless-field" is Broken, from "a server in a loop";

    // Nothing comes, or it never ends.
    /// No byte of an answer comes.
    Silence = "silence" is Silent, from "firewalls that drop what they do not like";
    /// The header fields come, and nothing behind them.
    SilenceAfterHead = "silence-after-head" is Silent, from "clients whose patience ends with the header fields";
    /// One half of the body comes, and nothing behind it.
    SilenceInBody = "silence-in-body" is Silent, from "a connection that is lost on the way and not closed";
    /// The body comes byte by byte, one every second.
    Trickle = "trickle" is Silent, from "clients whose patience begins anew with every byte";
    /// The body goes on for ever.
    EndlessBody = "endless-body" is Silent, from "clients that bound neither time nor size";
    /// Interim answers come for ever, one every second, and no final one.
    InterimForEver = "interim-forever" is Silent, from "servers that report progress to keep a proxy from giving up";

    // Unusual, and allowed.
    /// A success with `expires_in`, as old accounts see it.
    LegacyExpiresIn = "legacy-expires-in" is Legal, from "accounts that are older than the change";
    /// A success with error number 0.
    Errcode0 = "errcode-0" is Legal, from "the official example, and answers until 2018";
    /// A success with error number 0 and the text ok.
    Errcode0Ok = "errcode-0-ok" is Legal, from "the official example, and the other endpoints of the platform";
    /// A success with an empty error text.
    EmptyErrmsg = "empty-errmsg" is Legal, from "the official description, which names errmsg among the members";
    /// A success with a unionid.
    UnionidPresent = "unionid-present" is Legal, from "apps that are bound to an account of the open platform";
    /// A success with members that nobody knows.
    UnknownMembers = "unknown-members" is Legal, from "members that were added over the years";
    /// A success with an unknown member that has an openid and an error number of its own inside.
    NestedMembers = "nested-members" is Legal, from "backends that search the text for the members";
    /// A success with its members in the opposite order.
    ReversedMembers = "reversed-members" is Legal, from "RFC 8259, by which the order means nothing";
    /// A success in which slashes are escaped.
    SlashesEscaped = "slashes-escaped" is Legal, from "the real service, which does so";
    /// A success in which slashes are not escaped.
    SlashesPlain = "slashes-plain" is Legal, from "RFC 8259, which allows both";
    /// A success whose values are written in escapes.
    UnicodeEscapes = "unicode-escapes" is Legal, from "RFC 8259, which allows it for every character";
    /// A success with line breaks, tabs and blanks between its parts and behind the end.
    PrettyPrinted = "pretty-printed" is Legal, from "RFC 8259, which allows it";
    /// A success declared as application/json.
    DeclaredJson = "declared-json" is Legal, from "the documentation, which calls it JSON";
    /// A success declared as application/json in UTF-8.
    DeclaredJsonUtf8 = "declared-json-utf-8" is Legal, from "what most servers declare";
    /// A success declared as text/plain in UTF-8.
    DeclaredTextUtf8 = "declared-text-utf-8" is Legal, from "servers that add the encoding to every text";
    /// A success that is declared as nothing.
    Undeclared = "undeclared" is Legal, from "RFC 9110, by which the field may be missing";
    /// A success declared as text/html.
    DeclaredHtml = "declared-html" is Either, from "PHP, which declares it unless told otherwise";
    /// A success with header fields that WeChat does not send today.
    MoreFields = "more-fields" is Legal, from "load balancers, which add a Server and a cookie";
    /// A success whose header fields have names in lower case.
    FieldsLowerCase = "fields-lower-case" is Legal, from "proxies that speak HTTP/2 on the other side";
    /// A success in one chunk.
    Chunked = "chunked" is Legal, from "RFC 9112, and proxies that compress";
    /// A success in chunks of one byte.
    ChunkedByByte = "chunked-by-byte" is Legal, from "RFC 9112, and servers that write as they serialise";
    /// A success that ends with the connection.
    CloseDelimited = "close-delimited" is Legal, from "RFC 9112, and CGI programs";
    /// A success in HTTP/1.0.
    Http10 = "http-1-0" is Legal, from "RFC 9112, and an nginx that passes on in 1.0";
    /// A success whose connection is promised to be kept, and is closed.
    KeptAndClosed = "kept-and-closed" is Legal, from "servers that close idle connections, where the next call must notice";
    /// A success after status 100.
    Interim100 = "interim-100" is Either, from "proxies; RFC 9110 wants it skipped, and the fetch of Node.js does not";
    /// A success after status 103.
    Interim103 = "interim-103" is Either, from "content networks; RFC 9110 wants it skipped, and Python's http.client did not";
    /// A success whose body comes in pieces of seven bytes, at once after one another.
    InPieces = "in-pieces" is Legal, from "networks with small packets";
    /// A success that is packed with gzip and says so, whether that was asked for or not.
    Gzip = "gzip" is Either, from "a proxy that compresses for everybody; not every client unpacks";
    /// A success that is declared as gzip and is not.
    GzipDeclaredOnly = "gzip-declared-only" is Either, from "a proxy that unpacks and forgets to say so";

    // Late.
    /// A success that begins after 300 milliseconds.
    Late300 = "late-300-ms" is Slow, from "an ordinary day across continents";
    /// A success that begins after 2 seconds.
    Late2s = "late-2-s" is Slow, from "the evening hours of the platform";
    /// A success whose header fields come at once and whose body takes 300 milliseconds.
    SlowBody = "slow-body" is Slow, from "a lost packet that is sent again";
}
