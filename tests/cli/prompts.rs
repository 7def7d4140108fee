//! Questions, on a real terminal.

use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect, Session};

use super::{Shop, error_code};

/// A command on a terminal of its own.
pub(super) fn on_a_terminal(shop: &Shop, line: &str) -> OsSession {
    // A terminal of a test begins without echo; a person's shows what is typed until a program hides it.
    let mut command = Command::new("sh");
    command.args(["-c", "stty echo; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_shopctl")]);
    command.args(line.split_whitespace()).env_clear().current_dir(shop.home());
    command.env("HOME", shop.home()).env("USER", "tester").env("TERM", "xterm");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    terminal(command)
}

fn terminal(command: Command) -> OsSession {
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    session
}

/// Types a secret once the terminal hides it: what is typed before, while the prompt is being set up, is thrown away.
fn type_secret(session: &mut OsSession, secret: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while session.get_process().get_echo().unwrap() {
        assert!(Instant::now() < deadline, "the terminal still shows what is typed");
        std::thread::yield_now();
    }
    session.send_line(secret).unwrap();
}

/// Everything until the end, and the exit code.
pub(super) fn end(mut session: OsSession) -> (String, i32) {
    let rest = session.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, code) => (text, code),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn a_new_password_is_asked_for_twice_and_never_shown() {
    let shop = Shop::empty();
    let mut session = on_a_terminal(&shop, "user register ada@example.com");
    session.expect("Password for ada@example.com in sqlite:").unwrap();
    type_secret(&mut session, "correct horse");
    session.expect("Repeat it").unwrap();
    type_secret(&mut session, "correct horse");
    let (text, code) = end(session);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("correct horse"), "{text}");
    shop.run_with("user verify ada@example.com --password-stdin", b"correct horse").ok();
}

#[test]
fn two_passwords_that_differ_are_asked_for_again() {
    let shop = Shop::empty();
    let mut session = on_a_terminal(&shop, "user register ada@example.com");
    session.expect("Password for").unwrap();
    type_secret(&mut session, "correct horse");
    session.expect("Repeat it").unwrap();
    type_secret(&mut session, "battery staple");
    session.expect("not the same").unwrap();
    session.expect("Password for").unwrap();
    type_secret(&mut session, "correct horse");
    session.expect("Repeat it").unwrap();
    type_secret(&mut session, "correct horse");
    assert_eq!(end(session).1, 0);
}

#[test]
fn yes_deletes_and_no_does_not() {
    let shop = Shop::with_mugs();
    let mut session = on_a_terminal(&shop, "product delete MUG");
    session.expect("delete product \"MUG\" from sqlite:").unwrap();
    session.send("n").unwrap();
    let (text, code) = end(session);
    assert_eq!(code, 9, "{text}");
    assert!(text.contains("nothing was deleted"), "{text}");
    shop.ok("product get MUG");

    let mut session = on_a_terminal(&shop, "product delete MUG");
    session.expect("delete product").unwrap();
    session.send("y").unwrap();
    assert_eq!(end(session).1, 0);
    assert_eq!(error_code(&shop, "product get MUG").0, 3);
}

#[test]
fn ctrl_c_at_a_question_ends_with_130_and_shows_the_cursor_again() {
    let shop = Shop::with_mugs();
    let mut session = on_a_terminal(&shop, "product delete MUG");
    session.expect("delete product").unwrap();
    // The cursor is hidden while the question waits.
    session.expect("\u{1b}[?25l").unwrap();
    session.send(ControlCode::EndOfText).unwrap();
    let (text, code) = end(session);
    assert_eq!(code, 130, "{text}");
    assert!(text.contains("\u{1b}[?25h"), "{text:?}");
    shop.ok("product get MUG");
}

#[test]
fn ctrl_c_at_a_password_ends_with_130_and_echoes_again() {
    let shop = Shop::empty();
    let mut session = on_a_terminal(&shop, "user register ada@example.com");
    session.expect("Password for").unwrap();
    // What is typed is hidden a moment after the question.
    while session.get_process().get_echo().unwrap() {
        std::thread::yield_now();
    }
    session.send(ControlCode::EndOfText).unwrap();
    session.expect("\u{1b}[?25h").unwrap();
    assert!(session.get_process().get_echo().unwrap(), "what is typed is shown again");
    assert_eq!(end(session).1, 130);
    assert!(shop.listed("user list", "email").is_empty());
}

#[test]
fn nobody_is_asked_without_input() {
    let shop = Shop::with_mugs();
    let (text, code) = end(on_a_terminal(&shop, "product delete MUG --no-input"));
    assert_eq!(code, 9, "{text}");
    let (text, code) = end(on_a_terminal(&shop, "user register ada@example.com --no-input"));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("--password-stdin"), "{text}");
}

#[test]
fn nobody_is_asked_off_a_terminal() {
    let shop = Shop::with_mugs();
    shop.run("user register ada@example.com").fails(2).says("--password-stdin");
    shop.run("product delete MUG").fails(9).says("add --yes");
}

#[test]
fn on_a_terminal_results_are_a_table() {
    let shop = Shop::with_mugs();
    let (text, code) = end(on_a_terminal(&shop, "product list"));
    assert_eq!(code, 0);
    assert!(text.contains('─') && text.contains("12.50"), "{text}");
}
