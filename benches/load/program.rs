//! The programs of a run: shopctl, and handlers to measure it against.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A bare handler in a process of its own, ended with this.
pub(crate) struct Bare {
    child: Child,
    pub(crate) addr: SocketAddr,
}

impl Bare {
    /// Starts this very program with a flag that has it serve on the database at this URL and say where.
    pub(crate) fn start(flag: &str, url: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let child = Command::new(program).args([flag, url]).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the handler starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("its address");
        Self { child, addr: line.trim().parse().expect("an address") }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of shopctl on a store, which must succeed.
pub(crate) fn shopctl(home: &Path, url: &str, words: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_shopctl"))
        .args(words)
        .args(["--store", url, "--timeout", "0", "-q"])
        .env_clear()
        .env("HOME", home)
        .output()
        .expect("the program runs");
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}
