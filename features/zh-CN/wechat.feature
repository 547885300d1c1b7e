Feature: Living with the real platform
  WeChat's answers differ from what its documentation shows, from one account to the next and over the years.
  Sometimes there is no answer, or one that came from something in between. Whatever comes, the phone has to be
  answered, nobody may be let in by mistake, and the next login has to work.

  @WECHAT-01 @must @needs-upstream
  Rule: JSON declared text/plain is understood

    Why: WeChat declares its JSON as text/plain. A client library that goes by the declaration reads nothing.
    Fix: Parse the body as JSON whatever media type the answer declares.
    Source: observed answers of jscode2session, Content-Type

    # Stays: whoever stumbles here cannot log in at all, which others notice; only this says over what.
    Scenario Outline: The answer is <declared>, or text/plain as usual
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a code to which WeChat answers with <trouble>, and Bob a usual one
      Then Bob's was understood

      Examples:
        | declared                           | trouble             |
        | declared as JSON                   | declared-json       |
        | declared as JSON, with an encoding | declared-json-utf-8 |

    Scenario Outline: The answer is text/plain as usual, or <declared>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a usual code, and Bob one to which WeChat answers with <trouble>
      Then Bob's was understood

      Examples:
        | declared                     | trouble             |
        | text/plain with an encoding  | declared-text-utf-8 |
        | declared as nothing          | undeclared          |

  @WECHAT-02 @must @needs-upstream
  Rule: A success without errcode is understood

    Why: The example of the documentation shows errcode 0; a real success has no errcode at all.
    Fix: Take a missing errcode for success, and look for the openid.
    Source: observed answers of jscode2session

    # Stays: whoever stumbles here cannot log in at all, which others notice; only this says over what.
    Scenario Outline: The answer has <members>, or neither as usual
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a code to which WeChat answers with <trouble>, and Bob a usual one
      Then Bob's was understood

      Examples:
        | members               | trouble      |
        | errcode 0             | errcode-0    |
        | errcode 0 and errmsg  | errcode-0-ok |

  @WECHAT-03 @must @needs-upstream
  Rule: A success with errcode 0 is understood

    Why: Old accounts and the other endpoints of the platform send errcode 0 with a success.
    Fix: Look at the value of errcode and not at whether it is there.
    Source: jscode2session page, example of an answer

    Scenario Outline: The answer has <members>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a usual code, and Bob one to which WeChat answers with <trouble>
      Then Bob's was understood

      Examples:
        | members                  | trouble      |
        | errcode 0                | errcode-0    |
        | errcode 0 and errmsg ok  | errcode-0-ok |
        | an errmsg that is empty  | empty-errmsg |

  @WECHAT-04 @must @needs-upstream
  Rule: unionid present or absent, expires_in present or absent, an unknown field: all understood

    Why: Which members come depends on the account, and WeChat adds new ones without notice.
    Fix: Read the openid and leave everything else alone.
    Source: jscode2session page; observed answers of old and new accounts

    Scenario Outline: The answer has <members>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a usual code, and Bob one to which WeChat answers with <trouble>
      Then Bob's was understood

      Examples:
        | members                               | trouble           |
        | a unionid                             | unionid-present   |
        | an expires_in                         | legacy-expires-in |
        | members nobody knows                  | unknown-members   |
        | an openid inside of another member    | nested-members    |

    # Stays: whoever stumbles here cannot log in at all, which others notice; only this says over what.
    Scenario Outline: The answer has no <member>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a code to which WeChat answers with <trouble>, and Bob a usual one
      Then Bob's was understood

      Examples:
        | member     | trouble           |
        | unionid    | unionid-present   |
        | expires_in | legacy-expires-in |

  @WECHAT-05 @must @needs-upstream
  Rule: Escaped slashes in session_key and any key order are understood

    Why: WeChat writes a slash as \/, and JSON promises no order. Who searches the text instead of parsing it finds the wrong thing, some of the time.
    Fix: Use a JSON parser.
    Source: observed answers of jscode2session; RFC 8259 sections 4 and 7

    Scenario Outline: The members are spelled <spelling>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a usual code, and Bob one to which WeChat answers with <trouble>
      Then Bob's was understood

      Examples:
        | spelling                        | trouble          |
        | with slashes as they are        | slashes-plain    |
        | in the opposite order           | reversed-members |
        | with every character escaped    | unicode-escapes  |
        | on lines of their own           | pretty-printed   |

    # Stays: whoever stumbles here cannot log in when a key has a slash, which others notice by chance.
    Scenario: The session key has slashes, and they are escaped
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a code to which WeChat answers with slashes-plain, and Bob one with slashes-escaped
      Then Bob's was understood

  @WECHAT-06 @must @needs-upstream
  Rule: A broken WeChat (502 HTML, empty body, cut body, broken JSON, JSON of another type, reset, refused connection) is a refusal, answered

    Why: Proxies, restarts and networks break answers every day. Nobody may be let in because of that, and nobody may be left without an answer.
    Fix: Catch every failure of the call to WeChat, take anything but a JSON object with an openid for a refusal, and answer the phone.
    Source: reports of SDK users about empty, cut and foreign answers

    Scenario Outline: What comes back is <answer>
      Given Alice is a WeChat user
      When Alice exchanges a code to which WeChat answers with <trouble>
      Then the exchange is refused with an answer

      Examples:
        | answer                                  | trouble               |
        | a 502 page of a proxy                   | http-502-html         |
        | a 500 without a body                    | http-500-empty        |
        | a 500 in JSON that is not WeChat's      | http-500-json         |
        | a 503 page of a load balancer           | http-503-html         |
        | a 404 in JSON that is not WeChat's      | http-404-json         |
        | a 403 page of a firewall                | http-403-html         |
        | a 429 of a gateway                      | http-429-json         |
        | a 200 page of a network's login         | http-200-html         |
        | a redirect to nowhere                   | redirect              |
        | a redirect in circles                   | redirect-loop         |
        | an empty body                           | empty-body            |
        | a 204                                   | no-content            |
        | blanks                                  | blank-body            |
        | words                                   | not-json              |
        | broken JSON                             | broken-json           |
        | XML                                     | xml                   |
        | half of the JSON                        | half-json             |
        | null                                    | json-null             |
        | a number                                | json-number           |
        | a text                                  | json-text             |
        | true                                    | json-true             |
        | an array                                | json-array            |
        | an empty object                         | empty-object          |
        | a success inside of an array            | success-in-array      |
        | bytes that are no text                  | invalid-utf-8         |
        | objects 10,000 levels deep              | deep-nesting          |
        | gzip that cannot be unpacked            | gzip-broken           |
        | a connection that is closed at once     | closed-before-answer  |
        | a head that is cut                      | closed-in-head        |
        | a body that is cut                      | body-cut-short        |
        | a chunk that is cut                     | chunk-cut             |
        | a reset before the answer               | reset-before-answer   |
        | a reset after the head                  | reset-after-head      |
        | a reset in the body                     | reset-in-body         |
        | something that is not HTTP              | not-http              |

    @serial
    Scenario: Nobody listens where WeChat was
      Given Alice is a WeChat user
      When Alice exchanges a code while connections to WeChat are refused
      Then the exchange is refused with an answer

  @WECHAT-07 @must @needs-upstream
  Rule: A silent WeChat is a refusal within the patience of the contract (default 10 s; the phone gives up at 60)

    Why: A person looks at a spinner as long as the backend waits, and the worker that waits serves nobody else.
    Fix: Give the call to WeChat a time limit of a few seconds that covers connection, header fields and body.
    Source: wx.request page, timeout

    # The three are sent at once, because waiting for one takes as long as waiting for all of them; and nobody
    # else is there, because they may keep every worker of a small backend busy.
    @serial
    Scenario: WeChat says nothing, or stops after the head, or in the middle of the body
      Given Alice is a WeChat user
      When Alice exchanges these codes at the same moment:
        | silence            |
        | silence-after-head |
        | silence-in-body    |
      Then each of them was refused in time

  @WECHAT-08 @must @needs-upstream
  Rule: After each of these the next login succeeds

    Why: WeChat is well again a moment later. A backend that is not has made an outage out of a hiccup.
    Fix: Keep no broken connection and no failed result; let every exchange begin afresh.
    Source: reports of SDK users about clients that stay broken

    # Alice logs in twice beforehand: who cannot do that without any trouble has not been harmed by one.
    Scenario Outline: A person tries again after <trouble>
      Given Alice has logged in twice
      And her code exchange met <trouble>
      When Alice logs in
      Then she was given an openid and a token

      Examples:
        | trouble              |
        | http-502-html        |
        | http-429-json        |
        | empty-body           |
        | half-json            |
        | json-null            |
        | deep-nesting         |
        | closed-before-answer |
        | body-cut-short       |
        | length-too-long      |
        | length-too-short     |
        | chunk-size-broken    |
        | reset-before-answer  |
        | reset-in-body        |
        | not-http             |
        | openid-null          |

    @serial
    Scenario: A person tries again after connections were refused
      Given Alice has logged in twice
      And her code exchange met refused connections
      When Alice logs in
      Then she was given an openid and a token

    @serial
    Scenario: A person tries again after WeChat was silent
      Given Alice has logged in twice
      And her code exchange met silence
      When Alice logs in
      Then she was given an openid and a token

  @WECHAT-09 @observe @needs-upstream
  Rule: Which WeChat endpoints the backend called, and any it called unexpectedly

    Why: Each endpoint has a quota of its own, and one that nobody expected is worth a question.
    Fix: Nothing to mend; compare it with what you thought your backend asks.
    Source: the server API of WeChat

    @after-all
    Scenario: In the whole run
      Then the endpoints that the backend called are noted

  @WECHAT-10 @must @needs-upstream
  Rule: An openid that is empty, null, a number or absent in a 200 answer is a refusal

    Why: Code that goes on with an empty openid makes one person of all who meet it.
    Fix: Demand an openid that is a non-empty string before anything else is done with the answer.
    Source: an SDK that returned an empty openid for every failure

    # That a refusal arrives is judged by answers that are no better, in the rule about a broken WeChat.
    Scenario Outline: WeChat's success has <openid>
      Given Alice is a WeChat user
      When Alice exchanges a code to which WeChat answers with <trouble>
      Then the exchange is refused

      Examples:
        | openid                       | trouble                 |
        | an empty openid              | openid-empty            |
        | a null openid                | openid-null             |
        | a number as the openid       | openid-number           |
        | no openid                    | openid-absent           |
        | errcode 0 and no openid      | openid-absent-errcode-0 |
        | false as the openid          | openid-bool             |
        | an object as the openid      | openid-object           |
        | a list as the openid         | openid-array            |

  @WECHAT-11 @should @needs-upstream
  Rule: A WeChat trouble is told apart from the client's mistake (5xx, or its own code in the envelope)

    Why: The phone should try again later when WeChat is to blame, and ask for a new code when the code is.
    Fix: Answer 502 or 503 when WeChat fails, or give it a number of its own in the body.
    Source: RFC 9110 section 15.6

    Scenario Outline: WeChat answers with <trouble>
      Given Alice has exchanged a code
      When Alice exchanges a code nobody was given, and one to which WeChat answers with <trouble>
      Then the two refusals can be told apart

      Examples:
        | trouble             |
        | errcode-minus-1     |
        | errcode-45011       |
        | http-502-html       |
        | empty-body          |
        | reset-before-answer |

  @WECHAT-12 @should @needs-upstream
  Rule: While WeChat is silent for one person, others still log in

    Why: One slow answer that holds everybody up turns a hiccup into an outage.
    Fix: Hold no lock while WeChat is asked, and have more workers than a single one.
    Source: RFC 9110 section 3.3, requests are independent of each other

    @serial
    Scenario: Bob logs in while Alice waits for WeChat
      Given Alice is a WeChat user
      And Bob has exchanged a code
      When Bob exchanges a code while WeChat keeps Alice waiting
      Then Bob was served before Alice

  @WECHAT-13 @should @needs-upstream
  Rule: WeChat's answer is understood however HTTP carries it

    Why: A proxy on the way may cut an answer into chunks, close the connection behind it, or announce it beforehand. All of that is HTTP.
    Fix: Use an HTTP library, and read the body to its end before it is parsed.
    Source: RFC 9112 sections 6 and 9; RFC 9110 section 15.2

    Scenario Outline: The answer comes <how>
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Alice exchanges a usual code, and Bob one to which WeChat answers with <trouble>
      Then Bob's was understood

      Examples:
        | how                               | trouble           |
        | in one chunk                      | chunked           |
        | in chunks of one byte             | chunked-by-byte   |
        | until the connection is closed    | close-delimited   |
        | in HTTP/1.0                       | http-1-0          |
        | with names in lower case          | fields-lower-case |
        | with more fields                  | more-fields       |
        | in small packets                  | in-pieces         |
