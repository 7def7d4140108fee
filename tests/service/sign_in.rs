//! Signing in and staying signed in.

use secrecy::SecretString;
use shopctl::domain::user::{User, UserStatus};
use shopctl::service::password::adopt_hash;
use shopctl::service::users::UserChange;
use shopctl::store::Commit;

use super::stage::{Stage, by, code, password};
use crate::support::builders;

on_both_stages!(a_hash_from_elsewhere_signs_in_and_is_replaced);

#[tokio::test]
async fn a_token_says_who_holds_it_until_it_expires() {
    let stage = Stage::new().await;
    let ada = stage.user("ada@example.com", "staff").await;
    let signed_in = stage.sessions.sign_in("ADA@example.com", password("correct horse"), None).await.unwrap();
    let identity = stage.gate.check(&signed_in.access_token).await.unwrap();
    assert_eq!(identity.user_id.to_string(), ada.id);
    assert!(identity.is_staff());
    stage.clock.forward(15 * 60 + 4);
    assert!(stage.gate.check(&signed_in.access_token).await.is_ok(), "five seconds of leeway");
    stage.clock.forward(2);
    assert_eq!(code(stage.gate.check(&signed_in.access_token).await), "token_expired");
}

#[tokio::test]
async fn unknown_wrong_disabled_and_passwordless_get_one_answer() {
    let stage = Stage::new().await;
    stage.user("ada@example.com", "customer").await;
    stage.user("gone@example.com", "customer").await;
    stage.users.set_status("gone@example.com", UserStatus::Disabled, &by()).await.unwrap();
    for (email, secret) in [
        ("ada@example.com", "wrong horse"),
        ("gone@example.com", "correct horse"),
        ("nobody@example.com", "correct horse"),
        ("no address", "correct horse"),
        ("ada@example.com", ""),
    ] {
        let error = stage.sessions.sign_in(email, password(secret), None).await.err().unwrap();
        assert_eq!(
            (error.code, error.detail.as_str()),
            ("invalid_credentials", "e-mail or password is wrong")
        );
    }
}

#[tokio::test]
async fn what_changes_a_user_ends_their_tokens_at_once() {
    let stage = Stage::new().await;
    for change in ["role", "status", "password", "deleted"] {
        let email = format!("{change}@example.com");
        stage.user(&email, "admin").await;
        let signed_in = stage.sessions.sign_in(&email, password("correct horse"), None).await.unwrap();
        match change {
            "role" => {
                let change = UserChange { role: Some("customer".into()), ..UserChange::default() };
                stage.users.update(&email, change, &by()).await.unwrap();
            }
            "status" => {
                stage.users.set_status(&email, UserStatus::Disabled, &by()).await.unwrap();
                stage.users.set_status(&email, UserStatus::Active, &by()).await.unwrap();
            }
            "password" => {
                stage.users.set_password(&email, password("other horse"), &by()).await.unwrap();
            }
            _ => {
                stage.users.delete(&email, &by()).await.unwrap();
            }
        }
        assert_eq!(code(stage.gate.check(&signed_in.access_token).await), "invalid_token", "{change}");
        let refresh = SecretString::from(signed_in.refresh_token);
        assert_eq!(code(stage.sessions.refresh(&refresh).await), "invalid_refresh_token", "{change}");
    }
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_family() {
    let stage = Stage::new().await;
    stage.user("ada@example.com", "customer").await;
    let first = stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap();
    let first_refresh = SecretString::from(first.refresh_token);
    let second = stage.sessions.refresh(&first_refresh).await.unwrap();
    assert!(stage.gate.check(&second.access_token).await.is_ok());
    assert_eq!(code(stage.sessions.refresh(&first_refresh).await), "invalid_refresh_token");
    let second_refresh = SecretString::from(second.refresh_token);
    assert_eq!(
        code(stage.sessions.refresh(&second_refresh).await),
        "invalid_refresh_token",
        "the family ended"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_and_again_is_no_error() {
    let stage = Stage::new().await;
    stage.user("ada@example.com", "customer").await;
    let signed_in = stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap();
    let refresh = SecretString::from(signed_in.refresh_token);
    stage.sessions.sign_out(&refresh).await.unwrap();
    stage.sessions.sign_out(&refresh).await.unwrap();
    assert_eq!(code(stage.sessions.refresh(&refresh).await), "invalid_refresh_token");
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days() {
    let stage = Stage::new().await;
    stage.user("ada@example.com", "customer").await;
    let signed_in = stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap();
    stage.clock.forward(30 * 24 * 3600 + 1);
    let refresh = SecretString::from(signed_in.refresh_token);
    assert_eq!(code(stage.sessions.refresh(&refresh).await), "invalid_refresh_token");
}

async fn a_hash_from_elsewhere_signs_in_and_is_replaced(stage: &Stage) {
    // Werkzeug's, of "correct horse".
    let kept = "pbkdf2:sha256:1000$hDxUKrEvuYWDlluC$be3bc350bc2822a7ce55f4e3c84a3f9d65503cc0837a821f3f95a096b59ebe2e";
    let key = "ada@example.com".parse().unwrap();
    let imported = User { password: Some(adopt_hash(kept).unwrap()), ..builders::user("ada@example.com") };
    stage.store.insert_user(&imported, Commit::Keep).await.unwrap();
    let refused = stage.sessions.sign_in("ada@example.com", password("wrong horse"), None).await;
    assert_eq!(code(refused), "invalid_credentials");
    let untouched = stage.store.find_user(&key).await.unwrap().unwrap();
    assert_eq!(untouched, imported, "a wrong password replaces nothing");

    let first = stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap();
    let replaced = stage.store.find_user(&key).await.unwrap().unwrap();
    assert!(replaced.password.as_ref().unwrap().expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!((replaced.version.get(), replaced.auth_epoch), (2, imported.auth_epoch));
    stage.sessions.sign_in("ada@example.com", password("correct horse"), None).await.unwrap();
    let again = stage.store.find_user(&key).await.unwrap().unwrap();
    assert_eq!(again, replaced, "a strong hash stays as it is");
    assert!(stage.gate.check(&first.access_token).await.is_ok(), "sessions go on");
}

/// Tokens that somebody made up.
#[tokio::test]
async fn forged_tokens_open_nothing() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

    let stage = Stage::new().await;
    stage.user("ada@example.com", "admin").await;
    let good = stage
        .sessions
        .sign_in("ada@example.com", password("correct horse"), None)
        .await
        .unwrap()
        .access_token;
    let parts: Vec<&str> = good.split('.').collect();
    let header: serde_json::Value = serde_json::from_slice(&B64.decode(parts[0]).unwrap()).unwrap();
    let kid = header["kid"].as_str().unwrap();
    let jwk = stage.sessions.public_keys().await.unwrap().remove(0);
    let with_header = |header: &str| format!("{}.{}.{}", B64.encode(header), parts[1], parts[2]);
    let hs256 = {
        let header = jsonwebtoken::Header { kid: Some(kid.to_owned()), ..jsonwebtoken::Header::default() };
        let claims: serde_json::Value = serde_json::from_slice(&B64.decode(parts[1]).unwrap()).unwrap();
        let key = jsonwebtoken::EncodingKey::from_secret(&B64.decode(&jwk.x).unwrap());
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    };
    let mut other_claims: serde_json::Value = serde_json::from_slice(&B64.decode(parts[1]).unwrap()).unwrap();
    other_claims["role"] = "admin".into();
    other_claims["exp"] = 4_000_000_000_i64.into();
    for forged in [
        String::new(),
        "a.b.c".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        with_header(&format!(r#"{{"alg":"none","kid":"{kid}"}}"#)),
        with_header(r#"{"alg":"EdDSA"}"#),
        with_header(r#"{"alg":"EdDSA","kid":"key_00000000000000000000000000"}"#),
        format!("{}.{}.{}", parts[0], B64.encode(other_claims.to_string()), parts[2]),
        hs256,
        "x".repeat(10_000),
    ] {
        assert_eq!(code(stage.gate.check(&forged).await), "invalid_token", "{forged}");
    }
    assert!(stage.gate.check(&good).await.is_ok());
}
