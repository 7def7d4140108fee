//! What a record says of a user.

use crate::domain::email::Email;
use crate::domain::id::UserId;
use crate::domain::invalid::Invalid;
use crate::domain::user::PasswordHash;
use crate::files::{Cell, Record};
use crate::service::error::Problem;
use crate::service::fields::Fields;
use crate::service::import::cells::{Kept, pointer, some, text};
use crate::service::password::adopt_hash;
use crate::service::patch::Patch;
use crate::service::users::UserChange;
use crate::service::users::draft::Draft;

/// What a record says of a user.
pub(in crate::service::import) struct UserRow {
    pub(super) email: Email,
    pub(super) draft: Draft,
    pub(super) password: Option<PasswordHash>,
    pub(super) kept: Kept<UserId>,
}

/// Reads a record.
pub(super) fn read(record: &Record) -> Result<UserRow, Vec<Problem>> {
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
        fields.problem("/email", Invalid::new("missing_member", "\"email\" is missing"));
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
