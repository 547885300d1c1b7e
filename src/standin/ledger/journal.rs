//! What has arrived so far?

use std::collections::{BTreeMap, HashMap};

use super::call::{Call, Remark};
use crate::record::UnexpectedCall;

/// How many calls with one code are kept: the first ones, since a verdict turns on what happened first.
const PER_CODE: usize = 256;

/// How many bytes of calls with one code are kept, so that one code cannot push out the rest.
const PER_CODE_BYTES: usize = 512 * 1024;

/// How many bytes of calls with codes of ours are kept; beyond that the oldest go.
const KNOWN_BYTES: usize = 16 * 1024 * 1024;

/// How many bytes of calls with other codes, and how many of calls without any, are kept.
const OTHERS_BYTES: usize = 2 * 1024 * 1024;

/// What a call costs beside its texts, roughly.
const CALL_BYTES: usize = 512;

/// How many different unexpected calls are told apart.
const UNEXPECTED_KEPT: usize = 256;

/// How many characters of an unexpected method or path are kept.
const NAME_KEPT: usize = 256;

/// Every call, within bounds that a hostile backend cannot move.
#[derive(Debug)]
pub(super) struct Journal {
    known: Shelf,
    foreign: Shelf,
    codeless: Shelf,
    unexpected: BTreeMap<(String, String), usize>,
    endpoints: BTreeMap<(String, String), usize>,
    total: u64,
    exchanges: u64,
}

/// Where a call belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It asked `jscode2session`.
    Exchange,
    /// It asked anything else.
    Other,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self {
            known: Shelf::new(KNOWN_BYTES),
            foreign: Shelf::new(OTHERS_BYTES),
            codeless: Shelf::new(OTHERS_BYTES),
            unexpected: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            total: 0,
            exchanges: 0,
        }
    }

    /// Writes a call down under the text of the code it carried; the empty text when it carried none.
    pub(super) fn write(&mut self, kind: Kind, code: String, call: Call) {
        let number = self.total;
        self.total += 1;
        let (method, path) = (&call.request.method, &call.request.path);
        if call.remarks.contains(&Remark::Unexpected) {
            count(&mut self.unexpected, method, path);
        }
        count(&mut self.endpoints, method, path);
        match kind {
            Kind::Exchange => {
                self.exchanges += 1;
                let ours = call.person.is_some();
                if ours { &mut self.known } else { &mut self.foreign }.put(number, code, call);
            }
            Kind::Other => self.codeless.put(number, code, call),
        }
    }

    /// Returns the calls of `jscode2session` with this code, in the order they came.
    pub(super) fn of(&self, code: &str) -> Vec<Call> {
        let numbered = [&self.known, &self.foreign].into_iter().flat_map(|shelf| shelf.of(code));
        in_order(numbered.map(|(number, call)| (number, call.clone())))
    }

    /// Returns the same and forgets them.
    pub(super) fn take(&mut self, code: &str) -> Vec<Call> {
        let known = self.known.take(code);
        in_order(known.into_iter().chain(self.foreign.take(code)))
    }

    /// Returns the calls of `jscode2session` with codes that are not ours.
    pub(super) fn foreign(&self) -> Vec<Call> {
        in_order(self.foreign.all())
    }

    /// Returns every call that is still kept.
    pub(super) fn all(&self) -> Vec<Call> {
        in_order(self.known.all().chain(self.foreign.all()).chain(self.codeless.all()))
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    pub(super) const fn exchanges(&self) -> u64 {
        self.exchanges
    }

    pub(super) fn unexpected(&self) -> Vec<UnexpectedCall> {
        listed(&self.unexpected)
    }

    pub(super) fn endpoints(&self) -> Vec<UnexpectedCall> {
        listed(&self.endpoints)
    }
}

/// Counts a call by method and path; of many different ones the later ones are counted together.
fn count(calls: &mut BTreeMap<(String, String), usize>, method: &str, path: &str) {
    let short = |text: &str| text.chars().take(NAME_KEPT).collect::<String>();
    let name = (short(method), short(path));
    if calls.len() < UNEXPECTED_KEPT || calls.contains_key(&name) {
        *calls.entry(name).or_default() += 1;
    } else {
        *calls.entry(("*".to_owned(), "(others)".to_owned())).or_default() += 1;
    }
}

fn listed(calls: &BTreeMap<(String, String), usize>) -> Vec<UnexpectedCall> {
    let calls = calls.iter();
    calls
        .map(|((method, path), count)| UnexpectedCall {
            method: method.clone(),
            path: path.clone(),
            count: *count,
        })
        .collect()
}

fn in_order(numbered: impl Iterator<Item = (u64, Call)>) -> Vec<Call> {
    numbered.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// Calls by number and by code, of at most `limit` bytes.
#[derive(Debug)]
struct Shelf {
    calls: BTreeMap<u64, (String, Call)>,
    by_code: HashMap<String, CodeCalls>,
    bytes: usize,
    limit: usize,
}

/// The calls that carried one code.
#[derive(Debug, Default)]
struct CodeCalls {
    numbers: Vec<u64>,
    bytes: usize,
}

impl Shelf {
    fn new(limit: usize) -> Self {
        Self { calls: BTreeMap::new(), by_code: HashMap::new(), bytes: 0, limit }
    }

    fn put(&mut self, number: u64, code: String, call: Call) {
        let size = size(&code, &call);
        let (calls, bytes) =
            self.by_code.get(&code).map_or((0, 0), |of_code| (of_code.numbers.len(), of_code.bytes));
        let full = calls >= PER_CODE || bytes + size > PER_CODE_BYTES;
        // Calls without a code do not belong together, so they are bounded only all together.
        if full && !code.is_empty() {
            return;
        }
        let of_code = self.by_code.entry(code.clone()).or_default();
        of_code.numbers.push(number);
        of_code.bytes += size;
        self.bytes += size;
        self.calls.insert(number, (code, call));
        while self.bytes > self.limit
            && let Some((oldest, (code, call))) = self.calls.pop_first()
        {
            self.forget(oldest, &code, &call);
        }
    }

    fn forget(&mut self, number: u64, code: &str, call: &Call) {
        let size = size(code, call);
        self.bytes -= size;
        if let Some(of_code) = self.by_code.get_mut(code) {
            of_code.numbers.retain(|kept| *kept != number);
            of_code.bytes -= size;
            if of_code.numbers.is_empty() {
                self.by_code.remove(code);
            }
        }
    }

    fn of(&self, code: &str) -> impl Iterator<Item = (u64, &Call)> {
        let numbers = self.by_code.get(code).into_iter().flat_map(|of_code| &of_code.numbers);
        numbers.filter_map(|number| self.calls.get(number).map(|(_, call)| (*number, call)))
    }

    fn take(&mut self, code: &str) -> Vec<(u64, Call)> {
        let Some(of_code) = self.by_code.remove(code) else { return Vec::new() };
        self.bytes -= of_code.bytes;
        let calls = of_code.numbers.into_iter();
        calls.filter_map(|number| self.calls.remove(&number).map(|(_, call)| (number, call))).collect()
    }

    fn all(&self) -> impl Iterator<Item = (u64, Call)> {
        self.calls.iter().map(|(number, (_, call))| (*number, call.clone()))
    }
}

/// Returns about how much memory a call takes.
fn size(code: &str, call: &Call) -> usize {
    let request = &call.request;
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    let query = request.query.as_ref().map_or(0, String::len);
    let fields: usize = call.answer.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    let texts = request.path.len() + query + headers + request.body.len() + fields + call.answer.body.len();
    // The code is kept twice more, and a remark may quote a parameter.
    CALL_BYTES + texts + 3 * code.len() + if call.remarks.is_empty() { 0 } else { query }
}

#[cfg(test)]
mod tests {
    use super::{Journal, Kind, OTHERS_BYTES, PER_CODE, PER_CODE_BYTES, UNEXPECTED_KEPT};
    use crate::standin::ledger::call::{ApiAnswer, ApiRequest, Call, Remark};

    fn call(target: &str, person: Option<&str>) -> Call {
        let answer = ApiAnswer::plain(200, None, Vec::new());
        let remarks = Vec::new();
        Call {
            request: ApiRequest::new("GET", target),
            answer,
            person: person.map(ToOwned::to_owned),
            remarks,
        }
    }

    #[test]
    fn a_code_that_became_known_later_keeps_its_earlier_calls_in_order() {
        let mut journal = Journal::new();
        journal.write(Kind::Exchange, "c".to_owned(), call("/1", None));
        journal.write(Kind::Exchange, "other".to_owned(), call("/2", None));
        journal.write(Kind::Exchange, "c".to_owned(), call("/3", Some("Alice")));
        let paths = |calls: Vec<Call>| calls.into_iter().map(|call| call.request.path).collect::<Vec<_>>();
        assert_eq!(paths(journal.of("c")), ["/1", "/3"]);
        assert_eq!(paths(journal.foreign()), ["/1", "/2"]);
        assert_eq!(paths(journal.take("c")), ["/1", "/3"]);
        assert_eq!(paths(journal.take("c")), [""; 0]);
        assert_eq!(paths(journal.all()), ["/2"]);
        assert_eq!((journal.total(), journal.exchanges()), (3, 3));
    }

    #[test]
    fn the_first_calls_with_a_code_are_kept_and_all_are_counted() {
        let mut journal = Journal::new();
        for number in 0..PER_CODE + 10 {
            journal.write(Kind::Exchange, "c".to_owned(), call(&format!("/{number}"), Some("Alice")));
        }
        let kept = journal.of("c");
        assert_eq!((kept.len(), kept[0].request.path.as_str()), (PER_CODE, "/0"));
        assert_eq!(journal.exchanges(), u64::try_from(PER_CODE + 10).unwrap());
    }

    #[test]
    fn codes_of_nobody_cannot_push_out_a_persons_calls_or_fill_the_memory() {
        let mut journal = Journal::new();
        journal.write(Kind::Exchange, "c".to_owned(), call("/", Some("Alice")));
        let long = format!("/?{}", "x".repeat(10_000));
        for number in 0..1000 {
            journal.write(Kind::Exchange, format!("foreign {number}"), call(&long, None));
        }
        assert_eq!(journal.of("c").len(), 1);
        let kept = journal.foreign().len();
        assert!(kept * 10_000 < OTHERS_BYTES && kept > 150, "{kept}");
        assert_eq!(journal.foreign.by_code.len(), kept);
        assert!(journal.of("foreign 9").is_empty());
        assert_eq!(journal.of("foreign 999").len(), 1);
        for number in 0..1000 {
            journal.take(&format!("foreign {number}"));
        }
        assert_eq!((journal.foreign.bytes, journal.foreign.by_code.len()), (0, 0));
    }

    #[test]
    fn long_calls_with_one_code_cannot_push_out_others() {
        let mut journal = Journal::new();
        let long = format!("/?{}", "x".repeat(60_000));
        for _ in 0..PER_CODE {
            journal.write(Kind::Exchange, "c".to_owned(), call(&long, Some("Alice")));
        }
        assert!(journal.of("c").len() == 8 && journal.known.bytes < PER_CODE_BYTES);
    }

    #[test]
    fn every_text_of_a_call_counts_towards_its_size() {
        let mut one = call("/", None);
        let bare = super::size("", &one);
        assert_eq!(bare, super::CALL_BYTES + 1);
        one.request = ApiRequest::new("GET", "/four?fivex");
        one.request.headers.push("six", "seven");
        one.request.body = vec![0; 11];
        one.answer.body = vec![0; 17];
        one.answer.fields = vec![("name".to_owned(), "thirteen-long".to_owned())];
        let texts = 5 + 5 + 3 + 5 + 11 + 17 + 4 + 13;
        assert_eq!(super::size("", &one), super::CALL_BYTES + texts);
        assert_eq!(super::size("seven77", &one), super::CALL_BYTES + texts + 3 * 7);
        one.remarks.push(Remark::GrantTypeMissing);
        assert_eq!(super::size("", &one), super::CALL_BYTES + texts + 5);
    }

    #[test]
    fn many_calls_with_codes_of_ours_are_kept_and_the_oldest_go_first() {
        let mut journal = Journal::new();
        let long = format!("/?{}", "x".repeat(100_000));
        for number in 0..170 {
            journal.write(Kind::Exchange, format!("code {number}"), call(&long, Some("Alice")));
        }
        // Sixteen megabytes hold 166 of them.
        let kept = journal.all().len();
        assert!((160..170).contains(&kept), "{kept}");
        assert!(journal.of("code 0").is_empty() && journal.of("code 169").len() == 1);
        assert!(journal.known.bytes <= super::KNOWN_BYTES);
    }

    /// Returns a call that takes this much on a shelf, together with a code of two letters.
    fn call_of(bytes: usize) -> Call {
        let query = bytes - super::CALL_BYTES - 1 - 3 * 2;
        call(&format!("/?{}", "x".repeat(query)), None)
    }

    #[test]
    fn what_fits_exactly_is_kept() {
        let mut journal = Journal::new();
        for _ in 0..9 {
            journal.write(Kind::Exchange, "aa".to_owned(), call_of(PER_CODE_BYTES / 8));
        }
        assert_eq!((journal.of("aa").len(), journal.foreign.bytes), (8, PER_CODE_BYTES));
        for code in ["bb", "cc", "dd"] {
            for _ in 0..8 {
                journal.write(Kind::Exchange, code.to_owned(), call_of(PER_CODE_BYTES / 8));
            }
        }
        assert_eq!((journal.of("aa").len(), journal.foreign.bytes), (8, OTHERS_BYTES));
    }

    #[test]
    fn what_is_forgotten_and_what_is_taken_makes_room() {
        let mut journal = Journal::new();
        for code in ["aa", "bb", "cc", "dd", "ee"] {
            for _ in 0..6 {
                journal.write(Kind::Exchange, code.to_owned(), call_of(80_000));
            }
        }
        // Two megabytes hold 26 of them, so four of the first code are gone.
        let of_code = |journal: &Journal, code: &str| {
            journal.foreign.by_code.get(code).map(|calls| (calls.numbers.len(), calls.bytes))
        };
        assert_eq!(journal.foreign.bytes, 26 * 80_000);
        assert_eq!(of_code(&journal, "aa"), Some((2, 2 * 80_000)));
        assert_eq!(journal.take("cc").len(), 6);
        assert_eq!(journal.foreign.bytes, 20 * 80_000);
        assert_eq!((of_code(&journal, "bb"), of_code(&journal, "cc")), (Some((6, 6 * 80_000)), None));
    }

    #[test]
    fn unexpected_calls_are_counted_by_name_and_the_names_are_bounded() {
        let mut journal = Journal::new();
        let mut write = |target: &str| {
            let call = Call { remarks: vec![Remark::Unexpected], ..call(target, None) };
            journal.write(Kind::Other, String::new(), call);
        };
        for number in 0..UNEXPECTED_KEPT + 10 {
            write(&format!("/{number}"));
        }
        write("/0");
        let unexpected = journal.unexpected();
        assert_eq!(unexpected.len(), UNEXPECTED_KEPT + 1);
        assert_eq!(journal.endpoints(), unexpected);
        let count = |path: &str| unexpected.iter().find(|call| call.path == path).map(|call| call.count);
        assert_eq!((count("/0"), count("(others)")), (Some(2), Some(10)));
    }
}
