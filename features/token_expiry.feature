Feature: How a token ends
  Whenever the mini program comes to the front, onShow looks whether the stored token is old, and renews it.
  The documented test is (createTime + expires_in) < (now - 1000), all in seconds: it renews when more than
  1000 s have passed since the end. Between the end and that moment lies the blind window.

  @EXPIRY-01 @must @needs-documented-client
  Rule: onShow leaves the token alone while createTime + expires_in >= now - 1000

    Why: A client that renews too early asks for a new token each time the person looks at the screen.
    Fix: Announce the lifetime in seconds, as a JSON number, and as long as the token really lives.
    Source: app.js onShow

    # Stays: it shows to the millisecond what the documented client makes of a first lifetime; TOKEN-02 judges the same number.
    Scenario Outline: The mini program is shown <instant>
      Given Alice has logged in on her phone
      When Alice shows the mini program <instant>
      Then her phone asked for nothing

      Examples:
        | instant                          |
        | right after the token was stored |
        | 1 s before the announced end     |
        | at the announced end             |
        | 0.001 s after the announced end  |
        | 999 s after the announced end    |
        | 1000 s after the announced end   |

    Scenario Outline: The mini program is shown <instant>, and the token is a renewed one
      Given Alice has logged in on her phone
      And Alice's phone has renewed its token
      When Alice shows the mini program <instant>
      Then her phone asked for nothing

      Examples:
        | instant                          |
        | right after the token was stored |
        | at the announced end             |

  @EXPIRY-02 @must @needs-documented-client
  Rule: onShow renews with the stored openid once createTime + expires_in < now - 1000, and createTime is the renewal's

    Why: Without the renewal the person stays logged out until the mini program is started anew.
    Fix: Announce the lifetime in seconds, as a JSON number, and answer the stored openid with a new token.
    Source: app.js onShow

    # Stays: it shows to the millisecond what the documented client makes of a first lifetime; TOKEN-02 judges the same number.
    Scenario Outline: The mini program is shown <instant>
      Given Alice has logged in on her phone
      When Alice shows the mini program <instant>
      Then her phone made these calls:
        | token     |
        | user info |
      And it asked with the stored openid
      And the creation time of the token is that of the renewal

      Examples:
        | instant                            |
        | 1000.001 s after the announced end |
        | 1001 s after the announced end     |
        | 86400 s after the announced end    |

    Scenario: The mini program is shown 1001 s after the announced end, and the token is a renewed one
      Given Alice has logged in on her phone
      And Alice's phone has renewed its token
      When Alice shows the mini program 1001 s after the announced end
      Then her phone made these calls:
        | token     |
        | user info |

  @EXPIRY-03 @must @needs-documented-client
  Rule: onShow does nothing without a tokenObj or without an openid

    Why: There is nothing to renew, and nobody to renew it for.
    Fix: This is the client's own rule; when it is broken, report a defect of this tool.
    Source: app.js onShow

    # Stays: no backend can break it; it proves that the phone which judges them all is the documented one.
    Scenario Outline: The mini program is shown, long after the end, by a phone without <thing>
      Given Alice has logged in on her phone
      And Alice's phone has lost its <thing>
      When Alice shows the mini program 86400 s after the announced end
      Then her phone asked for nothing

      Examples:
        | thing  |
        | token  |
        | openid |

  @EXPIRY-04 @must @needs-clock
  Rule: A token works until its announced end

    Why: The client does not look at the token before the announced end. If it dies earlier, the person is locked out and nothing renews it.
    Fix: Announce exactly the lifetime that the token has when it is handed out.
    Source: flow step 3

    Scenario Outline: User info is read <instant>
      Given Alice has read her user info
      When time passes to <instant>
      And Alice reads her user info
      Then the answer carries user info

      Examples:
        | instant                       |
        | halfway to the announced end  |
        | just before the announced end |

    Scenario: A later token is used when the earlier one has ended
      Given Alice has read her user info
      When time passes to three quarters of the way to the announced end
      And Alice logs in again and is given another token
      And time passes to just after the announced end of her earlier token
      And Alice reads her user info
      Then the answer carries user info

    # Stays: where tokens outlive the run, this is how long one is watched.
    Scenario: User info is read when the run has waited for as long as it may
      Given Alice has read her user info
      When time passes for as long as the run waits, but not to the announced end
      And Alice reads her user info
      Then the token has worked so far

    Scenario: User info is read twelve times in a row
      Given Alice has read her user info
      When Alice reads her user info 12 times
      Then the token has worked so far

  @EXPIRY-05 @must @needs-clock
  Rule: A token is refused after its announced end, also when it was in use all the time

    Why: A stolen token that lives as long as it is used lives for ever.
    Fix: Store the end with the token and compare with it; do not push it forward when the token is used. A leeway for clocks that differ is told by the contract, expiry.leeway.
    Source: flow step 4

    # Stays: whoever fails here alone has the plainest of these defects, and it is told by its name.
    Scenario: The token was left alone
      Given Alice has read her user info
      When time passes to just after the announced end
      And Alice reads her user info
      Then user info is refused

    # Stays: only here the token had ended before anything else happened to its owner.
    Scenario: The token had ended when the next one was issued
      Given Alice has read her user info
      When time passes to just after the announced end
      And Alice asks for a token and is given another one
      And user info is asked for with the token Alice had before
      Then user info is refused

    Scenario: The token had ended when its owner logged in again
      Given Alice has read her user info
      When time passes to just after the announced end
      And Alice logs in again and is given another token
      And user info is asked for with the token Alice had before
      Then user info is refused

    Scenario: Its owner had logged in again meanwhile
      Given Alice has read her user info
      When time passes to three quarters of the way to the announced end
      And Alice logs in again and is given another token
      And time passes to just after the announced end of her earlier token
      And user info is asked for with the token Alice had before
      Then user info is refused

    Scenario: The token was in use all the time
      Given Alice has read her user info
      When Alice reads her user info again and again until just before the announced end
      And time passes to just after the announced end
      And Alice reads her user info
      Then user info is refused

  @EXPIRY-06 @must @needs-clock
  Rule: After the end the documented renewal obtains a token that works

    Why: This is how the documented client gets back in without troubling the person.
    Fix: Let the openid obtain a new token when the old one has ended, and do not hand out the old one again.
    Source: app.js onShow

    Scenario: The mini program is shown after the blind window
      Given Alice has logged in on her phone
      And her phone has stored her user info
      When time passes to after the blind window
      And Alice shows the mini program
      Then her phone has renewed its token, and the token opens user info
      And the lifetime of the new token can be reckoned with

  @EXPIRY-07 @must @needs-clock
  Rule: A token handed out again announces what is really left of its life

    Why: The client reckons from the moment it stored the token. A whole life announced anew sends it on with a token that is dead.
    Fix: When a living token is handed out again, announce the seconds until its end and not the setting.
    Source: RFC 6749 section 5.1, expires_in

    Scenario Outline: A token is asked for again <instant>
      Given Alice has been issued a token
      When time passes to <instant>
      And Alice asks for a token again, and tries it at the earlier end that was announced
      Then a token that was handed out again was announced with what was left of its life

      Examples:
        | instant                                        |
        | a quarter of the way to the announced end      |
        | halfway to the announced end                   |
        | three quarters of the way to the announced end |

  @EXPIRY-08 @observe @needs-clock
  Rule: The blind window: for the 1000 s after the end the documented client does not renew; what the backend answers then

    Why: In this window the person holds a dead token, and the client does not notice. What it shows then depends on the backend alone.
    Fix: Nothing to mend at the backend; let tokens live long, and let the client renew before the end.
    Source: app.js onShow

    Scenario Outline: User info is read <instant>
      Given Alice has read her user info
      When time passes to <instant>
      And Alice reads her user info
      Then it is noted what the backend answers <instant>

      Examples:
        | instant                                 |
        | just after the announced end            |
        | halfway through the blind window        |
        | just before the end of the blind window |

  @EXPIRY-09 @observe @needs-clock
  Rule: The measured lifetime beside the announced one: edge by bisection, sliding or fixed, tolerance

    Why: What a token lives in truth, and whether using it prolongs its life, is worth knowing beside what is announced.
    Fix: Nothing to mend; compare it with what was meant.
    Source: app.js onShow

    Scenario: Tokens are tried at different ages
      Given Alice has been issued a token
      When the life of Alice's tokens is measured
      Then what was measured is noted
