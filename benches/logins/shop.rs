//! A shop with users in it, served by a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use secrecy::SecretString;
use shopctl::domain::actor::Actor;
use shopctl::service::WriteOptions;
use shopctl::service::clock::SystemClock;
use shopctl::service::password::PasswordHasher;
use shopctl::service::users::{NewUser, Users};
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use tempfile::TempDir;

/// Whom everybody signs in with.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The address of the `n`-th user.
pub(crate) fn email(n: usize) -> String {
    format!("user{n}@example.com")
}

/// The process; it ends with this.
pub(crate) struct Shop {
    process: Child,
    pub(crate) users: SocketAddr,
    pub(crate) products: SocketAddr,
    pub(crate) count: usize,
    _home: TempDir,
}

impl Shop {
    /// Registers so many users and serves.
    pub(crate) async fn open(count: usize) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", home.path().join("shop.db").display());
        let parsed = StoreUrl::parse(&url).expect("a store URL");
        let store = open(&parsed, &OpenOptions::default()).await.expect("a store");
        let users = Users::new(store.clone(), Arc::new(SystemClock), Arc::new(PasswordHasher::new()));
        for n in 0..count {
            let new = NewUser {
                email: email(n),
                password: Some(SecretString::from(PASSWORD)),
                ..NewUser::default()
            };
            users.register(new, &WriteOptions::by(Actor::system())).await.expect("a new user");
        }
        store.close().await;
        let log = fs::File::create(home.path().join("serve.log")).expect("a log");
        let mut process = Command::new(env!("CARGO_BIN_EXE_shopctl"))
            .args(["serve", "users", "products", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("HOME", home.path())
            .env("SHOPCTL_STORE", url)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut address = || {
            let mut line = String::new();
            output.read_line(&mut line).expect("an address");
            line.trim().rsplit_once("http://").expect("an address").1.parse().expect("an address")
        };
        let (users, products) = (address(), address());
        Self { process, users, products, count, _home: home }
    }

    /// Memory in use now, in MiB.
    pub(crate) fn resident_mib(&self) -> f64 {
        self.memory("VmRSS:")
    }

    /// The most memory that was in use at any time, in MiB.
    pub(crate) fn most_resident_mib(&self) -> f64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.map_or(f64::NAN, |kib| kib / 1024.0)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
