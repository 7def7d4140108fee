//! `shopctl user|product|order|inventory export`

use std::fs;
use std::io::Read;

use serde_json::Value;

use super::{Shop, error_code};

/// A shop with something of everything, awkward values among it.
fn filled() -> Shop {
    let shop = Shop::with_mugs();
    shop.run_words([
        "product",
        "create",
        "=SUM(A1)",
        "--name",
        "Cup, \"large\"",
        "--price",
        "3",
        "--description",
        "two\nlines",
        "--tag",
        "a,b",
        "--tag",
        r"c\d",
        "--option",
        "colour=blue",
        "--status",
        "draft",
    ])
    .ok();
    shop.ok("user register ada@example.com --name Ada --no-password");
    shop.ok("order create --user ada@example.com --item MUG:2");
    shop.ok("order create --customer-ref C-4711 --item MUG:1 --item MUG:3");
    shop.ok("order pay 1002");
    shop
}

#[test]
fn a_table_of_each_kind_has_a_header_and_a_row_a_thing_or_line() {
    let shop = filled();
    for (noun, columns, rows) in [
        ("user", "id,email,name,phone,role,status,version,created_at,updated_at", 1),
        ("inventory", "sku,on_hand,reserved,available,low_stock_at", 1),
        ("order", "id,number,external_ref,user,email,customer,name,", 3),
    ] {
        let table = shop.ok(&format!("{noun} export"));
        assert!(table.starts_with(columns), "{table}");
        assert_eq!(table.lines().count(), rows + 1, "{table}");
    }
    assert_eq!(shop.ok("inventory export"), "sku,on_hand,reserved,available,low_stock_at\nMUG,10,6,4,\n");
    let products = shop.ok("product export");
    assert!(
        products.contains(
            r#",=SUM(A1),"Cup, ""large""","two
lines","a\,b,c\\d",,3.00,EUR,draft,,"{""colour"":""blue""}",1,"#
        ),
        "{products}"
    );
}

#[test]
fn json_keeps_types_lines_and_history() {
    let shop = filled();
    let orders: Value = serde_json::from_str(&shop.ok("order export --file-format json")).unwrap();
    let order = &orders[1];
    assert_eq!((&order["customer"], &order["email"]), (&"C-4711".into(), &Value::Null));
    assert_eq!((&order["lines"][1]["sku"], &order["lines"][1]["quantity"]), (&"MUG".into(), &3.into()));
    assert_eq!((&order["history"][1]["command"], &order["status"]), (&"pay".into(), &"confirmed".into()));
    let lines = shop.ok("order export --file-format jsonl");
    assert_eq!(serde_json::from_str::<Value>(lines.lines().nth(1).unwrap()).unwrap(), *order);
}

#[test]
fn no_password_hash_goes_out() {
    let shop = Shop::empty();
    shop.run_with("user register ada@example.com --password-stdin", b"correct horse battery").ok();
    for format in ["csv", "tsv", "json", "jsonl"] {
        let file = shop.ok(&format!("user export --file-format {format}"));
        assert!(file.contains("ada@example.com") && !file.contains("argon2"), "{file}");
    }
}

#[test]
fn the_name_of_a_file_says_how_it_is_laid_out_and_filters_narrow_it() {
    let shop = filled();
    for (name, begin) in
        [("a.csv", "id,sku"), ("a.tsv", "id\tsku"), ("a.json", "[\n{"), ("a.jsonl", "{\"id\"")]
    {
        let run = shop.run(&format!("product export {name}")).ok();
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            ("", &*format!("products written to {name}: 2\n"))
        );
        let file = fs::read_to_string(shop.home().join(name)).unwrap();
        assert!(file.starts_with(begin), "{file}");
        shop.ok(&format!("product export {name}.gz"));
        let mut unpacked = String::new();
        let packed = fs::File::open(shop.home().join(format!("{name}.gz"))).unwrap();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, file);
    }
    assert_eq!(shop.ok("product export --status draft").lines().count(), 3, "a value holds a line break");
    assert_eq!(shop.ok("order export --customer-ref C-4711").lines().count(), 3);
    assert_eq!(error_code(&shop, "product export --status sold"), (5, "invalid_status".to_owned()));
    assert_eq!(error_code(&shop, "product export --file-format xml"), (5, "invalid_format".to_owned()));
}

#[test]
fn a_spreadsheet_is_kept_from_running_what_somebody_typed() {
    let table = filled().ok("product export --excel-safe");
    assert!(table.starts_with("id,sku,") && table.contains(",updated_at,excel_safe\n"), "{table}");
    assert!(table.contains(",'=SUM(A1),") && table.ends_with(",true\n"), "{table}");
}

#[test]
fn a_file_is_whole_or_not_there() {
    let shop = filled();
    fs::create_dir(shop.home().join("out")).unwrap();
    fs::write(shop.home().join("out/old.csv"), "before").unwrap();
    // The store breaks off: a value in the second product that no reader takes.
    let connection = rusqlite::Connection::open(shop.file()).unwrap();
    connection.execute("UPDATE products SET name = '' WHERE sku <> 'MUG'", []).unwrap();
    drop(connection);
    let (exit, _) = error_code(&shop, "product export out/old.csv");
    assert_eq!(exit, 1);
    assert_eq!(fs::read_to_string(shop.home().join("out/old.csv")).unwrap(), "before");
    let left: Vec<_> = fs::read_dir(shop.home().join("out")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(error_code(&shop, "user export nowhere/users.csv"), (2, "file_unwritable".to_owned()));
    assert_eq!(error_code(&shop, "user export out"), (2, "file_unwritable".to_owned()));
}

#[test]
fn what_another_system_cannot_hold_is_told_and_its_file_is_csv() {
    let shop = filled();
    let run = shop.run("product export --as shopify out.csv").ok();
    assert_eq!(
        run.stderr,
        "products written to out.csv: 2\n\
         not in the file as in the shop: tags with a comma, which have a semicolon instead (1, the first with SKU \"=SUM(A1)\")\n"
    );
    let quiet = shop.run("product export --as shopify --quiet").ok();
    assert!(quiet.stderr.is_empty() && quiet.stdout.starts_with("Title,URL handle,"), "{quiet:#?}");
    assert_eq!(error_code(&shop, "product export --as magento"), (5, "invalid_format".to_owned()));
    for refused in ["out.json", "out.tsv.gz", "--file-format csv", "--excel-safe"] {
        let (exit, _) = error_code(&shop, &format!("product export --as shopify {refused}"));
        assert_eq!(exit, 2, "{refused}");
    }
    assert!(!shop.home().join("out.json").exists());
}
