//! Ids: a type prefix and a UUIDv7, written as the TypeID specification says (version 0.3).
//!
//! `prd_01jd3k…`: 26 characters of Crockford's base 32 after the prefix. UUIDv7 begins with the time, so ids sort by
//! creation and lists page by them.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::invalid::Invalid;

/// Crockford's base 32 in lower case, as TypeID uses it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_CHARS: usize = 26;

fn encode(uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    // 26 characters hold 130 bits; the two spare ones lead and are zero.
    (0..SUFFIX_CHARS).rev().map(|place| char::from(ALPHABET[((bits >> (5 * place)) & 31) as usize])).collect()
}

fn decode(suffix: &str) -> Option<Uuid> {
    // A first character above 7 would need more than 128 bits.
    if suffix.len() != SUFFIX_CHARS || suffix.as_bytes()[0] > b'7' {
        return None;
    }
    suffix
        .bytes()
        .try_fold(0_u128, |bits, byte| {
            let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The type prefix, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id that carries this UUID.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID that it carries.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| {
                        Invalid::new("invalid_id", format!(concat!("{:?} is no ", $prefix, "_… id"), text))
                    })
            }
        }
    };
}

typed_id!(
    /// Names a user.
    UserId,
    "usr"
);
typed_id!(
    /// Names a product.
    ProductId,
    "prd"
);
typed_id!(
    /// Names an order.
    OrderId,
    "ord"
);
typed_id!(
    /// Names a signed-in session: a family of refresh tokens.
    SessionId,
    "ses"
);
typed_id!(
    /// Names a signing key (`kid`).
    KeyId,
    "key"
);
typed_id!(
    /// Names an import.
    ImportId,
    "imp"
);
typed_id!(
    /// Names a row of the audit log.
    AuditId,
    "aud"
);

#[cfg(test)]
mod tests {
    use super::*;

    /// From `valid.yml` of the TypeID specification.
    const VALID: [(&str, &str); 5] = [
        ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
        ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
        ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
        ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
    ];

    #[test]
    fn writes_and_reads_the_vectors_of_the_specification() {
        for (suffix, uuid) in VALID {
            let id = UserId::from_uuid(uuid.parse().unwrap());
            assert_eq!(id.to_string(), format!("usr_{suffix}"));
            assert_eq!(format!("usr_{suffix}").parse::<UserId>().unwrap(), id);
        }
    }

    #[test]
    fn refuses_other_prefixes_lengths_letters_and_overflow() {
        for bad in [
            "",
            "usr_",
            "prd_01h455vb4pex5vsknk084sn02q",
            "usr_01h455vb4pex5vsknk084sn02",
            "usr_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "usr_01H455VB4PEX5VSKNK084SN02Q",
            "usr_01h455vb4pex5vsknk084sn02l",
            "usr_é1h455vb4pex5vsknk084sn02",
        ] {
            assert_eq!(bad.parse::<UserId>().unwrap_err().code, "invalid_id", "{bad}");
        }
    }

    #[test]
    fn sorts_as_its_uuid() {
        let (a, b) = (UserId::from_uuid(Uuid::from_u128(5)), UserId::from_uuid(Uuid::from_u128(1 << 90)));
        assert!(a < b && a.to_string() < b.to_string());
    }
}
