//! Words about login codes.

use super::words;

words! {
    /// What is sent in the place of a login code.
    CodeKind, "code", {
        Missing = "no code",
        Empty = "an empty code",
        Unknown = "a code nobody was given",
        NoCode = "a word that is no code at all",
        Old = "a code that is 301 seconds old",
        Used = "the code she has used",
    }
}

#[cfg(test)]
mod tests {
    use super::CodeKind;

    #[test]
    fn a_word_that_is_not_on_its_list_is_no_word() {
        assert_eq!("no code".parse::<CodeKind>().unwrap(), CodeKind::Missing);
        assert!("a nice code".parse::<CodeKind>().is_err());
    }
}
