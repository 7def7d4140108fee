//! Rotating keys, and tokens for machines.

use std::time::Duration;

use shopctl::domain::user::UserStatus;

use super::stage::{Stage, by, code, password};

on_both_stages![
    rotating_signs_nobody_out_and_the_old_key_goes_when_its_tokens_have_ended,
    revoking_ends_every_token_within_five_seconds,
    a_machine_s_token_keeps_its_key_and_ends_with_its_user,
    a_dry_run_rotates_nothing,
    bad_scopes_and_lives_are_refused,
];

async fn signed_in(stage: &Stage) -> String {
    stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap().access_token
}

async fn statuses(stage: &Stage) -> Vec<&'static str> {
    stage.keys.list().await.unwrap().iter().map(|key| key.status).collect()
}

async fn rotating_signs_nobody_out_and_the_old_key_goes_when_its_tokens_have_ended(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    let old = signed_in(stage).await;
    assert!(stage.gate.check(&old).await.is_ok());
    let keys = stage.keys.rotate(false, &by()).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.status).collect::<Vec<_>>(), ["signing", "checking"]);
    // A gate that knew the old key before learns of the new one by its first token.
    stage.clock.forward(1);
    let new = signed_in(stage).await;
    assert!(stage.gate.check(&new).await.is_ok());
    assert!(stage.gate.check(&old).await.is_ok(), "nobody has to sign in again");
    assert_eq!(stage.sessions.public_keys().await.unwrap().len(), 2);

    stage.clock.forward(14 * 60);
    assert!(stage.gate.check(&old).await.is_ok());
    assert_eq!(statuses(stage).await, ["signing", "checking"]);
    stage.clock.forward(130);
    assert_eq!(code(stage.gate.check(&old).await), "token_expired");
    assert_eq!(statuses(stage).await, ["signing", "spent"]);
    stage.keys.rotate(false, &by()).await.unwrap();
    assert_eq!(statuses(stage).await, ["signing", "checking"], "the spent one is removed");
    assert_eq!(stage.sessions.public_keys().await.unwrap().len(), 2);
}

async fn revoking_ends_every_token_within_five_seconds(stage: &Stage) {
    stage.user("ada@example.com", "customer").await;
    let old = signed_in(stage).await;
    assert!(stage.gate.check(&old).await.is_ok());
    stage.keys.rotate(true, &by()).await.unwrap();
    assert_eq!(statuses(stage).await, ["signing"]);
    stage.clock.forward(5);
    assert_eq!(code(stage.gate.check(&old).await), "invalid_token");
    let new = signed_in(stage).await;
    assert!(stage.gate.check(&new).await.is_ok());
}

async fn a_machine_s_token_keeps_its_key_and_ends_with_its_user(stage: &Stage) {
    stage.user("robot@example.com", "staff").await;
    let scopes = ["inventory:write".to_owned(), "orders:read".to_owned()];
    let day = Duration::from_hours(24);
    let issued = stage.machines.issue("robot@example.com", &scopes, 30 * day, &by()).await.unwrap();
    let identity = stage.gate.check(&issued.token).await.unwrap();
    assert_eq!(identity.user_id.to_string(), issued.user_id);
    assert_eq!(identity.scopes.unwrap().to_string(), "orders:read inventory:write");

    // Its key outlives two rotations and the tokens of people.
    for _ in 0..2 {
        stage.keys.rotate(false, &by()).await.unwrap();
        stage.clock.forward(24 * 3600);
    }
    assert_eq!(statuses(stage).await, ["signing", "spent", "checking"]);
    assert!(stage.gate.check(&issued.token).await.is_ok());
    let seen = stage.machines.inspect(&issued.token).await.unwrap();
    assert_eq!((seen.status, seen.expires_at.as_str()), ("good", issued.expires_at.as_str()));

    stage.users.set_status("robot@example.com", UserStatus::Disabled, &by()).await.unwrap();
    assert_eq!(code(stage.gate.check(&issued.token).await), "invalid_token");
    assert_eq!(stage.machines.inspect(&issued.token).await.unwrap().status, "revoked");
    stage.clock.forward(29 * 24 * 3600);
    assert_eq!(stage.machines.inspect(&issued.token).await.unwrap().status, "expired");
    assert_eq!(code(stage.machines.inspect("eyJhbGciOiJub25lIn0.e30.").await), "invalid_token");
    stage.keys.rotate(false, &by()).await.unwrap();
    assert_eq!(statuses(stage).await, ["signing", "checking"], "all that is spent is removed");
    stage.clock.forward(5);
    assert_eq!(code(stage.machines.inspect(&issued.token).await), "invalid_token");
}

async fn a_dry_run_rotates_nothing(stage: &Stage) {
    stage.user("ada@example.com", "staff").await;
    let token = signed_in(stage).await;
    let options = shopctl::service::WriteOptions { dry_run: true, ..by() };
    let before = stage.keys.list().await.unwrap();
    assert_eq!(stage.keys.rotate(true, &options).await.unwrap(), before);
    let issued = stage
        .machines
        .issue("ada@example.com", &["orders:read".to_owned()], Duration::from_hours(1), &options)
        .await
        .unwrap();
    assert_eq!(issued.token, "");
    assert_eq!(stage.store.read_log(10).await.unwrap().len(), 1, "only that the user was registered");
    assert!(stage.gate.check(&token).await.is_ok());
}

async fn bad_scopes_and_lives_are_refused(stage: &Stage) {
    stage.user("robot@example.com", "staff").await;
    stage.user("gone@example.com", "staff").await;
    stage.users.set_status("gone@example.com", UserStatus::Disabled, &by()).await.unwrap();
    let hour = Duration::from_hours(1);
    for (user, scopes, good_for, expected) in [
        ("robot@example.com", vec!["orders:all"], hour, "invalid_scope"),
        ("robot@example.com", vec![], hour, "scope_missing"),
        ("robot@example.com", vec!["orders:read"], Duration::from_secs(59), "invalid_expiry"),
        ("robot@example.com", vec!["orders:read"], 367 * 24 * hour, "invalid_expiry"),
        ("nobody@example.com", vec!["orders:read"], hour, "user_not_found"),
        ("gone@example.com", vec!["orders:read"], hour, "user_disabled"),
        ("no address", vec!["orders:read"], hour, "invalid_email"),
    ] {
        let scopes: Vec<String> = scopes.into_iter().map(str::to_owned).collect();
        let refused = stage.machines.issue(user, &scopes, good_for, &by()).await;
        assert_eq!(code(refused), expected, "{user} {scopes:?}");
    }
    assert_eq!(stage.keys.list().await.unwrap(), vec![], "not even a key was made");
}
