//! Free text with bounds. Each type trims what it is given and refuses the rest.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::invalid::Invalid;

/// Whether a text may hold line breaks and tabs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    OneLine,
    Lines,
}

fn bounded(what: &str, code: &'static str, raw: &str, max: usize, shape: Shape) -> Result<String, Invalid> {
    let text = raw.trim();
    let allowed = |c: char| !c.is_control() || (shape == Shape::Lines && matches!(c, '\n' | '\r' | '\t'));
    if text.is_empty() {
        Err(Invalid::new(code, format!("{what} is empty")))
    } else if text.chars().count() > max {
        Err(Invalid::new(code, format!("{what} is longer than {max} characters")))
    } else if !text.chars().all(allowed) {
        Err(Invalid::new(code, format!("{what} holds a control character")))
    } else {
        Ok(text.to_owned())
    }
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $code:literal, $max:literal, $shape:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The longest, in characters.
            pub const MAX_CHARS: usize = $max;

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(raw: &str) -> Result<Self, Invalid> {
                bounded($what, $code, raw, $max, Shape::$shape).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// What a person or a product is called; one line of 1 to 200 characters.
    Name, "name", "invalid_name", 200, OneLine
);
text_type!(
    /// A telephone number as people write it; one line of 1 to 40 characters.
    Phone, "phone", "invalid_phone", 40, OneLine
);
text_type!(
    /// Prose of 1 to 10,000 characters.
    Description, "description", "invalid_description", 10000, Lines
);
text_type!(
    /// A word to find products by; one line of 1 to 50 characters.
    Tag, "tag", "invalid_tag", 50, OneLine
);
text_type!(
    /// What the variants of one article share; one line of 1 to 100 characters.
    Group, "group", "invalid_group", 100, OneLine
);
text_type!(
    /// A name within `options` or `metadata`; one line of 1 to 50 characters.
    Label, "name", "invalid_label", 50, OneLine
);
text_type!(
    /// A value within `options` or `metadata`; 1 to 500 characters.
    Value, "value", "invalid_value", 500, Lines
);
text_type!(
    /// Why something was done; 1 to 500 characters.
    Reason, "reason", "invalid_reason", 500, Lines
);
text_type!(
    /// A remark on an order; 1 to 2,000 characters.
    Note, "note", "invalid_note", 2000, Lines
);
text_type!(
    /// Where an order goes; 1 to 1,000 characters.
    Address, "address", "invalid_address", 1000, Lines
);
text_type!(
    /// Another system's name for something (delivery note, order of another shop); one line of 1 to 100 characters.
    Reference, "reference", "invalid_reference", 100, OneLine
);

/// What a person typed into a search box: matched literally, whatever the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    /// The normalised needle, see [`fold`].
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SearchText {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        bounded("query", "invalid_query", raw, 200, Shape::OneLine).map(|text| Self(fold(&text)))
    }
}

/// The form in which texts are compared and searched: NFKC and lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // The same, and most texts are.
        return text.to_ascii_lowercase();
    }
    text.nfkc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_bounds() {
        assert_eq!(" Ada ".parse::<Name>().unwrap().as_str(), "Ada");
        assert_eq!("é".repeat(200).parse::<Name>().unwrap().as_str().chars().count(), 200);
        for bad in ["", "  ", "a\nb", "a\u{0}", &"x".repeat(201)] {
            assert_eq!(bad.parse::<Name>().unwrap_err().code, "invalid_name", "{bad:?}");
        }
    }

    #[test]
    fn prose_may_hold_line_breaks_but_no_nul() {
        assert!("a\r\n\tb".parse::<Description>().is_ok());
        assert!("a\u{0}b".parse::<Description>().is_err());
    }

    #[test]
    fn plain_texts_are_folded_as_all_others() {
        let ascii: String = (0_u8..128).map(char::from).collect();
        assert_eq!(fold(&ascii), ascii.nfkc().collect::<String>().to_lowercase());
    }

    #[test]
    fn a_search_is_folded_like_what_it_searches() {
        assert_eq!("ＭUG".parse::<SearchText>().unwrap().as_str(), fold("mug"));
    }
}
