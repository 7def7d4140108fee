//! Registering, signing in, looking after users.

use serde_json::json;

use crate::support::services::{PASSWORD, Services, on_both};

on_both!(
    registering_makes_a_customer_who_can_sign_in,
    a_stranger_cannot_make_themselves_staff,
    an_address_is_taken_once_whatever_its_case,
    an_unknown_address_and_a_wrong_password_get_the_same_answer,
    a_refresh_token_works_once_and_twice_ends_the_session,
    signing_out_ends_the_session,
    one_sees_and_changes_ones_own_account,
    a_new_password_ends_every_token,
    an_admin_finds_changes_and_removes_users,
    a_disabled_user_is_out_at_once,
    the_public_keys_check_the_tokens,
);

async fn registering_makes_a_customer_who_can_sign_in(shop: &Services) {
    let body = json!({"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"});
    let answer = shop.call("POST", "/register").json(&body).send().await;
    let user = answer.expect(201);
    assert_eq!((&user["role"], &user["status"]), (&json!("customer"), &json!("active")));
    assert_eq!(answer.header("location"), format!("/users/{}", user["id"].as_str().unwrap()));
    assert_eq!(answer.header("etag"), "\"v1\"");
    assert!(!answer.body.windows(5).any(|window| window == b"argon"), "{answer}");

    let signed_in = shop.sign_in("ada@example.com", PASSWORD).await;
    let session = signed_in.expect(200);
    assert_eq!(signed_in.header("cache-control"), "no-store");
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
    let token = session["access_token"].as_str().unwrap();
    let me = shop.call("GET", "/me").token(token).send().await.expect(200);
    assert_eq!(me, user);
}

async fn a_stranger_cannot_make_themselves_staff(shop: &Services) {
    let body = json!({"email": "eve@example.com", "password": PASSWORD, "role": "admin"});
    let answer = shop.call("POST", "/register").json(&body).send().await;
    answer.refused(422, "unknown_member");
    assert_eq!(answer.pointers(), ["/role"]);
    let me = shop.patch("customer", "/me", json!({"role": "admin"})).await;
    me.refused(422, "unknown_member");
}

async fn an_address_is_taken_once_whatever_its_case(shop: &Services) {
    let register = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        shop.call("POST", "/register").json(&body).send().await
    };
    register("ada@example.com", PASSWORD).await.expect(201);
    register("ADA@example.com", PASSWORD).await.refused(409, "email_taken");
    let bad = register("ada", "short").await;
    bad.refused(422, "invalid_email");
    assert_eq!(bad.pointers(), ["/email", "/password"]);
}

async fn an_unknown_address_and_a_wrong_password_get_the_same_answer(shop: &Services) {
    shop.register("ada@example.com", "customer").await;
    let mut told = Vec::new();
    for (email, password) in [
        ("ada@example.com", "wrong horse battery"),
        ("eve@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("ada@example.com", ""),
    ] {
        let answer = shop.sign_in(email, password).await;
        let mut problem = answer.refused(401, "invalid_credentials");
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{answer}");
        problem["request_id"] = json!(null);
        told.push(problem);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
}

async fn a_refresh_token_works_once_and_twice_ends_the_session(shop: &Services) {
    shop.register("ada@example.com", "customer").await;
    let refresh = async |token: &serde_json::Value| {
        shop.call("POST", "/refresh").json(&json!({"refresh_token": token})).send().await
    };
    let first = shop.sign_in("ada@example.com", PASSWORD).await.expect(200);
    let second = refresh(&first["refresh_token"]).await.expect(200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    shop.call("GET", "/me").token(second["access_token"].as_str().unwrap()).send().await.expect(200);
    refresh(&first["refresh_token"]).await.refused(401, "invalid_refresh_token");
    refresh(&second["refresh_token"]).await.refused(401, "invalid_refresh_token");
    refresh(&json!("never issued")).await.refused(401, "invalid_refresh_token");
}

async fn signing_out_ends_the_session(shop: &Services) {
    shop.register("ada@example.com", "customer").await;
    let session = shop.sign_in("ada@example.com", PASSWORD).await.expect(200);
    let body = json!({"refresh_token": session["refresh_token"]});
    for _ in 0..2 {
        let answer = shop.call("POST", "/logout").json(&body).send().await;
        answer.expect(204);
        assert!(answer.body.is_empty());
    }
    shop.call("POST", "/refresh").json(&body).send().await.refused(401, "invalid_refresh_token");
}

async fn one_sees_and_changes_ones_own_account(shop: &Services) {
    let me = shop.patch("customer", "/me", json!({"name": "Ada", "phone": "+44 20 7946 0958"})).await;
    assert_eq!((&me.expect(200)["name"], me.header("etag")), (&json!("Ada"), "\"v2\""));
    let me = shop.patch("customer", "/me", json!({"phone": null})).await.expect(200);
    assert_eq!((&me["phone"], &me["name"]), (&json!(null), &json!("Ada")));
    let refused = shop.patch("customer", "/me", json!({"email": null})).await;
    refused.refused(422, "invalid_type");
    assert_eq!(refused.pointers(), ["/email"]);
    let stale = shop.by("customer", "PATCH", "/me").await.header("if-match", "\"v1\"");
    let stale = stale.json(&json!({"name": "Eve"})).send().await;
    assert_eq!(stale.refused(412, "stale_version")["current_version"], 3);
    assert_eq!(stale.header("etag"), "\"v3\"");
}

async fn a_new_password_ends_every_token(shop: &Services) {
    let change = async |old: &str, new: &str| {
        shop.put("customer", "/me/password", json!({"old_password": old, "new_password": new})).await
    };
    change("wrong horse battery", "another horse").await.refused(401, "wrong_password");
    let short = change(PASSWORD, "short").await;
    short.refused(422, "password_too_short");
    assert_eq!(short.pointers(), ["/new_password"]);
    change(PASSWORD, "another horse").await.expect(204);
    shop.get("customer", "/me").await.refused(401, "invalid_token");
    shop.sign_in("customer@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    shop.sign_in("customer@example.com", "another horse").await.expect(200);
}

async fn an_admin_finds_changes_and_removes_users(shop: &Services) {
    for name in ["ada", "bob", "eve"] {
        shop.register(&format!("{name}@example.com"), "customer").await;
    }
    let first = shop.get("admin", "/users?role=customer&limit=2&sort=-email").await;
    let page = first.expect(200);
    assert_eq!(page["items"][0]["email"], "eve@example.com");
    assert_eq!(page["has_more"], true);
    let link = first.header("link");
    let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
    assert!(next.starts_with("/users?role=customer&limit=2&sort=-email&cursor="), "{next}");
    let rest = shop.get("admin", next).await;
    let page = rest.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["next_cursor"]), (1, &json!(null)));
    assert_eq!(rest.header("link"), "");

    let found = shop.get("admin", "/users?q=BOB").await.expect(200);
    let id = found["items"][0]["id"].as_str().unwrap();
    assert_eq!(shop.get("admin", "/users/bob%40example.com").await.expect(200)["id"], id);
    let path = format!("/users/{id}");
    let staff = shop.patch("admin", &path, json!({"role": "staff", "name": "Bob"})).await.expect(200);
    assert_eq!((&staff["role"], &staff["version"]), (&json!("staff"), &json!(2)));
    shop.patch("admin", &path, json!({"role": "boss"})).await.refused(422, "invalid_role");
    shop.patch("admin", &path, json!({"email": "eve@example.com"})).await.refused(409, "email_taken");
    let stale = shop.by("admin", "DELETE", &path).await.header("if-match", "\"v1\"").send().await;
    stale.refused(412, "stale_version");
    shop.delete("admin", &path).await.expect(204);
    shop.get("admin", &path).await.refused(404, "user_not_found");
    shop.delete("admin", &path).await.refused(404, "user_not_found");
}

async fn a_disabled_user_is_out_at_once(shop: &Services) {
    shop.get("customer", "/me").await.expect(200);
    let path = "/users/customer@example.com";
    shop.patch("admin", path, json!({"status": "disabled"})).await.expect(200);
    shop.get("customer", "/me").await.refused(401, "invalid_token");
    shop.get("customer", "/orders").await.refused(401, "invalid_token");
    shop.sign_in("customer@example.com", PASSWORD).await.refused(401, "invalid_credentials");
}

async fn the_public_keys_check_the_tokens(shop: &Services) {
    let token = shop.token("customer").await;
    let keys = shop.call("GET", "/.well-known/jwks.json").send().await.expect(200);
    let keys = keys["keys"].as_array().unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let key = keys.iter().find(|key| key["kid"] == header.kid.as_deref().unwrap()).unwrap();
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
    assert!(key.get("d").is_none(), "a private key was shown");
    let decoding = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["shopctl"]);
    jsonwebtoken::decode::<serde_json::Value>(&token, &decoding, &validation).unwrap();
}
