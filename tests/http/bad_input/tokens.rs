//! Tokens that nobody was given.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::Bad;
use crate::support::services::Services;
use crate::support::store::TestStore;

/// `header.claims.signature`.
fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let said = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let signature = sign(said.as_bytes());
    format!("{said}.{}", BASE64.encode(signature))
}

pub(super) async fn table(services: &Services, store: &TestStore) -> Vec<Bad> {
    let good = services.token("admin").await;
    let part = |n: usize| {
        let bytes = BASE64.decode(good.split('.').nth(n).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    let key = store.current_signing_key().await.unwrap().unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(&key.pkcs8).unwrap();
    let ours = |said: &[u8]| pair.sign(said).as_ref().to_vec();
    let theirs_document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
    let theirs = Ed25519KeyPair::from_pkcs8(theirs_document.as_ref()).unwrap();
    let public = key.public.public.clone();
    let hs256 = |said: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), said).as_ref().to_vec();
    let with = |value: &Value, member: &str, other: Value| {
        let mut value = value.clone();
        value[member] = other;
        value
    };
    let without = |value: &Value, member: &str| {
        let mut value = value.clone();
        value.as_object_mut().unwrap().remove(member);
        value
    };
    // The forger can sign as we do: what is forged below is refused for what it says.
    let sound = token(&header, &claims, ours);
    services.call("GET", "/users").token(&sound).send().await.expect(200);
    let long_ago = json!(claims["iat"].as_i64().unwrap() - 1000);
    let mut forged = vec![
        ("alg none", token(&with(&header, "alg", json!("none")), &claims, |_| Vec::new())),
        ("alg None", token(&with(&header, "alg", json!("None")), &claims, |_| Vec::new())),
        ("HS256 signed with the public key", token(&with(&header, "alg", json!("HS256")), &claims, hs256)),
        ("EdDSA signed as HS256", token(&header, &claims, hs256)),
        ("another key", token(&header, &claims, |said| theirs.sign(said).as_ref().to_vec())),
        ("unknown kid", token(&with(&header, "kid", json!("key_01h455vb4pex5vsknk084sn02q")), &claims, ours)),
        ("kid of an operator", token(&with(&header, "kid", json!({"$gt": ""})), &claims, ours)),
        ("kid of a path", token(&with(&header, "kid", json!("../../etc/passwd")), &claims, ours)),
        ("no kid", token(&without(&header, "kid"), &claims, ours)),
        ("its own key", token(&with(&header, "jwk", json!({"kty": "OKP"})), &without(&claims, "exp"), ours)),
        ("another audience", token(&header, &with(&claims, "aud", json!("another shop")), ours)),
        ("another issuer", token(&header, &with(&claims, "iss", json!("somebody")), ours)),
        ("expired", token(&header, &with(&claims, "exp", long_ago), ours)),
        ("no exp", token(&header, &without(&claims, "exp"), ours)),
        ("no aud", token(&header, &without(&claims, "aud"), ours)),
        ("nobody", token(&header, &with(&claims, "sub", json!("usr_01h455vb4pex5vsknk084sn02q")), ours)),
        ("sub of an operator", token(&header, &with(&claims, "sub", json!({"$ne": null})), ours)),
        ("claims changed", {
            let parts: Vec<&str> = good.split('.').collect();
            let changed = BASE64.encode(with(&claims, "role", json!("owner")).to_string());
            format!("{}.{changed}.{}", parts[0], parts[2])
        }),
        ("no signature", good.rsplit_once('.').unwrap().0.to_owned()),
        ("cut short", good[..good.len() - 5].to_owned()),
        ("four parts", format!("{good}.x")),
        ("no token", "x".to_owned()),
        ("very long", "x".repeat(20_000)),
    ];
    let mut table = Vec::new();
    for (what, token) in forged.drain(..) {
        for path in ["/users", "/products", "/orders", "/inventory"] {
            let bad = Bad::new(what, "GET", path, &["invalid_token", "token_expired"]);
            table.push(bad.header("authorization", format!("Bearer {token}")));
        }
    }
    for header in
        ["Basic YWRtaW46YWRtaW4=", "Bearer", "Bearer ", "bearer", "Token x", "", &format!("Bearer {good} x")]
    {
        let bad = Bad::new(
            format!("authorization {header:?}"),
            "GET",
            "/users",
            &["invalid_token", "token_missing"],
        );
        table.push(bad.header("authorization", header));
    }
    table
}
