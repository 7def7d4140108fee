//! Users from files.

use serde_json::json;

use super::{bring, counts, file, last, on_both, rejections, report};

/// What Werkzeug, Django and PHP keep of passwords.
const HASHES: [&str; 3] = [
    "pbkdf2:sha256:1000$hDxUKrEvuYWDlluC$be3bc350bc2822a7ce55f4e3c84a3f9d65503cc0837a821f3f95a096b59ebe2e",
    "pbkdf2_sha256$1000$358shE5RFfalRteLS8KHJ3$JqjOjhaBqN7MVV+PURVt7xzWLjhpK7Ow53D8qSRbYfc=",
    "$2b$05$oC0hXrtIG4woGrbLgyT/IOCvHy1yUGSO2jIxjdwKcjAASjV/wo/3a",
];

#[test]
fn users_sign_in_with_the_passwords_that_other_programs_hashed() {
    on_both(|shop| {
        let rows = ["a", "b", "c"].iter().zip(HASHES).map(|(name, hash)| {
            json!({"email": format!("{name}@example.com"), "password_hash": hash}).to_string()
        });
        file(shop, "users.jsonl", &rows.collect::<Vec<_>>().join("\n"));
        assert_eq!(counts(&bring(shop, "user", 0, &["users.jsonl"])), [3, 3, 0, 0, 0]);
        // The passwords stand beside the hashes in the tests of the hashes themselves; here a wrong one is enough.
        file(shop, "wrong", "not the password");
        for name in ["a", "b", "c"] {
            let email = format!("{name}@example.com");
            assert_eq!(shop.json(&["user", "get", &email])["has_password"], true);
            let verified = shop.run(&["user", "verify", &email, "--password-file", "wrong"]);
            assert_eq!(verified.code, Some(6), "{verified:#?}");
        }
        let out = shop.ok(&["user", "export", "-"]);
        assert!(!out.contains("pbkdf2") && !out.contains("$2b$"), "{out}");
    });
}

#[test]
fn an_empty_cell_clears_a_name_and_never_a_password() {
    on_both(|shop| {
        file(shop, "pw", "a long enough password");
        shop.ok(&["user", "register", "Ada@example.com", "--name", "Ada", "--password-file", "pw"]);
        file(
            shop,
            "a.csv",
            "email,name,phone,role,password_hash\nada@example.com,,+49 1,staff,\nbob@example.com,Bob,,,\n",
        );
        let run = bring(shop, "user", 5, &["a.csv"]);
        assert!(
            run.stderr.contains("email_taken")
                && run.stderr.contains("a.csv:2: email")
                && run.stdout.is_empty(),
            "{run:#?}"
        );
        assert_eq!(counts(&bring(shop, "user", 0, &["a.csv", "--mode", "upsert"])), [2, 1, 1, 0, 0]);
        let ada = shop.json(&["user", "get", "ada@example.com"]);
        assert_eq!(
            (&ada["name"], &ada["role"], &ada["email"]),
            (&json!(null), &json!("staff"), &json!("Ada@example.com"))
        );
        shop.ok(&["user", "verify", "ada@example.com", "--password-file", "pw"]);
        assert_eq!(
            counts(&bring(shop, "user", 0, &["a.csv", "--mode", "upsert", "--again"])),
            [2, 0, 0, 2, 0]
        );
        let undone = shop.json(&["import", "undo", &last(shop), "--yes"]);
        assert_eq!((&undone["undone"], &undone["kept"]), (&json!(0), &json!(0)), "nothing was written");
        let first = shop.json(&["import", "list"])["items"][0]["id"].as_str().unwrap().to_owned();
        let undone = shop.json(&["import", "undo", &first, "--yes"]);
        assert_eq!((&undone["undone"], &undone["kept"]), (&json!(2), &json!(0)), "{undone:#}");
        let ada = shop.json(&["user", "get", "ada@example.com"]);
        assert_eq!(
            (&ada["name"], &ada["role"], &ada["phone"]),
            (&json!("Ada"), &json!("customer"), &json!(null))
        );
        assert_eq!(shop.run(&["user", "get", "bob@example.com"]).code, Some(3));
        shop.ok(&["doctor"]);
    });
}

#[test]
fn wrong_users_are_told_without_their_hashes() {
    on_both(|shop| {
        let rows = "email,role,password_hash,phone\n\
            a@example.com,boss,,\n\
            nobody,,,\n\
            c@example.com,,c2VjcmV0IGhhc2g,\n\
            d@example.com,,,\n\
            D@EXAMPLE.COM,,,\n";
        file(shop, "a.csv", rows);
        let run = bring(shop, "user", 8, &["a.csv", "--on-error", "skip", "--rejects", "rejects.csv"]);
        let told =
            [(2, "invalid_role"), (3, "invalid_email"), (4, "unknown_password_hash"), (6, "repeated_key")];
        let told: Vec<(u64, String)> = told.map(|(line, code)| (line, code.to_owned())).into();
        assert_eq!((rejections(&report(&run)), counts(&run)), (told, [5, 1, 0, 0, 4]));
        assert!(!run.stdout.contains("c2VjcmV0") && !run.stderr.contains("c2VjcmV0"), "{run:#?}");
    });
}
