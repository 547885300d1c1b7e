Feature: Exchanging the login code
  The phone hands a temporary login code to the backend. The backend asks WeChat who that is, and WeChat
  answers with the openid and with a session key that stays at the backend.

  @CODE-01 @must
  Rule: A fresh code yields exactly the openid that WeChat gave for it

    Why: An openid is opaque text. One letter more, less or in another case is another person.
    Fix: Copy the openid from WeChat's answer as it stands.
    Source: flow step 2

    Scenario: One person exchanges a code
      Given Alice is a WeChat user
      When Alice exchanges a fresh code
      Then she was given the openid that WeChat gave for her

    Scenario: Two people exchange their codes at the same time
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice and Bob exchange fresh codes at the same time
      Then Alice was given the openid that WeChat gave for her
      And Bob was given the openid that WeChat gave for him

  @CODE-02 @must
  Rule: A code is exchanged once: the second time it is refused

    Why: A code that works twice can be replayed by whoever saw it pass, in a log, a proxy or a crash report.
    Fix: Ask WeChat for every code and hand on its refusal; do not keep a table of codes that were good once.
    Source: flow note 2, the code can be used only once

    Scenario: The same code is sent again at once
      Given Alice has exchanged a code
      When Alice exchanges the same code again
      Then the exchange is refused

    Scenario: The same code is sent again after the login is complete
      Given Alice is logged in
      When Alice exchanges the same code again
      Then the exchange is refused

    Scenario: The same code is sent by another phone
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory exchanges the code of Alice
      Then the exchange is refused

    Scenario: A used code stays used
      Given Alice has exchanged a code
      When Alice exchanges the same code 3 times more
      Then every one of these exchanges is refused

  @CODE-03 @must
  Rule: Of simultaneous exchanges of one code at most one succeeds

    Why: Two requests that race each other are the classic way around a rule that is checked first and enforced later.
    Fix: Leave the decision to WeChat, which answers only one of them with success; do not share one answer among waiting requests.
    Source: flow note 2, the code can be used only once

    Scenario: One code is sent eight times at the same moment, in three rounds
      Given Alice is a WeChat user
      And WeChat takes 40 ms to answer her codes
      When Alice exchanges one code 8 times at the same moment, in 3 rounds
      Then in no round more than one exchange succeeded

  @CODE-07 @must
  Rule: A missing or empty code is refused

    Why: A request without a code proves nothing, so it must not be answered with somebody's openid.
    Fix: Check that the parameter is there and not empty before anything else.
    Source: WeChat's answer 41008, missing code

    Scenario Outline: The exchange is asked for with <kind>
      Given Alice is a WeChat user
      When Alice sends a code exchange with <kind>
      Then the exchange is refused

      Examples:
        | kind          |
        | no code       |
        | an empty code |

  @CODE-09 @must
  Rule: A code that WeChat does not know, or that is older than five minutes, is refused

    Why: Only WeChat can say whose code it is. A backend that goes on after WeChat said no lets in anybody who can type.
    Fix: Look for a non-empty openid in WeChat's answer, and refuse when there is none; the HTTP status is 200 either way.
    Source: wx.login page, validity of the code; WeChat's answer 40029

    Scenario Outline: Somebody sends <kind>
      Given Alice is a WeChat user
      When Alice sends a code exchange with <kind>
      Then the exchange is refused

      Examples:
        | kind                           |
        | a code nobody was given        |
        | a word that is no code at all  |
        | a code that is 301 seconds old |

  @CODE-12 @must
  Rule: After a refusal the same person logs in with a new code

    Why: Codes expire and collide with retries every day. One refusal must not lock a person out.
    Fix: Keep no memory of refused codes beyond the answer; limit attempts by address or by device and with a delay, never for good.
    Source: flow step 4, walk the login again

    Scenario Outline: A refusal of <kind> is followed by a new login
      Given Alice is a WeChat user
      And her code exchange was refused for <kind>
      When Alice logs in
      Then she was given an openid and a token

      Examples:
        | kind                           |
        | an empty code                  |
        | a code nobody was given        |
        | a code that is 301 seconds old |

    Scenario: A used code is followed by a new login
      Given Alice has exchanged a code
      And her code exchange was refused for the code she has used
      When Alice logs in
      Then she was given an openid and a token
