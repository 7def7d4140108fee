//! Files of other systems, in small.

use shopctl::files::{Dialect, FileError, Noun, ReadOptions, Reader, Record, Rejects, Value};

use super::support::{open, read, text};

/// Opens a text of a shop that sells in euros.
fn opened(noun: Noun, file: &str) -> Result<Reader, FileError> {
    let currency = Some("EUR".parse().unwrap());
    open(file.as_bytes(), &ReadOptions { currency, ..ReadOptions::new(noun) })
}

/// A field as text: lists and maps as they read.
fn field(record: &Record, name: &str) -> String {
    fn shown(value: &Value) -> String {
        match value {
            Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join("+"),
            Value::Map(pairs) => {
                pairs.iter().map(|(k, v)| format!("{k}={}", shown(v))).collect::<Vec<_>>().join("+")
            }
            other => other.as_text().unwrap_or("null").to_owned(),
        }
    }
    record.get(name).map_or_else(|| "-".to_owned(), |cell| shown(&cell.value))
}

/// What a file holds: of each record its line and the fields asked for.
fn table(noun: Noun, file: &str, fields: &[&str]) -> (Dialect, Vec<String>, Vec<String>) {
    let mut reader = opened(noun, file).unwrap_or_else(|error| panic!("{error}"));
    let rows = reader.by_ref().map(|read| match read {
        Ok(record) => {
            let values = fields.iter().map(|name| field(&record, name)).collect::<Vec<_>>();
            format!("{}: {}", record.line, values.join(" | "))
        }
        Err(error) => {
            format!("{}: {} {}", error.line.unwrap(), error.code, error.column.as_deref().unwrap_or(""))
        }
    });
    let rows = rows.collect();
    let notes = reader.notes();
    let dropped = notes.dropped().map(|(column, count)| format!("{column} {count}"));
    let remarks = notes.remarks.iter().map(|(text, count)| format!("{text} {count}"));
    (reader.dialect(), rows, dropped.chain(remarks).collect())
}

const SHOPIFY: &str = "\
Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
Variant Inventory Qty,Variant Price,Image Src,Status\n\
jacket,Jacket,\"<p>Warm,\nblue</p>\",ACME,\"Winter, New\",true,Size,S,Colour,Blue,J-S,7,199.00,1.jpg,active\n\
jacket,,,,,,,M,,Blue,J-M,0,199.50,2.jpg,\n\
jacket,,,,,,,,,,,,,3.jpg,\n\
cap,Cap,,ACME,,false,Title,Default Title,,,CAP,,25,,draft\n\
jacket2,Jacket,,,,true,Size,L,,,,3,10,,archived\n";

#[test]
fn shopify_products_have_a_row_a_variant() {
    let fields = ["sku", "name", "description", "tags", "price", "status", "group", "options", "stock"];
    let (dialect, rows, notes) = table(Noun::Products, SHOPIFY, &fields);
    assert_eq!(dialect, Dialect::Shopify);
    let body = "<p>Warm,\nblue</p>";
    assert_eq!(
        rows,
        [
            format!("2: J-S | Jacket | {body} | Winter+New | 199 | active | jacket | Size=S+Colour=Blue | 7"),
            format!(
                "4: J-M | Jacket | {body} | Winter+New | 199.5 | active | jacket | Size=M+Colour=Blue | 0"
            ),
            "6: CAP | Cap |  |  | 25 | draft | - | - | -".to_owned(),
            "7:  | Jacket |  |  | 10 | archived | jacket2 | Size=L | 3".to_owned(),
        ]
    );
    assert_eq!(notes, ["Vendor 2", "Image Src 3", "rows that hold only a picture 1"]);
}

#[test]
fn shopify_products_are_read_in_the_current_columns_too() {
    let file = "Title,URL handle,Description,Status,SKU,Option1 name,Option1 value,Price,Inventory quantity,Charge tax\n\
                Jacket,jacket,,Active,J-S,Size,S,1.5,2,TRUE\n,jacket,,,J-M,,M,2.5,3,TRUE\n";
    let fields = ["sku", "name", "price", "status", "group", "options", "stock"];
    let (dialect, rows, notes) = table(Noun::Products, file, &fields);
    assert_eq!(dialect, Dialect::Shopify);
    assert_eq!(
        rows,
        [
            "2: J-S | Jacket | 1.5 | active | jacket | Size=S | 2",
            "3: J-M | Jacket | 2.5 | active | jacket | Size=M | 3"
        ]
    );
    assert_eq!(notes, ["Charge tax 2"]);
}

#[test]
fn a_rejected_variant_takes_with_it_what_it_needs_from_the_row_before() {
    let mut reader = opened(Noun::Products, SHOPIFY).unwrap();
    let mut rejects = Rejects::new(Vec::new(), &reader).unwrap();
    let second = reader.nth(1).unwrap().unwrap();
    rejects.write(&second.raw, "no").unwrap();
    let file = String::from_utf8(rejects.finish().unwrap()).unwrap();
    let fields = ["sku", "name", "description", "tags", "price", "status", "group", "options"];
    let (_, rows, _) = table(Noun::Products, &file, &fields);
    let body = "<p>Warm,\nblue</p>";
    let expected =
        format!("2: J-M | Jacket | {body} | Winter+New | 199.5 | active | jacket | Size=M+Colour=Blue");
    assert_eq!(rows, [expected], "{file}");
}

const SHOPIFY_STOCK: &str = "\
Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Bin name,Incoming (not editable),\
Committed (not editable),Available (not editable),On hand (current),On hand (new)\n\
a,A,,,A,,,Berlin,X1,0,1,9,10,12\na,A,,,A,,,Paris,,0,0,5,5,\na,B,,,B,,,Berlin,,0,0,3,3,\na,C,,,C,,,Berlin,,,,,not stocked,7\n\
a,D,,,D,,,Berlin,,,,,4,many\n";

#[test]
fn shopify_inventory_compares_and_sets_the_sum_of_the_locations() {
    let (dialect, rows, notes) = table(Noun::Inventory, SHOPIFY_STOCK, &["sku", "on_hand", "expected"]);
    assert_eq!(dialect, Dialect::Shopify);
    assert_eq!(rows, ["2: A | 17 | 15", "4: B | 3 | 3", "5: C | 7 | 0", "6: D | many | 4"]);
    assert_eq!(notes[0], "Bin name 1");
}

#[test]
fn shopify_inventory_may_have_a_column_a_location() {
    let file = "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Berlin,Paris\na,A,,,A,,,5,not stocked\nb,B,,,B,,,1,2\n";
    let (_, rows, _) = table(Noun::Inventory, file, &["sku", "on_hand", "expected"]);
    assert_eq!(rows, ["2: A | 5 | -", "3: B | 3 | -"]);
}

const SHOPIFY_ORDERS: &str = "\
Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Taxes,Total,Created at,Lineitem quantity,Lineitem name,\
Lineitem price,Lineitem sku,Lineitem fulfillment status,Shipping Name,Shipping Street,Shipping Zip,Shipping City,\
Shipping Country,Cancelled at,Refunded Amount\n\
#1001,ada@example.com,paid,partial,EUR,30.00,1.20,31.20,2024-01-31 10:11:12 +0100,2,Mug,10.00,MUG,fulfilled,Ada,High St 1,'0123,Bath,GB,,0.00\n\
#1001,ada@example.com,,,,,,,,1,Cup,10.00,CUP,pending,,,,,,,\n\
#1002,bo@example.com,voided,unfulfilled,EUR,5.00,0,5.00,2024-02-01 00:00:00 +0000,1,Cup,5.00,CUP,pending,,,,,,2024-02-02 00:00:00 +0000,\n";

#[test]
fn shopify_orders_have_a_row_a_line() {
    let fields = [
        "external_ref",
        "email",
        "name",
        "address",
        "currency",
        "total",
        "status",
        "payment_status",
        "created_at",
    ];
    let (_, rows, notes) = table(Noun::Orders, SHOPIFY_ORDERS, &fields);
    assert_eq!(
        rows,
        [
            "2: #1001 | ada@example.com | Ada | High St 1\n0123 Bath\nGB | EUR | 30 | partially_shipped | paid | 2024-01-31T10:11:12+01:00",
            "4: #1002 | bo@example.com | - | - | EUR | 5 | cancelled | unpaid | 2024-02-01T00:00:00+00:00",
        ]
    );
    assert_eq!(notes, ["Taxes 2"]);
    let orders: Vec<Record> = opened(Noun::Orders, SHOPIFY_ORDERS).unwrap().map(Result::unwrap).collect();
    let lines: Vec<String> = orders
        .iter()
        .flat_map(|order| &order.lines)
        .map(|line| {
            ["sku", "quantity", "unit_price", "name", "shipped", "cancelled"]
                .map(|name| field(line, name))
                .join(" ")
        })
        .collect();
    assert_eq!(lines, ["MUG 2 10 Mug 2 -", "CUP 1 10 Cup - -", "CUP 1 5 Cup - 1"]);
}

const WOOCOMMERCE: &str = "\
ID,Type,SKU,Name,Published,\"Is featured?\",Description,Stock,\"Weight (kg)\",Sale price,Regular price,Categories,Tags,Parent,\
\"Attribute 1 name\",\"Attribute 1 value(s)\",\"Attribute 1 visible\",Meta: x\n\
44,variable,tee,Tee,1,0,All tees,,,,,Shirts,\"New, Cotton\",,Colour,\"Red, Blue\",1,\n\
45,\"simple, virtual\",album,Album,-1,0,Music,,,9,\"15,50\",Music,,,Colour,Blue,1,y\n\
46,variation,tee-red,Tee - Red,1,0,,5,,,20,,,tee,Colour,Red,,\n\
47,variation,tee-blue,Tee - Blue,1,0,,parent,,,.5,,,id:44,Colour,Blue,,\n\
48,grouped,set,Set,1,0,,,,,,,,,,,,\n";

#[test]
fn woocommerce_variations_take_over_from_their_parent() {
    let fields = ["sku", "name", "tags", "price", "status", "group", "options", "metadata", "stock"];
    let (dialect, rows, notes) = table(Noun::Products, WOOCOMMERCE, &fields);
    assert_eq!(dialect, Dialect::WooCommerce);
    assert_eq!(
        rows,
        [
            "3: album | Album |  | 15.5 | draft | - | - | Colour=Blue | -",
            "4: tee-red | Tee - Red | New+Cotton | 20 | active | tee | Colour=Red | - | 5",
            "5: tee-blue | Tee - Blue | New+Cotton | 0.5 | active | tee | Colour=Blue | - | -",
            "6: unsupported_type Type",
        ]
    );
    let expected = [
        "Is featured? 5",
        "Sale price 1",
        "Categories 2",
        "Meta: x 1",
        "products that hold only what their variations share 1",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn medusas_price_is_that_in_the_shops_currency() {
    let header = "Product Handle,Product Title,Product Status,Product Description,Product Tag 1,Product Tag 2,Variant Title,Variant Sku,\
                  Variant Manage Inventory,Variant Metadata,Variant Option 1 Name,Variant Option 1 Value";
    let file = format!(
        "{header},Variant Price DKK,Variant Price EUR\nmug,Mug,published,Nice,a,b,Blue,MUG,true,,Colour,Blue,30,4.50\n"
    );
    let fields = ["sku", "name", "description", "tags", "price", "currency", "status", "group", "options"];
    let (_, rows, notes) = table(Noun::Products, &file, &fields);
    assert_eq!(rows, ["2: MUG | Mug | Nice | a+b | 4.5 | EUR | active | mug | Colour=Blue"]);
    assert_eq!(notes, ["Variant Title 1", "Variant Manage Inventory 1", "Variant Price DKK 1"]);
    let several = format!("{header},Variant Price DKK,Variant Price USD\n");
    assert_eq!(opened(Noun::Products, &several).err().unwrap().code, "unclear_currency");
    let only = format!("{header},Variant Price DKK\nmug,Mug,draft,,,,,MUG,,,,,30\n");
    assert_eq!(table(Noun::Products, &only, &["price", "currency"]).1, ["2: 30 | DKK"]);
    let region = format!("{header},Variant Price Europe [EUR]\n");
    let error = opened(Noun::Products, &region).err().unwrap();
    assert_eq!((error.code, error.column.as_deref()), ("unknown_region", Some("Variant Price Europe [EUR]")));
}

#[test]
fn a_file_for_another_command_says_which() {
    let error = opened(Noun::Products, SHOPIFY_ORDERS).err().unwrap();
    assert_eq!((error.code, error.line), ("wrong_noun", Some(1)));
    assert!(error.detail.contains("`shopctl order import`"), "{error}");
    let mut options = ReadOptions::new(Noun::Products);
    options.dialect = Some(Dialect::Shopify);
    let error = open(b"Handle,Title\n", &options).err().unwrap();
    assert_eq!(error.code, "missing_columns");
    assert!(error.detail.contains("Variant Price"), "{error}");
}

#[test]
fn a_column_that_a_dialect_does_not_have_is_refused_or_mapped() {
    let file = SHOPIFY.replacen("Vendor", "Some field", 1);
    let error = opened(Noun::Products, &file).err().unwrap();
    assert_eq!(
        (error.code, error.line, error.column.as_deref()),
        ("unknown_column", Some(1), Some("Some field"))
    );
    let mut options = ReadOptions::new(Noun::Products);
    options.map = vec![("Some field".into(), "metadata.vendor".into()), ("Image Src".into(), "sku".into())];
    let record = open(file.as_bytes(), &options).unwrap().next().unwrap().unwrap();
    assert_eq!((text(&record, "metadata.vendor"), text(&record, "sku")), ("ACME", "1.jpg"));
}

#[test]
fn a_bad_row_of_a_dialect_is_bad_alone() {
    let file = SHOPIFY.replacen("jacket,,,,,,,M,,Blue,J-M,0,199.50,2.jpg,\n", "jacket,M\n", 1);
    let codes: Vec<_> = read(Noun::Products, file.as_bytes())
        .iter()
        .map(|read| read.as_ref().err().map(|e| e.code))
        .collect();
    assert_eq!(codes, [None, Some("wrong_number_of_values"), None, None]);
}
