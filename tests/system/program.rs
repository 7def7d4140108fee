//! `shopctl` as a process, with an environment of its own.

use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::mongod::{Kind, OwnMongod, TestDatabase};

/// A place to run `shopctl` in: an empty home and a store.
pub(crate) struct Shop {
    home: TempDir,
    url: String,
    _database: Option<TestDatabase>,
    _server: Option<OwnMongod>,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Shop {
    /// With an embedded store.
    pub(crate) fn on_sqlite() -> Self {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", home.path().join("shop.db").display());
        Self { home, url, _database: None, _server: None }
    }

    /// With a database on the real server.
    pub(crate) fn on_mongodb() -> Self {
        let database = TestDatabase::fresh();
        let home = tempfile::tempdir().unwrap();
        Self { home, url: database.url(), _database: Some(database), _server: None }
    }

    /// On a server of its own, which ends the transactions of a killed program after a second instead of a minute.
    pub(crate) fn on_own_mongodb() -> Self {
        let server = OwnMongod::start(Kind::ReplicaSet);
        server.end_orphans_after(1);
        Self { home: tempfile::tempdir().unwrap(), url: server.url(), _database: None, _server: Some(server) }
    }

    /// With another database on this one's server.
    pub(crate) fn beside(&self, name: &str) -> Self {
        let server = self.url.strip_suffix("/shop").expect("a server of its own");
        let url = format!("{server}/{name}");
        Self { home: tempfile::tempdir().unwrap(), url, _database: None, _server: None }
    }

    /// The home directory, in which commands run.
    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// The store's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("USER", "tester")
            .env("SHOPCTL_STORE", &self.url)
            .current_dir(self.home.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Runs the program and expects success; gives what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:#?}");
        run.stdout
    }

    /// Runs the program with JSON output and expects success.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.ok(&[&["-o", "json"], arguments].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }

    /// Starts the program.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
