Feature: The documented flow as a whole
  A person opens the mini program. The phone asks WeChat whether the login session is still valid, and walks
  as much of the flow as it has to: login code, openid, token, user info.

  @LOGIN-01 @must
  Rule: A first launch logs in: wx.login, code exchange, token, user info, once each and in this order; openid, tokenObj (with createTime) and userinfo are in storage

    Why: This is what the flow is for. A person who cannot get through it cannot use the mini program at all.
    Fix: Walk through the calls below with the documented client and mend the first one that is not answered as the flow says.
    Source: flow steps 1 to 3 and 5

    # Stays: it is the flow from end to end, as a person sees it.
    Scenario: A person opens the mini program for the first time
      Given Alice is a WeChat user
      When Alice launches the mini program
      Then her phone walked the flow to its end:
        | wx.login      |
        | code exchange |
        | token         |
        | user info     |
      And openid, token with its creation time, and user info are in her storage

  @LOGIN-02 @must @needs-documented-client
  Rule: A valid session with a stored openid asks for a token and user info only; no wx.login, no code exchange, and WeChat is not asked

    Why: WeChat limits how often a mini program may log in. While the session is valid, the stored openid is enough.
    Fix: Issue the token from what the code exchange left behind; do not ask WeChat again when the openid comes back.
    Source: flow step 4; wxutil.js initlogin

    # Stays: it tells by the person whom WeChat was asked about, also while others are there.
    Scenario: checkSession says valid, and the phone knows its openid
      Given Alice has logged in on her phone
      And her phone has stored her user info
      And Alice's WeChat session is valid
      When Alice launches the mini program
      Then her phone made these calls:
        | token     |
        | user info |
      And the backend did not ask WeChat about her
      And it was shown her user info

    @serial
    Scenario: Nobody else is there, so whatever WeChat is asked, it is asked because of her
      Given Alice has logged in on her phone
      And Alice's WeChat session is valid
      When Alice launches the mini program 3 times, with nobody else there
      Then not every launch made the backend ask WeChat

  @LOGIN-03 @must @needs-documented-client
  Rule: A valid session without a stored openid walks the whole flow

    Why: A phone that lost its storage still has a valid WeChat session. It must get in again by itself.
    Fix: Accept a new code of a person who is already known, whatever the state of earlier logins.
    Source: wxutil.js initlogin

    # Stays: the phone decides by what it has stored, and this is one of the four cases.
    Scenario: checkSession says valid, but the phone has no openid
      Given Alice has logged in on her phone
      And Alice's WeChat session is valid
      And Alice's phone has lost its openid
      When Alice launches the mini program
      Then her phone made these calls:
        | wx.login      |
        | code exchange |
        | token         |
        | user info     |
      And an openid is in her storage

  @LOGIN-04 @must
  Rule: An expired session walks the whole flow with a new code, stored openid or not

    Why: WeChat ends sessions whenever it likes. The only way back is a new code, and it has to work for people who are already known.
    Fix: Treat each code as a login of its own; do not refuse a person because an earlier session or token still lives.
    Source: flow step 4

    # Stays: the phone decides by what it has stored, and this is one of the four cases.
    Scenario: checkSession says expired, and the phone knows its openid
      Given Alice has logged in on her phone
      And Alice's WeChat session has expired
      When Alice launches the mini program
      Then her phone made these calls:
        | wx.login      |
        | code exchange |
        | token         |
        | user info     |
      And the code was a new one

    # Stays: the phone decides by what it has stored, and this is one of the four cases.
    Scenario: checkSession says expired, and the phone has no openid
      Given Alice has logged in on her phone
      And Alice's WeChat session has expired
      And Alice's phone has lost its openid
      When Alice launches the mini program
      Then her phone made these calls:
        | wx.login      |
        | code exchange |
        | token         |
        | user info     |
      And the code was a new one

  @LOGIN-05 @must @needs-shown-openid
  Rule: The same person gets the same openid at every login

    Why: The openid is who the person is. When it changes, orders, points and permissions are gone.
    Fix: Hand on the openid that WeChat answers; do not make one up or decorate it.
    Source: flow step 2

    # Stays: it judges a backend that issues no tokens as well.
    Scenario: A person logs in three times
      Given Alice is a WeChat user
      When Alice exchanges a fresh code 3 times
      Then she was given the same openid each time

    Scenario: A person logs in with a token three times
      Given Alice is a WeChat user
      When Alice logs in 3 times
      Then she was given the same openid each time

  @LOGIN-06 @must
  Rule: User info belongs to the person who logged in: equal for one person, different for two

    Why: Showing one person the data of another is the worst thing a login can do.
    Fix: Look the person up by the token that came with this request, not by whoever logged in last or first.
    Source: flow step 5

    @serial
    Scenario: Two people log in, and the first one looks again
      Given Alice is logged in
      And Bob is logged in
      When Alice, Bob and Alice again read their user info
      Then Alice was shown the same person twice
      And Bob was shown another person than Alice

    Scenario: Two people log in whose openids differ in the last letter only
      Given the backend tells ordinary people apart
      And Alice is a WeChat user
      And Bob is a WeChat user whose openid differs from Alice's in the last letter only
      When Alice and Bob log in, and Alice looks again
      Then Alice and Bob are two people

    Scenario Outline: Two people log in whose openids have the same <hash>
      Given the backend tells ordinary people apart
      And Alice and Bob are WeChat users whose openids have the same <hash>
      When Alice and Bob log in, and Alice looks again
      Then Alice and Bob are two people

      Examples:
        | hash                  |
        | hash code of Java     |
        | CRC-32 checksum       |
        | hash with a factor 33 |

    Scenario: Somebody who was never there before logs in from four phones at the same moment
      Given Alice is a WeChat user
      And WeChat takes 40 ms to answer her codes
      When Alice logs in from 4 phones at the same moment, and twice more later
      Then she was shown the same account each time

  @LOGIN-07 @must
  Rule: After logging in again the newest token works

    Why: A phone keeps only the newest token. If the backend honours another one, the person is locked out.
    Fix: Store the new token before it is handed out, and let it replace or join the earlier one.
    Source: flow step 4

    Scenario: A person logs in a second time
      Given Alice has read her user info
      When Alice logs in again
      And Alice reads her user info
      Then the answer carries user info

    Scenario: A person logs in a second time, and an earlier device goes on
      Given Alice has read her user info
      When Alice logs in again and is given another token
      And user info is asked for with the token Alice had before
      And Alice reads her user info
      Then the answer carries user info

    Scenario: A person logs in on one device after the other
      Given Alice has read her user info
      When Alice logs in 6 times
      And Alice reads her user info
      Then the answer carries user info

  @LOGIN-08 @must @needs-documented-client
  Rule: A refused code exchange ends the login: no token request follows, and no token is stored

    Why: The documented client goes on whenever it finds an openid in a 200 answer. A refusal that carries one lets somebody in whom WeChat has refused.
    Fix: Answer a refusal without an openid, whatever else it says.
    Source: wxutil.js code2session

    # Stays: only here the client itself says whether it went on.
    Scenario Outline: WeChat refuses the code because <reason>
      Given Alice is a WeChat user
      And WeChat will answer her next code with <error>
      When Alice launches the mini program
      Then her login ended at the code exchange
      And no token is in her storage

      Examples:
        | reason                    | error |
        | it is not valid           | 40029 |
        | it was used before        | 40163 |
        | the person is a high risk | 40226 |
        | its minute quota is full  | 45011 |
        | it is busy                | -1    |
