//! The program at the same work.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Figure;
use crate::bare::Bare;

fn program(home: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopctl"));
    command.env_clear().env("HOME", home).env("USER", "bench").env("SHOPCTL_STORE", url);
    command
}

/// Makes the schema.
pub(crate) fn init(home: &Path, url: &str) {
    assert!(program(home, url).args(["store", "init"]).status().expect("the program").success());
}

/// Inserts a file, inserts it again, and changes every row with another.
pub(crate) fn measure(
    home: &Path,
    store: &str,
    url: &str,
    rows: u64,
    files: &[PathBuf; 2],
    bare: &[(&str, Bare)],
) {
    let [new, changed] = files.each_ref().map(|path| path.to_str().expect("a path"));
    let figure = |what: &str, took, peak| Figure { what: format!("{store}, {what}"), rows, took, peak };
    let alone = |what: &str, time: fn(&Bare) -> Duration| -> Vec<Figure> {
        bare.iter().map(|(who, bare)| figure(&format!("{what}, {who}"), time(bare), None)).collect()
    };
    let insert = alone("insert", |bare| bare.insert);
    for figure in &insert {
        figure.print(&[]);
    }
    let (took, peak) = run(home, url, &[new], &format!("\"created\":{rows}"));
    figure("insert, shopctl", took, peak).print(&insert);
    let (took, peak) = run(home, url, &[new], "done_before");
    figure("the same file again", took, peak).print(&[]);
    let (took, peak) =
        run(home, url, &[new, "--again", "--mode", "upsert"], &format!("\"unchanged\":{rows}"));
    figure("the same rows, compared one by one", took, peak).print(&[]);
    let change = alone("upsert", |bare| bare.change);
    for figure in &change {
        figure.print(&[]);
    }
    let (took, peak) = run(home, url, &[changed, "--mode", "upsert"], &format!("\"updated\":{rows}"));
    figure("upsert, shopctl", took, peak).print(&change);
}

/// Runs an import, which must say this. Gives how long it took and its peak memory in KiB.
fn run(home: &Path, url: &str, words: &[&str], says: &str) -> (Duration, Option<u64>) {
    let begun = Instant::now();
    let mut child = program(home, url)
        .args(["product", "import", "-o", "json"])
        .args(words)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut peak = None;
    let status = format!("/proc/{}/status", child.id());
    while child.try_wait().expect("a process").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let high = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = high.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).or(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = begun.elapsed();
    let output = child.wait_with_output().expect("its output");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(says), "{words:?}: {said}");
    (took, peak)
}
