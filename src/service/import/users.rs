//! Users in files.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;

use super::cells::{Kept, pointer, some, text};
use super::noun::{By, Change, Decided, Decision, Noun, UndoRow, Undone, told};
use crate::domain::clock::Timestamp;
use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::import::{Import, ImportMode};
use crate::domain::invalid::Invalid;
use crate::domain::key::UserKey;
use crate::domain::text::{Name, Phone};
use crate::domain::user::{PasswordHash, Role, User, UserStatus};
use crate::files::{Cell, Record};
use crate::service::error::{Error, Problem, Result};
use crate::service::fields::Fields;
use crate::service::password::adopt_hash;
use crate::service::patch::{Patch, apply};
use crate::service::users::draft::Draft;
use crate::service::users::{UserChange, rights};
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

/// What a record says of a user.
pub(super) struct UserRow {
    email: Email,
    draft: Draft,
    password: Option<PasswordHash>,
    kept: Kept<UserId>,
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
        let Some(mut user) = row.draft.create(id, self.import.started_at) else {
            return Decision::Reject(vec![missing()]);
        };
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
            UndoRow::Changed(after.id.to_string(), after.version.get(), Before::of(before, &after).json());
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
        read(record)
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
        let (id, version, before) = match row {
            UndoRow::Made(ordinal) => (UserId::from_uuid(import.uuid_of(*ordinal)), 1, None),
            UndoRow::Brought(id, version) => (stored(id)?, *version, None),
            UndoRow::Changed(id, version, before) => (stored(id)?, *version, Some(before)),
        };
        let found = self.store.find_user(&UserKey::Id(id)).await.map_err(Error::from_store)?;
        let Some(user) = found else { return Ok(Undone::Gone) };
        let email = user.email.to_string();
        if user.version.get() != version {
            return Ok(Undone::Refused(
                email,
                format!("it was changed since: it is at version {}", user.version),
            ));
        }
        let options = WriteOptions::by(self.by.actor.clone());
        let commit = self.by.commit();
        let done = match before {
            None => {
                let commit = commit.logging(rights::ended(&user, self.by.at, &options));
                told(self.store.delete_user(user.id, user.version, commit).await)?
            }
            Some(before) => match Before::read(before)?.put_back(&user, self.by.at) {
                Err(reason) => Err(reason),
                Ok(restored) => {
                    let commit = commit.logging(rights::changed(&user, &restored, &options));
                    told(self.store.replace_user(&restored, commit).await)?
                }
            },
        };
        Ok(match done {
            Ok(()) => Undone::Done,
            Err(reason) => Undone::Refused(email, reason),
        })
    }
}

/// What of a user an import changed, as it was before.
struct Before {
    name: Patch<Name>,
    phone: Patch<Phone>,
    role: Option<Role>,
    status: Option<UserStatus>,
    /// A hash is kept nowhere but with its user, so this can only be told.
    password: bool,
}

impl Before {
    fn of(before: &User, after: &User) -> Self {
        fn was<T: Clone + PartialEq>(before: Option<&T>, after: Option<&T>) -> Patch<T> {
            match before {
                before if before == after => Patch::Keep,
                None => Patch::Clear,
                Some(before) => Patch::Set(before.clone()),
            }
        }
        Self {
            name: was(before.name.as_ref(), after.name.as_ref()),
            phone: was(before.phone.as_ref(), after.phone.as_ref()),
            role: (before.role != after.role).then_some(before.role),
            status: (before.status != after.status).then_some(before.status),
            password: before.password != after.password,
        }
    }

    fn json(&self) -> Json {
        let mut members = serde_json::Map::new();
        let mut put = |name: &str, value: Json| drop(members.insert(name.to_owned(), value));
        match &self.name {
            Patch::Keep => {}
            Patch::Clear => put("name", Json::Null),
            Patch::Set(name) => put("name", name.as_str().into()),
        }
        match &self.phone {
            Patch::Keep => {}
            Patch::Clear => put("phone", Json::Null),
            Patch::Set(phone) => put("phone", phone.as_str().into()),
        }
        if let Some(role) = self.role {
            put("role", role.as_str().into());
        }
        if let Some(status) = self.status {
            put("status", status.as_str().into());
        }
        if self.password {
            put("password", true.into());
        }
        Json::Object(members)
    }

    fn read(json: &Json) -> Result<Self> {
        fn maybe<T: FromStr<Err = Invalid>>(json: &Json, name: &str) -> Result<Patch<T>> {
            let Some(member) = json.get(name) else { return Ok(Patch::Keep) };
            let Some(text) = member.as_str() else { return Ok(Patch::Clear) };
            text.parse().map(Patch::Set).map_err(|invalid: Invalid| Error::internal(invalid.detail))
        }
        let set = |patch| match patch {
            Patch::Set(value) => Some(value),
            Patch::Keep | Patch::Clear => None,
        };
        let status = match maybe(json, "status")? {
            Patch::Set(status) => Some(status),
            Patch::Keep | Patch::Clear => None,
        };
        Ok(Self {
            name: maybe(json, "name")?,
            phone: maybe(json, "phone")?,
            role: set(maybe(json, "role")?),
            status,
            password: json.get("password").is_some(),
        })
    }

    fn put_back(self, user: &User, at: Timestamp) -> std::result::Result<User, String> {
        if self.password {
            return Err("its password was replaced, and the one before is not kept".to_owned());
        }
        let mut restored = user.clone();
        apply(&mut restored.name, &self.name);
        apply(&mut restored.phone, &self.phone);
        restored.role = self.role.unwrap_or(restored.role);
        restored.status = self.status.unwrap_or(restored.status);
        if (restored.role, restored.status) != (user.role, user.status) {
            restored.auth_epoch += 1;
        }
        restored.version = user.version.next();
        restored.updated_at = at;
        Ok(restored)
    }
}

fn stored(id: &str) -> Result<UserId> {
    id.parse().map_err(|invalid: Invalid| Error::internal(invalid.detail))
}

fn shown(user: &User) -> Json {
    // Texts, numbers and lists of them always serialise.
    serde_json::to_value(UserView::from(user)).unwrap_or_default()
}

fn missing() -> Problem {
    let detail = "\"email\" is missing".to_owned();
    Problem { pointer: "/email".to_owned(), code: "missing_member", detail }
}

fn read(record: &Record) -> std::result::Result<UserRow, Vec<Problem>> {
    let mut fields = Fields::new();
    let (mut written, mut kept, mut password) = (UserChange::default(), Kept::default(), None);
    for cell in &record.cells {
        if kept.take(&mut fields, cell) {
            continue;
        }
        match &*cell.field {
            "email" => written.email = cell.value.as_text().map(str::to_owned),
            "name" => written.name = words(&mut fields, cell),
            "phone" => written.phone = words(&mut fields, cell),
            // What cannot be empty is left alone by an empty cell.
            "role" => written.role = some(&mut fields, cell).map(|text| text.trim().to_owned()),
            "status" => written.status = some(&mut fields, cell).map(|text| text.trim().to_owned()),
            // So is a password: whoever leaves the cell empty does not mean to lock anybody out.
            "password_hash" => {
                let hash = some(&mut fields, cell);
                password = hash.and_then(|hash| fields.check("/password_hash", adopt_hash(hash)));
            }
            // It follows from the hash.
            "has_password" => {}
            _ => fields.problem(pointer(cell), Invalid::new("unknown_member", "users have no such field")),
        }
    }
    if written.email.is_none() {
        let missing = missing();
        fields.problem(missing.pointer, Invalid::new(missing.code, missing.detail));
    }
    let draft = Draft::parse(&mut fields, &written);
    let email = draft.as_ref().and_then(|draft| draft.email().cloned());
    match (draft, email) {
        (Some(draft), Some(email)) if fields.is_sound() => Ok(UserRow { email, draft, password, kept }),
        _ => Err(fields.into_problems()),
    }
}

/// What a cell changes of a text that may be empty.
fn words(fields: &mut Fields, cell: &Cell) -> Patch<String> {
    match text(fields, cell) {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(text) => Patch::Set(text.to_owned()),
    }
}
