//! A product's tags and words as one text, so that a single key of an index tells whether a search finds it. An index over an array has
//! a key for every word, none of which says what the others are.

use super::filter::escaped;
use crate::domain::search::Span;
use crate::domain::text::Tag;

/// The field that holds the text.
pub(super) const SEARCH_TEXT: &str = "search_text";

/// In front of a tag; in front of a word stands the letter of its place.
const TAG: char = '=';

/// Every tag as it is and every word, each on a line of its own, with a line break before the first and behind the last. No tag holds one.
pub(super) fn search_text(tags: &[Tag], words: &[String]) -> String {
    let mut text = String::from("\n");
    for tag in tags {
        text.push(TAG);
        text.extend([tag.as_str(), "\n"]);
    }
    for word in words {
        text.extend([word, "\n"]);
    }
    text
}

/// An expression for texts with this tag.
pub(super) fn has_tag(tag: &str) -> String {
    format!("\n{TAG}{}\n", escaped(tag))
}

/// An expression for texts in which each word of a search has one of its spans, and not each of them one of these others.
pub(super) fn holds_words(words: &[Vec<Span>], others: Option<&[Vec<Span>]>) -> String {
    let others = others.map(|others| format!("(?!{})", all_of(others))).unwrap_or_default();
    format!("^{}{others}", all_of(words))
}

fn all_of(words: &[Vec<Span>]) -> String {
    let any = |spans: &Vec<Span>| {
        let spans: Vec<String> = spans.iter().map(line).collect();
        format!("(?=.*?\n(?:{}))", spans.join("|"))
    };
    words.iter().map(any).collect()
}

/// A line from its beginning.
fn line(span: &Span) -> String {
    match span {
        Span::Is(word) => format!("{}\n", escaped(word)),
        Span::Begins(word) => escaped(word),
    }
}
