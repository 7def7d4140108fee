//! The sweep of a service whose database goes away and comes back.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::mongod::{Kind, OwnMongod};

fn shopctl(home: &Path, server: &OwnMongod, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.env_clear().env("HOME", home).env("SHOPCTL_STORE", server.url()).stdin(Stdio::null());
    command.args(words.split_whitespace());
    command
}

fn ok(home: &Path, server: &OwnMongod, words: &str) -> String {
    let output = shopctl(home, server, words).output().unwrap();
    assert!(output.status.success(), "{words}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Looks again until it is there; fails after a minute with what there is.
fn until(what: &str, mut look: impl FnMut() -> String) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let seen = look();
        if seen.contains(what) {
            return;
        }
        assert!(Instant::now() < deadline, "{what:?} is not in {seen}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_database_that_is_away_is_told_once_and_sweeping_goes_on_when_it_is_back() {
    let server = OwnMongod::start(Kind::ReplicaSet);
    let home = tempfile::tempdir().unwrap();
    ok(home.path(), &server, "product create MUG --name Mug --price 5.00 --stock 9");
    let log = home.path().join("log");
    let mut service =
        shopctl(home.path(), &server, "serve orders --listen 127.0.0.1:0 --sweep-every 100ms -v")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
    let mut listening = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut listening).unwrap();
    assert!(listening.starts_with("orders\t"), "{listening}");
    server.kill();
    until("holds cannot be ended", || fs::read_to_string(&log).unwrap());
    server.restart();
    until("holds can be ended again", || fs::read_to_string(&log).unwrap());
    ok(home.path(), &server, "order create --email a@b.c --item MUG:2 --hold 1ms");
    until("expired", || ok(home.path(), &server, "order get 1001 --fields status"));
    let id = service.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(service.wait().unwrap().code(), Some(0));
    let said = fs::read_to_string(&log).unwrap();
    assert_eq!(said.matches("holds cannot be ended").count(), 1, "{said}");
}
