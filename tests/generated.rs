//! What is generated and committed is what the program generates now.
//!
//! `UPDATE_GENERATED=1 cargo test generated` writes the files anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory's files by name.
type Files = BTreeMap<String, String>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn shopctl(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_shopctl"))
        .env_clear()
        .env("HOME", home.path())
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn files_of(dir: &Path) -> Files {
    let Ok(entries) = fs::read_dir(dir) else { return Files::new() };
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Compares a committed directory with what was generated, or writes it.
fn compare(dir: &str, generated: &Files) {
    let path = root().join(dir);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        for (name, text) in generated {
            fs::write(path.join(name), text).unwrap();
        }
        return;
    }
    let committed = files_of(&path);
    let names = |files: &Files| files.keys().cloned().collect::<Vec<String>>();
    let again = "UPDATE_GENERATED=1 cargo test generated";
    assert_eq!(names(&committed), names(generated), "{dir} is stale: {again}");
    for (name, text) in generated {
        assert_eq!(&committed[name], text, "{dir}/{name} is stale: {again}");
    }
}

#[test]
fn completions_are_what_the_program_prints() {
    let scripts = [
        ("shopctl.bash", "bash"),
        ("shopctl.elv", "elvish"),
        ("shopctl.fish", "fish"),
        ("_shopctl.ps1", "powershell"),
        ("_shopctl", "zsh"),
    ];
    let generated = scripts.map(|(name, shell)| (name.to_owned(), shopctl(&["completion", shell])));
    compare("completions", &generated.into());
}

#[test]
fn man_pages_are_what_the_program_writes() {
    let dir = tempfile::tempdir().unwrap();
    shopctl(&["man", "--dir", dir.path().to_str().unwrap()]);
    let pages = files_of(dir.path());
    assert!(pages.len() > 40, "a page a command, and there are more than {}", pages.len());
    compare("man", &pages);
}

#[test]
fn openapi_documents_are_what_the_program_prints() {
    let services = ["users", "products", "orders", "inventory"];
    let documents = services.map(|service| (format!("{service}.json"), shopctl(&["openapi", service])));
    for (name, text) in &documents {
        let document: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(document["openapi"], "3.1.0", "{name}");
    }
    compare("src/http/openapi", &documents.into());
}

/// The verbs of a noun, as its help lists them.
fn verbs(noun: &str) -> Vec<String> {
    let help = shopctl(&[noun, "--help"]);
    let commands = help.split("Commands:\n").nth(1).unwrap_or_else(|| panic!("{noun}: {help}"));
    commands
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_readme_lists_the_verbs_that_there_are() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for noun in ["user", "product", "order", "inventory", "store", "config", "selftest", "import"] {
        let start = format!("shopctl {noun} ");
        let section = readme.split("## Commands").nth(1).unwrap();
        let line = section.lines().find(|line| line.starts_with(&start)).unwrap();
        let mut listed: Vec<&str> = line.split_whitespace().skip(2).collect();
        let mut there = verbs(noun);
        listed.sort_unstable();
        there.sort_unstable();
        assert_eq!(listed, there, "README.md, the commands of {noun}");
    }
}
