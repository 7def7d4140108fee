//! Keeping spreadsheets from running what customers typed.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return may be taken for a formula (OWASP, "CSV Injection"). An
//! apostrophe in front makes it text. A cell that begins with an apostrophe gets one more, so that taking one off gives back what was there.

use std::borrow::Cow;

/// The text as a spreadsheet leaves it alone. Plain numbers are no formulas and stay numbers.
pub(super) fn guard(text: &str) -> Cow<'_, str> {
    let number = text.parse::<i64>().is_ok() && !text.starts_with('+');
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for (text, safe) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1+2", "'-1+2"),
            ("@sum", "'@sum"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("-5", "-5"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guard(text), safe, "{text:?}");
        }
    }
}
