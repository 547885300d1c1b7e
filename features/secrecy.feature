Feature: What never reaches the client
  WeChat gives the backend a session key for each person. It encrypts and signs that person's data, and it
  belongs to the backend alone.

  @SECRET-01 @must @needs-upstream
  Rule: session_key never appears

    Why: Who holds the session key can decrypt and forge the person's WeChat data, phone number included.
    Fix: Take the openid out of WeChat's answer and hand on nothing else; keep the key out of tokens, cookies and error texts.
    Source: flow note 1, the session key must not be handed to the mini program

    Scenario: A person logs in, reads user info and renews the token
      Given Alice is logged in
      When Alice reads her user info
      And Alice asks for a token
      Then no answer contains her session key

    Scenario Outline: A person is refused because of <kind>
      Given Alice is logged in
      When Alice sends a code exchange with <kind>
      Then no answer contains her session key

      Examples:
        | kind                    |
        | the code she has used   |
        | an empty code           |
        | a code nobody was given |

    Scenario: User info is refused
      Given Alice is logged in
      When user info is asked for with a random token of the same length
      Then no answer contains her session key

    @after-all
    Scenario: In all answers of the whole run
      Then no answer of the whole run contained a session key
