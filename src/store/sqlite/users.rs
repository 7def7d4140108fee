//! Users.

use std::collections::BTreeSet;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::SqliteStore;
use super::decode::Fields;
use super::list::List;
use crate::domain::id::UserId;
use crate::domain::key::UserKey;
use crate::domain::number::Version;
use crate::domain::page::{Page, PageRequest};
use crate::domain::text::{Name, Phone};
use crate::domain::user::{PasswordHash, User, UserFilter, UserSort};
use crate::store::{Commit, Result, StoreError, UserStore};

pub(super) fn read(row: &Row<'_>) -> Result<User> {
    let fields = Fields::new(row, "users", "id");
    Ok(User {
        id: fields.parse("id")?,
        version: fields.version()?,
        created_at: fields.at("created_at")?,
        updated_at: fields.at("updated_at")?,
        email: fields.parse("email")?,
        name: fields.maybe("name")?,
        phone: fields.maybe("phone")?,
        password: fields.get::<Option<String>>("password")?.map(PasswordHash::from_phc),
        role: fields.parse("role")?,
        status: fields.parse("status")?,
        auth_epoch: fields.get("auth_epoch")?,
    })
}

const INSERT: &str = "INSERT INTO users (id, version, created_at, updated_at, email, email_norm, name, phone, password, role, \
    status, auth_epoch, search) VALUES (:id, :version, :created_at, :updated_at, :email, :email_norm, :name, :phone, \
    :password, :role, :status, :auth_epoch, :search)";
const REPLACE: &str = "UPDATE users SET version = :version, created_at = :created_at, updated_at = :updated_at, email = :email, \
    email_norm = :email_norm, name = :name, phone = :phone, password = :password, role = :role, status = :status, \
    auth_epoch = :auth_epoch, search = :search WHERE id = :id AND version = :version - 1";

/// Runs `sql` with every field of a user and returns how many rows it changed.
fn execute(connection: &Connection, sql: &str, user: &User) -> Result<usize> {
    let name = user.name.as_ref().map(Name::as_str);
    Ok(connection.prepare_cached(sql)?.execute(named_params! {
        ":id": user.id.to_string(),
        ":version": user.version.get(),
        ":created_at": user.created_at.as_millis(),
        ":updated_at": user.updated_at.as_millis(),
        ":email": user.email.as_str(),
        ":email_norm": user.email.norm(),
        ":name": name,
        ":phone": user.phone.as_ref().map(Phone::as_str),
        ":password": user.password.as_ref().map(PasswordHash::expose),
        ":role": user.role.as_str(),
        ":status": user.status.as_str(),
        ":auth_epoch": user.auth_epoch,
        ":search": user.search_text(),
    })?)
}

/// Adds a user.
pub(super) fn insert(connection: &Connection, user: &User) -> Result<()> {
    execute(connection, INSERT, user).map(drop)
}

/// Writes a user over the version before.
pub(super) fn replace(connection: &Connection, user: &User) -> Result<()> {
    expect_version(connection, user.id, super::version_before(user.version)?)?;
    match execute(connection, REPLACE, user)? {
        1 => Ok(()),
        rows => Err(StoreError::Internal(format!("a user's version stands in {rows} rows"))),
    }
}

fn find(connection: &Connection, key: &UserKey) -> Result<Option<User>> {
    let (sql, value) = match key {
        UserKey::Id(id) => ("SELECT * FROM users WHERE id = ?", id.to_string()),
        UserKey::Email(email) => ("SELECT * FROM users WHERE email_norm = ?", email.norm().to_owned()),
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([value], |row| Ok(read(row))).optional()?.transpose()
}

/// Fails with `Stale` unless the user is there in this version.
fn expect_version(connection: &Connection, id: UserId, version: Version) -> Result<()> {
    super::expect_version(connection, "SELECT version FROM users WHERE id = ?", &id.to_string(), version)
}

#[async_trait]
impl UserStore for SqliteStore {
    async fn insert_user(&self, user: &User, commit: Commit) -> Result<()> {
        let user = user.clone();
        self.write(commit, move |connection| insert(connection, &user)).await
    }

    async fn find_user(&self, key: &UserKey) -> Result<Option<User>> {
        let key = key.clone();
        self.read(move |connection| find(connection, &key)).await
    }

    async fn find_users(&self, keys: &[UserKey]) -> Result<Vec<User>> {
        let keys = keys.to_vec();
        self.read(move |connection| {
            let (mut seen, mut users) = (BTreeSet::new(), Vec::new());
            for key in &keys {
                users.extend(find(connection, key)?.filter(|user| seen.insert(user.id)));
            }
            Ok(users)
        })
        .await
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest<UserSort>) -> Result<Page<User>> {
        let mut list = List::new();
        list.only("role = ?", filter.role.map(|role| role.as_str().to_owned()));
        list.only("status = ?", filter.status.map(|status| status.as_str().to_owned()));
        list.search("instr(search, ?) > 0", filter.query.as_ref());
        list.created(filter.created_after, filter.created_before);
        let column = match page.sort.field {
            UserSort::Id => "id",
            UserSort::CreatedAt => "created_at",
            UserSort::UpdatedAt => "updated_at",
            UserSort::Email => "email_norm",
        };
        let page = page.clone();
        self.read(move |connection| list.page(connection, "users", (column, "id"), &page, read)).await
    }

    async fn replace_user(&self, user: &User, commit: Commit) -> Result<()> {
        let user = user.clone();
        self.write(commit, move |connection| replace(connection, &user)).await
    }

    async fn delete_user(&self, id: UserId, version: Version, commit: Commit) -> Result<()> {
        self.write(commit, move |connection| {
            expect_version(connection, id, version)?;
            connection.execute("DELETE FROM sessions WHERE user_id = ?", [id.to_string()])?;
            connection.execute("DELETE FROM users WHERE id = ?", [id.to_string()])?;
            Ok(())
        })
        .await
    }
}
