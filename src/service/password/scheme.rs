//! How a kept hash is written, and what made it.

use super::argon::{Argon, Memory};
use super::foreign::{Bcrypt, Pbkdf2, Scrypt};
use crate::domain::invalid::Invalid;

/// A hash, taken apart: everything that a sign-in can verify.
pub(super) enum Scheme {
    Argon(Argon),
    Bcrypt(Bcrypt),
    Scrypt(Scrypt),
    Pbkdf2(Pbkdf2),
}

/// Why a text is no hash to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Another scheme, or damaged.
    Unknown,
    /// Its parameters would keep a thread busy for seconds.
    TooCostly,
}

impl Scheme {
    /// Reads `$argon2id$…` (PHC), `$2b$…`, `$scrypt$…` (PHC), Django's `argon2$…`, `bcrypt$…`, `bcrypt_sha256$…`, `scrypt$…`,
    /// `pbkdf2_sha256$…` and `pbkdf2_sha1$…`, Werkzeug's `scrypt:…` and `pbkdf2:…`.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        Self::read(text).map_err(|refusal| match refusal {
            Refusal::Unknown => Invalid::new(
                "unknown_password_hash",
                "this is no password hash that can be verified: argon2, bcrypt, scrypt or PBKDF2, as Django, Werkzeug and \
                 PHP write them",
            ),
            Refusal::TooCostly => Invalid::new(
                "password_hash_too_costly",
                "verifying this password hash would take seconds: its cost parameters are too high",
            ),
        })
    }

    fn read(text: &str) -> Result<Self, Refusal> {
        if let Some(rest) = text.strip_prefix("argon2$") {
            return Argon::parse(&format!("${rest}")).map(Self::Argon);
        }
        if text.starts_with("$argon2") {
            return Argon::parse(text).map(Self::Argon);
        }
        let (name, rest) = text.split_once(['$', ':']).ok_or(Refusal::Unknown)?;
        match name {
            "" if rest.starts_with("scrypt$") => Scrypt::parse_phc(rest).map(Self::Scrypt),
            "" => Bcrypt::parse(rest, false).map(Self::Bcrypt),
            "bcrypt" => Bcrypt::parse(after_dollar(rest)?, false).map(Self::Bcrypt),
            "bcrypt_sha256" => Bcrypt::parse(after_dollar(rest)?, true).map(Self::Bcrypt),
            "scrypt" if text.starts_with("scrypt:") => Scrypt::parse_werkzeug(rest).map(Self::Scrypt),
            "scrypt" => Scrypt::parse_django(rest).map(Self::Scrypt),
            "pbkdf2" => Pbkdf2::parse_werkzeug(rest).map(Self::Pbkdf2),
            "pbkdf2_sha256" => Pbkdf2::parse_django("sha256", rest).map(Self::Pbkdf2),
            "pbkdf2_sha1" => Pbkdf2::parse_django("sha1", rest).map(Self::Pbkdf2),
            _ => Err(Refusal::Unknown),
        }
    }

    /// Whether it is as strong as a new hash; otherwise it is replaced at the next sign-in.
    pub(super) fn is_current(&self) -> bool {
        matches!(self, Self::Argon(argon) if argon.is_current())
    }

    /// Whether this is the password behind it.
    pub(super) fn matches(&self, password: &[u8], memory: &mut Memory) -> bool {
        match self {
            Self::Argon(argon) => argon.matches(password, memory),
            Self::Bcrypt(bcrypt) => bcrypt.matches(password),
            Self::Scrypt(scrypt) => scrypt.matches(password),
            Self::Pbkdf2(pbkdf2) => pbkdf2.matches(password),
        }
    }
}

fn after_dollar(text: &str) -> Result<&str, Refusal> {
    text.strip_prefix('$').ok_or(Refusal::Unknown)
}

/// Compares without telling by the time it takes how much was right.
pub(super) fn same(found: &[u8], expected: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(found, expected).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the libraries named, of the password `correct horse`: argon2-cffi, bcrypt, Werkzeug, Django, passlib.
    const MADE_ELSEWHERE: [&str; 15] = [
        "$argon2id$v=19$m=16384,t=3,p=4$mqo2LpDwL/ZBNUukbc7rzQ$x7YWvASzUZ91JU+ZlmTmTz9CX6PAkKIWyCZMqB/a80k",
        "$2b$05$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
        "$2y$05$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
        "$2a$05$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
        "scrypt:1024:8:1$DYc48WFhMqle1k0Y$ae1920806d012b604f68f31c71bc7a6407868192960a69f431b1240626c55a53f129057a43c5426e063d6f9dfd2dd633d68d1f6b41a45dc48ae3cbd35640414b",
        "scrypt:32768:8:1$v2fmrCQIyWTt1Yeb$844bd7f1d4d42b3f0b1906cd6850fca1f0a1235d8236efa411615d1af554ee8c76f2cb4649388dde4dc72243cbfe8d5eecdf9763e76a2f661c7bd0308709cdbb",
        "pbkdf2:sha256:1000$hDxUKrEvuYWDlluC$be3bc350bc2822a7ce55f4e3c84a3f9d65503cc0837a821f3f95a096b59ebe2e",
        "pbkdf2:sha512:1000$KGu56kdZn98cFkAe$41c46f79b8e6e97c2c22aa3527d5f40f69dd009b65b2f6c187050657a54e2e69c7d89af3cbcb178ffb00a9c8973c7e4d12fd9c7aa12ada77a0d8db647f0ea059",
        "pbkdf2:sha1:1000$XHTl0lZcFiOwR1na$5554a4ce92a95da0d1bba5bb9f86dd1ec2ed9b0f",
        "pbkdf2_sha256$1000$358shE5RFfalRteLS8KHJ3$JqjOjhaBqN7MVV+PURVt7xzWLjhpK7Ow53D8qSRbYfc=",
        "pbkdf2_sha1$1000$HtM6d9RDWxxBl4ZgYjzeVn$p4a9aQN3ttHDoPWws5EV/cMf1UY=",
        "argon2$argon2id$v=19$m=1024,t=2,p=8$eU92UGZoOEZrcm5FWE9xYXVVUzNZcA$PUbr7iXp2oVGau0ziWNmEYeInVyIGGJpL1ht5IZS9y0",
        "bcrypt_sha256$$2b$04$PQ4Nk9OgHX2cj7rS8kzNZu9DjrFpRSIJnK.0XP4SOY8ucwaAlfXCG",
        "bcrypt$$2b$04$OSar6IxqHadOGSJ8DZpIEeGtMnmRCpQ.xfJ9zCXgjI3EaAQMKVWsq",
        "scrypt$1024$X60uPh5GfkyoxZ0eIWdbNI$8$5$gyZcPKjDuxb1vMS5DYBJ+/k1R49zne1Ch6fLQz+Rwr0PnVgJu4qVTzitoIGB8MSpAKsZhco/uCBxauNJOWvCoQ==",
    ];

    #[test]
    fn verifies_what_other_programs_made_and_would_replace_it() {
        let mut memory = Memory::default();
        let phc = "$scrypt$ln=10,r=8,p=1$v7fW2htD6L23llKqtRbC+A$FGKEvN+NXI8A2Q1fSaCA8Dvrq6ml5Kx56C87WwPezMQ";
        for text in MADE_ELSEWHERE.into_iter().chain([phc]) {
            let scheme = Scheme::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert!(scheme.matches(b"correct horse", &mut memory), "{text}");
            assert!(!scheme.matches(b"correct horsf", &mut memory), "{text}");
            assert!(!scheme.matches(b"", &mut memory), "{text}");
            assert!(!scheme.is_current(), "{text}");
        }
    }

    #[test]
    fn bcrypt_reads_72_bytes_as_the_programs_do_that_used_it() {
        let scheme = Scheme::parse("$2b$04$2tQPBCuYWKNXVzpjP0KI2eLSMUGHsEIjksgxzFesqKypP0Gi3SPKW").unwrap();
        let mut memory = Memory::default();
        assert!(scheme.matches(&[b'x'; 72], &mut memory));
        assert!(scheme.matches(&[b'x'; 1024], &mut memory));
        assert!(!scheme.matches(&[b'x'; 71], &mut memory));
    }

    #[test]
    fn refuses_what_would_keep_a_thread_busy() {
        for text in [
            "$argon2id$v=19$m=4194304,t=1,p=1$mqo2LpDwL/ZBNUukbc7rzQ$x7YWvASzUZ91JU+ZlmTmTz9CX6PAkKIWyCZMqB/a80k",
            "$argon2id$v=19$m=8192,t=4000000,p=1$mqo2LpDwL/ZBNUukbc7rzQ$x7YWvASzUZ91JU+ZlmTmTz9CX6PAkKIWyCZMqB/a80k",
            "$2b$31$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
            "scrypt:1073741824:8:1$DYc48WFhMqle1k0Y$ae1920806d012b604f68f31c71bc7a64",
            "scrypt:1024:8:4294967295$DYc48WFhMqle1k0Y$ae1920806d012b604f68f31c71bc7a64",
            "$scrypt$ln=63,r=8,p=1$v7fW2htD6L23llKqtRbC+A$FGKEvN+NXI8A2Q1fSaCA8Dvrq6ml5Kx56C87WwPezMQ",
            "pbkdf2:sha256:4000000000$hDxUKrEvuYWDlluC$be3bc350bc2822a7ce55f4e3c84a3f9d65503cc0837a821f3f95a096b59ebe2e",
            "pbkdf2_sha256$99999999$358shE5RFfalRteLS8KHJ3$JqjOjhaBqN7MVV+PURVt7xzWLjhpK7Ow53D8qSRbYfc=",
        ] {
            assert_eq!(Scheme::parse(text).err().unwrap().code, "password_hash_too_costly", "{text}");
        }
    }

    #[test]
    fn refuses_what_nothing_could_verify_without_repeating_it() {
        for text in [
            "",
            "plain",
            "$",
            "!unusable",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
            "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
            "$argon2id$",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA",
            "$2b$05$",
            "$2b$03$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
            "$2b$05$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3é",
            "$2b$+5$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
            "scrypt:1000:8:1$DYc48WFhMqle1k0Y$ae1920806d012b604f68f31c71bc7a64",
            "scrypt:1024:0:1$DYc48WFhMqle1k0Y$ae1920806d012b604f68f31c71bc7a64",
            "scrypt:1024:8:1$DYc48WFhMqle1k0Y$ae19",
            "scrypt$1024$salt$8$1$!",
            "pbkdf2:sha256$salt$be3bc350bc2822a7ce55f4e3c84a3f9d65503cc0837a821f3f95a096b59ebe2e",
            "pbkdf2:md5:1000$salt$5f4dcc3b5aa765d61d8327deb882cf99",
            "pbkdf2_sha256$0$salt$JqjOjhaBqN7MVV+PURVt7xzWLjhpK7Ow53D8qSRbYfc=",
            "pbkdf2_sha256$1000$salt$",
        ] {
            let invalid = Scheme::parse(text).err().unwrap_or_else(|| panic!("{text} was taken"));
            assert_eq!(invalid.code, "unknown_password_hash", "{text}");
            assert!(text.len() < 3 || !invalid.detail.contains(text), "{text}");
        }
    }
}
