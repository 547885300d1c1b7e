Feature: What a hostile client sends
  Anybody can send anything to a backend. What cannot be understood is to be refused, shows nothing of the
  inside of the backend, and leaves it as it was.

  @INPUT-01 @should
  Rule: Malformed input is never answered with a server error

    Why: A server error says that the backend was surprised. Surprises are where attackers look further, and they wake the people on duty.
    Fix: Check what arrives before anything works with it, and answer 400 when it is not what it should be.
    Source: OWASP API Security, API8:2023

    Scenario Outline: Bad input in <place>
      Given Alice has been issued a token
      When every kind of bad input is sent in <place>
      Then nothing of it is a server error

      Examples:
        | place                          |
        | the code                       |
        | the openid                     |
        | the token                      |
        | the client credentials         |
        | a header                       |
        | the content type               |
        | a body that is no form         |
        | a body that is said to be JSON |

  @INPUT-02 @must
  Rule: After malformed input the next login succeeds

    Why: Otherwise anybody can keep everybody else out with a single request.
    Fix: Give back connections, transactions and locks also when a request fails, and let no request end the process.
    Source: OWASP API Security, API4:2023

    Scenario Outline: A login after <family>
      Given Alice has logged in twice
      When <family> are sent in every place, and she logs in after each of them
      Then every one of these logins succeeded

      Examples:
        | family                       |
        | values that are far too long |
        | quotes and SQL               |
        | control characters           |
        | broken encodings             |
        | pieces of other languages    |
        | letters that are not ASCII   |
        | parameters sent as lists     |

  @INPUT-03 @should
  Rule: An error answer shows no stack trace, file path, SQL or debug page

    Why: They tell an attacker which software runs, where its files lie and how it asks its database.
    Fix: Switch the debug mode off, and answer errors with a text of your own; the details belong into the log.
    Source: OWASP Web Security Testing Guide, WSTG-ERRH-01 and WSTG-ERRH-02

    # Stays: it judges the rule when no other requirement is selected.
    Scenario: The backend is upset on purpose
      Given Alice has been issued a token
      When the backend is sent what upsets most backends
      Then no answer shows the inside of the backend

    # Stays: nobody else in the whole run poses as a browser, and what shows here is found by the last scenario too.
    Scenario: The backend is upset on purpose by somebody with a browser
      Given Alice has been issued a token
      When the backend is sent what upsets most backends, by a browser
      Then no answer shows the inside of the backend

    @after-all
    Scenario: The whole run
      Then no answer of the whole run showed the inside of the backend

  @INPUT-04 @should
  Rule: A wrong method is refused with 404 or 405

    Why: A handler that answers to any method does so to links and forms of other sites as well, and a method that nobody thought of may do anything.
    Fix: Bind each path to its method; every framework then answers 405 by itself.
    Source: RFC 9110 section 15.5.6

    # A path may serve other methods on purpose, POST beside GET for instance, or PUT for changing what GET
    # reads. They are not sent, or not wrong where a refusal of another method names them as allowed.
    Scenario Outline: <called> is sent by methods that nobody would serve
      Given Alice has been issued a token
      When <called> is sent by every other method
      Then every other method was refused as not allowed or not found

      Examples:
        | called                |
        | the code exchange     |
        | the user info request |

    Scenario: The token request is sent by other methods
      Given Alice has been issued a token
      When the token request is sent by every other method
      Then every other method was refused as not allowed or not found, whatever is declared

  @INPUT-05 @must
  Rule: An oversize body of 8 MB is refused or ignored, and the next login succeeds

    Why: A backend that keeps whatever it is sent runs out of memory when somebody wants it to.
    Fix: Limit the length of bodies, in the backend or in the proxy before it; the flow needs less than a kilobyte.
    Source: OWASP API Security, API4:2023

    Scenario Outline: A token is asked for with <oversize> of 8 MB
      Given Alice has logged in twice
      When a token is asked for with <oversize> of 8 MB, and she logs in afterwards
      Then every one of these logins succeeded
      And it was refused or ignored

      Examples:
        | oversize |
        | a form   |
        | JSON     |

  @INPUT-06 @must
  Rule: Input never becomes a header field of an answer or a second answer

    Why: Who can write header fields into the answers of others sets their cookies and fills the caches between.
    Fix: Put nothing that was sent into a header field, or refuse it when it holds a line break.
    Source: CWE-113

    Scenario Outline: Line breaks are sent in <place>
      Given Alice has been issued a token
      When line breaks and a header field are sent in <place>
      Then nothing of it became a header field or an answer

      Examples:
        | place                  |
        | the code               |
        | the openid             |
        | the client credentials |
        | a header               |
        | a body that is no form |

  @INPUT-07 @should
  Rule: An unknown extra parameter changes nothing

    Why: Clients and the networks between add parameters of their own, and a newer client may send what an older backend does not know.
    Fix: Read the parameters that are needed, and leave the others alone.
    Source: RFC 6749 section 3.2

    Scenario Outline: <called> has a parameter that means nothing
      Given Alice has read her user info
      And she was given the openid of WeChat
      And Bob is a WeChat user
      And Carol is a WeChat user
      When <called> is sent for Bob and Carol with a parameter that means nothing
      Then it is granted as ever

      Examples:
        | called                |
        | the code exchange     |
        | the token request     |
        | the user info request |
