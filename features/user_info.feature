Feature: What a token opens
  With its token the phone reads the user info of its person. Without one, or with anything that only looks
  like one, there is nothing to see.

  @USER-01 @must
  Rule: A fresh token opens user info, and the data is where the contract says

    Why: The client stores what it finds there as the person who is logged in.
    Fix: Accept every token you issue, and answer with the person under the member the contract names.
    Source: flow step 5

    Scenario: A person who has just logged in reads their user info
      Given Alice has been issued a token
      When Alice reads her user info
      Then the answer carries user info

  @USER-02 @must
  Rule: Without a token user info is refused

    Why: This is the area behind the login.
    Fix: Refuse a request without the token header before the handler runs.
    Source: flow step 4

    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info
      When user info is asked for with <credentials>
      Then user info is refused

      Examples:
        | credentials     |
        | no credentials  |
        | an empty header |

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
        | a random token of the same length              |
