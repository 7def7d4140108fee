//! `shopctl user register`

use super::{Shop, error_code, with_ada};

#[test]
fn shows_the_user_and_never_the_password() {
    let shop = Shop::empty();
    let done =
        shop.run_with("user register Ada@Example.com --password-stdin -o json", b"correct horse\n").ok();
    let user = done.json();
    assert_eq!((&user["email"], &user["role"]), (&"Ada@Example.com".into(), &"customer".into()));
    assert_eq!((&user["has_password"], &user["status"]), (&true.into(), &"active".into()));
    done.hides("correct horse").hides("argon2");
}

#[test]
fn reads_a_password_from_a_file_without_its_line_break() {
    let shop = Shop::empty();
    for (file, text) in
        [("unix", "correct horse\n"), ("windows", "correct horse\r\n"), ("bare", "correct horse")]
    {
        shop.write(file, text);
        shop.ok(&format!("user register {file}@example.com --password-file {file}"));
        shop.run_with(&format!("user verify {file}@example.com --password-stdin"), b"correct horse").ok();
    }
    assert_eq!(
        error_code(&shop, "user register a@b.c --password-file nowhere"),
        (2, "password_unreadable".to_owned())
    );
}

#[test]
fn a_user_may_have_no_password() {
    let shop = Shop::empty();
    assert_eq!(shop.json("user register a@b.c --no-password --role staff")["has_password"], false);
    shop.run_with("user verify a@b.c --password-stdin", b"anything else").fails(6);
}

#[test]
fn an_address_is_taken_whatever_its_case() {
    let shop = with_ada();
    assert_eq!(
        error_code(&shop, "user register ADA@example.com --no-password"),
        (4, "email_taken".to_owned())
    );
    let shown = shop.run("user register ADA@example.com --no-password --if-not-exists -o json").ok();
    assert_eq!(shown.says("was registered already").json()["name"], "Ada");
}

#[test]
fn a_bad_password_is_told_without_being_repeated() {
    let shop = Shop::empty();
    for (password, code) in [("short", "password_too_short"), ("password1", "password_too_common")] {
        let done =
            shop.run_with("user register a@b.c --password-stdin -o json", password.as_bytes()).fails(5);
        assert_eq!(done.error()["code"], code);
        done.hides("password1");
    }
    shop.run_with("user register a@b.c --password-stdin", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8").fails(5);
}

#[test]
fn a_password_is_never_an_argument() {
    let shop = Shop::empty();
    shop.run("user register a@b.c hunter2hunter2").fails(2);
    shop.run("user register a@b.c --password hunter2hunter2").fails(2);
    shop.run("user register a@b.c --no-password --password-stdin").fails(2);
}
