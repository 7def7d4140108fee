//! An import as shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::import::Import;

/// An import: what a file brought into the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Names it for ever.
    #[schema(example = "imp_01h455vb4pex5vsknk084sn02q")]
    pub id: String,
    /// `users`, `products`, `orders` or `inventory`.
    pub noun: String,
    /// The name of the file, without its directory; `-` for standard input.
    pub file: String,
    /// `insert`, `upsert` or `update`.
    pub mode: String,
    /// `running` (also when it broke off), `done` or `undone`.
    pub state: String,
    /// Rows seen to.
    pub read: u64,
    /// Made.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Found as the file wants them.
    pub unchanged: u64,
    /// Not taken.
    pub rejected: u64,
    /// Who began it.
    pub actor: String,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// RFC 3339, UTC, milliseconds.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// What else was said, as words of the command line.
    pub options: Vec<String>,
    /// SHA-256 of the file's bytes.
    pub sha256: String,
}

impl From<&Import> for ImportView {
    fn from(import: &Import) -> Self {
        Self {
            id: import.id.to_string(),
            noun: import.noun.to_string(),
            file: import.file.clone(),
            mode: import.mode.to_string(),
            state: import.state.to_string(),
            read: import.tally.read(),
            created: import.tally.created,
            updated: import.tally.updated,
            unchanged: import.tally.unchanged,
            rejected: import.tally.rejected,
            actor: import.actor.to_string(),
            started_at: import.started_at.to_string(),
            ended_at: import.ended_at.map(|at| at.to_string()),
            options: import.options.clone(),
            sha256: import.sha256.clone(),
        }
    }
}
