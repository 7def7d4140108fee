//! Argon2 (RFC 9106): the scheme of all new hashes, and its older variants.

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::scheme::{Refusal, same};
use crate::domain::user::PasswordHash;

/// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// The most memory that a hash from elsewhere may ask for: Django takes 100 MiB.
const MOST_MEMORY_KIB: u32 = 128 << 10;
/// The most work: memory times passes. Below a second on the machines of today.
const MOST_WORK_KIB: u64 = 1 << 20;
const MOST_LANES: u32 = 16;
/// A shorter digest would be matched by chance, or by design.
const LEAST_HASH_BYTES: usize = 16;

/// The memory that a hashing thread keeps from one hash to the next.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            self.0.resize(count, Block::default());
        }
        &mut self.0[..count]
    }

    /// Gives back what a costlier hash than ours needed.
    pub(super) fn trim(&mut self) {
        self.0.truncate(MEMORY_KIB as usize);
        self.0.shrink_to_fit();
    }
}

/// An argon2 hash, taken apart.
pub(super) struct Argon {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon {
    /// Reads a PHC string.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let parsed = phc::PasswordHash::new(text).map_err(|_| Refusal::Unknown)?;
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| Refusal::Unknown)?;
        // Strings from before version 0x13 carry none.
        let version = parsed.version.map_or(Ok(Version::V0x10), Version::try_from);
        let params = Params::try_from(&parsed).map_err(|_| Refusal::Unknown)?;
        let (Some(salt), Some(hash)) = (parsed.salt, parsed.hash) else { return Err(Refusal::Unknown) };
        if hash.as_bytes().len() < LEAST_HASH_BYTES {
            return Err(Refusal::Unknown);
        }
        let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
        if params.m_cost() > MOST_MEMORY_KIB || work > MOST_WORK_KIB || params.p_cost() > MOST_LANES {
            return Err(Refusal::TooCostly);
        }
        Ok(Self {
            algorithm,
            version: version.map_err(|_| Refusal::Unknown)?,
            params,
            salt: AsRef::<[u8]>::as_ref(&salt).to_vec(),
            hash: hash.as_bytes().to_vec(),
        })
    }

    /// Whether it is as strong as a new one.
    pub(super) fn is_current(&self) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params.m_cost() >= MEMORY_KIB
            && self.params.t_cost() >= PASSES
    }

    pub(super) fn matches(&self, password: &[u8], memory: &mut Memory) -> bool {
        let found = derive(
            password,
            &self.salt,
            (self.algorithm, self.version, &self.params),
            self.hash.len(),
            memory,
        );
        found.is_ok_and(|found| same(&found, &self.hash))
    }
}

fn derive(
    password: &[u8],
    salt: &[u8],
    (algorithm, version, params): (Algorithm, Version, &Params),
    bytes: usize,
    memory: &mut Memory,
) -> Result<Vec<u8>, String> {
    let mut out = vec![0; bytes];
    let blocks = memory.blocks(params.block_count());
    Argon2::new(algorithm, version, params.clone())
        .hash_password_into_with_memory(password, salt, &mut out, blocks)
        .map_err(|error| error.to_string())?;
    Ok(out)
}

fn derive_as_ours(password: &[u8], salt: &[u8], memory: &mut Memory) -> Result<Vec<u8>, String> {
    let ours = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).map_err(|error| error.to_string())?;
    derive(password, salt, (Algorithm::Argon2id, Version::V0x13, &ours), HASH_BYTES, memory)
}

/// A new hash, with a fresh salt.
pub(super) fn hash(password: &[u8], memory: &mut Memory) -> Result<PasswordHash, String> {
    let salt: [u8; SALT_BYTES] = rand::random();
    let hash = derive_as_ours(password, &salt, memory)?;
    Ok(PasswordHash::from_phc(format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(hash),
    )))
}

/// The work of a new hash for nothing, so that an unknown user takes as long as a wrong password.
pub(super) fn pretend(password: &[u8], memory: &mut Memory) {
    drop(derive_as_ours(password, &[0; SALT_BYTES], memory));
}
