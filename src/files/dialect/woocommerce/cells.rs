//! What stands in a cell, as WooCommerce's own importer takes it apart.

/// The items of a list. A comma with a backslash in front is none that separates; an apostrophe that keeps spreadsheets from running the
/// cell is no part of it.
pub(super) fn list(text: &str) -> Vec<String> {
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    let mut items = vec![String::new()];
    let mut rest = guarded.unwrap_or(text);
    while let Some(at) = rest.find(',') {
        let (front, behind) = (&rest[..at], &rest[at + 1..]);
        let escaped = front.strip_suffix('\\');
        if let Some(item) = items.last_mut() {
            item.push_str(escaped.unwrap_or(front));
            if escaped.is_some() {
                item.push(',');
            }
        }
        if escaped.is_none() {
            items.push(String::new());
        }
        rest = behind;
    }
    if let Some(item) = items.last_mut() {
        item.push_str(rest);
    }
    let trimmed = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty());
    trimmed.map(str::to_owned).collect()
}

/// A description with its line breaks: `\n` is one, and with two backslashes or more in front one of them goes.
pub(super) fn lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\n") {
        if let Some(front) = rest[..at].strip_suffix('\\') {
            // It was doubled.
            lines.push_str(front);
            lines.push_str("\\n");
        } else {
            lines.push_str(&rest[..at]);
            lines.push('\n');
        }
        rest = &rest[at + 2..];
    }
    lines.push_str(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_taken_apart_at_commas_without_a_backslash() {
        for (text, items) in [
            ("New, Cotton", &["New", "Cotton"][..]),
            (r"a\,b, c", &["a,b", "c"]),
            (r"a\ , b", &[r"a\", "b"]),
            (" '=1, =2", &["'=1", "=2"]),
            ("'=1", &["=1"]),
            ("'a", &["'a"]),
            (", ,", &[]),
        ] {
            assert_eq!(list(text), items, "{text}");
        }
    }

    #[test]
    fn a_backslash_and_an_n_are_a_line_break() {
        assert_eq!(lines(r"one\ntwo"), "one\ntwo");
        assert_eq!(lines(r"c:\\new \\\n"), r"c:\new \\n");
    }
}
