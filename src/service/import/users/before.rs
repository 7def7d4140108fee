//! What an import changed of a user, to be put back.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::domain::clock::Timestamp;
use crate::domain::text::{Name, Phone};
use crate::domain::user::User;
use crate::service::error::{Error, Result};
use crate::service::fields::Fields;
use crate::service::patch::Patch;
use crate::service::users::UserChange;
use crate::service::users::draft::Draft;

/// As it is kept.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Before {
    name: Patch<String>,
    phone: Patch<String>,
    role: Option<String>,
    status: Option<String>,
    /// A hash is kept nowhere but with its user, so of a password it is only known that it was another one.
    password: bool,
}

/// What a user had that it has otherwise after an import.
pub(super) fn differing(before: &User, after: &User) -> Json {
    let mut members = Map::new();
    let mut put = |differs: bool, name: &str, was: Json| {
        if differs {
            members.insert(name.to_owned(), was);
        }
    };
    put(before.name != after.name, "name", before.name.as_ref().map(Name::as_str).into());
    put(before.phone != after.phone, "phone", before.phone.as_ref().map(Phone::as_str).into());
    put(before.role != after.role, "role", before.role.as_str().into());
    put(before.status != after.status, "status", before.status.as_str().into());
    put(before.password != after.password, "password", true.into());
    Json::Object(members)
}

/// The user with what it had before, or why it cannot be.
pub(super) fn put_back(
    user: &User,
    before: &Json,
    at: Timestamp,
) -> Result<std::result::Result<User, String>> {
    let Before { name, phone, role, status, password } =
        Before::deserialize(before).map_err(Error::internal)?;
    if password {
        return Ok(Err("its password was replaced, and the one before is not kept".to_owned()));
    }
    let mut fields = Fields::new();
    let was = UserChange { email: None, name, phone, role, status };
    let draft = Draft::parse(&mut fields, &was).ok_or_else(|| fields.into_error())?;
    let mut restored = user.clone();
    draft.change(&mut restored);
    restored.version = user.version.next();
    restored.updated_at = at;
    Ok(Ok(restored))
}
