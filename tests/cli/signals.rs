//! Ctrl-C and SIGTERM.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use super::Shop;

/// A list that repeats itself, which has printed its first line.
fn watching(shop: &Shop) -> Child {
    let mut command = shop.command();
    command.args(["product", "list", "--watch=100ms", "-o", "id"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("prd_"), "{line}");
    child
}

fn send(signal: &str, child: &Child) {
    let done = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
fn ctrl_c_ends_with_130_and_sigterm_with_143() {
    let shop = Shop::with_mugs();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = shop.command();
        child.args(["user", "register", "a@b.c", "--password-stdin"]).stdin(Stdio::piped());
        // Waits for a password that never comes. It answers signals once it has begun, which -v announces.
        let mut child = child.arg("-v").stderr(Stdio::piped()).spawn().unwrap();
        let _keep = child.stdin.take();
        wait_until_it_listens(&child);
        send(signal, &child);
        let status = child.wait().unwrap();
        assert_eq!((status.code(), status.signal()), (Some(code), None));
    }
    assert_eq!(shop.listed("user list", "email"), Vec::<String>::new());
}

/// Until the kernel says that the program catches signals.
fn wait_until_it_listens(child: &Child) {
    let path = format!("/proc/{}/status", child.id());
    loop {
        let status = std::fs::read_to_string(&path).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        let caught = u64::from_str_radix(caught, 16).unwrap();
        // SIGINT is 2 and SIGTERM 15; the mask counts from 1.
        if caught & (1 << 1) != 0 && caught & (1 << 14) != 0 {
            return;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_watched_list_repeats_until_its_reader_is_gone() {
    let shop = Shop::with_mugs();
    // `watching` drops the reading end after one line.
    let status = watching(&shop).wait().unwrap();
    assert_eq!(status.code(), Some(0));
}
