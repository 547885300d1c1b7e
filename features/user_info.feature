Feature: What a token opens
  With its token the phone reads the user info of its person. Without one, or with anything that only looks
  like one, there is nothing to see.

  @USER-01 @must
  Rule: A fresh token opens user info, and the data is where the contract says

    Why: The client stores what it finds there as the person who is logged in.
    Fix: Accept every token you issue, and answer with the person under the member the contract names.
    Source: flow step 5

    # Stays: it says where the trouble lies when a whole login (LOGIN-01) ends without user info.
    Scenario: A person who has just logged in reads their user info
      Given Alice has been issued a token
      When Alice reads her user info
      Then the answer carries user info

  @USER-02 @must
  Rule: Without a token user info is refused

    Why: This is the area behind the login.
    Fix: Refuse a request without the token header before the handler runs.
    Source: flow step 4

    # Stays: it is the plainest case, which a person reads first.
    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info
      When user info is asked for with <credentials>
      Then user info is refused

      Examples:
        | credentials     |
        | no credentials  |
        | an empty header |

    Scenario: User info is asked for by the openid
      Given Alice has read her user info
      When user info is asked for without a token and with her openid in the URL
      Then user info is refused

    # Stays: below, a mark of the backend's own servers stands beside the openid, and names another defect.
    Scenario: User info is asked for by the openid, as a gateway names people
      Given Alice has read her user info
      When user info is asked for without a token and with her openid in headers and in a cookie
      Then user info is refused

    Scenario: User info is asked for by the user ID, as a gateway names people
      Given Alice has read her user info
      When user info is asked for without a token and with her user ID in headers and cookies
      Then user info is refused

    Scenario: User info is asked for by somebody who poses as a server of the backend's own
      Given Alice has read her user info
      When user info is asked for without a token, as a server of the backend's own would ask
      Then user info is refused each time

    Scenario: User info is asked for at an address that is spelled in another way
      Given Alice has read her user info
      When user info is asked for without a token, its address being spelled in other ways
      Then nobody's user info was shown

    Scenario: User info is asked for by another method
      Given Alice has read her user info
      When user info is asked for without a token, by other methods
      Then nobody's user info was shown

    @serial
    Scenario: Somebody without a token asks while a person reads their user info
      Given Alice has read her user info
      When user info is asked for without a token while she asks for hers at the same moment, 4 times
      Then user info is refused each time

    Scenario: Somebody without a token asks on the connection of a person
      Given Alice has read her user info
      When user info is asked for without her token on the connection over which she has just asked
      Then user info is refused each time

  @USER-03 @must
  Rule: An altered token is refused: one character changed, cut short, made longer, case flipped, empty, random

    Why: A token is good or it is not. One that works with a character changed can be guessed.
    Fix: Compare the whole token, byte for byte; verify the whole signature if it is signed.
    Source: RFC 6750 section 3.1, invalid_token

    Scenario Outline: User info is asked for with <token>
      Given Alice has read her user info
      When user info is asked for with <token>
      Then user info is refused

      Examples:
        | token                                          |
        | her token with its first character changed     |
        | her token with a middle character changed      |
        | her token with its last character changed      |
        | her token without its last character           |
        | the first half of her token                    |
        | her token made longer                          |
        | her token with the case of its letters flipped |
        | her token with a character percent-encoded     |
        | an empty token                                 |
        | the word undefined                             |
        | the word null                                  |
        | a wildcard                                     |
        | the first half of her token and a wildcard     |
        | her token with a wildcard for a character      |
        | a star                                         |
        | the first half of her token and a star         |
        | a condition that is always true                |
        | a condition that is true behind a bracket      |
        | a condition that is true behind a double quote |
        | her openid                                     |
        | her user ID                                    |
        | her login code                                 |
        | her token and more behind a full stop          |
        | her token and more behind a comma              |
        | letters beyond ASCII                           |
        | four thousand letters                          |
        | a random token of the same length              |

    Scenario: User info is asked for with the tokens that developers use for tests
      Given Alice has read her user info
      When user info is asked for with every token that developers use for tests
      Then user info is refused each time

    Scenario: User info is asked for with a character of the token changed, each in its turn
      Given Alice has read her user info
      When user info is asked for with her token changed in one place after the other
      Then user info is refused each time

  @USER-04 @must @needs-scheme
  Rule: Another scheme is refused: Basic credentials, or the bare token where the contract wants a scheme

    Why: Who guesses at what a header means can be made to guess wrongly; the client's own password is no person.
    Fix: Demand the scheme, one space and the token; refuse everything else before looking anything up.
    Source: RFC 6750 section 2.1

    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info
      When user info is asked for with <credentials>
      Then user info is refused

      Examples:
        | credentials                                |
        | the client's Basic credentials             |
        | her token as the name in Basic credentials |
        | her token behind the scheme Basic          |
        | her token behind the scheme Token          |
        | her token behind a misspelt scheme         |
        | her token behind the scheme twice          |
        | her token stuck to the scheme              |
        | her bare token                             |

  @USER-05 @must @needs-jwt
  Rule: A forged JWT is refused: alg none (any spelling), signature removed, claims changed under the old signature, HS256 keyed with the public key or the empty string

    Why: Whoever can write a token that the backend takes for its own is logged in as anybody.
    Fix: Verify the whole signature with one algorithm and one key, both from your settings, never from the token.
    Source: RFC 8725 sections 2.1 to 2.3 and 3.1

    Scenario Outline: User info is asked for with <forgery>
      Given Alice has read her user info
      And her token is a JWT
      When user info is asked for with every JWT with <forgery>
      Then user info is refused each time

      Examples:
        | forgery                                     |
        | the algorithm none in any spelling          |
        | its signature removed                       |
        | another header over the old signature       |
        | a signature keyed with nothing              |
        | a signature keyed with a word of an example |
        | a signature keyed with the published key    |
        | a key named by a path or a query            |
        | a key of the forger's in its header         |

    # Stays: it says which claims were believed, where changing a letter of a token only shows that it was.
    Scenario: User info is asked for with other claims
      Given Alice has read her user info
      And her token is a JWT
      And Bob has been issued a token
      When user info is asked for with every JWT with other claims under the old signature
      Then user info is refused each time

  @USER-06 @should @needs-scheme @needs-status
  Rule: A refusal is 401 with WWW-Authenticate naming the contract's scheme

    Why: It is how a client tells a token that is not good, and asks for a new one, from all other troubles.
    Fix: Answer 401 with "WWW-Authenticate: Bearer", whether no token came or one that is not good.
    Source: RFC 6750 section 3

    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info
      When user info is asked for with <credentials>
      Then the refusal is 401 and names the scheme

      Examples:
        | credentials                               |
        | no credentials                            |
        | a random token of the same length         |
        | her token with its last character changed |

    @time-passes
    Scenario: Her token has ended
      Given Alice has read her user info
      When Alice reads her user info once her token has ended
      Then the refusal is 401 and names the scheme

  @USER-07 @should @needs-header-token
  Rule: A token in the URL is not accepted

    Why: Addresses stand in the logs of every server and proxy on the way, and the token with them.
    Fix: Read the token from the Authorization header only.
    Source: RFC 6750 section 5.3

    Scenario Outline: User info is asked for with the token in the parameter <parameter>
      Given Alice has read her user info
      When user info is asked for with her token in the parameter <parameter> of the URL
      Then user info is refused

      Examples:
        | parameter     |
        | access_token  |
        | token         |
        | Authorization |

    Scenario: User info is asked for with the token in parameters of other names
      Given Alice has read her user info
      When user info is asked for with her token in parameters of other names in the URL
      Then user info is refused

  @USER-08 @should
  Rule: The answer is not publicly cacheable

    Why: A proxy or CDN that keeps one person's answer shows it to the next person who asks.
    Fix: Send "Cache-Control: no-store", or leave the header out; never public, s-maxage or must-revalidate.
    Source: RFC 9111 section 3.5

    Scenario: A person reads their user info
      Given Alice has been issued a token
      When Alice reads her user info
      Then no shared cache may keep the answer

    Scenario: User info is refused
      Given Alice has been issued a token
      When user info is asked for with no credentials
      Then no shared cache may keep the answer

  @USER-09 @must
  Rule: While many people ask at once, nobody sees another's data

    Why: One field that two requests share, and people read each other's data on a busy day.
    Fix: Keep who is asking with the request alone: no static field, no thread that remembers, no cache without the token.
    Source: CWE-488

    Scenario: Twelve people read their user info at the same moment
      Given 12 people have read their user info
      When all of them read their user info at the same moment, 6 times
      Then nobody was shown what belongs to somebody else

  @USER-10 @should @needs-scheme
  Rule: The authentication scheme is read without regard to case

    Why: Clients and proxies write bearer, Bearer and BEARER, and all of them are right.
    Fix: Compare the scheme without regard to case, and the token byte for byte.
    Source: RFC 9110 section 11.1

    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info twice
      When user info is asked for with <credentials>
      Then the answer carries user info

      Examples:
        | credentials                               |
        | her token behind the scheme in lower case |
        | her token behind the scheme in upper case |
        | her token behind the scheme in mixed case |

  @USER-11 @must @needs-jwt
  Rule: An HMAC-signed token is not keyed with a well-known word (a list of at least 200)

    Why: The key of an example is known to everybody, and with the key anybody can write a token for anybody.
    Fix: Sign with at least 32 random bytes from your settings; nothing that a person made up is a key.
    Source: RFC 8725 section 3.5

    Scenario: A token is tried with every word of the list
      Given Alice has been issued a token
      And her token is a JWT that is signed with a shared key
      Then no well-known word is the key of her token

  @USER-12 @must
  Rule: A refused attempt with an altered or forged token leaves the genuine one working

    Why: Otherwise a stranger who knows how tokens look can log anybody out, and the client cannot tell why.
    Fix: Refuse the attempt and do nothing else: end, lock or count nothing that belongs to the genuine token.
    Source: flow step 4; CWE-645

    Scenario Outline: User info was asked for with <token>
      Given Alice has read her user info twice
      When user info is asked for 5 times with <token>
      And Alice reads her user info
      Then the answer carries user info

      Examples:
        | token                                     |
        | her token with its last character changed |
        | the first half of her token               |
        | a random token of the same length         |

    Scenario: User info was asked for with forged tokens
      Given Alice has read her user info twice
      And her token is a JWT
      When user info is asked for with every JWT with the algorithm none in any spelling
      And Alice reads her user info
      Then the answer carries user info
