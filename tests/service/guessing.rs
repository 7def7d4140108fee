//! Guessing passwords: the wait grows, nobody is locked out, and the audit log hears of what matters.

use std::net::IpAddr;

use shopctl::domain::user::UserStatus;
use shopctl::service::WriteOptions;
use shopctl::service::users::UserChange;

use super::stage::{Stage, by, code, password};

on_both_stages![
    wrong_guesses_have_to_wait_and_the_right_password_after_the_wait_works,
    an_unknown_address_has_to_wait_the_same,
    a_peer_that_has_to_wait_keeps_nobody_else_waiting,
    guesses_at_ones_own_password_count_too,
    the_audit_log_tells_who_gave_and_took_rights_and_no_secret,
];

async fn guess(stage: &Stage, email: &str, secret: &str, peer: Option<&str>) -> (&'static str, Option<u32>) {
    let peer: Option<IpAddr> = peer.map(|peer| peer.parse().unwrap());
    match stage.sessions.sign_in(email, password(secret), peer).await {
        Ok(_) => ("in", None),
        Err(error) => (error.code, error.retry_after),
    }
}

async fn wrong_guesses_have_to_wait_and_the_right_password_after_the_wait_works(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    for _ in 0..6 {
        assert_eq!(guess(stage, "ada@example.com", "wrong horse", None).await, ("invalid_credentials", None));
    }
    // Another copy of the service counts the same guesses; also the right one has to wait.
    for _ in 0..3 {
        let right = guess(stage, "ADA@example.com", "correct horse", None).await;
        assert_eq!(right, ("too_many_tries", Some(1)));
    }
    stage.clock.forward(1);
    assert_eq!(guess(stage, "ada@example.com", "wrong horse", None).await, ("invalid_credentials", None));
    assert_eq!(guess(stage, "ada@example.com", "wrong horse", None).await, ("too_many_tries", Some(2)));
    stage.clock.forward(2);
    assert_eq!(guess(stage, "ada@example.com", "correct horse", None).await, ("in", None));
    for _ in 0..6 {
        assert_eq!(guess(stage, "ada@example.com", "wrong horse", None).await.0, "invalid_credentials");
    }
}

async fn an_unknown_address_has_to_wait_the_same(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..7 {
            answers.push(guess(stage, email, "wrong horse", None).await);
        }
        let mut expected = vec![("invalid_credentials", None); 6];
        expected.push(("too_many_tries", Some(1)));
        assert_eq!(answers, expected, "{email}");
    }
}

async fn a_peer_that_has_to_wait_keeps_nobody_else_waiting(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    // A peer that has used up its guesses elsewhere. Passwords that are too long are refused without the work of a hash.
    for n in 0..101 {
        stage.clock.forward(60);
        let email = format!("n{n}@example.com");
        let answer = guess(stage, &email, &"x".repeat(2000), Some("192.0.2.7")).await;
        assert_eq!(answer.0, "invalid_credentials");
    }
    let blocked = guess(stage, "ada@example.com", "wrong horse", Some("192.0.2.7")).await;
    assert_eq!(blocked, ("too_many_tries", Some(1)));
    for _ in 0..20 {
        guess(stage, "ada@example.com", "wrong horse", Some("192.0.2.7")).await;
    }
    let owner = guess(stage, "ada@example.com", "correct horse", Some("192.0.2.8")).await;
    assert_eq!(owner, ("in", None), "the account's own count was not reached");
}

async fn guesses_at_ones_own_password_count_too(stage: &Stage) {
    let ada = stage.user("ada@example.com", "customer").await;
    let id = ada.id.parse().unwrap();
    for _ in 0..6 {
        let refused = stage.sessions.confirm(id, password("wrong horse"), None).await;
        assert_eq!(code(refused), "wrong_password");
    }
    assert_eq!(code(stage.sessions.confirm(id, password("correct horse"), None).await), "too_many_tries");
    assert_eq!(guess(stage, "ada@example.com", "correct horse", None).await.0, "too_many_tries");
    stage.clock.forward(1);
    assert!(stage.sessions.confirm(id, password("correct horse"), None).await.is_ok());
}

async fn the_audit_log_tells_who_gave_and_took_rights_and_no_secret(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    stage.user("boss@example.com", "admin").await;
    let options = WriteOptions { request_id: Some("r1".to_owned()), ..by() };
    let role = UserChange { role: Some("staff".into()), ..UserChange::default() };
    stage.users.update("ada@example.com", role, &options).await.unwrap();
    let name = UserChange { email: Some("ada@other.example".into()), ..UserChange::default() };
    stage.users.update("ada@example.com", name, &options).await.unwrap();
    stage.users.set_password("ada@other.example", password("another horse"), &options).await.unwrap();
    for status in [UserStatus::Disabled, UserStatus::Disabled, UserStatus::Active] {
        stage.users.set_status("ada@other.example", status, &options).await.unwrap();
    }
    let scopes = ["orders:read".to_owned()];
    let good_for = std::time::Duration::from_hours(1);
    stage.machines.issue("ada@other.example", &scopes, good_for, &options).await.unwrap();
    stage.keys.rotate(false, &options).await.unwrap();
    stage.users.delete("ada@other.example", &options).await.unwrap();

    let mut log = stage.store.read_log(100).await.unwrap();
    log.reverse();
    let told: Vec<_> = log.iter().map(|row| (row.action.as_str(), row.detail.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("user.registered", Some("admin")),
            ("user.role", Some("customer -> staff")),
            ("user.password", None),
            ("user.disabled", None),
            ("user.enabled", None),
            ("token.issued", Some("orders:read")),
            ("key.rotated", None),
            ("user.deleted", Some("staff")),
        ]
    );
    assert!(
        log[1..].iter().all(|row| row.request_id.as_deref() == Some("r1") && row.actor.as_str() == "system")
    );
    let text = format!("{log:?}");
    for secret in ["argon2", "horse", "example", "eyJ"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
