//! What becomes of a row.

use serde_json::json;

use super::{counts, file, import, on_both, products, stock};

#[test]
fn insert_upsert_and_update_do_what_they_say_and_their_counts_add_up() {
    on_both(|shop| {
        file(shop, "a.csv", "sku,name,price,tags,stock\nMUG,Mug,12.50,\"kitchen,blue\",7\nCUP,Cup,4.00,,\n");
        assert_eq!(counts(&import(shop, 0, &["a.csv"])), [2, 2, 0, 0, 0]);
        assert_eq!(stock(shop), [("MUG".to_owned(), 7)]);
        // Another spelling of a SKU is the same product; a column that is not there is left alone.
        file(shop, "b.csv", "sku,price,stock\nmug,13.00,9\nPOT,20.00,1\n");
        let refused = import(shop, 5, &["b.csv", "--mode", "update"]);
        assert!(refused.stderr.contains("b.csv:3: sku \\\"POT\\\""), "{refused:#?}");
        file(shop, "c.csv", "sku,name,price,description\nmug,Mug,13.00,Big\nCUP,Cup,4.00,\nPOT,Pot,20.00,\n");
        assert_eq!(counts(&import(shop, 0, &["c.csv", "--mode", "upsert"])), [3, 1, 1, 1, 0]);
        let mug = &products(shop)[1];
        assert_eq!(
            (&mug["sku"], &mug["price"], &mug["tags"], &mug["description"], &mug["version"]),
            (&json!("MUG"), &json!("13.00"), &json!(["kitchen", "blue"]), &json!("Big"), &json!(2))
        );
        // An empty cell clears what may be empty and leaves the rest alone; stock is for new products only.
        file(shop, "d.csv", "sku,description,tags,status,stock\nMUG,,,,99\n");
        let run = import(shop, 0, &["d.csv", "--mode", "update"]);
        assert_eq!(counts(&run), [1, 0, 1, 0, 0]);
        assert!(
            run.stderr.contains("stock of products that are there already was left alone (1)"),
            "{run:#?}"
        );
        let mug = &products(shop)[1];
        assert_eq!(
            (&mug["description"], &mug["tags"], &mug["status"]),
            (&json!(null), &json!([]), &json!("active"))
        );
        assert_eq!(stock(shop), [("MUG".to_owned(), 7)]);
    });
}

#[test]
fn columns_are_mapped_set_and_left_out() {
    on_both(|shop| {
        file(shop, "a.csv", "Artikel;Bezeichnung;Preis;Farbe;Lager\nMUG;Becher;12.50;blau;x\n");
        let refused = import(shop, 5, &["a.csv"]);
        assert!(
            refused.stderr.contains("unknown_column") && refused.stderr.contains("Artikel"),
            "{refused:#?}"
        );
        let map = ["--map", "Artikel=sku", "--map", "Bezeichnung=name", "--map", "Preis=price"];
        let more = [
            "--map",
            "Farbe=options.colour",
            "--map",
            "Lager=-",
            "--set",
            "status=draft",
            "--set",
            "currency=USD",
        ];
        assert_eq!(counts(&import(shop, 0, &[&["a.csv"], &map[..], &more[..]].concat())), [1, 1, 0, 0, 0]);
        let mug = &products(shop)[0];
        assert_eq!(
            (&mug["name"], &mug["options"]["colour"], &mug["status"], &mug["currency"]),
            (&json!("Becher"), &json!("blau"), &json!("draft"), &json!("USD"))
        );
    });
}

#[test]
fn json_lines_say_the_same_as_a_table() {
    on_both(|shop| {
        let lines = "{\"sku\":\"A\",\"name\":\"A\",\"price\":12.50,\"tags\":[\"x, y\"],\"metadata\":{\"erp\":\"7\"}}\n\
                     {\"sku\":\"B\",\"name\":\"B\",\"price\":\"3\",\"stock\":2,\"description\":null}\n";
        file(shop, "a.jsonl", lines);
        assert_eq!(counts(&import(shop, 0, &["a.jsonl"])), [2, 2, 0, 0, 0]);
        let a = &products(shop)[0];
        assert_eq!(
            (&a["tags"], &a["metadata"]["erp"], &a["price"]),
            (&json!(["x, y"]), &json!("7"), &json!("12.50"))
        );
        assert_eq!(stock(shop), [("B".to_owned(), 2)]);
    });
}

#[test]
fn standard_input_is_a_file() {
    use std::io::Write;
    on_both(|shop| {
        let mut command = shop.command(&["product", "import", "-", "-o", "json"]);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"sku,name,price\nA,A,1\n").unwrap();
        let run = super::Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.code, counts(&run)), (Some(0), [1, 1, 0, 0, 0]));
    });
}

/// What an empty shop exports is a file without a line; a table has its header at least, and a list its brackets.
#[test]
fn a_file_of_no_lines_holds_nothing_where_its_name_says_that_it_is_one_of_lines() {
    on_both(|shop| {
        shop.ok(&["store", "init"]);
        for name in ["bare.csv", "bare.json", "bare"] {
            file(shop, name, "");
            assert!(import(shop, 5, &[name]).stderr.contains("missing_header"), "{name}");
        }
        for name in ["none.jsonl", "none.jsonl.gz", "none.csv", "none.json"] {
            shop.ok(&["product", "export", name]);
            assert_eq!(counts(&import(shop, 0, &[name])), [0; 5]);
        }
    });
}
