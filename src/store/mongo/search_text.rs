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

/// The words of such a text.
pub(super) fn words_in(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with(TAG)).collect()
}

/// An expression for texts with this tag.
pub(super) fn has_tag(tag: &str) -> String {
    format!("\n{TAG}{}\n", escaped(tag))
}

/// An expression for texts that hold a word of one of these spans.
pub(super) fn holds_any(spans: &[Span]) -> String {
    format!("\n(?:{})", lines(spans))
}

/// An expression for texts that lack every span of at least one of these words. It goes through a text line by line and never back: the
/// server gives up on expressions that take many steps, as those that look ahead letter by letter do on long texts, and takes the text for
/// one that does not match.
pub(super) fn lacks_one(words: &[Vec<Span>]) -> String {
    let without = |spans: &Vec<Span>| format!("[^\n]*+(?:\n(?!{})[^\n]*+)*+\\z", lines(spans));
    let without: Vec<String> = words.iter().map(without).collect();
    format!("^(?:{})", without.join("|"))
}

fn lines(spans: &[Span]) -> String {
    let lines: Vec<String> = spans.iter().map(line).collect();
    lines.join("|")
}

/// A line from its beginning.
fn line(span: &Span) -> String {
    match span {
        Span::Is(word) => format!("{}\n", escaped(word)),
        Span::Begins(word) => escaped(word),
    }
}
