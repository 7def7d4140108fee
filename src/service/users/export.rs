//! What a file of users holds.

use super::{UserQuery, Users, input};
use crate::domain::user::{User, UserSort};
use crate::files::write::{Entry, Layout};
use crate::service::error::Error;
use crate::service::export::{maybe, number, text, walk};

impl Users {
    /// The columns of a file of users. No password hash among them: rule 17 of the shop is that none goes out.
    pub const LAYOUT: Layout = Layout {
        fields: &["id", "email", "name", "phone", "role", "status", "version", "created_at", "updated_at"],
        lines: &[],
    };

    /// Hands the users that match to `write`, in the order of their ids, and says how many there were. Paging in `query` is ignored.
    ///
    /// # Errors
    /// `Invalid`; those of the store and of `write`.
    pub async fn export<E: From<Error>>(
        &self,
        query: &UserQuery,
        mut write: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<u64, E> {
        let filter = input::filter(query)?;
        let fetch = async |page| self.store.list_users(&filter, &page).await;
        walk(UserSort::Id, fetch, input::position, |user| write(&entry(user))).await
    }
}

fn entry(user: &User) -> Entry {
    let values = vec![
        text(user.id),
        text(&user.email),
        maybe(user.name.as_ref()),
        maybe(user.phone.as_ref()),
        text(user.role),
        text(user.status),
        number(user.version.get()),
        text(user.created_at),
        text(user.updated_at),
    ];
    Entry { values, lines: Vec::new() }
}
