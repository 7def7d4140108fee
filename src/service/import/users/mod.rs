//! Users in files.

mod before;
mod row;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;

use self::row::UserRow;
use super::noun::{By, Change, Decided, Decision, Noun, UndoRow, Undone, told};
use crate::domain::id::UserId;
use crate::domain::import::{Import, ImportMode};
use crate::domain::key::UserKey;
use crate::domain::user::User;
use crate::files::Record;
use crate::service::error::{Error, Problem, Result};
use crate::service::users::rights;
use crate::service::view::UserView;
use crate::service::write::WriteOptions;
use crate::store::{ImportWrite, Store};

/// Users, by e-mail address.
pub(super) struct UserNoun {
    store: Arc<dyn Store>,
    import: Import,
    /// Whether changes are shown, for a plan.
    shows: bool,
    by: By,
}

impl UserNoun {
    pub(super) fn new(store: Arc<dyn Store>, import: Import, shows: bool, by: By) -> Self {
        Self { store, import, shows, by }
    }

    /// What the rows of the audit log say of who did it.
    fn options(&self) -> WriteOptions {
        WriteOptions::by(self.import.actor.clone())
    }

    fn create(&self, ordinal: u64, row: UserRow) -> Decision {
        let id = row.kept.id.unwrap_or_else(|| UserId::from_uuid(self.import.uuid_of(ordinal)));
        let mut user = row.draft.create(row.email, id, self.import.started_at);
        user.password = row.password;
        user.version = row.kept.first_version();
        (user.created_at, user.updated_at) = row.kept.times(self.import.started_at);
        let undo = match (row.kept.id, row.kept.version) {
            (None, None) => UndoRow::Made(ordinal),
            _ => UndoRow::Brought(id.to_string(), user.version.get()),
        };
        let shown = self.shows.then(|| (Json::Null, shown(&user)));
        let entries = rights::given(&user, &self.options());
        let write = ImportWrite::InsertUser(Box::new(user), entries);
        Decision::Create(Box::new(Change { write, undo, shown }))
    }

    fn change(&self, row: UserRow, before: &User) -> Decision {
        let mut after = before.clone();
        row.draft.change(&mut after);
        // It goes by this address whatever the case; how it is spelled is not a file's to change.
        after.email = before.email.clone();
        if row.password.is_some() && row.password != before.password {
            after.password = row.password;
            after.auth_epoch += 1;
        }
        if after == *before {
            return Decision::Unchanged;
        }
        after.version = before.version.next();
        after.updated_at = self.import.started_at;
        let undo =
            UndoRow::Changed(after.id.to_string(), after.version.get(), before::differing(before, &after));
        let shown = self.shows.then(|| (shown(before), shown(&after)));
        let entries = rights::changed(before, &after, &self.options());
        let write = ImportWrite::ReplaceUser(Box::new(after), entries);
        Decision::Update(Box::new(Change { write, undo, shown }))
    }

    fn decide_one(&self, ordinal: u64, row: UserRow, found: Option<User>, by_id: Option<&User>) -> Decision {
        let refuse = |pointer: &str, code: &'static str, detail: String| {
            Decision::Reject(vec![Problem { pointer: pointer.to_owned(), code, detail }])
        };
        let email = row.email.as_str();
        match (found, self.import.mode) {
            (None, ImportMode::Update) => {
                refuse("/email", "user_not_found", format!("user {email:?} does not exist"))
            }
            (None, _) => match by_id {
                Some(other) => {
                    let detail =
                        format!("user {} is there already, with e-mail {:?}", other.id, other.email.as_str());
                    refuse("/id", "id_taken", detail)
                }
                None => self.create(ordinal, row),
            },
            (Some(found), ImportMode::Insert) => {
                let detail = format!("a user with e-mail {:?} exists already", found.email.as_str());
                refuse("/email", "email_taken", detail)
            }
            (Some(found), ImportMode::Upsert | ImportMode::Update) => self.change(row, &found),
        }
    }
}

#[async_trait]
impl Noun for UserNoun {
    type Row = UserRow;

    fn parse(&self, record: &Record) -> std::result::Result<UserRow, Vec<Problem>> {
        row::read(record)
    }

    fn key<'a>(&self, row: &'a UserRow) -> &'a str {
        row.email.norm()
    }

    fn needs_look(&self, row: &UserRow) -> bool {
        self.import.mode != ImportMode::Upsert || row.kept.id.is_some()
    }

    fn writes_blindly(&self) -> bool {
        self.import.mode == ImportMode::Insert
    }

    async fn decide(&self, rows: Vec<(u64, UserRow)>, look: bool) -> Result<Vec<Decided>> {
        let (mut found, mut by_id) = (HashMap::new(), HashMap::new());
        if look {
            let mut keys: Vec<UserKey> =
                rows.iter().map(|(_, row)| UserKey::Email(row.email.clone())).collect();
            keys.extend(rows.iter().filter_map(|(_, row)| row.kept.id).map(UserKey::Id));
            for user in self.store.find_users(&keys).await.map_err(Error::from_store)? {
                by_id.insert(user.id, user.clone());
                found.insert(user.email.norm().to_owned(), user);
            }
        }
        let decided = rows.into_iter().map(|(ordinal, row)| {
            let user = found.remove(row.email.norm());
            let version = user.as_ref().map(|user| user.version.get());
            let other = row.kept.id.and_then(|id| by_id.get(&id));
            Decided { found: version, decision: self.decide_one(ordinal, row, user, other) }
        });
        Ok(decided.collect())
    }

    async fn undo(&self, import: &Import, row: &UndoRow) -> Result<Undone> {
        let (id, version, before) = row.thing(import, UserId::from_uuid)?;
        let found = self.store.find_user(&UserKey::Id(id)).await.map_err(Error::from_store)?;
        let Some(user) = found else { return Ok(Undone::Gone) };
        let email = user.email.to_string();
        if user.version.get() != version {
            return Ok(Undone::moved_on(email, user.version));
        }
        let options = WriteOptions::by(self.by.actor.clone());
        let commit = self.by.commit();
        let done = match before {
            None => {
                let commit = commit.logging(rights::ended(&user, self.by.at, &options));
                told(self.store.delete_user(user.id, user.version, commit).await)?
            }
            Some(before) => match before::put_back(&user, before, self.by.at)? {
                Err(reason) => Err(reason),
                Ok(restored) => {
                    let commit = commit.logging(rights::changed(&user, &restored, &options));
                    told(self.store.replace_user(&restored, commit).await)?
                }
            },
        };
        Ok(Undone::of(email, done))
    }
}

fn shown(user: &User) -> Json {
    // Texts, numbers and lists of them always serialise.
    serde_json::to_value(UserView::from(user)).unwrap_or_default()
}
