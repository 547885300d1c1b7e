//! What does `--help` teach besides the options?

use std::fmt::Write as _;

use crate::record::ExitStatus;

/// The widest that help is laid out.
pub(super) const WIDTH: usize = 100;

/// Below the options of `run`.
pub(super) const RUN: &str = "\
`wxconform --help` says how to point a backend at the stand-in and lists the exit statuses.";

/// Below the options of `doctor`.
pub(super) const DOCTOR: &str = "\
It logs somebody in, reads user info, tries a used code and a missing token, and says one line for each question:
ok, wrong (a run could not judge), note (a run can, and a person should know) or unknown.
  wxconform doctor --backend http://127.0.0.1:8080 --wechat-listen 127.0.0.1:9321
  wxconform doctor --launch 'node server.js' --contract mine.toml
Status 0: a run can judge. 2: the request was wrong. 3: something stands in the way.";

/// Below the options of `wechat`.
pub(super) const WECHAT: &str = "\
It prints what your backend has to be told, and the curl lines that log people in.
To see how your backend takes a WeChat that is broken, slow or unusual, ask for a code with trouble:
  curl -X POST 'http://127.0.0.1:9322/login?person=alice&trouble=reset-in-body'
Such a line takes &age=SECONDS and &unionid=true as well.
A backend that has https://api.weixin.qq.com built in is led here by variables, as docs/redirects.md says:
  wxconform wechat --ca-out ca.pem --print-env > wechat.env &
  . ./wechat.env; start-your-backend
Ctrl-C or SIGTERM ends it with status 0.";

/// Below the options of `backend`.
pub(super) const BACKEND: &str = "\
To see what a run says about a fault, in two terminals:
  wxconform backend --fault code-cached
  wxconform --backend http://127.0.0.1:8080
The same for a backend that speaks otherwise:
  wxconform backend --contract litemall --fault code-cached
  wxconform --contract litemall --backend http://127.0.0.1:8080
Ctrl-C or SIGTERM ends it with status 0.";

/// Below the options of `simulate`.
pub(super) const SIMULATE: &str = "\
A script is JSON:
  {\"storage\": {}, \"codes\": [\"c1\"],
   \"events\": [{\"event\": \"launch\", \"session\": \"expired\", \"now_ms\": 1700000000123},
              {\"event\": \"show\", \"now_ms\": 1700009000123}]}
Without `codes` the stand-in mints them. A `session` is `valid` or `expired`.";

/// Below the options of `explore`.
pub(super) const EXPLORE: &str = "\
It draws launches, shows, lost sessions, codes that are sent again, time, a WeChat that says no, and up to
three people among each other. The first sequence on which the backend differs from every correct one is made
as short as possible and printed as a scenario for a feature file. The same seed draws the same sequences.
  wxconform explore --cases 1000
  wxconform explore --backend http://127.0.0.1:8080 --seed 42
Status 0: no difference. 1: a difference. 2: the request was wrong. 3: it could not be judged.";

/// Below the options of `contract`.
pub(super) const CONTRACT: &str = "\
A contract says how a backend spells the flow: which requests a login takes, where the token stands in the answer,
how it travels, when it ends. What it leaves out is as in the documented flow. The smallest has a few lines:
  [[login]]
  role = \"token\"
  request = \"POST api/login\"
  json = { code = \"{code}\" }
  ok = { status = 200, equals = { \"/code\" = 0 } }
  capture = { token = \"/data/token\" }
Then: wxconform --backend http://127.0.0.1:8080 --contract mine.toml";

/// Below the options of `report`.
pub(super) const REPORT: &str = "\
To share a run out, and to look at the whole:
  wxconform --shard 1/2 --report json=1.json
  wxconform --shard 2/2 --report json=2.json
  wxconform report merge 1.json 2.json --report junit=whole.xml
To let a change be no worse than what was there before it:
  wxconform --backend http://127.0.0.1:8080 --report json=new.json
  wxconform report diff main.json new.json
merge ends as a run of the whole would have ended, or with 4 when the parts are not the plan, or
one is not what its run wrote: it names what is missing, doubled or changed, or in what they differ.
diff ends with 1 when something broke, broke in more scenarios than before, or was kept and is no
longer judged; verify with 1 when a report was changed. A file that is no report is 2.";

/// Below the options of `docs`.
pub(super) const DOCS: &str = "\
The folder then holds a page for each requirement, such as CODE-02.html, with its scenarios and
the faults that prove it, and pages with all faults, troubles, contracts and variants. They need
no server, no network and no script.
  wxconform docs --out site
A folder that holds anything but an older site is refused with status 2, and nothing is changed.";

/// Below the options of `completions`.
pub(super) const COMPLETIONS: &str = "\
For bash, zsh and fish:
  wxconform completions bash > ~/.local/share/bash-completion/completions/wxconform
  wxconform completions zsh > ~/.zfunc/_wxconform
  wxconform completions fish > ~/.config/fish/completions/wxconform.fish";

/// Below everything: the exit statuses, where settings come from, and examples.
pub(super) fn closing() -> String {
    let mut text = String::from("Exit statuses:\n");
    for status in ExitStatus::ALL {
        // Writing into a String cannot fail.
        writeln!(text, "  {:>3}  {}", status.code(), status.meaning()).unwrap_or_default();
    }
    text.push_str(REST);
    text
}

const REST: &str = "  101  a defect of wxconform itself, never a verdict
  130  interrupted by Ctrl-C (143 by SIGTERM): no verdict, and no report is written

Settings:
  Each option of run but --verbose, --quiet and --write-baseline can also be given as a variable or as a key of
  wxconform.toml in the current folder. A flag beats a variable, a variable beats the file. For --wechat-listen:
    WXCONFORM_WECHAT_LISTEN=127.0.0.1:9400
    wechat-listen = \"127.0.0.1:9400\"
  Several reports stand in the variable with blanks between them, in the file as a list.

Examples:
  Judge the built-in backend:
    wxconform
  Judge yours, which was told that WeChat is at http://127.0.0.1:9321:
    wxconform --backend http://127.0.0.1:8080
  Let it be started, told where WeChat is, and ended:
    wxconform --launch 'java -jar app.jar --server.port={port}'
    wxconform --launch 'node server.js' --ready /health --clock faketime
  Gate a build, with a report for the build server and a page for people:
    wxconform --backend http://127.0.0.1:8080 --report junit=wxconform.xml --report html=wxconform.html
  Write down what is known to be broken, then let only other breaches count:
    wxconform --backend http://127.0.0.1:8080 --write-baseline known.toml
    wxconform --backend http://127.0.0.1:8080 --baseline known.toml
  Repeat a part of a run, as JSON:
    wxconform --only CODE-02,USER --seed 42 --report json=-
  Read what a requirement is about:
    wxconform explain CODE-02";
