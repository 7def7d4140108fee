//! Names that other systems have and we have not.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Article;
use crate::domain::text::Label;

/// A text as it may stand in an address: small letters without accents, digits, and single dashes between them.
pub(super) fn handle(text: &str) -> String {
    let mut handle = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    for c in letters {
        if c.is_alphanumeric() {
            handle.push(c);
        } else if !handle.is_empty() && !handle.ends_with('-') {
            handle.push('-');
        }
    }
    if handle.ends_with('-') {
        handle.pop();
    }
    handle
}

/// A name that no other `of` gives: with a piece of its hash behind.
pub(super) fn marked(name: &str, of: &str) -> String {
    let hash = Sha256::digest(of.as_bytes());
    let mark = format!("{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]);
    if name.is_empty() { mark } else { format!("{name}-{mark}") }
}

/// The names of the options of any of these, sorted.
pub(super) fn of_options(articles: &[Article]) -> Vec<&str> {
    let names: BTreeSet<&str> =
        articles.iter().flat_map(|article| article.product.options.keys()).map(Label::as_str).collect();
    names.into_iter().collect()
}

/// What all of these are called together: the words with which all their names begin, else the first name.
pub(super) fn shared_name<'a>(articles: impl IntoIterator<Item = &'a Article>) -> &'a str {
    shared(articles.into_iter().map(|article| article.product.name.as_str()))
}

fn shared<'a>(mut names: impl Iterator<Item = &'a str>) -> &'a str {
    let Some(first) = names.next() else { return "" };
    let mut shared = first;
    for name in names.filter(|name| *name != first) {
        let length: usize =
            shared.chars().zip(name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        // Only whole words: where both go on behind it with a letter, the last one is none.
        let goes_on = |text: &str| text[length..].starts_with(char::is_alphanumeric);
        let cut = &shared[..length];
        let cut =
            if goes_on(shared) || goes_on(name) { cut.trim_end_matches(char::is_alphanumeric) } else { cut };
        shared = cut;
    }
    if shared == first {
        return first;
    }
    let shared =
        shared.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '!' | '?' | '.' | '"'));
    if shared.is_empty() { first } else { shared }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_has_letters_digits_and_dashes() {
        for (text, expected) in [
            ("mug-blue", "mug-blue"),
            ("T-Shirt, Größe L", "t-shirt-große-l"),
            ("  --A//B-- ", "a-b"),
            ("Crème brûlée", "creme-brulee"),
            ("青い 皿", "青い-皿"),
            ("$$$", ""),
        ] {
            assert_eq!(handle(text), expected, "{text:?}");
        }
    }

    #[test]
    fn variants_together_are_called_by_the_words_they_share() {
        for (names, expected) in [
            (&["Tee", "Tee"][..], "Tee"),
            (&["Tee - Red", "Tee - Blue"], "Tee"),
            (&["Tee (cotton), red", "Tee (cotton), rose"], "Tee (cotton)"),
            (&["Mug", "Mug, big", "Mug, small"], "Mug"),
            (&["Red tee", "Red teapot"], "Red"),
            (&["Ästhet", "Äther"], "Ästhet"),
            (&["Mug", "Cup"], "Mug"),
        ] {
            assert_eq!(shared(names.iter().copied()), expected, "{names:?}");
        }
    }

    #[test]
    fn a_mark_tells_texts_apart_that_have_one_handle() {
        assert_ne!(marked("a-b", "A/B"), marked("a-b", "A-B"));
        assert_eq!(marked("", "$$$").len(), 8);
    }
}
