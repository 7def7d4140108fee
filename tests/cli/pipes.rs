//! Pipes, full disks, and places where nothing can be written.

use std::fs::File;
use std::process::{Command, Stdio};

use super::Shop;

/// Runs a line of shell with `shopctl` at hand and gives its exit codes, one a stage.
fn shell(shop: &Shop, line: &str) -> (String, String) {
    let mut command = Command::new("bash");
    command.env_clear().env("HOME", shop.home()).env("PATH", "/usr/bin:/bin").current_dir(shop.home());
    let script = format!(
        "shopctl() {{ {:?} \"$@\"; }}\n{line}\necho \"${{PIPESTATUS[*]}}\"",
        env!("CARGO_BIN_EXE_shopctl")
    );
    let output = command.arg("-c").arg(script).stdin(Stdio::null()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_list_quietly() {
    let shop = Shop::empty();
    for index in 0..60 {
        shop.ok(&format!("product create SKU-{index} --name {} --price 1", "x".repeat(180)));
    }
    for format in ["tsv", "csv", "json", "jsonl", "id", "table"] {
        // `true` reads nothing at all.
        let (stdout, stderr) = shell(&shop, &format!("shopctl product list --all -o {format} | true"));
        assert_eq!((stdout.as_str(), stderr.as_str()), ("0 0\n", ""), "{format}");
    }
    let (stdout, stderr) = shell(&shop, "shopctl product list --all -o id | head -n 1 | cut -c 1-4");
    assert_eq!((stdout.as_str(), stderr.as_str()), ("prd_\n0 0 0\n", ""));
}

#[test]
fn help_into_a_closed_pipe_is_quiet() {
    let (stdout, stderr) = shell(&Shop::empty(), "shopctl --help | true");
    assert_eq!((stdout.as_str(), stderr.as_str()), ("0 0\n", ""));
}

#[test]
fn a_full_disk_below_standard_output_is_told() {
    let shop = Shop::with_mugs();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = shop.command().args(["product", "list"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written to standard output"));
}

#[test]
fn a_directory_that_cannot_be_written_is_7() {
    let shop = Shop::empty();
    shop.write("plain", "a file, not a directory");
    shop.run("--store sqlite:plain/shop.db product create A --name A --price 1").fails(7).says("hint:");
    shop.run("--store sqlite:/proc/shop.db product create A --name A --price 1").fails(7).says("hint:");
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let shop = Shop::empty();
    shop.write(
        "notes.txt",
        "remember the milk, and a good deal more than a hundred bytes so that it could be a page",
    );
    shop.run("--store sqlite:notes.txt product create A --name A --price 1").fails(2);
    let text = std::fs::read_to_string(shop.home().join("notes.txt")).unwrap();
    assert!(text.starts_with("remember the milk"));
}
