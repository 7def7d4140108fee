//! What the audit log is told of users: who was given or lost which rights.

use crate::domain::audit::{AuditAction, AuditEntry};
use crate::domain::clock::Timestamp;
use crate::domain::user::{Role, User, UserStatus};
use crate::service::WriteOptions;

/// Of a user who is registered: nothing, unless they are more than a customer.
pub(in crate::service) fn given(user: &User, options: &WriteOptions) -> Vec<AuditEntry> {
    let more = user.role != Role::Customer;
    let entry = || {
        let (at, role) = (user.created_at, user.role.to_string());
        options.entry(at, AuditAction::UserRegistered, user.id.to_string(), Some(role))
    };
    more.then(entry).into_iter().collect()
}

/// Of a user who was changed.
pub(in crate::service) fn changed(before: &User, after: &User, options: &WriteOptions) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    let mut note = |action, detail| {
        entries.push(options.entry(after.updated_at, action, after.id.to_string(), detail));
    };
    if before.role != after.role {
        note(AuditAction::RoleChanged, Some(format!("{} -> {}", before.role, after.role)));
    }
    match (before.status, after.status) {
        (UserStatus::Active, UserStatus::Disabled) => note(AuditAction::UserDisabled, None),
        (UserStatus::Disabled, UserStatus::Active) => note(AuditAction::UserEnabled, None),
        _ => {}
    }
    if before.password != after.password {
        note(AuditAction::PasswordChanged, None);
    }
    entries
}

/// Of a user who is removed.
pub(in crate::service) fn ended(user: &User, at: Timestamp, options: &WriteOptions) -> Vec<AuditEntry> {
    vec![options.entry(at, AuditAction::UserDeleted, user.id.to_string(), Some(user.role.to_string()))]
}
