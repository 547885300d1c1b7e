Feature: Trading the openid for a token
  The phone sends its openid to the backend, with the client credentials of the mini program, and receives
  the backend's own access token together with the time it lives.

  @TOKEN-01 @must
  Rule: The answer carries a non-empty string access token where the contract says

    Why: The client looks in one place. A token under another name, or one that is not text, is no token to it.
    Fix: Answer with the member the contract names, as a JSON string.
    Source: flow step 3

    # Stays: a first token that is none ends the whole login; only here it is said what is wrong with it.
    Scenario: A person who has exchanged a code asks for a token
      Given Alice has exchanged a code
      When Alice asks for a token
      Then the answer carries a token

    Scenario: A person who has a token asks for another one
      Given Alice has been issued a token
      When Alice asks for a token
      Then the token that she is issued is a text

  @TOKEN-02 @must @needs-documented-client
  Rule: The lifetime is a positive finite JSON number of seconds: the documented client adds it to a clock

    Why: JavaScript glues a text to a number instead of adding it, so with "7200" the token is never renewed; without a lifetime neither.
    Fix: Send the lifetime as a bare JSON number of seconds.
    Source: app.js onShow

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then each of these lifetimes is a number of seconds that a clock can be put forward by

  @TOKEN-03 @should @needs-oauth-answer
  Rule: token_type is present and says Bearer, in any case

    Why: The type tells a client how the token is to be presented. A client that goes by the standard must not use a token whose type it does not know.
    Fix: Put "token_type": "Bearer" beside the token, in every answer that carries one.
    Source: RFC 6749 section 5.1

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then each of these answers calls the token a Bearer token

  @TOKEN-04 @should
  Rule: Cache-Control: no-store

    Why: Whatever lies between phone and backend may keep an answer that does not forbid it, and the token in it would be read there.
    Fix: Send Cache-Control: no-store with every answer that carries a token.
    Source: RFC 6749 section 5.1

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then each of these answers is for no cache to keep

  @TOKEN-05 @must @needs-client-auth
  Rule: Without client credentials no token is issued

    Why: The client credentials are all that keeps a stranger who knows an openid from asking for its token.
    Fix: Demand the Authorization header on the token request, and refuse before looking at the openid.
    Source: wxutil.js getToken

    Scenario Outline: A token is asked for with <credentials>
      Given Alice has been issued a token
      When Alice's token is asked for with <credentials>
      Then no token is issued

      Examples:
        | credentials                     |
        | no credentials                  |
        | an empty header                 |
        | a scheme with nothing behind it |

    Scenario: The very first token is asked for with no credentials
      Given Alice has exchanged a code
      When Alice's token is asked for with no credentials
      Then no token is issued

  @TOKEN-06 @must @needs-client-auth
  Rule: With wrong client credentials (wrong secret, wrong name, a longer secret, broken base64, another scheme) no token is issued

    Why: A check that can be met by almost the right password is no check.
    Fix: Decode the whole header, and compare name and secret in full with what you expect.
    Source: wxutil.js getToken

    Scenario Outline: A token is asked for with <credentials>
      Given Alice has been issued a token
      When Alice's token is asked for with <credentials>
      Then no token is issued

      Examples:
        | credentials                                   |
        | a wrong secret                                |
        | a wrong name                                  |
        | a name that is longer                         |
        | a name that is shorter                        |
        | a name with the case of its letters flipped   |
        | an empty name                                 |
        | a secret that is longer                       |
        | a secret that is shorter                      |
        | an empty secret                               |
        | a name without a secret                       |
        | a secret with a colon and more behind it      |
        | a secret with the case of its letters flipped |
        | a condition that is always true               |
        | broken base64                                 |
        | another scheme                                |
        | the right credentials without a scheme        |

    Scenario: A token is asked for with somebody else's token in the place of the credentials
      Given Alice has been issued a token
      And Bob has been issued a token
      When Alice's token is asked for with Bob's token in the place of the client credentials
      Then no token is issued

  @TOKEN-07 @must @needs-token-request
  Rule: A missing or empty openid is refused

    Why: A request that names nobody must not be answered with somebody's token.
    Fix: Check that the parameter is there and not empty before looking anybody up.
    Source: flow step 3

    Scenario Outline: A token is asked for with <kind>
      Given Alice has been issued a token
      When Alice sends a token request with <kind>
      Then no token is issued

      Examples:
        | kind            |
        | no openid       |
        | an empty openid |

  @TOKEN-08 @must @needs-token-request
  Rule: An openid that no code exchange ever produced is refused

    Why: Otherwise a token can be had for any text, and whoever guesses or invents an openid is in.
    Fix: Remember the openids that WeChat has confirmed, and issue tokens only for those.
    Source: flow step 3

    Scenario Outline: A token is asked for with <kind>
      Given Alice has been issued a token
      When Alice sends a token request with <kind>
      Then no token is issued

      Examples:
        | kind                                                |
        | an openid that does not exist                       |
        | the openid of somebody who never logged in          |
        | her openid with one letter changed                  |
        | her openid with the case of its letters flipped     |
        | the first half of her openid                        |
        | her openid made longer                              |
        | a wildcard                                          |
        | a blank                                             |
        | the word undefined                                  |
        | the word null                                       |
        | the number 0                                        |
        | her openid in quotes                                |
        | a condition that is always true                     |
        | her login code                                      |
        | her openid with a wildcard in the place of a letter |
        | the first half of her openid and a wildcard         |

    Scenario: A token is asked for with a condition in the place of an openid
      Given Alice has been issued a token
      When Alice's token is asked for with conditions in the place of her openid
      Then no token is issued

    Scenario: A token is asked for with the openids that developers use for tests
      Given Alice has been issued a token
      When a token is asked for with every openid that developers use for tests
      Then no token is issued

    Scenario: A token is asked for with the ID that user info shows
      Given Alice has read her user info
      When a token is asked for with her user ID in the place of her openid
      Then no token is issued

  @TOKEN-09 @must
  Rule: A token opens its owner's data and nobody else's

    Why: A token that opens somebody else's data hands a stranger's account to whoever holds it.
    Fix: Look up whom a token was issued to, and nothing else: not who logged in last, not who asked before.
    Source: flow step 5

    # Stays: whom else a fault of this kind reaches depends on who logs in meanwhile; only here it is sure.
    Scenario: Two people log in again, and their requests cross
      Given Alice has read her user info after each of two logins
      And Bob has read his user info after each of two logins
      When Alice exchanges a fresh code
      And Bob exchanges a fresh code
      And Bob asks for a token
      And Alice asks for a token
      And Alice reads her user info
      And Bob reads his user info
      Then Alice was shown what is hers
      And Bob was shown what is his

    # Stays: elsewhere it shows only where user info tells the openid, which it need not.
    Scenario: Two people obtain further tokens
      Given Alice has read her user info
      And Bob has read his user info
      When Alice asks for a token
      And Bob asks for a token
      And Alice reads her user info
      And Bob reads his user info
      Then Alice was shown what is hers
      And Bob was shown what is his

    # Stays: as above.
    Scenario: A token is used once more after the next one was issued
      Given Alice has read her user info
      And Bob has read his user info
      When Alice asks for a token
      And user info is asked for with the token Alice had before
      Then nobody but Alice was shown

    Scenario: A token is used with the openid of somebody else beside it
      Given Alice has read her user info
      And Bob has read his user info
      When user info is asked for with Alice's token and the openid of Bob in the URL
      Then nobody but Alice was shown

    Scenario: A token is used with the openid of somebody else in headers and in a cookie
      Given Alice has read her user info
      And Bob has read his user info
      When user info is asked for with Alice's token and the openid of Bob in headers and in a cookie
      Then nobody but Alice was shown

    Scenario: A token is used with the user ID of somebody else beside it
      Given Alice has read her user info
      And Bob has read his user info
      When user info is asked for with Alice's token and the user ID of Bob in the URL and in headers
      Then nobody but Alice was shown

    # Stays: whom else a fault of this kind reaches depends on who logs in meanwhile; only here it is sure.
    Scenario: One of two people logs in again, and the other goes on
      Given Alice has read her user info twice
      And Bob has read his user info
      When Bob logs in again
      And Alice reads her user info
      Then Alice was shown what is hers

  @TOKEN-10 @must
  Rule: Tokens cannot be predicted: distinct per person, no counter, no clock, not the openid and no plain, base64 or hashed form of it

    Why: Whoever can work out a token needs no login. An openid is no secret, the time is none, and a counter gives the next token away with each one.
    Fix: Take at least 16 bytes from the operating system's random source for each token, or sign the token with a key of that kind.
    Source: RFC 6749 section 10.10

    Scenario: Eight people ask for tokens, one after the other
      Given 8 people have exchanged codes
      When each of them asks for a token, one after the other
      Then no two of them were given the same token
      And no token is made from the openid, the user ID or the login code of its owner
      And no token tells the time at which it was issued and nothing else
      And no token follows from the one before it

    Scenario: One person asks again and again
      Given Alice has exchanged a code
      When Alice asks for a token 8 times
      Then none of these tokens follows from the one before it

  @TOKEN-11 @should
  Rule: An opaque token holds at least 128 bits by length and alphabet over 200 samples

    Why: Short tokens are found by trying, and every token that is out there makes it easier.
    Fix: Use 32 hexadecimal digits, 22 letters and digits, or more, all of them random.
    Source: RFC 6749 section 10.10

    @after-all
    Scenario: All tokens of the run together
      Given at least 200 tokens have been issued
      Then each of them holds at least 128 bits

  @TOKEN-12 @should
  Rule: Only the documented method issues a token; GET with the openid in the URL does not

    Why: Addresses are kept in logs, histories and caches, and with them the openid; and what GET answers is repeated and kept by whoever likes.
    Fix: Map the token request to POST alone.
    Source: RFC 6749 section 3.2

    Scenario Outline: A token is asked for by <method>
      Given Alice has been issued a token
      When Alice's token is asked for by <method>
      Then no token is issued

      Examples:
        | method                         |
        | GET with the openid in the URL |
        | PUT                            |
        | PATCH                          |
        | DELETE                         |

  @TOKEN-13 @should @needs-client-auth @needs-oauth-answer
  Rule: A refusal is 400 or 401 with an `error` code

    Why: Client libraries tell a refusal by the status and its reason by the code. With status 200 they store the refusal as a token.
    Fix: Answer 401 with "error": "invalid_client" for a wrong client, and 400 with "invalid_request" or "invalid_grant" for the rest.
    Source: RFC 6749 section 5.2

    Scenario Outline: A token is refused because of <openid>
      Given Alice has been issued a token
      When Alice sends a token request with <openid>
      Then the refusal is worded as OAuth 2.0 says

      Examples:
        | openid                        |
        | no openid                     |
        | an empty openid               |
        | an openid that does not exist |

    Scenario Outline: A token is refused because of <client>
      Given Alice has been issued a token
      When Alice's token is asked for with <client>
      Then the refusal is worded as OAuth 2.0 says

      Examples:
        | client         |
        | no credentials |
        | a wrong secret |
        | a wrong name   |
        | broken base64  |

  @TOKEN-14 @should @needs-token-request
  Rule: A repeated openid parameter is refused

    Why: Two parts of a backend may each read another one of the two, so that one person is checked and another one is let in.
    Fix: Count the values of the parameter, and refuse unless there is exactly one.
    Source: RFC 6749 section 3.2

    Scenario Outline: A token request carries <openids>
      Given Alice has been issued a token
      And Bob has been issued a token
      When Alice's token is asked for with <openids>
      Then no token is issued

      Examples:
        | openids                       |
        | her openid twice              |
        | her openid before that of Bob |
        | her openid behind that of Bob |

  @TOKEN-15 @should
  Rule: The answer is declared application/json

    Why: Client libraries read the declared type first. What is declared as HTML is also shown as HTML by whoever opens it.
    Fix: Send Content-Type: application/json with the token, with or without a charset.
    Source: RFC 6749 section 5.1

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then each of these answers is declared as JSON

  @TOKEN-16 @must @needs-documented-client
  Rule: A stored openid obtains a token again and again

    Why: The documented client logs in with a code once, and from then on renews with the openid it has stored.
    Fix: Keep what the code exchange established; do not use it up with the first token.
    Source: wxutil.js initlogin

    Scenario: A person comes back four times
      Given Alice has been issued a token
      When Alice asks for a token 4 times more
      Then every one of these requests was answered with a token

    Scenario: A person comes back after having looked at their user info
      Given Alice has read her user info
      When Alice asks for a token 2 times more
      Then every one of these requests was answered with a token

  @TOKEN-17 @observe @needs-token-request
  Rule: Whether an openid alone, without any proof of the WeChat session, obtains a token (the documented flow does; an openid is no secret)

    Why: Whoever learns an openid, from a log or a shared link, can then be that person. The documented flow accepts this; you should know it.
    Fix: To close it, hand the phone a secret of its own with the openid, and demand it on the token request.
    Source: a grant by openid alone is common in microservice platforms

    Scenario Outline: Somebody asks for a token with the openid of another person <circumstance>
      Given Alice has exchanged a code
      When somebody asks for a token with her openid <circumstance>
      Then it is noted whether the openid alone obtained a token

      Examples:
        | circumstance                       |
        | from a phone that never logged in  |
        | after her WeChat session has ended |

  @TOKEN-18 @should @needs-client-auth
  Rule: A 401 for wrong client credentials carries WWW-Authenticate

    Why: The header tells the client by which scheme it is to authenticate itself; a 401 without it is no complete answer.
    Fix: Add WWW-Authenticate: Basic realm="…" to the refusal of a wrong client.
    Source: RFC 6749 section 5.2

    Scenario Outline: A token is asked for with <credentials>
      Given Alice has been issued a token
      When Alice's token is asked for with <credentials>
      Then a refusal with status 401 carries WWW-Authenticate

      Examples:
        | credentials    |
        | a wrong secret |
        | a wrong name   |
        | broken base64  |
        | another scheme |

  @TOKEN-19 @should @needs-jwt @needs-lifetime
  Rule: A JWT's exp agrees with the announced lifetime within 5 s

    Why: The phone goes by the announced lifetime and the backend by exp. Where the two differ, a token dies too early or lives on unnoticed.
    Fix: Compute exp and expires_in from the same setting, exp in seconds.
    Source: RFC 7519 section 4.1.4

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then the end that each of these tokens tells agrees with its lifetime

  @TOKEN-20 @observe
  Rule: Whether a second token for the same person is the same one, and whether it ends the first

    Why: Two phones of one person, or a phone that asks twice at the same moment, depend on it.
    Fix: Nothing is to be mended; know what your backend does.
    Source: RFC 6749 leaves it open

    Scenario: A person obtains a second token and tries the first one
      Given Alice has been issued a token
      When Alice asks for a token
      And user info is asked for with the token Alice had before
      Then it is noted what became of her first token

  @TOKEN-21 @should @needs-lifetime
  Rule: The lifetime is plausible: at most 31 days (catches milliseconds and forgotten settings)

    Why: A token that lives for years cannot be called back once it is lost, and a lifetime in milliseconds keeps the client from ever renewing it.
    Fix: Announce seconds, and let a token live for hours or days; renewing costs one request.
    Source: RFC 6749 section 5.1, expires_in is in seconds

    Scenario: A person asks for a token and for another one
      Given Alice has exchanged a code
      When Alice asks for a token 2 times
      Then the lifetime in each of these answers is at most 31 days
