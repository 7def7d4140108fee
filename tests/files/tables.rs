//! Tables of our own columns.

use proptest::prelude::*;
use shopctl::files::{Noun, ReadOptions};

use super::support::{flat, open, products, read, refusal, text};

#[test]
fn every_record_knows_its_physical_line() {
    for end in ["\n", "\r\n", "\r"] {
        let file = ["SKU,Name", "a,A", "", "b,\"B", "and\"\"\n\n", "more\",", "c,C", ""].join(end);
        let lines: Vec<u64> = read(Noun::Products, file.as_bytes())
            .into_iter()
            .map(|read| read.map_or_else(|error| error.line.unwrap(), |record| record.line))
            .collect();
        assert_eq!(lines, [2, 4, 9], "{end:?}");
    }
}

#[test]
fn a_value_below_a_line_break_knows_its_own_line() {
    let record = &products("name,description,price\n\"a\nb\",\"c\n\nd\",1\n")[0];
    let lines: Vec<u64> = record.cells.iter().map(|cell| cell.line).collect();
    assert_eq!((record.line, lines), (2, vec![2, 3, 5]));
}

#[test]
fn delimiters_are_told_from_the_header() {
    for delimiter in [",", ";", "\t", "|"] {
        let file = format!("sku{delimiter}\"name\"{delimiter}price\nA{delimiter}\"x,;|\ty\"{delimiter}1\n");
        let record = &products(&file)[0];
        assert_eq!(flat(record).1, [("sku", "A"), ("name", "x,;|\ty"), ("price", "1")], "{delimiter:?}");
    }
    assert_eq!(flat(&products("sku\nA")[0]).1, [("sku", "A")]);
}

#[test]
fn quotes_are_read_as_they_are_meant() {
    let record = &products("sku,name,description\n\"A\",5\" wide,\"say \"\"hi\"\"\"\n")[0];
    assert_eq!(flat(record).1, [("sku", "A"), ("name", "5\" wide"), ("description", "say \"hi\"")]);
}

#[test]
fn a_row_with_text_behind_a_quote_is_bad_and_the_next_is_read() {
    let read = read(Noun::Products, b"sku,name\nA,\"x\ny\" z\nB,b\n");
    let error = read[0].as_ref().unwrap_err();
    assert_eq!((error.line, error.code, error.is_fatal()), (Some(3), "text_after_quote", false));
    assert_eq!(&*error.raw[0].text, "A,\"x\ny\" z");
    assert_eq!(flat(read[1].as_ref().unwrap()), (4, vec![("sku", "B"), ("name", "b")]));
}

#[test]
fn a_quote_that_is_never_closed_is_named_where_it_opens() {
    let error = refusal(Noun::Products, b"sku,name\nA,a\nB,\"b\nC,c\n");
    assert_eq!((error.line, error.code), (Some(3), "unclosed_quote"));
    let long = format!("sku,name\nA,a\nB,\"{}\n", "x\n".repeat(2_000_000));
    let error = refusal(Noun::Products, long.as_bytes());
    assert_eq!((error.line, error.code), (Some(3), "record_too_large"));
}

#[test]
fn a_ragged_row_is_bad_and_the_next_is_read() {
    let read = read(Noun::Products, b"sku,name\nA\nB,b,b\n,\n\nC,c\n");
    let codes: Vec<_> =
        read.iter().map(|read| read.as_ref().map_err(|e| (e.line.unwrap(), e.code))).collect();
    assert_eq!(codes[0], Err((2, "wrong_number_of_values")));
    assert_eq!(codes[1], Err((3, "wrong_number_of_values")));
    assert_eq!((codes[2].unwrap().line, codes.len()), (6, 3));
}

#[test]
fn headers_must_name_known_columns_once() {
    for (header, code, column) in [
        ("", "missing_header", None),
        ("\r\n\r\n", "missing_header", None),
        ("sku,,price", "missing_header", None),
        ("sku,name,sku", "duplicate_column", Some("sku")),
        ("sku,name,SKU", "duplicate_column", Some("SKU")),
        ("sku,colour", "unknown_column", Some("colour")),
    ] {
        let error = refusal(Noun::Products, header.as_bytes());
        assert_eq!((error.code, error.column.as_deref()), (code, column), "{header}");
    }
    assert!(refusal(Noun::Products, b"sku,pricee").detail.contains("did you mean \"price\"?"));
    let wide = (0..1001).map(|n| format!("metadata.{n}")).collect::<Vec<_>>().join(",");
    assert_eq!(refusal(Noun::Products, wide.as_bytes()).code, "too_many_columns");
}

#[test]
fn columns_are_mapped_left_out_and_set() {
    let mut options = ReadOptions::new(Noun::Products);
    options.map = vec![("Artikel".into(), "sku".into()), ("Lager".into(), "-".into())];
    options.set = vec![("status".into(), "draft".into()), ("options.Size".into(), "L".into())];
    let reader = open(b"Artikel,Lager,status,name\nA,7,active,a\n", &options).unwrap();
    let notes = reader.notes().clone();
    let record = reader.last().unwrap().unwrap();
    let expected = [("status", "draft"), ("options.Size", "L"), ("sku", "A"), ("name", "a")];
    assert_eq!(flat(&record).1, expected);
    assert_eq!(notes.unkept.len(), 1, "the column that --set overrules is counted");

    for (map, set) in
        [(("Nix", "sku"), None), (("Artikel", "skuu"), None), (("Artikel", "sku"), Some(("x", "1")))]
    {
        let mut options = ReadOptions::new(Noun::Products);
        options.map = vec![(map.0.into(), map.1.into())];
        options.set =
            set.map(|(field, value): (&str, &str)| (field.into(), value.into())).into_iter().collect();
        assert_eq!(open(b"Artikel,name\n", &options).err().unwrap().code, "unknown_column");
    }
}

#[test]
fn unknown_columns_are_counted_when_they_are_ignored() {
    let mut options = ReadOptions::new(Noun::Products);
    options.ignore_unknown = true;
    let mut reader = open(b"sku,colour,x\nA,red,\nB, ,\nC,blue,\n", &options).unwrap();
    assert_eq!(reader.by_ref().count(), 3);
    assert_eq!(reader.notes().dropped().collect::<Vec<_>>(), [("colour", 2)]);
}

#[test]
fn the_lines_of_an_order_are_rows_with_the_same_key() {
    let file = "external_ref,email,name,sku,quantity,line_name\n\
                1,a@x.org,Ada,A,1,Mug\n1,,,B,2,\n2,b@x.org,Bo,A,3,Mug\n,c@x.org,,A,1,\n,d@x.org,,A,1,\n";
    let orders: Vec<_> = read(Noun::Orders, file.as_bytes()).into_iter().map(Result::unwrap).collect();
    let lines: Vec<Vec<u64>> =
        orders.iter().map(|o| o.lines.iter().map(|line| line.line).collect()).collect();
    assert_eq!(lines, [vec![2, 3], vec![4], vec![5], vec![6]]);
    assert_eq!(flat(&orders[0].lines[0]).1, [("sku", "A"), ("quantity", "1"), ("name", "Mug")]);
    assert_eq!(flat(&orders[0]).1, [("external_ref", "1"), ("email", "a@x.org"), ("name", "Ada")]);
    assert_eq!(orders[0].raw.len(), 2);
}

#[test]
fn an_order_with_a_bad_row_is_bad_as_a_whole() {
    let file = b"external_ref,email,sku,quantity\n1,a@x.org,A,1\n1,b@x.org,B,2\n1,,C,3\n2,c@x.org,A,1\n2,,B\n3,,A,1\n";
    let read = read(Noun::Orders, file);
    let error = read[0].as_ref().unwrap_err();
    assert_eq!((error.line, error.code, error.raw.len()), (Some(3), "conflicting_rows", 3));
    let error = read[1].as_ref().unwrap_err();
    assert_eq!((error.line, error.code, error.raw.len()), (Some(6), "wrong_number_of_values", 2));
    assert_eq!(read[2].as_ref().unwrap().line, 7);
    let error = refusal(Noun::Orders, b"external_ref,sku,quantity\n1,A,1\n1,\"B\"x,1\n1,C,1\n");
    assert_eq!((error.code, error.line), ("text_after_quote", Some(3)));
}

#[test]
fn what_was_guarded_for_spreadsheets_is_read_as_it_was() {
    let file = "sku,name,excel_safe\nA,'=1+1,yes\nB,''quoted',yes\nC,'=1+1,\n";
    let names: Vec<String> = products(file).iter().map(|record| text(record, "name").to_owned()).collect();
    assert_eq!(names, ["=1+1", "'quoted'", "'=1+1"]);
}

proptest! {
    /// What the `csv` crate writes is read as it was, and in the right place.
    #[test]
    fn reads_what_the_csv_crate_writes(
        rows in prop::collection::vec(prop::collection::vec("[a-z,;\"\r\n\t é']{0,8}", 3), 1..20),
        crlf in any::<bool>(),
    ) {
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(end).from_writer(Vec::new());
        writer.write_record(["sku", "name", "description"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let kept: Vec<&Vec<String>> =
            rows.iter().filter(|row| row.iter().any(|value| !value.trim().is_empty())).collect();
        let found = read(Noun::Products, &file);
        prop_assert_eq!(found.len(), kept.len());
        for (row, record) in kept.iter().zip(&found) {
            let record = record.as_ref().unwrap();
            let values: Vec<&str> = record.cells.iter().map(|cell| cell.value.as_text().unwrap()).collect();
            prop_assert_eq!(&values, *row);
        }
    }
}
