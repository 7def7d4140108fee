//! A shop with one product, and services on it.

use std::path::Path;
use std::process::Command;

use crate::support::service_process::ServiceProcess;

pub(crate) struct Shop {
    pub(crate) home: tempfile::TempDir,
    pub(crate) url: String,
}

impl Shop {
    /// On an SQLite file.
    pub(crate) fn on_a_file() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("shop.db").display());
        Self::filled(home, url)
    }

    /// On a MongoDB server.
    pub(crate) fn on(url: String) -> Self {
        Self::filled(tempfile::tempdir().expect("a directory"), url)
    }

    fn filled(home: tempfile::TempDir, url: String) -> Self {
        let shop = Self { home, url };
        shop.shopctl(&[
            "product",
            "create",
            "MUG",
            "--name",
            "Mug",
            "--price",
            "12.50",
            "--stock",
            "1000000000",
        ]);
        shop
    }

    pub(crate) fn serve(&self, service: &'static str, flags: &[&str]) -> ServiceProcess {
        let service = ServiceProcess::start_with(flags, service, self.home.path(), &self.url);
        assert!(service.ready_within(std::time::Duration::from_secs(10)), "{}", service.log_end());
        service
    }

    pub(crate) fn shopctl(&self, words: &[&str]) {
        let done =
            command(self.home.path(), &self.url).args(words).arg("-q").output().expect("the program runs");
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// The program, on this store.
pub(crate) fn command(home: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.env_clear().env("HOME", home).env("SHOPCTL_STORE", url);
    command
}

/// The resident memory of a process now and at its height, in kilobytes.
pub(crate) fn memory(process: u32) -> (u64, u64) {
    (status(process, "VmRSS:"), status(process, "VmHWM:"))
}

/// What of it is the process's own: the rest is pages of the program's file, which the system may drop at any time and shares between copies.
pub(crate) fn own_memory(process: u32) -> u64 {
    status(process, "RssAnon:")
}

fn status(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a figure");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
