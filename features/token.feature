Feature: Trading the openid for a token
  The phone sends its openid to the backend, with the client credentials of the mini program, and receives
  the backend's own access token together with the time it lives.

  @TOKEN-01 @must
  Rule: The answer carries a non-empty string access token where the contract says

    Why: The client looks in one place. A token under another name, or one that is not text, is no token to it.
    Fix: Answer with the member the contract names, as a JSON string.
    Source: flow step 3

    Scenario: A person who has exchanged a code asks for a token
      Given Alice has exchanged a code
      When Alice asks for a token
      Then the answer carries a token

  @TOKEN-02 @must @needs-documented-client
  Rule: The lifetime is a positive finite JSON number of seconds: the documented client adds it to a clock

    Why: JavaScript glues a text to a number instead of adding it, so with "7200" the token is never renewed; without a lifetime neither.
    Fix: Send the lifetime as a bare JSON number of seconds.
    Source: app.js onShow

    Scenario: A person asks for a token
      Given Alice has exchanged a code
      When Alice asks for a token
      Then its lifetime is a number of seconds that a clock can be put forward by

  @TOKEN-05 @must @needs-client-auth
  Rule: Without client credentials no token is issued

    Why: The client credentials are all that keeps a stranger who knows an openid from asking for its token.
    Fix: Demand the Authorization header on the token request, and refuse before looking at the openid.
    Source: wxutil.js getToken

    Scenario: A token is asked for without credentials
      Given Alice has been issued a token
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
        | a secret that is longer                       |
        | a secret that is shorter                      |
        | an empty secret                               |
        | a secret with the case of its letters flipped |
        | broken base64                                 |
        | another scheme                                |

  @TOKEN-07 @must
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

  @TOKEN-08 @must
  Rule: An openid that no code exchange ever produced is refused

    Why: Otherwise a token can be had for any text, and whoever guesses or invents an openid is in.
    Fix: Remember the openids that WeChat has confirmed, and issue tokens only for those.
    Source: flow step 3

    Scenario Outline: A token is asked for with <kind>
      Given Alice has been issued a token
      When Alice sends a token request with <kind>
      Then no token is issued

      Examples:
        | kind                                            |
        | an openid that does not exist                   |
        | the openid of somebody who never logged in      |
        | her openid with one letter changed              |
        | her openid with the case of its letters flipped |
        | the first half of her openid                    |
        | her openid made longer                          |
        | a wildcard                                      |

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
