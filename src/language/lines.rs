//! Where may a line end?

use textwrap::WordSeparator;
use textwrap::core::{Word, display_width};

use super::Language;

/// Returns what separates the words of a language. In English only a blank does: a URL or a path in pieces could not be
/// copied. Chinese has no blanks, and a line may end between any two of its characters.
pub(crate) fn separator(language: Language) -> WordSeparator {
    match language {
        Language::Chinese => WordSeparator::Custom(|line| Box::new(chinese(line).into_iter())),
        Language::English => WordSeparator::AsciiSpace,
    }
}

/// Returns the pieces of a line behind each of which it may end. No line begins with what closes or separates, and
/// none ends with what opens.
fn chinese(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in line.char_indices() {
        let ends = before.is_some_and(|before| match (before, c) {
            (_, ' ') => false,
            (' ', _) => true,
            _ => {
                (is_wide(before) || is_wide(c))
                    && !"（“‘《【「[(".contains(before)
                    && !"，。；：、！？）”’》】」…,.;:!?)]".contains(c)
            }
        });
        if ends {
            words.push(Word::from(&line[start..at]));
            start = at;
        }
        before = Some(c);
    }
    words.push(Word::from(&line[start..]));
    words
}

fn is_wide(c: char) -> bool {
    display_width(c.encode_utf8(&mut [0; 4])) > 1
}

#[cfg(test)]
mod tests {
    use super::chinese;

    #[test]
    fn a_chinese_line_ends_between_any_two_characters_but_not_before_what_closes() {
        let pieces = |line| chinese(line).iter().map(|word| word.word).collect::<Vec<_>>();
        assert_eq!(pieces("后端（CODE-02）拒绝 code。"), ["后", "端", "（CODE-02）", "拒", "绝", "code。"]);
        let whole = "http://h/a?b=c,d 是“它”";
        let words = chinese(whole);
        assert_eq!(words[0].word, "http://h/a?b=c,d");
        let joined: Vec<&str> = words.iter().flat_map(|word| [word.word, word.whitespace]).collect();
        assert_eq!(joined.concat(), whole);
    }
}
