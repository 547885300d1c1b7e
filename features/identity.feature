Feature: People are told apart
  To the backend a person is an openid and nothing else. An openid is text that has to be taken as it stands, and
  many people come at the same time.

  @IDENT-01 @must
  Rule: Fifty people who log in at the same time each get their own openid, token and data

    Why: What is kept in one place for all requests is right as long as one person tests it. On the first busy day it hands out the account of somebody else.
    Fix: Keep everything that belongs to a login in the request it came with; no field of a shared object, no variable of the module.
    Source: flow steps 2, 3 and 5

    @serial
    Scenario: Fifty people open the mini program at once
      Given the backend tells ordinary people apart
      When 50 people log in at the same moment
      Then each of them got an openid, a token and data of their own

  @IDENT-02 @must @needs-upstream @needs-optional-unionid
  Rule: Two people without a unionid stay two

    Why: WeChat names a unionid only for a mini program that is bound to an account. Where it is absent for everybody, an account found by it is everybody's.
    Fix: Know people by their openid; take the unionid as something that may be there in addition.
    Source: jscode2session page, unionid is returned only under conditions

    # Stays: two people without a unionid are everywhere in this suite; only here the ones who have one are known to be told apart.
    Scenario: Two people log in, and WeChat has no unionid for them
      Given the backend tells people with a unionid apart
      And Alice is a WeChat user without a unionid
      And Bob is a WeChat user without a unionid
      When Alice and Bob log in, and Alice looks again
      Then Alice and Bob are two people

  @IDENT-03 @should @needs-upstream @needs-optional-unionid
  Rule: One person with a unionid stays one after the unionid appears

    Why: A mini program is bound to an account one day, and from then on everybody has a unionid. Who is known by it from then on has lost orders, points and permissions.
    Fix: Look a person up by openid first; add the unionid to the account that is found.
    Source: jscode2session page, unionid is returned only under conditions

    Scenario: A person logs in before and after the mini program is bound to an account
      Given Alice has read her user info
      And the backend tells ordinary people apart
      And the mini program has been bound to an account since, so that she has a unionid
      When Alice logs in and reads her user info
      Then she is still the same account

  @IDENT-04 @must @needs-upstream
  Rule: Openids that differ only in letter case are two people

    Why: Many databases compare text without regard to case unless they are told. Then two people share one account, and each sees what belongs to the other.
    Fix: Give the openid column a binary, case-sensitive comparison, and do not change the case of what is compared.
    Source: jscode2session page, the openid is an opaque text

    Scenario: Two people whose openids look alike log in
      Given the backend tells ordinary people apart
      And Alice is a WeChat user
      And Bob is a WeChat user whose openid differs from Alice's in the case of its letters only
      When Alice and Bob log in, and Alice looks again
      Then Alice and Bob are two people

  @IDENT-05 @must @needs-upstream
  Rule: Openids with - and _ at any place work

    Why: One openid in two has such a character. Cleaning, patterns and shell-like tools stumble over them, most of all at the beginning and at the end.
    Fix: Treat the openid as opaque text: no cleaning, no pattern, no splitting.
    Source: jscode2session page, the openid is an opaque text

    Scenario Outline: The openid has <marks> <place>
      Given the backend lets ordinary people in
      And Alice is a WeChat user with <marks> <place> of the openid
      When Alice logs in and reads her user info
      Then Alice got in with the openid that WeChat gave

      Examples:
        | marks                    | place                   |
        | a dash                   | after the first letter  |
        | an underscore            | after the first letter  |
        | two dashes               | in the middle           |
        | two underscores          | in the middle           |
        | a dash                   | at the end              |
        | an underscore            | at the end              |
        | a dash and an underscore | at the end              |

    Scenario: Two people log in whose openids differ in one mark only
      Given the backend tells ordinary people apart
      And Alice is a WeChat user with a dash in the middle of the openid
      And Bob is a WeChat user whose openid has an underscore in the place of Alice's dash
      When Alice and Bob log in, and Alice looks again
      Then Alice and Bob are two people
