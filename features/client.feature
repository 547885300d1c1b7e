Feature: The documented client never hangs
  The documented client has no way to fail on a broken connection, looks at the status of one call only, and
  reads into answers without looking first. Some answers leave it waiting for ever: the person sees a
  spinner that never ends.

  @CLIENT-01 @must @needs-documented-client
  Rule: Every refusal of a code exchange lets the documented client settle (not: 200 without a data object)

    Why: On a 200 answer the client reads data.openid; where data is missing, an exception kills the login silently.
    Fix: Answer a refusal with a status other than 200, or with a data object that has no openid.
    Source: wxutil.js code2session

    Scenario Outline: The code is refused because <reason>
      Given Alice is a WeChat user
      And WeChat will answer her next code with <error>
      When Alice launches the mini program
      Then her phone did not hang in the code exchange

      Examples:
        | reason                      | error |
        | it is not valid             | 40029 |
        | it was used before          | 40163 |
        | the person is a high risk   | 40226 |
        | the minute quota is used up | 45011 |
        | WeChat is busy              | -1    |
        | the day's quota is used up  | 45009 |
        | the appid is not valid      | 40013 |
        | the secret is not valid     | 40125 |
        | the code did not arrive     | 41008 |

    Scenario: The code is refused by an error that is in no table
      Given Alice is a WeChat user
      And WeChat will answer her next code with an error that is in no table
      When Alice launches the mini program
      Then her phone did not hang in the code exchange

    Scenario: The code is refused because WeChat cannot be understood
      Given Alice is a WeChat user
      And WeChat will answer her next code with nothing that can be understood
      When Alice launches the mini program
      Then her phone did not hang in the code exchange

    Scenario Outline: The phone was handed <code>
      Given Alice is a WeChat user
      And her phone will be handed <code>
      When Alice launches the mini program
      Then her phone did not hang in the code exchange

      Examples:
        | code                                |
        | an empty code                       |
        | a code nobody was given             |
        | a word that is no code at all       |
        | a code that is 301 seconds old      |
        | a code of another mini program      |
        | the code of her phone-number button |

    Scenario: The phone was handed a code that was used before
      Given Alice has exchanged a code
      And her phone will be handed the code she has used
      When Alice launches the mini program
      Then her phone did not hang in the code exchange

  @CLIENT-02 @must @needs-documented-client
  Rule: Every refusal of a token lets the documented client settle (not: a JSON null)

    Why: The client reads access_token from whatever comes; from null nothing can be read, and the login dies silently.
    Fix: Answer a refusal with a JSON object, and answer it at all.
    Source: wxutil.js getToken

    Scenario Outline: The phone asks for a token with <openid>
      Given Alice has logged in on her phone
      And Alice's WeChat session is valid
      And her phone has stored <openid>
      When Alice launches the mini program
      Then her phone did not hang in the token request

      Examples:
        | openid                                     |
        | an openid that does not exist              |
        | the openid of somebody who never logged in |
        | her openid with one letter changed         |

    Scenario Outline: The token request carries <openid>
      Given Alice has been issued a token
      When Alice sends a token request with <openid>
      Then the documented client would go on after this refusal

      Examples:
        | openid          |
        | no openid       |
        | an empty openid |

    Scenario Outline: The token request carries <client>
      Given Alice has been issued a token
      When Alice's token is asked for with <client>
      Then the documented client would go on after this refusal

      Examples:
        | client         |
        | no credentials |
        | a wrong secret |
        | a wrong name   |
        | broken base64  |
        | another scheme |

  @CLIENT-03 @must @needs-documented-client
  Rule: A refused token answer carries no access_token: the client does not look at the status

    Why: The client takes any access_token it finds for a login, be the status 200 or 500.
    Fix: Leave the member out of every answer that is not a success.
    Source: wxutil.js getToken

    # Stays: a refusal that carries a token has issued one too, but here it is named what the client makes of it.
    Scenario Outline: A token is refused because of <kind>
      Given Alice has been issued a token
      When Alice sends a token request with <kind>
      Then the refusal carries no token

      Examples:
        | kind                                       |
        | no openid                                  |
        | an empty openid                            |
        | an openid that does not exist              |
        | the openid of somebody who never logged in |
        | her openid with one letter changed         |

    # Stays: as above.
    Scenario Outline: A token is refused because of <client>
      Given Alice has been issued a token
      When Alice's token is asked for with <client>
      Then the refusal carries no token

      Examples:
        | client         |
        | no credentials |
        | a wrong secret |
        | a wrong name   |
        | broken base64  |
        | another scheme |

  @CLIENT-04 @should @needs-documented-client
  Rule: A refused user-info answer carries no data: the client would store it as the user

    Why: The client stores the data of any answer as the person who is logged in, whatever its status.
    Fix: Put the explanation of a refusal under another name than data.
    Source: wxutil.js storeUserinfo

    Scenario Outline: User info is asked for with <credentials>
      Given Alice has read her user info
      When user info is asked for with <credentials>
      Then the refusal carries no user info

      Examples:
        | credentials                               |
        | no credentials                            |
        | an empty token                            |
        | a random token of the same length         |
        | her token with its last character changed |
        | the client's Basic credentials            |

    @time-passes
    Scenario: Her token has ended
      Given Alice has read her user info
      When Alice reads her user info once her token has ended
      Then the refusal carries no user info
