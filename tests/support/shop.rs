//! A shop of one test's own: an empty home directory, and the program run in it as a person would.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Where the program keeps the embedded store below its home.
const STORE: &str = ".local/share/shopctl/shop.db";

/// An empty home directory, in which commands also run.
pub(crate) struct Shop {
    home: TempDir,
}

impl Shop {
    /// Nothing is there yet, not even a store.
    pub(crate) fn empty() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary directory") }
    }

    /// With 10 blue mugs at 12.50 EUR, SKU `MUG`.
    pub(crate) fn with_mugs() -> Self {
        let shop = Self::empty();
        shop.ok("product create MUG --name Mug --price 12.50 --stock 10");
        shop
    }

    /// Also with an order for two of them, numbered 1001.
    pub(crate) fn with_an_order() -> Self {
        let shop = Self::with_mugs();
        let number = &shop.json("order create --email ada@example.com --item MUG:2")["number"];
        assert_eq!(number, 1001, "the first order of a shop");
        shop
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The embedded store's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.home().join(STORE)
    }

    /// Writes a file below the home directory.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.home().join(path);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// The program, in an environment that holds nothing else.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
        command.env_clear().env("HOME", self.home()).env("USER", "tester").current_dir(self.home());
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command line, split at spaces.
    #[track_caller]
    pub(crate) fn run(&self, line: &str) -> Done {
        self.run_words(line.split_whitespace())
    }

    /// Runs a command line word by word.
    #[track_caller]
    pub(crate) fn run_words<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Done {
        let mut command = self.command();
        command.args(words);
        Done::of(&mut command)
    }

    /// Runs a command line with this on standard input.
    #[track_caller]
    pub(crate) fn run_with(&self, line: &str, input: &[u8]) -> Done {
        let mut command = self.command();
        command.args(line.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // A program that does not read its input may be gone before it is written.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        let output = child.wait_with_output().expect("the program ends");
        Done::from_output(line.to_owned(), &output)
    }

    /// Standard output of a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> String {
        self.run(line).ok().stdout
    }

    /// The JSON of a command that must succeed.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} -o json")).ok().json()
    }

    /// A member of each item of a list.
    #[track_caller]
    pub(crate) fn listed(&self, line: &str, member: &str) -> Vec<String> {
        let listing = self.json(line);
        let items = listing["items"].as_array().expect("a list").iter();
        items
            .map(|item| item[member].as_str().map_or_else(|| item[member].to_string(), str::to_owned))
            .collect()
    }

    /// On hand and reserved of the mugs.
    #[track_caller]
    pub(crate) fn mugs(&self) -> (i64, i64) {
        let stock = self.json("inventory get MUG");
        (stock["on_hand"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap())
    }

    /// Changes the stored rows directly, past every rule.
    pub(crate) fn damage(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.file()).expect("the store opens");
        connection.pragma_update(None, "ignore_check_constraints", true).expect("checks can be left out");
        connection.execute_batch(sql).expect("the damage is done");
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    #[expect(dead_code, reason = "read by Debug, when a test fails")]
    pub(crate) line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// Runs a command to its end.
    #[track_caller]
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program runs");
        Self::from_output(format!("{command:?}"), &output)
    }

    pub(crate) fn from_output(line: String, output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(!stderr.contains("panicked"), "{line}\n{stderr}");
        Self { line, code: output.status.code(), stdout, stderr }
    }

    /// It succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// It failed with this exit code and printed no result.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{self:#?}");
        self
    }

    /// It ended with this code, whatever it printed.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Standard error holds this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{text:?} is not said: {self:#?}");
        self
    }

    /// Standard error does not hold this.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text) && !self.stdout.contains(text), "{text:?} is told: {self:#?}");
        self
    }

    /// Standard output, which is one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The error object, which is the last thing on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let line = self.stderr.lines().next_back().unwrap_or_default();
        let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        json["error"].clone()
    }
}

/// The code of the error that a command ends with, and that its exit code is the one it tells.
#[track_caller]
pub(crate) fn error_code(shop: &Shop, line: &str) -> (i32, String) {
    let done = shop.run(&format!("{line} -o json"));
    let error = done.error();
    assert_eq!(error["exit_code"].as_i64(), done.code.map(i64::from), "{done:#?}");
    assert_eq!(done.stdout, "", "{done:#?}");
    (done.code.unwrap(), error["code"].as_str().unwrap().to_owned())
}
