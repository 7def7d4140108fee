//! Passwords: which are accepted, and hashing them without hurting anything else.
//!
//! New hashes are argon2id. Hashes that another program made ([`Scheme`](scheme) lists which) are verified as they are and
//! replaced at the first sign-in, as are older ones of our own when the parameters rise.

mod argon;
mod foreign;
mod hasher;
mod scheme;

pub use hasher::{PasswordHasher, Place, Verdict};
use secrecy::{ExposeSecret, SecretString};

use self::scheme::Scheme;
use crate::domain::invalid::Invalid;
use crate::domain::user::PasswordHash;

/// The shortest password, in bytes (NIST SP 800-63B asks for 8 characters).
pub const MIN_BYTES: usize = 8;
/// The longest password, in bytes: enough for any phrase, and a bound on the work a stranger can cause.
pub const MAX_BYTES: usize = 1024;

/// The passwords of 8 bytes and more that guessing begins with, from the lists of what leaked most often. Short on purpose:
/// the wait after wrong guesses keeps anybody from trying many more than these.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "123123123",
    "qwertyui",
    "qwertyuiop",
    "qwerty12",
    "qwerty123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "q1w2e3r4",
    "asdfghjkl",
    "abcd1234",
    "abc12345",
    "aa123456",
    "a1234567",
    "11111111",
    "00000000",
    "88888888",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "starwars",
    "whatever",
    "trustno1",
    "letmein1",
    "welcome1",
    "admin123",
    "adminadmin",
    "administrator",
    "changeme",
    "secret123",
];

/// Checks a password that somebody wants to have: 8 to 1024 bytes of any characters, and none that guessing begins with.
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_too_common`. The text never repeats the password.
pub fn check_new(password: &SecretString) -> Result<(), Invalid> {
    let text = password.expose_secret();
    if text.len() < MIN_BYTES {
        Err(Invalid::new("password_too_short", format!("the password is shorter than {MIN_BYTES} bytes")))
    } else if text.len() > MAX_BYTES {
        Err(Invalid::new("password_too_long", format!("the password is longer than {MAX_BYTES} bytes")))
    } else if COMMON.contains(&text.to_lowercase().as_str()) {
        Err(Invalid::new("password_too_common", "the password is one of the most common ones"))
    } else {
        Ok(())
    }
}

/// Takes over a hash that another program made, as it was written there: argon2, bcrypt, scrypt or PBKDF2 in the ways of
/// PHC strings, PHP, Django and Werkzeug. Its owner signs in with the password they have.
///
/// # Errors
/// `unknown_password_hash` for what no sign-in could ever verify, `password_hash_too_costly` for one that would keep a thread
/// busy for seconds. The text never repeats the hash.
pub fn adopt_hash(text: &str) -> Result<PasswordHash, Invalid> {
    let text = text.trim();
    Scheme::parse(text).map(|_| PasswordHash::from_phc(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_short_long_and_common_passwords_without_repeating_them() {
        for (bad, code) in [
            ("seven77", "password_too_short"),
            ("Password1", "password_too_common"),
            (&*"x".repeat(1025), "password_too_long"),
        ] {
            let invalid = check_new(&SecretString::from(bad)).unwrap_err();
            assert_eq!(invalid.code, code);
            assert!(!invalid.detail.contains(bad));
        }
        for good in ["pässwörd", "eight  8", "nul\0 and more", &"x".repeat(1024)] {
            assert!(check_new(&SecretString::from(good)).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn every_common_password_is_one_that_would_otherwise_do() {
        for common in COMMON {
            assert!(common.len() >= MIN_BYTES && common.to_lowercase() == **common, "{common}");
        }
    }
}
