//! Hashes that other programs made: bcrypt, scrypt (RFC 7914) and PBKDF2 (RFC 8018).
//!
//! Whoever can write a hash into the store decides how much work its verification is, so every cost is bounded: about a second of
//! one thread at the most.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use super::scheme::{Refusal, same};

/// bcrypt: 2^14 rounds. PHP takes 10 to 12, Django 12.
const MOST_BCRYPT_COST: u32 = 14;
/// scrypt: memory, 128·N·r bytes. Werkzeug takes 32 MiB.
const MOST_SCRYPT_BYTES: u64 = 128 << 20;
/// scrypt: memory times its parallel runs.
const MOST_SCRYPT_WORK: u64 = 512 << 20;
/// PBKDF2: rounds. Django takes about a million, more with each release.
const MOST_PBKDF2_ROUNDS: u32 = 3_000_000;
/// Digests have 20 bytes (SHA-1) to 64; a shorter one would be matched by chance.
const DIGEST_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// bcrypt's own base 64. Some programs leave bits in the last character that belong to nothing.
const BCRYPT_BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// `2b$12$` with 22 characters of salt and 31 of hash.
pub(super) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    hash: Vec<u8>,
    /// Django's `bcrypt_sha256` hashes the SHA-256 of the password, in hexadecimal.
    sha256_first: bool,
}

impl Bcrypt {
    pub(super) fn parse(text: &str, sha256_first: bool) -> Result<Self, Refusal> {
        let (variant, rest) = text.split_once('$').ok_or(Refusal::Unknown)?;
        let (cost, rest) = rest.split_once('$').ok_or(Refusal::Unknown)?;
        let known = matches!(variant, "2a" | "2b" | "2y") && cost.len() == 2 && rest.len() == 53;
        if !known || !rest.is_ascii() {
            return Err(Refusal::Unknown);
        }
        let cost = number(cost)?;
        let (salt, hash) = rest.split_at(22);
        let decode = |text| BCRYPT_BASE64.decode(text).map_err(|_| Refusal::Unknown);
        let salt = decode(salt)?.try_into().map_err(|_| Refusal::Unknown)?;
        let hash = decode(hash)?;
        match cost {
            4..=MOST_BCRYPT_COST => Ok(Self { cost, salt, hash, sha256_first }),
            0..4 => Err(Refusal::Unknown),
            _ => Err(Refusal::TooCostly),
        }
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut key = if self.sha256_first {
            hexadecimal(&Sha256::digest(password)).into_bytes()
        } else {
            password.to_vec()
        };
        // A C string of at most 72 bytes, which is what every bcrypt reads.
        key.push(0);
        key.truncate(72);
        let found = bcrypt::bcrypt(self.cost, self.salt, &key);
        // The last of the 24 bytes is not kept by anybody.
        same(&found[..23], &self.hash)
    }
}

/// A digest under a salt.
struct Salted {
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Salted {
    fn new(salt: &[u8], hash: Vec<u8>) -> Result<Self, Refusal> {
        if DIGEST_BYTES.contains(&hash.len()) {
            Ok(Self { salt: salt.to_vec(), hash })
        } else {
            Err(Refusal::Unknown)
        }
    }

    /// Werkzeug's: the salt as it stands, the digest in hexadecimal.
    fn in_hexadecimal(salt: &str, hash: &str) -> Result<Self, Refusal> {
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let plain = hash.len().is_multiple_of(2) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = plain.then(|| hash.as_bytes().chunks(2).map(pair).collect()).flatten();
        Self::new(salt.as_bytes(), bytes.ok_or(Refusal::Unknown)?)
    }

    /// Django's: the salt as it stands, the digest in base 64.
    fn in_base64(salt: &str, hash: &str) -> Result<Self, Refusal> {
        Self::new(salt.as_bytes(), STANDARD.decode(hash).map_err(|_| Refusal::Unknown)?)
    }
}

/// scrypt, N being two to the power of `log_n`.
pub(super) struct Scrypt {
    params: scrypt::Params,
    salted: Salted,
}

impl Scrypt {
    /// `32768:8:1$salt$hexadecimal`.
    pub(super) fn parse_werkzeug(text: &str) -> Result<Self, Refusal> {
        let [params, salt, hash] = parts(text, '$')?;
        let [n, r, p] = parts(params, ':')?;
        Self::new(log2(n)?, number(r)?, number(p)?, Salted::in_hexadecimal(salt, hash)?)
    }

    /// `16384$salt$8$1$base64`.
    pub(super) fn parse_django(text: &str) -> Result<Self, Refusal> {
        let [n, salt, r, p, hash] = parts(text, '$')?;
        Self::new(log2(n)?, number(r)?, number(p)?, Salted::in_base64(salt, hash)?)
    }

    /// `scrypt$ln=15,r=8,p=1$salt$hash`, both in base 64 (PHC).
    pub(super) fn parse_phc(text: &str) -> Result<Self, Refusal> {
        let [_, params, salt, hash] = parts(text, '$')?;
        let [ln, r, p] = parts(params, ',')?;
        let value = |text: &str, name: &str| number(text.strip_prefix(name).ok_or(Refusal::Unknown)?);
        let decode = |text| STANDARD_NO_PAD.decode(text).map_err(|_| Refusal::Unknown);
        let salted = Salted::new(&decode(salt)?, decode(hash)?)?;
        Self::new(value(ln, "ln=")?, value(r, "r=")?, value(p, "p=")?, salted)
    }

    fn new(log_n: u32, r: u32, p: u32, salted: Salted) -> Result<Self, Refusal> {
        if r == 0 || p == 0 || log_n == 0 {
            return Err(Refusal::Unknown);
        }
        let bytes = 1_u64.checked_shl(log_n).and_then(|n| n.checked_mul(128)?.checked_mul(r.into()));
        let work = bytes.and_then(|bytes| bytes.checked_mul(p.into()));
        if bytes.is_none_or(|bytes| bytes > MOST_SCRYPT_BYTES)
            || work.is_none_or(|work| work > MOST_SCRYPT_WORK)
        {
            return Err(Refusal::TooCostly);
        }
        let log_n = u8::try_from(log_n).map_err(|_| Refusal::TooCostly)?;
        Ok(Self { params: scrypt::Params::new(log_n, r, p).map_err(|_| Refusal::Unknown)?, salted })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let mut found = vec![0; self.salted.hash.len()];
        scrypt::scrypt(password, &self.salted.salt, &self.params, &mut found).is_ok()
            && same(&found, &self.salted.hash)
    }
}

/// PBKDF2 with HMAC.
pub(super) struct Pbkdf2 {
    algorithm: pbkdf2::Algorithm,
    rounds: NonZeroU32,
    salted: Salted,
}

impl Pbkdf2 {
    /// `sha256:600000$salt$hexadecimal`. Without the rounds, as old Werkzeug wrote it, nobody knows how many it took.
    pub(super) fn parse_werkzeug(text: &str) -> Result<Self, Refusal> {
        let [method, salt, hash] = parts(text, '$')?;
        let [digest, rounds] = parts(method, ':')?;
        Self::new(digest, rounds, Salted::in_hexadecimal(salt, hash)?)
    }

    /// `600000$salt$base64`.
    pub(super) fn parse_django(digest: &str, text: &str) -> Result<Self, Refusal> {
        let [rounds, salt, hash] = parts(text, '$')?;
        Self::new(digest, rounds, Salted::in_base64(salt, hash)?)
    }

    fn new(digest: &str, rounds: &str, salted: Salted) -> Result<Self, Refusal> {
        let algorithm = match digest {
            "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
            "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
            "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return Err(Refusal::Unknown),
        };
        let rounds = NonZeroU32::new(number(rounds)?).ok_or(Refusal::Unknown)?;
        if rounds.get() > MOST_PBKDF2_ROUNDS {
            return Err(Refusal::TooCostly);
        }
        Ok(Self { algorithm, rounds, salted })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let Salted { salt, hash } = &self.salted;
        pbkdf2::verify(self.algorithm, self.rounds, salt, password, hash).is_ok()
    }
}

/// Exactly so many parts.
fn parts<const N: usize>(text: &str, separator: char) -> Result<[&str; N], Refusal> {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.try_into().map_err(|_| Refusal::Unknown)
}

/// A plain decimal number; one too large for the type is too large for any parameter.
fn number(text: &str) -> Result<u32, Refusal> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::Unknown);
    }
    text.parse().map_err(|_| Refusal::TooCostly)
}

fn log2(text: &str) -> Result<u32, Refusal> {
    let n = number(text)?;
    if n.is_power_of_two() { Ok(n.ilog2()) } else { Err(Refusal::Unknown) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
