Feature: How a session is renewed, looked at and ended by request
  The documented flow has nothing of this: it renews by its openid, and lets tokens end by themselves. Many backends
  have more, a refresh token, a request that says whether a session is valid, a logout. A contract names it, and then
  it is judged.

  @SESSION-01 @must @needs-renewal
  Rule: A renewal brings a token that opens its owner's user info, again and again

    Why: Whoever is renewed with a token that is worth nothing is logged out in the middle of what they do; whoever is renewed with the token of somebody else sees theirs.
    Fix: Store each new token, and what renews it, before it is handed out; take its owner from what was presented and from nothing else.
    Source: RFC 6749 section 6

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    Scenario: A session is renewed three times in a row
      Given Alice has read her user info
      When Alice renews her session 3 times
      Then every renewal brought a token that opens the user info of its owner

    @serial
    Scenario: Two sessions are renewed at the same moment
      Given Alice has read her user info
      And Bob has read his user info
      When Alice and Bob renew their sessions at the same moment, 4 times
      Then every renewal brought a token that opens the user info of its owner

    Scenario: A session is renewed with the names of somebody else beside it
      Given Alice has read her user info
      And Bob has read his user info
      When Bob renews his session, naming Alice beside it
      Then nobody but Bob was shown

    Scenario: A session is renewed with the token of somebody else beside it
      Given Alice has read her user info
      And Bob has read his user info
      When Bob renews his session with Alice's token beside it
      Then nobody but Bob was shown

    # Stays: only here the token has ended for sure when its session is renewed.
    @time-passes
    Scenario: A session is renewed when its token has ended
      Given Alice has read her user info
      And Bob has read his user info
      When Alice renews her session once its token has ended
      Then every renewal brought a token that opens the user info of its owner

  @SESSION-02 @must @needs-renewal
  Rule: Whoever has nothing to renew a session with is refused

    Why: The renewal hands out tokens. What it does not look at closely, be it a refresh token or the token itself, is a way around the login.
    Fix: Look the whole text up, byte for byte, and refuse what is not found; verify a signed one completely.
    Source: RFC 6749 sections 6 and 10.4

    Scenario Outline: A session is renewed with <this>
      Given Alice has read her user info
      When her session is renewed with <this>
      Then no token is issued

      Examples:
        | this                                      |
        | nothing                                   |
        | an empty text                             |
        | what she has, its first character changed |
        | what she has, a middle character changed  |
        | what she has, its last character changed  |
        | what she has, in the other case           |
        | the first half of what she has            |
        | what she has, made longer                 |
        | a random text as long as what she has     |
        | the word undefined                        |
        | the word null                             |
        | a wildcard                                |
        | a condition that is always true           |
        | her openid                                |
        | her login code                            |
        | her user ID                               |

    Scenario Outline: A session is renewed with <forgery>
      Given Alice has read her user info
      When her session is renewed with every JWT with <forgery>
      Then no forgery of it brings a token

      Examples:
        | forgery                                     |
        | the algorithm none in any spelling          |
        | its signature removed                       |
        | other claims under the old signature        |
        | another header over the old signature       |
        | a signature keyed with nothing              |
        | a signature keyed with a word of an example |
        | a signature keyed with the published key    |
        | a key of the forger's in its header         |

    Scenario Outline: A session is renewed by a client with <client>
      Given Alice has read her user info
      When her session is renewed by a client with <client>
      Then no token is issued

      Examples:
        | client         |
        | no credentials |
        | a wrong secret |
        | a wrong name   |

  @SESSION-03 @should @needs-refresh-token
  Rule: A refresh token opens no user info, and a token is no refresh token

    Why: The one lives long and is shown to one address only, the other is shown everywhere and ends soon. Where either is accepted in the place of the other, a stolen one lives for ever.
    Fix: Write the kind into the table, or into a claim of the signed token, and look at it.
    Source: RFC 6749 section 1.5

    Scenario: User info is asked for with a refresh token
      Given Alice has read her user info
      When user info is asked for with her refresh token in the place of her token
      Then user info is refused

    Scenario: A session is renewed with a token
      Given Alice has read her user info
      When her session is renewed with her token in the place of her refresh token
      Then no token is issued

    Scenario: A session is renewed with a token in its usual place
      Given Alice has read her user info
      When her session is renewed without a refresh token, and with her token in its usual place
      Then no token is issued

  @SESSION-04 @observe @needs-refresh-token
  Rule: Whether a refresh token works on after it has been replaced

    Why: Where it does, nobody notices that it was stolen. Where it does not, a client that lost an answer has to log in again. Some let it work for a few seconds more.
    Fix: Nothing to mend; mini programs cannot keep a secret, and for such clients replaced refresh tokens are meant to end.
    Source: RFC 9700 section 4.14.2

    Scenario: A refresh token is used a second time
      Given Alice has read her user info
      When her session is renewed twice with the same refresh token
      Then it is noted what became of the refresh token

  @SESSION-05 @must @needs-promised-old-token
  Rule: After a renewal the earlier token is worth what the contract promises

    Why: A client that relies on its end believes that a stolen token is worth nothing by now. A client that relies on its life has requests under way with it.
    Fix: Do what is documented, or document what is done.
    Source: the contract

    Scenario: The earlier token is presented after the renewal
      Given Alice has read her user info
      When Alice renews her session, and user info is asked for with the token from before
      Then her earlier token is worth what the contract promises

  @SESSION-06 @must @needs-logout
  Rule: After a logout the session is over, for whoever logged out and for nobody else

    Why: People log out where somebody else will sit next. What was theirs must be closed by then.
    Fix: Delete the token, and what renews it, where it is stored; keep a list of the signed ones that were ended.
    Source: OWASP ASVS 5.0, 7.4.1

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    @serial
    Scenario: The token is presented after the logout
      Given Alice has read her user info
      When Alice reads her user info after her logout
      Then nothing is left of her session

    @serial
    Scenario: The session is renewed after the logout
      Given Alice has read her user info
      When Alice renews her session after her logout
      Then nothing is left of her session

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    @serial
    Scenario: Somebody else goes on
      Given Alice has read her user info
      And Bob has read his user info
      When Alice logs out
      And Bob reads his user info
      Then Bob was shown what is his

    @serial
    Scenario: Alice comes back after her logout
      Given Alice has read her user info
      When Alice logs in again after her logout, and reads her user info
      Then she was let in again

    @serial
    Scenario: The session is renewed with a replaced refresh token after the logout
      Given Alice has read her user info
      When Alice renews her session and logs out, and it is renewed with the refresh token from before
      Then nothing is left of her session

    @serial
    Scenario: The token from before is presented after the next login
      Given Alice has read her user info
      When Alice logs out and in again, and user info is asked for with the token from before
      Then nothing is left of the session that was ended

    @serial
    Scenario Outline: Somebody logs out on <phone>
      Given Alice has read her user info
      When Alice logs in on another phone, and reads her user info after her logout on <phone>
      Then nothing is left of her session

      Examples:
        | phone                          |
        | the phone that logged in first |
        | the phone that logged in last  |

    @serial @time-passes
    Scenario: The token is presented long after the logout
      Given Alice has read her user info
      When Alice reads her user info long after her logout
      Then nothing is left of her session

    @serial
    Scenario: The token from before a renewal is presented after the logout
      Given Alice has read her user info
      When Alice renews her session and logs out, and user info is asked for with the token from before the renewal
      Then nothing is left of the session that was ended

    @serial
    Scenario: Somebody else logs out with the names of Alice beside the token
      Given Alice has read her user info
      And Bob has read his user info
      When Bob logs out, naming Alice beside his token
      And Alice reads her user info
      Then the answer carries user info

    @serial
    Scenario Outline: Somebody else logs out with <forgery>
      Given Alice has read her user info
      When somebody logs out with every JWT with <forgery>
      And Alice reads her user info
      Then the answer carries user info

      Examples:
        | forgery                                     |
        | the algorithm none in any spelling          |
        | its signature removed                       |
        | other claims under the old signature        |
        | another header over the old signature       |
        | a signature keyed with nothing              |
        | a signature keyed with a word of an example |
        | a signature keyed with the published key    |
        | a key of the forger's in its header         |

    @serial
    Scenario Outline: Somebody else logs out with <this>
      Given Alice has read her user info
      When somebody logs out with <this>
      And Alice reads her user info
      Then the answer carries user info

      Examples:
        | this                                      |
        | no credentials                            |
        | her token with its last character changed |

  @SESSION-07 @must @needs-check
  Rule: A living token is said to be valid, and nothing else is

    Why: Clients ask before they show who is logged in. A check that is wrong shows people as logged in who are not, or logs out those who are.
    Fix: Let the check ask what guards everything else.
    Source: the contract

    Scenario: A living token is looked at
      Given Alice has read her user info
      When Alice asks whether her session is valid
      Then the session is said to be valid

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    Scenario Outline: A check is asked with <this>
      Given Alice has read her user info
      When somebody asks whether a session is valid with <this>
      Then no session is said to be valid

      Examples:
        | this                                       |
        | no credentials                             |
        | an empty token                             |
        | her token with its first character changed |
        | her token with a middle character changed  |
        | her token with its last character changed  |
        | the first half of her token                |
        | a random token of the same length          |
        | the word undefined                         |
        | her openid                                 |

    Scenario: A session goes on after it was looked at
      Given Alice has read her user info
      When Alice asks whether her session is valid
      And Alice reads her user info
      Then the answer carries user info

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    @serial
    Scenario: A session is looked at after its logout
      Given Alice has read her user info
      When Alice asks whether her session is valid after her logout
      Then no session is said to be valid

    @serial
    Scenario: A session is looked at after its logout, while another one of the same person lives
      Given Alice has read her user info
      When Alice logs in on another phone, and asks whether her first session is valid after its logout
      Then no session is said to be valid

    Scenario Outline: A check is asked with <forgery>
      Given Alice has read her user info
      When somebody asks whether a session is valid with every JWT with <forgery>
      Then no forgery is said to be valid

      Examples:
        | forgery                                     |
        | the algorithm none in any spelling          |
        | its signature removed                       |
        | other claims under the old signature        |
        | another header over the old signature       |
        | a signature keyed with nothing              |
        | a signature keyed with a word of an example |
        | a signature keyed with the published key    |
        | a key of the forger's in its header         |

  @SESSION-08 @must @needs-check @needs-clock
  Rule: A token that has ended is not said to be valid, and a look at it does not bring it back

    Why: The client asks in order to know whether it has to log in again.
    Fix: Let the check compare the end with the clock.
    Source: the contract

    Scenario: A token is looked at after its end
      Given Alice has read her user info
      When Alice asks whether her session is valid once her token has ended
      Then no session is said to be valid

    Scenario: A token is presented that was looked at after its end
      Given Alice has read her user info
      When Alice asks whether her session is valid once her token has ended, and reads her user info with that token
      Then user info is refused

  @SESSION-09 @must @needs-renewal @needs-clock
  Rule: A renewed token lives as long as was announced with it, and no longer; the one before it does not come back

    Why: Where only the first token ends, whoever steals a later one has it for ever. Where a later one ends early, its owner is locked out.
    Fix: Issue renewed tokens by the same code as the first one, with an end of their own.
    Source: RFC 6749 section 5.1, expires_in

    Scenario: A renewed token is used just before its announced end
      Given Alice has read her user info
      When Alice renews her session, and is told how long the new token lives
      And time passes to just before the announced end
      And Alice reads her user info
      Then the answer carries user info

    Scenario: A renewed token is used just after its announced end
      Given Alice has read her user info
      When Alice renews her session, and is told how long the new token lives
      And time passes to just after the announced end
      And Alice reads her user info
      Then user info is refused

    Scenario: A token that has ended is presented after the renewal
      Given Alice has read her user info
      When Alice renews her session once its token has ended, and user info is asked for with that token
      Then user info is refused

  @SESSION-10 @must @needs-refresh-token
  Rule: Refresh tokens cannot be predicted: distinct per person, no counter, no clock, nothing made of the openid

    Why: A refresh token is as good as a login, and lives longer than any token. Whoever can work one out needs neither a phone nor a code.
    Fix: Take at least 16 bytes from the operating system's random source for each of them, or sign them with a key of that kind.
    Source: RFC 6749 section 10.10

    Scenario: Eight people are given refresh tokens, one after the other
      Given 8 people have exchanged codes
      When each of them asks for a token, one after the other
      Then none of their refresh tokens can be worked out

  @SESSION-11 @should @needs-refresh-token
  Rule: An opaque refresh token holds at least 128 bits by length and alphabet

    Why: Short ones are found by trying, and they live long enough for that.
    Fix: Use 32 hexadecimal digits, 22 letters and digits, or more, all of them random.
    Source: RFC 6749 section 10.10

    @after-all
    Scenario: All refresh tokens of the run together
      Given at least 64 refresh tokens have been handed out
      Then each of these refresh tokens holds at least 128 bits
