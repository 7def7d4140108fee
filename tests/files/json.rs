//! JSON in its three layouts.

use shopctl::files::{Format, Noun, ReadOptions, Value};

use super::support::{flat, open, read, refusal, text};

#[test]
fn arrays_lists_and_lines_give_the_same_records() {
    for (file, format, lines) in [
        ("{\"sku\":\"A\"}\n\n{\"sku\":\"B\"}\n", Format::Jsonl, [1, 3]),
        ("{\"sku\":\"A\"}\r\n{\"sku\":\"B\"}", Format::Jsonl, [1, 2]),
        ("[{\"sku\":\"A\"},\n{\"sku\":\"B\"}]", Format::Json, [1, 2]),
        (" [\n\n {\n\"sku\": \"A\"\n}\n,\n{\"sku\":\"B\"} ]\n", Format::Json, [3, 7]),
        (
            "{\"items\":[\n{\"sku\":\"A\"},\n{\"sku\":\"B\"}\n],\"has_more\":false,\"next_cursor\":null}\n",
            Format::Json,
            [2, 3],
        ),
        ("{ \"items\" : [ {\"sku\":\"A\"},\r\n{\"sku\":\"B\"}]}", Format::Json, [1, 2]),
        ("{\n\"sku\":\"A\"\n}\n{\n\"sku\":\"B\"\n}\n", Format::Json, [1, 4]),
    ] {
        let reader = open(file.as_bytes(), &ReadOptions::new(Noun::Products)).unwrap();
        assert_eq!(reader.format(), format, "{file}");
        let records: Vec<_> = reader.map(Result::unwrap).collect();
        let skus: Vec<_> = records.iter().map(|record| text(record, "sku")).collect();
        assert_eq!(
            (skus, records.iter().map(|r| r.line).collect::<Vec<_>>()),
            (vec!["A", "B"], lines.to_vec()),
            "{file}"
        );
    }
    for empty in ["[]", " [ ] ", "{\"items\":[],\"has_more\":false,\"next_cursor\":null}\n"] {
        assert_eq!(read(Noun::Products, empty.as_bytes()), [], "{empty}");
    }
}

#[test]
fn values_keep_their_kind_and_their_text() {
    let file =
        r#"{"sku":"A\u00e9","price":19.990,"stock":null,"tags":["a,b",1],"metadata":{"z":true,"a":"x"}}"#;
    let records = read(Noun::Products, file.as_bytes());
    let record = records[0].as_ref().unwrap();
    let value = |field| record.get(field).unwrap().value.clone();
    assert_eq!(value("sku"), Value::Text("Aé".into()));
    assert_eq!(value("price"), Value::Number("19.990".into()));
    assert_eq!(value("stock"), Value::Null);
    assert_eq!(value("tags"), Value::List(vec![Value::Text("a,b".into()), Value::Number("1".into())]));
    let map = vec![("z".into(), Value::Bool(true)), ("a".into(), Value::Text("x".into()))];
    assert_eq!(value("metadata"), Value::Map(map));
}

#[test]
fn an_orders_lines_know_where_they_stand() {
    let file = b"[\n{\"external_ref\":\"1\",\n\"lines\":[\n{\"sku\":\"A\",\"quantity\":1},\n{\"sku\":\"B\",\n\"quantity\":2}]}]";
    let records = read(Noun::Orders, file);
    let order = records[0].as_ref().unwrap();
    assert_eq!(flat(&order.lines[0]), (4, vec![("sku", "A"), ("quantity", "1")]));
    assert_eq!((order.lines[1].line, order.lines[1].cells[1].line), (5, 6));
}

#[test]
fn a_broken_object_is_a_bad_row_where_the_next_can_be_found() {
    for (file, line) in [
        (&b"{\"sku\":\"A\"}\n{\"sku\":tru}\n{\"sku\":\"C\"}\n"[..], 2),
        (b"{\"sku\":\"A\"}\n{\"sku\":\n{\"sku\":\"C\"}\n", 2),
        (b"[{\"sku\":\"A\"},\n{\n\"sku\":tru},{\"sku\":\"C\"}]", 3),
        (b"[{\"sku\":\"A\"},\n{\"sku\":\"B\",\"sku\":\"B\"},{\"sku\":\"C\"}]", 2),
        (b"[{\"sku\":\"A\"},\n7,{\"sku\":\"C\"}]", 2),
        (b"[{\"sku\":\"A\"},\n\"a,]\",{\"sku\":\"C\"}]", 2),
    ] {
        let read = read(Noun::Products, file);
        assert_eq!(read.len(), 3);
        let error = read[1].as_ref().unwrap_err();
        assert_eq!(
            (error.line, error.code),
            (Some(line), "invalid_json"),
            "{}",
            String::from_utf8_lossy(file)
        );
        assert_eq!(text(read[2].as_ref().unwrap(), "sku"), "C");
    }
}

#[test]
fn a_broken_list_is_refused_with_its_line() {
    for (file, line) in [
        (&b"[{\"sku\":\"A\"}\n{\"sku\":\"B\"}]"[..], 2),
        (b"[{\"sku\":\"A\"},\n]", 2),
        (b"[{\"sku\":\"A\"},\n\n", 3),
        (b"[\n{\"sku\":\"A\"\n", 2),
        (b"[{\"sku\":\"A\"}]\n\nx", 1),
        (b"{\"items\":[{\"sku\":\"A\"}\n],\"has_more\":fals}", 2),
        (b"{\"items\":[{\"sku\":\"A\"}\n]", 2),
        (b"{\n\"sku\":\"A\"}\n}", 3),
    ] {
        let error = refusal(Noun::Products, file);
        assert_eq!(
            (error.line, error.code),
            (Some(line), "invalid_json"),
            "{}",
            String::from_utf8_lossy(file)
        );
    }
    let error =
        refusal(Noun::Products, b"{\"items\":[{\"sku\":\"A\"}],\"has_more\":true,\"next_cursor\":\"x\"}");
    assert_eq!(error.code, "partial_list");
}

#[test]
fn depth_members_and_size_are_bounded() {
    for (file, code) in [
        (format!("[{{\"sku\":{}{}}}]", "[".repeat(50_000), "]".repeat(50_000)), "invalid_json"),
        (format!("[{{\"sku\":{}{}}}]", "[".repeat(17), "]".repeat(17)), "invalid_json"),
        (
            format!("[{{{}}}]", (0..1001).map(|n| format!("\"{n}\":1")).collect::<Vec<_>>().join(",")),
            "invalid_json",
        ),
        (format!("[{{\"sku\":\"{}\"}}]", "x".repeat(3_000_000)), "record_too_large"),
    ] {
        let read = read(Noun::Products, file.as_bytes());
        assert_eq!(read.last().unwrap().as_ref().unwrap_err().code, code);
    }
    let deep = format!("[{{\"sku\":{}{}}}]", "[".repeat(16), "]".repeat(16));
    assert!(read(Noun::Products, deep.as_bytes())[0].is_ok());
}

#[test]
fn unknown_members_are_bad_rows_or_counted() {
    let file = b"{\"sku\":\"A\"}\n{\"sku\":\"B\",\"pric\":1}\n";
    let records = read(Noun::Products, file);
    let error = records[1].as_ref().unwrap_err();
    assert_eq!((error.line, error.code), (Some(2), "unknown_column"));
    assert!(error.detail.contains("did you mean \"price\"?"), "{error}");
    let options = ReadOptions { ignore_unknown: true, ..ReadOptions::new(Noun::Products) };
    let mut reader = open(file, &options).unwrap();
    assert!(reader.by_ref().all(|read| read.is_ok()));
    assert_eq!(reader.notes().dropped().collect::<Vec<_>>(), [("pric", 1)]);
    let map = vec![("pric".to_owned(), "price".to_owned())];
    let reader = open(file, &ReadOptions { map, ..ReadOptions::new(Noun::Products) }).unwrap();
    assert_eq!(text(&reader.last().unwrap().unwrap(), "price"), "1");
}
