//! Imports: what a file brought into the shop, when, by whom, and what became of its rows.

use uuid::Uuid;

use super::actor::Actor;
use super::clock::Timestamp;
use super::id::ImportId;
use super::words::words;

words! {
    /// What the rows of a file are.
    ImportNoun, "invalid_noun", "kind of thing to import" {
        /// Users, by e-mail address.
        Users = "users",
        /// Products, by SKU.
        Products = "products",
        /// Orders, by the reference that another system gave them.
        Orders = "orders",
        /// Stock, by SKU.
        Inventory = "inventory",
    }
}

impl ImportNoun {
    /// What may become of rows where nobody says: files bring new things, and of stock a count or a correction of what is there.
    pub fn usual_mode(self) -> ImportMode {
        match self {
            Self::Users | Self::Products | Self::Orders => ImportMode::Insert,
            Self::Inventory => ImportMode::Upsert,
        }
    }

    /// What one of them is called, which is also the command's noun.
    pub fn one(self) -> &'static str {
        match self {
            Self::Users => "user",
            Self::Products => "product",
            Self::Orders => "order",
            Self::Inventory => "inventory",
        }
    }
}

words! {
    /// What may become of a row, by its natural key.
    ImportMode, "invalid_mode", "mode of an import" {
        /// Each must be new.
        Insert = "insert",
        /// Made where it is new, changed where it is not.
        Upsert = "upsert",
        /// Each must be there.
        Update = "update",
    }
}

words! {
    /// How far an import is.
    ImportState, "invalid_state", "state of an import" {
        /// Begun; under way, or broken off and to be gone on with.
        Running = "running",
        /// Every row was seen to.
        Done = "done",
        /// Taken back, except for rows that somebody had changed since.
        Undone = "undone",
    }
}

words! {
    /// What imports can be sorted by. Ties are broken by id.
    ImportSort, "invalid_sort", "field to sort imports by" {
        /// Order in which they began.
        Id = "id",
    }
}

/// Which imports to list; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportFilter {
    /// Of this kind of thing.
    pub noun: Option<ImportNoun>,
    /// In this state.
    pub state: Option<ImportState>,
}

/// What became of rows. Their sum is what was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Made.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// Found as the file wants them.
    pub unchanged: u64,
    /// Not taken.
    pub rejected: u64,
}

impl Tally {
    /// How many rows that are.
    pub fn read(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.rejected
    }

    /// How many were written.
    pub fn written(&self) -> u64 {
        self.created + self.updated
    }

    /// Takes in the rows of another.
    pub fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
    }
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Names it for ever.
    pub id: ImportId,
    /// Names what is to be done once: a digest of the file's contents and of everything that decides what becomes of a row, or of
    /// the key that the caller chose.
    pub once: String,
    /// SHA-256 of the file's bytes as they were given, in hexadecimal.
    pub sha256: String,
    /// The name of the file, without its directory; `-` for standard input.
    pub file: String,
    /// What its rows are.
    pub noun: ImportNoun,
    /// What may become of them.
    pub mode: ImportMode,
    /// What else was said, as words of the command line.
    pub options: Vec<String>,
    /// Who began it.
    pub actor: Actor,
    /// When it began. Whatever it makes or changes says that it was then, so that an import that was broken off and gone on with ends
    /// as one that was not.
    pub started_at: Timestamp,
    /// When it was last done or taken back.
    pub ended_at: Option<Timestamp>,
    /// How far it is.
    pub state: ImportState,
    /// How many rows of the file make a batch, at least 1.
    pub batch_rows: u32,
    /// What became of the rows, once it is done.
    pub tally: Tally,
}

impl Import {
    /// The UUIDv7 of what the `ordinal`-th row of the file makes, from 0 up and below 2^42.
    ///
    /// It carries the moment at which the import began, then the ordinal as a counter (RFC 9562 §6.2), then 32 bits of the import's own
    /// id. So ids rise in the order of the file, and a row makes the same thing however often its import is gone on with.
    pub fn uuid_of(&self, ordinal: u64) -> Uuid {
        let millis = u128::try_from(self.started_at.as_millis()).unwrap_or(0) & ((1 << 48) - 1);
        let ordinal = u128::from(ordinal) & ((1 << 42) - 1);
        let own = self.id.uuid().as_u128() & u128::from(u32::MAX);
        let (high, low) = (ordinal >> 30, ordinal & ((1 << 30) - 1));
        Uuid::from_u128((millis << 80) | (7 << 76) | (high << 64) | (0b10 << 62) | (low << 32) | own)
    }

    /// Of which batch a row is.
    pub fn batch_of(&self, ordinal: u64) -> u64 {
        ordinal / u64::from(self.batch_rows.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(own: u128) -> Import {
        Import {
            id: ImportId::from_uuid(Uuid::from_u128(own)),
            once: String::new(),
            sha256: String::new(),
            file: "a.csv".to_owned(),
            noun: ImportNoun::Products,
            mode: ImportMode::Insert,
            options: Vec::new(),
            actor: Actor::system(),
            started_at: Timestamp::from_millis(1_767_225_600_123).unwrap(),
            ended_at: None,
            state: ImportState::Running,
            batch_rows: 1000,
            tally: Tally::default(),
        }
    }

    #[test]
    fn ids_of_an_import_rise_with_its_rows_and_are_its_own() {
        let (one, other) = (import(1), import(2));
        let ids: Vec<Uuid> =
            [0, 1, 2, 999, 1_000_000, (1 << 30) - 1, 1 << 30, (1 << 42) - 1].map(|n| one.uuid_of(n)).into();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        for id in &ids {
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
            let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
            assert_eq!((seconds, nanos), (1_767_225_600, 123_000_000));
        }
        assert_ne!(one.uuid_of(5), other.uuid_of(5));
        assert_eq!(one.uuid_of(5), import(1).uuid_of(5));
    }

    #[test]
    fn what_was_read_is_the_sum() {
        let mut tally = Tally { created: 1, updated: 2, unchanged: 3, rejected: 4 };
        tally.add(&Tally { created: 1, ..Tally::default() });
        assert_eq!((tally.read(), tally.written()), (11, 4));
    }
}
