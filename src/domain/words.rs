//! Closed sets of words: roles, statuses, sort fields.

/// A closed set of words, with the error that lists them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $code:literal, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every word, in the order in which help lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as stored, printed and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::domain::invalid::Invalid;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::domain::invalid::Invalid> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::domain::invalid::Invalid::new($code, format!(
                        concat!("{:?} is no ", $what, "; it is one of: {}"), text, [$($word),+].join(", ")
                    ))),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;
