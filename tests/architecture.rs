//! Imports point only downwards, and each database is named in one folder only.

use std::fs;
use std::path::{Path, PathBuf};

/// Layers from the bottom up, with what each may use of this crate. `store/open.rs` is the one file that knows both back
/// ends, which are folders of the store's own layer.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("store", &["domain", "store"]),
    ("files", &["domain", "files"]),
    ("service", &["domain", "store", "files", "service"]),
    ("output", &["domain", "files", "service", "output"]),
    ("http", &["domain", "store", "files", "service", "http"]),
    ("cli", &["domain", "store", "files", "service", "output", "http", "cli"]),
];

/// Crates that only these folders may name.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/sqlite"]),
    ("mongodb", &["store/mongo"]),
    ("axum", &["http"]),
    ("hyper", &["http", "cli/health"]),
    ("clap", &["cli", "output"]),
    ("prometheus_client", &["http"]),
    ("rustls", &["http"]),
    ("opentelemetry", &["cli/telemetry", "http/trace"]),
    ("dialoguer", &["cli"]),
    ("comfy_table", &["output"]),
    ("argon2", &["service"]),
    ("jsonwebtoken", &["service/auth"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The code of a file without its comments, in which links may point anywhere.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn layers_import_only_downwards() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| name.starts_with(&format!("{layer}/")))
        else {
            continue;
        };
        for (line, code) in code(&text) {
            for used in code.split("crate::").skip(1) {
                let module: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let known = LAYERS.iter().any(|(layer, _)| *layer == module);
                if known && !allowed.contains(&module.as_str()) {
                    wrong.push(format!("src/{name}:{}: uses {module}", line + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point upwards:\n{}", wrong.join("\n"));
}

#[test]
fn a_database_or_framework_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        for (library, homes) in HOMES {
            let at_home = homes.iter().any(|home| name == *home || name.starts_with(&format!("{home}/")))
                || homes.iter().any(|home| name == format!("{home}.rs"));
            for (line, code) in code(&text) {
                if !at_home && code.contains(&format!("{library}::")) {
                    wrong.push(format!("src/{name}:{}: names {library}", line + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "named outside its folder:\n{}", wrong.join("\n"));
}

#[test]
fn only_open_names_the_back_ends() {
    for (name, text) in sources() {
        let inside = name.starts_with("store/sqlite/") || name.starts_with("store/mongo/");
        if inside || name == "store/open.rs" || name == "store/mod.rs" {
            continue;
        }
        for (line, code) in code(&text) {
            let names_one = code.contains("SqliteStore") || code.contains("MongoStore");
            assert!(!names_one, "src/{name}:{} names a back end", line + 1);
        }
    }
}

/// SQLite's triggers refuse it from anybody; a validator of MongoDB cannot, so there it is a matter of what the program says.
#[test]
fn no_statement_updates_or_removes_a_movement_of_stock() {
    let mut statements = 0;
    for (name, text) in sources() {
        let code = code(&text).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
        for statement in code.split(';') {
            if !statement.contains("stock_movements") && !statement.contains("MovementRow>()") {
                continue;
            }
            statements += 1;
            let calls = [".update_", ".replace_", ".delete_", ".find_one_and", ".bulk_write", ".drop("];
            let sql =
                ["UPDATE stock_movements", "DELETE FROM stock_movements", "REPLACE INTO stock_movements"];
            for verb in calls.iter().chain(&sql) {
                assert!(!statement.contains(verb), "src/{name} says {verb:?} of movements: {statement}");
            }
        }
    }
    assert!(statements >= 5, "the statements were not found");
}
