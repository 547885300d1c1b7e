Feature: What never reaches the client
  WeChat gives the backend a session key for each person. It encrypts and signs that person's data, and it
  belongs to the backend alone. So do the secret of the app and the access token by which the backend speaks
  with WeChat. All of them are looked for in every answer: plain, escaped, encoded, compressed, and several of
  these within each other.

  @SECRET-01 @must @needs-upstream
  Rule: session_key never appears

    Why: Who holds the session key can decrypt and forge the person's WeChat data, phone number included.
    Fix: Take the openid out of WeChat's answer and hand on nothing else; keep the key out of tokens, cookies and error texts.
    Source: flow note 1, the session key must not be handed to the mini program

    # Stays: it brings about the answers of a whole login where only this requirement is judged.
    Scenario: A person logs in, reads user info and renews the token
      Given Alice is logged in
      When Alice reads her user info
      And Alice asks for a token
      Then no answer contains a session key

    # Stays: it brings about the refusals of codes where only this requirement is judged.
    Scenario Outline: A person is refused because of <kind>
      Given Alice is logged in
      When Alice sends a code exchange with <kind>
      Then no answer contains a session key

      Examples:
        | kind                    |
        | the code she has used   |
        | an empty code           |
        | a code nobody was given |

    # Stays: it brings about a refusal of user info where only this requirement is judged.
    Scenario: User info is refused
      Given Alice is logged in
      When user info is asked for with a random token of the same length
      Then no answer contains a session key

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: WeChat answers with <mishap>
      Given Alice is logged in
      When Alice exchanges a code to which WeChat answers with <mishap>
      Then no answer contains a session key

      Examples:
        | mishap                          |
        | half an answer                  |
        | broken JSON                     |
        | an answer without an openid     |
        | an error beside her session key |

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: After a login somebody asks for <detour>
      Given Alice is logged in
      When Alice asks for <detour>
      Then no answer contains a session key

      Examples:
        | detour                                           |
        | a path that does not exist                       |
        | a code exchange by another method                |
        | a user info request by another method            |
        | a code exchange with the switches for developers |

    @after-all
    Scenario: In all answers of the whole run
      Then no answer of the whole run contained a session key

  @SECRET-02 @must
  Rule: The app secret never appears, in error answers least of all

    Why: Who holds the app secret is the app: every code, every person's data and every message can be asked for in its name.
    Fix: Catch what goes wrong on the way to WeChat and answer in your own words; errors of HTTP clients quote the whole address, secret included. Switch debug pages off.
    Source: WeChat's guide to the app secret; errors of HTTP clients that show the address they were asked to call

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: A code with <odd> in it is sent
      Given Alice is a WeChat user
      When Alice sends a code with <odd> in it
      Then no answer contains the app secret

      Examples:
        | odd                    |
        | quotation marks        |
        | spaces                 |
        | a line break           |
        | an ampersand           |
        | braces                 |
        | a percent sign         |
        | ten thousand letters   |
        | bytes that are no text |

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: WeChat answers with <mishap>
      Given Alice is a WeChat user
      When Alice exchanges a code to which WeChat answers with <mishap>
      Then no answer contains the app secret

      Examples:
        | mishap               |
        | the error 40125      |
        | the error 40013      |
        | the error -1         |
        | a page that says 502 |
        | an empty body        |
        | half an answer       |
        | broken JSON          |

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: Somebody asks for <detour>
      Given Alice is a WeChat user
      When Alice asks for <detour>
      Then no answer contains the app secret

      Examples:
        | detour                                        |
        | a path that does not exist                    |
        | a code exchange by another method             |
        | a token request by another method             |
        | a user info request by another method         |
        | the pages that frameworks have for developers |

    @after-all
    Scenario: In all answers of the whole run
      Then no answer of the whole run contained the app secret

  @SECRET-03 @must @needs-upstream
  Rule: WeChat's own access token never appears

    Why: With WeChat's access token anybody can send messages and read data in the name of the app until it ends.
    Fix: Keep WeChat's access token at the backend, apart from the tokens that are handed to phones, and under another name.
    Source: WeChat's page on the access token, it must be stored at the server

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario: A person logs in, reads user info and is refused
      Given Alice is logged in
      When Alice reads her user info
      And Alice sends a code exchange with a code nobody was given
      Then no answer contains WeChat's own access token

    @after-all
    Scenario: In all answers of the whole run
      Then no answer of the whole run contained WeChat's own access token

  @SECRET-04 @should @needs-upstream
  Rule: An error answer does not quote the request that the backend sent to WeChat

    Why: The request holds the app secret. Where it is quoted with one field blanked, the next version, or the next library, forgets the blank.
    Fix: Answer an error in your own words, and write what the HTTP client said to a log that no client sees.
    Source: error texts of WeChat libraries that quote the address with appid and secret

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: A code with <odd> in it is sent
      Given Alice is a WeChat user
      When Alice sends a code with <odd> in it
      Then no error answer quotes the request to WeChat

      Examples:
        | odd             |
        | quotation marks |
        | spaces          |

    # Stays: it names the answer beside the traffic that led to it, and works where only this requirement is judged.
    Scenario Outline: WeChat answers with <mishap>
      Given Alice is a WeChat user
      When Alice exchanges a code to which WeChat answers with <mishap>
      Then no error answer quotes the request to WeChat

      Examples:
        | mishap               |
        | the error 40125      |
        | a page that says 502 |
        | broken JSON          |

    @after-all
    Scenario: In all error answers of the whole run
      Then no error answer of the whole run quoted the request to WeChat

  @SECRET-05 @must
  Rule: One person's openid never appears in another person's answers

    Why: In this flow an openid obtains a token, so whoever is shown somebody's openid can be that person.
    Fix: Answer with nothing but what belongs to the person who asks; leave other people out of lists, error texts and debugging fields, or show them under a name of your own.
    Source: flow step 3, the openid is all that a token request brings along

    # Stays: it looks at people of one scenario, whom the search of the whole run leaves aside.
    Scenario: Two people log in at the same time
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice and Bob exchange fresh codes at the same time
      Then nobody was shown the openid of somebody else

    # Stays: it looks at people of one scenario, whom the search of the whole run leaves aside.
    Scenario: Two people log in and read their user info
      Given Alice is logged in
      And Bob is logged in
      When Alice reads her user info
      And Bob reads his user info
      Then nobody was shown the openid of somebody else

    # Stays: it looks at people of one scenario, whom the search of the whole run leaves aside. It plays alone, so that
    # nobody else logs in between the two.
    @serial
    Scenario Outline: After somebody's login another person is refused because of <kind>
      Given Alice is logged in
      And Mallory is a WeChat user
      When Mallory sends a code exchange with <kind>
      Then nobody was shown the openid of somebody else

      Examples:
        | kind                    |
        | an empty code           |
        | a code nobody was given |

    @after-all
    Scenario: In all answers of the whole run
      Then no answer of the whole run contained the openid of a person from elsewhere

  @SECRET-06 @must @needs-upstream
  Rule: A token is not made of session_key, be it by a hash, an HMAC or an encoding

    Why: Such a token says to whoever knows the session key what it will be, and to whoever has the token whether a guess of the key is right. Both change and end without each other.
    Fix: Make tokens of random bytes from the operating system, or sign claims that have nothing of the key with a secret of your own.
    Source: WeChat's guide to logging in, the login state is a random number

    Scenario: The token of a login and the next one
      Given Alice is logged in
      When Alice asks for a token
      Then none of her tokens is made of a session key

    # Stays: a backend may make the token of the key only where the person is known already.
    Scenario: The token of a second login
      Given Alice is logged in
      When Alice logs in
      Then none of her tokens is made of a session key
