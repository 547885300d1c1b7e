Feature: Exchanging the login code
  The phone hands a temporary login code to the backend. The backend asks WeChat who that is, and WeChat
  answers with the openid and with a session key that stays at the backend.

  @CODE-01 @must @needs-shown-openid
  Rule: A fresh code yields exactly the openid that WeChat gave for it

    Why: An openid is opaque text. One letter more, less or in another case is another person.
    Fix: Copy the openid from WeChat's answer as it stands.
    Source: flow step 2

    # Stays: it is the plainest case, which a person reads first.
    Scenario: One person exchanges a code
      Given Alice is a WeChat user
      When Alice exchanges a fresh code
      Then she was given the openid that WeChat gave for her

    # Stays: it is the smallest case of people who get into each other's way.
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

    # Stays: it is the plainest case, which a person reads first.
    Scenario: The same code is sent again at once
      Given Alice has exchanged a code
      When Alice exchanges the same code again
      Then the exchange is refused

    # Stays: nothing but the finished login is different here; below, a token stands beside the code.
    Scenario: The same code is sent again after the login is complete
      Given Alice is logged in
      When Alice exchanges the same code again
      Then the exchange is refused

    # Stays: whoever binds codes to connections or addresses is caught here alone.
    Scenario: The same code is sent by another phone
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory exchanges the code of Alice
      Then the exchange is refused

    Scenario: A used code stays used
      Given Alice has exchanged a code
      When Alice exchanges the same code 3 times more
      Then every one of these exchanges is refused

    Scenario Outline: A used code is sent again while WeChat answers with <trouble>
      Given Alice has exchanged a code
      When Alice exchanges the same code again, to which WeChat answers with <trouble>
      Then the exchange is refused

      Examples:
        | trouble         |
        | errcode-minus-1 |
        | http-502-html   |

    Scenario: A used code is sent again with a token beside it
      Given Alice has been issued a token
      When Alice exchanges the same code again with her token beside it
      Then the exchange is refused

    Scenario: A used code is sent again after the next one
      Given Alice has exchanged a code
      When Alice exchanges a fresh code
      And Alice sends a code exchange with the code she used before that
      Then the exchange is refused

  @CODE-03 @must
  Rule: Of simultaneous exchanges of one code at most one succeeds

    Why: Two requests that race each other are the classic way around a rule that is checked first and enforced later.
    Fix: Leave the decision to WeChat, which answers only one of them with success; do not share one answer among waiting requests.
    Source: flow note 2, the code can be used only once

    # Stays: with a slow WeChat the requests overlap for certain, also on a busy machine.
    Scenario: One code is sent eight times at the same moment, in three rounds
      Given Alice is a WeChat user
      And WeChat takes 40 ms to answer her codes
      When Alice exchanges one code 8 times at the same moment, in 3 rounds
      Then in no round more than one exchange succeeded

    # Stays: without the delay the requests meet elsewhere, before the backend has noted anything.
    Scenario: Two phones send one code at the same moment, in five rounds
      Given Alice is a WeChat user
      And Mallory is a WeChat user
      When Alice and Mallory exchange one code of hers at the same moment, in 5 rounds
      Then in no round more than one exchange succeeded

  @CODE-04 @must @needs-upstream
  Rule: The code reaches WeChat as the client sent it: encoded, whole, and unable to add or override a parameter

    Why: What a client writes into a code ends up in an address, beside the secret of the app. An ampersand that is not encoded lets a stranger write the rest of the question.
    Fix: Let a URL library put the parameters together, which encodes each of them once; do not cut, clean or decode the code.
    Source: RFC 3986 section 2.4; jscode2session page, parameters

    # Stays: it is the plainest case, which a person reads first.
    Scenario: A code as WeChat makes it
      Given Alice is a WeChat user
      When Alice exchanges a fresh code
      Then her code arrived at WeChat just as she sent it

    Scenario Outline: A code with <part> in it
      Given Alice is a WeChat user
      When Alice exchanges a code with <part> in it
      Then her code arrived at WeChat just as she sent it, or not at all

      Examples:
        | part                       |
        | an ampersand and an appid  |
        | an ampersand and a secret  |
        | an ampersand and a js_code |
        | a hash                     |
        | percent escapes            |
        | an escaped NUL             |
        | a NUL                      |
        | a tag of HTML              |
        | a bare percent sign        |
        | a plus                     |
        | a space                    |
        | quotation marks            |
        | letters beyond ASCII       |
        | a line break               |
        | an equals sign             |
        | a semicolon                |
        | the words of a template    |
        | a dollar and an ampersand  |
        | braces                     |
        | a way up a path            |
        | six hundred characters     |

  @CODE-05 @must @needs-upstream
  Rule: The backend asks WeChat with its own appid, its own secret and grant_type=authorization_code

    Why: A code is good for one app only. Asked for under another name, or for another purpose, WeChat refuses it, today or with its next release.
    Fix: Send the four documented parameters in every call; take appid and secret from the configuration and never from the client.
    Source: jscode2session page, parameters

    # Stays: it is the plainest case, and all there is where a request with an appid is refused.
    Scenario: A person exchanges a code
      Given Alice is a WeChat user
      When Alice exchanges a fresh code
      Then the backend asked WeChat as itself

    Scenario Outline: The client names <parameter> beside its code
      Given Alice is a WeChat user
      When Alice exchanges a fresh code with <parameter> beside it that is not the backend's
      Then the backend asked WeChat as itself, or not at all

      Examples:
        | parameter                 |
        | an appid                  |
        | an appid in another case  |
        | a secret                  |
        | a grant type              |
        | an appid in header fields |

  @CODE-06 @should @needs-upstream
  Rule: One successful exchange costs exactly one jscode2session call

    Why: WeChat limits how often it may be asked, and a second call with the same code can only fail.
    Fix: Ask once, keep what came back for as long as it is needed, and do not wrap the call in a retry.
    Source: wxutil.js, the server has call limits

    Scenario: A person logs in completely
      Given Alice is a WeChat user
      When Alice logs in and reads her user info
      Then the exchange cost one call of WeChat's

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

  @CODE-08 @should @needs-upstream
  Rule: A missing or empty code is refused without asking WeChat

    Why: The answer is known beforehand, and each question counts against the quota of everybody.
    Fix: Look at the parameter before WeChat is asked.
    Source: WeChat's answer 41008, missing code; quota of jscode2session

    @serial
    Scenario Outline: Nobody else is there, and the exchange is asked for with <kind>
      Given Alice is a WeChat user
      When Alice sends a code exchange with <kind> 2 times, with nobody else there
      Then WeChat was not asked

      Examples:
        | kind          |
        | no code       |
        | an empty code |

  @CODE-09 @must
  Rule: A code that WeChat does not know, or that is older than five minutes, is refused

    Why: Only WeChat can say whose code it is. A backend that goes on after WeChat said no lets in anybody who can type.
    Fix: Refuse when WeChat's answer has an errcode other than 0 or no openid in it; the HTTP status is 200 either way.
    Source: wx.login page, validity of the code; WeChat's answer 40029

    # Stays: here the codes themselves are bad; elsewhere WeChat is told to say so.
    Scenario Outline: Somebody sends <kind>
      Given Alice is a WeChat user
      When Alice sends a code exchange with <kind>
      Then the exchange is refused

      Examples:
        | kind                           |
        | a code nobody was given        |
        | a word that is no code at all  |
        | a code that is 301 seconds old |

    Scenario: Somebody sends the codes that developers use for tests
      Given Alice is a WeChat user
      When Alice sends a code exchange with every code that developers use for tests
      Then every one of these exchanges is refused

  @CODE-10 @must @needs-upstream
  Rule: Every error WeChat can answer (40029, 40163, 40226, 45011, -1, 40013, 40125, one that is in no table) is a refusal

    Why: The list of error numbers grows without notice. Who treats an unknown one as a success lets in whoever WeChat has refused.
    Fix: Take an errcode other than 0 for a refusal before anything else is read; do not go by a list of numbers.
    Source: jscode2session page, errcode; WeChat's answers as they were observed

    Scenario Outline: WeChat answers <errcode>
      Given Alice is a WeChat user
      When WeChat answers her code with <errcode>
      Then the refusal hands out nothing

      Examples:
        | errcode |
        | -1      |
        | 40001   |
        | 40002   |
        | 40013   |
        | 40029   |
        | 40066   |
        | 40090   |
        | 40125   |
        | 40163   |
        | 40226   |
        | 41002   |
        | 41004   |
        | 41008   |
        | 45009   |
        | 45011   |
        | 50002   |
        | 1       |
        | 99999   |

    Scenario Outline: WeChat answers <errcode> and an openid beside it
      Given Alice is a WeChat user
      When WeChat answers her code with <errcode> and her openid beside it
      Then the refusal hands out nothing

      Examples:
        | errcode |
        | -1      |
        | 40226   |
        | 99999   |

    Scenario: Nobody becomes known by a refusal
      Given Alice is a WeChat user
      And no token is issued for an openid that no exchange ever produced
      When WeChat answers her code with 40226 and her openid beside it
      And a token is asked for with her openid
      Then no token is issued

  @CODE-11 @must @needs-upstream
  Rule: A code issued for another appid is refused

    Why: A code proves who opened one mini program. Who accepts those of another lets its makers log in here as their own visitors.
    Fix: Ask WeChat with one appid, the one this client belongs to, and stop at its refusal.
    Source: WeChat's answer 40029, invalid code; jscode2session page

    Scenario: The code comes from another mini program
      Given Alice is a WeChat user
      And her code exchange was refused for a code nobody was given
      When Alice sends a code exchange with a code of another mini program
      Then the exchange is refused

  @CODE-12 @must
  Rule: After a refusal the same person logs in with a new code

    Why: Codes expire and collide with retries every day. One refusal must not lock a person out.
    Fix: Keep no memory of refused codes beyond the answer; limit attempts by address or by device and with a delay, never for good.
    Source: flow step 4, walk the login again

    # Stays: a refusal that has nothing to do with a person must not be held against one either.
    Scenario Outline: A refusal of <kind> is followed by a new login
      Given Alice has logged in twice
      And her code exchange was refused for <kind>
      When Alice logs in
      Then she was given an openid and a token

      Examples:
        | kind                           |
        | an empty code                  |
        | a code nobody was given        |
        | a code that is 301 seconds old |

    Scenario: A used code is followed by a new login
      Given Alice has logged in twice
      And her code exchange was refused for the code she has used
      When Alice logs in
      Then she was given an openid and a token

    Scenario: The new code differs from the used one in the case of its letters only
      Given Alice has logged in twice
      When Alice logs in with her last code, the case of its letters flipped
      Then she was given an openid and a token

  @CODE-13 @must @needs-upstream
  Rule: A phone-number code sent as a login code is refused

    Why: Mini programs get two kinds of codes, and both are called code. One opens a phone number and says nothing about who is logged in.
    Fix: Send what comes as a login code to jscode2session and nowhere else.
    Source: phone number page, the code differs from the one of wx.login

    Scenario: The phone sends the code of the phone-number button
      Given Alice is a WeChat user
      And her code exchange was refused for a code nobody was given
      When Alice sends a code exchange with the code of her phone-number button
      Then the exchange is refused

  @CODE-14 @should
  Rule: The answer to a code exchange is not cacheable (no-store)

    Why: The address with the code in it is all a cache goes by. A kept answer names a person to whoever repeats the address, or keeps a refusal alive.
    Fix: Send Cache-Control: no-store with every answer of this path.
    Source: RFC 9111 section 5.2.2.5; RFC 6749 section 5.1

    Scenario: A code is exchanged
      Given Alice is a WeChat user
      When Alice exchanges a fresh code
      Then an openid was given, and no cache keeps the answer

    Scenario: A code is refused
      Given Alice is a WeChat user
      When Alice sends a code exchange with a code nobody was given
      Then no cache keeps the answer

  @CODE-15 @should @needs-upstream
  Rule: A busy WeChat (-1) or a full quota (45011) is not hammered: at most 6 sends of one code, none after 45011

    Why: Who answers an overload with more requests keeps it going, and a quota that is used up is not refilled by asking.
    Fix: Try a busy WeChat again a few times at most, with growing pauses; hand on a full quota at once.
    Source: jscode2session page, -1 and 45011; a widely used SDK's six sends

    Scenario: WeChat is busy
      Given Alice is a WeChat user
      When WeChat answers her code with -1
      Then her code was not sent over and over

    Scenario: The quota is used up
      Given Alice is a WeChat user
      When WeChat answers her code with 45011
      Then her code was not sent again

  @CODE-16 @should
  Rule: A refusal is not a server error (no 5xx) when the client's code was the cause

    Why: A status of 500 wakes up people, makes proxies repeat the request, and tells the phone to try the same code again, which cannot help.
    Fix: Answer a code that WeChat refuses with a status of 4xx, or 200 with an envelope that says so.
    Source: RFC 9110 sections 15.5 and 15.6

    Scenario Outline: Somebody sends <kind>
      Given Alice has exchanged a code
      When Alice sends a code exchange with <kind>
      Then it is refused, and not as an error of the server

      Examples:
        | kind                                |
        | no code                             |
        | an empty code                       |
        | a code nobody was given             |
        | a word that is no code at all       |
        | a code that is 301 seconds old      |
        | a code of another mini program      |
        | the code of her phone-number button |
        | the code she has used               |

    Scenario: One code is sent four times at the same moment
      Given Alice has exchanged a code
      And WeChat takes 20 ms to answer her codes
      When Alice exchanges one code 4 times at the same moment, in 1 rounds
      Then no refusal in any round was an error of the server

  @CODE-17 @must
  Rule: Only the code says who logs in: an openid that the client sends beside it, or without it, names nobody

    Why: An openid is no secret. Where a request may name one, everybody can log in as everybody.
    Fix: Read the code and nothing else from the request; take the openid from WeChat's answer.
    Source: flow step 2; OWASP ASVS, identity comes from a trusted source

    Scenario: Somebody sends another person's openid beside a good code
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory exchanges a fresh code with Alice's openid beside it
      Then Mallory was not taken for Alice

    Scenario Outline: Somebody sends another person's openid <place>
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory exchanges a fresh code with Alice's openid <place>
      Then Mallory was not taken for Alice

      Examples:
        | place               |
        | under other names   |
        | inside of a profile |
        | in a cookie         |
        | in a header         |

    Scenario: Somebody sends another person's token beside a good code
      Given Alice has been issued a token
      And Mallory is a WeChat user
      When Mallory exchanges a fresh code with Alice's token beside it
      Then Mallory was not taken for Alice

    Scenario: Somebody sends another person's user ID beside a good code
      Given Alice has read her user info
      And Mallory is a WeChat user
      When Mallory exchanges a fresh code with Alice's user ID beside it
      Then Mallory was not taken for Alice

    Scenario: Somebody sends another person's unionid beside a good code
      Given Alice has read her user info
      And the mini program has been bound to an account since, so that she has a unionid
      And Alice logs in and reads her user info
      And Mallory is a WeChat user
      When Mallory exchanges a fresh code with Alice's unionid beside it
      Then Mallory was not taken for Alice

    Scenario Outline: Somebody sends another person's openid and <kind>
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory sends a code exchange with <kind> and Alice's openid beside it
      Then Mallory was not taken for Alice

      Examples:
        | kind                    |
        | no code                 |
        | a code nobody was given |

    Scenario Outline: Somebody sends another person's openid while WeChat answers with <trouble>
      Given Alice has exchanged a code
      And Mallory is a WeChat user
      When Mallory exchanges a code to which WeChat answers with <trouble>, with Alice's openid beside it
      Then Mallory was not taken for Alice

      Examples:
        | trouble         |
        | errcode-minus-1 |
        | http-502-html   |
