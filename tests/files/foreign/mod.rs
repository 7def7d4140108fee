//! Files for other systems, read back.

mod any_text;

use shopctl::domain::product::{Labels, Product, ProductStatus};
use shopctl::files::write::{Article, Columns, Family, ForeignWriter, System};
use shopctl::files::{Dialect, Noun, ReadOptions, Record, Value};

use super::support::open;
use crate::support::builders::{eur, product};

/// A product with these options, `name=value` each.
fn article(
    sku: &str,
    name: &str,
    group: Option<&str>,
    options: &[(&str, &str)],
    stock: Option<i64>,
) -> Article {
    let options =
        options.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let group = group.map(|group| group.parse().unwrap());
    let product = Product {
        name: name.parse().unwrap(),
        description: None,
        tags: Vec::new(),
        metadata: Labels::new(),
        price: eur(1250),
        status: ProductStatus::Active,
        group,
        options,
        ..product(sku)
    };
    Article { product, stock }
}

fn edit(article: Article, edit: impl FnOnce(&mut Product)) -> Article {
    let mut article = article;
    edit(&mut article.product);
    article
}

fn group(name: &str, members: Vec<Article>) -> Family {
    Family::Group { name: name.to_owned(), members }
}

/// The file, and what is not in it.
fn written(system: System, families: &[Family]) -> (String, Vec<String>) {
    let mut columns = Columns::new(system);
    for family in families {
        columns.note(family);
    }
    let mut writer = ForeignWriter::new(Vec::new(), columns).unwrap();
    for family in families {
        writer.write(family).unwrap();
    }
    let (bytes, losses) = writer.finish().unwrap();
    (String::from_utf8(bytes).unwrap(), losses.iter().map(ToString::to_string).collect())
}

/// What is read back, by SKU: everything of a product that a file can say.
fn read_back(system: System, file: &str) -> Vec<String> {
    let reader = open(file.as_bytes(), &ReadOptions::new(Noun::Products))
        .unwrap_or_else(|error| panic!("{error}: {file}"));
    let dialect = match system {
        System::Shopify => Dialect::Shopify,
        System::WooCommerce => Dialect::WooCommerce,
    };
    assert_eq!(reader.dialect(), dialect);
    let mut read: Vec<String> =
        reader.map(|record| told(&record.unwrap_or_else(|error| panic!("{error}: {file}")))).collect();
    read.sort_unstable();
    read
}

fn told(record: &Record) -> String {
    let text = |name: &str| record.get(name).and_then(|cell| cell.value.as_text()).unwrap_or("").to_owned();
    let list = |name: &str| match record.get(name).map(|cell| &cell.value) {
        Some(Value::List(items)) => items.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let map = |name: &str| match record.get(name).map(|cell| &cell.value) {
        Some(Value::Map(pairs)) => {
            let mut pairs: Vec<_> =
                pairs.iter().map(|(k, v)| (k.clone(), v.as_text().unwrap_or("").to_owned())).collect();
            pairs.sort();
            pairs
        }
        _ => Vec::new(),
    };
    let price: Vec<String> = vec![text("price")];
    let said = (text("sku"), text("name"), text("description"), list("tags"), price, text("status"));
    format!("{said:?} {:?}", (text("group"), map("options"), map("metadata"), text("stock")))
}

/// The same of what was written, with the group under the name that the file has for it.
fn expected(families: &[Family]) -> Vec<String> {
    let mut all = Vec::new();
    for family in families {
        let (members, name) = match family {
            Family::Single(article) => (std::slice::from_ref(&**article), String::new()),
            Family::Group { members, name } => (&members[..], name.clone()),
        };
        all.extend(members.iter().map(|member| of_article(member, &name)));
    }
    all.sort_unstable();
    all
}

fn of_article(article: &Article, group: &str) -> String {
    let product = &article.product;
    let labels = |labels: &Labels| {
        labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Vec<_>>()
    };
    let tags: Vec<String> = product.tags.iter().map(ToString::to_string).collect();
    let description = product.description.as_ref().map_or_else(String::new, ToString::to_string);
    let price = product.price.to_string();
    let price = if price.contains('.') {
        price.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        price
    };
    let stock = article.stock.map_or_else(String::new, |stock| stock.to_string());
    let said = (
        product.sku.to_string(),
        product.name.to_string(),
        description,
        tags,
        vec![price],
        product.status.to_string(),
    );
    format!("{said:?} {:?}", (group.to_owned(), labels(&product.options), labels(&product.metadata), stock))
}

fn tees() -> Vec<Article> {
    let tee = |sku: &str, size: &str, stock| {
        let tee = article(sku, "Tee", Some("tee"), &[("Colour", "Red, dark"), ("Size", size)], Some(stock));
        edit(tee, |tee| {
            tee.tags = vec!["new".parse().unwrap(), "cotton".parse().unwrap()];
            tee.description = Some("Two\n\"lines\", and C:\\new".parse().unwrap());
        })
    };
    vec![tee("TEE-S", "S", 4), tee("TEE-M", "M", 0), tee("TEE-L", "L", 7)]
}

#[test]
fn what_a_system_can_hold_is_read_back_as_it_was() {
    let cap = edit(article("CAP", "Cap", None, &[], None), |cap| cap.status = ProductStatus::Draft);
    let families = [
        group("tee", tees()),
        Family::Single(Box::new(cap)),
        group("one", vec![article("ONE", "One of one", Some("one"), &[("Size", "L")], Some(1))]),
    ];
    for system in System::ALL {
        let (file, losses) = written(*system, &families);
        assert_eq!(losses, [] as [String; 0], "{system}: {file}");
        assert_eq!(read_back(*system, &file), expected(&families), "{system}: {file}");
    }
}

#[test]
fn shopifys_file_has_the_products_own_columns_in_its_first_row() {
    let cap = edit(article("Cap/1", "Cap", None, &[], None), |cap| cap.status = ProductStatus::Archived);
    let (file, _) = written(System::Shopify, &[group("tee", tees()), Family::Single(Box::new(cap))]);
    let expected = "\
Title,URL handle,Description,Tags,Published on online store,Status,SKU,Option1 name,Option1 value,Option2 name,Option2 value,\
Option3 name,Option3 value,Price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Fulfillment service
Tee,tee,\"Two
\"\"lines\"\", and C:\\new\",\"new, cotton\",TRUE,active,TEE-S,Colour,\"Red, dark\",Size,S,,,12.50,shopify,4,DENY,manual
\"\",tee,,,,,TEE-M,,\"Red, dark\",,M,,,12.50,shopify,0,DENY,manual
\"\",tee,,,,,TEE-L,,\"Red, dark\",,L,,,12.50,shopify,7,DENY,manual
Cap,cap-1-38d1c1c4,,,FALSE,archived,Cap/1,Title,Default Title,,,,,12.50,shopify,,DENY,manual
";
    assert_eq!(mark_free(&file), mark_free(expected));
}

/// The file without the mark in the handle of `Cap/1`.
fn mark_free(file: &str) -> String {
    let (front, behind) = file.split_once("cap-1-").unwrap();
    format!("{front}{}", behind.split_once(',').unwrap().1)
}

#[test]
fn woocommerces_parent_has_every_value_of_its_variations() {
    let mut tees = tees();
    tees.truncate(2);
    let mug = edit(article("MUG", "Mug", None, &[], None), |mug| {
        mug.metadata.insert("erp".parse().unwrap(), "7".parse().unwrap());
        mug.tags = vec!["a,b".parse().unwrap(), r"c\".parse().unwrap(), "=d".parse().unwrap()];
    });
    let (file, losses) = written(System::WooCommerce, &[group("tee", tees), Family::Single(Box::new(mug))]);
    let expected = "\
Type,SKU,Name,Published,Description,In stock?,Stock,Backorders allowed?,Regular price,Tags,Parent,Attribute 1 name,\
Attribute 1 value(s),Attribute 1 visible,Attribute 1 global,Attribute 2 name,Attribute 2 value(s),Attribute 2 visible,\
Attribute 2 global,Meta: shopctl_erp
variable,tee,Tee,1,\"Two
\"\"lines\"\", and C:\\\\new\",1,,0,,\"new, cotton\",,Colour,\"Red\\, dark\",1,0,Size,\"S, M\",1,0,
variation,TEE-S,Tee,1,,1,4,0,12.50,,tee,Colour,\"Red\\, dark\",,0,Size,S,,0,
variation,TEE-M,Tee,1,,0,0,0,12.50,,tee,Colour,\"Red\\, dark\",,0,Size,M,,0,
simple,MUG,Mug,1,,0,,0,12.50,\"a\\,b, c\\ , =d\",,,,,,,,,,7
";
    assert_eq!((file.as_str(), losses), (expected, Vec::new()));
    let record = open(file.as_bytes(), &ReadOptions::new(Noun::Products)).unwrap().last().unwrap().unwrap();
    let tags = ["a,b", r"c\", "=d"].map(|tag| Value::Text(tag.to_owned())).to_vec();
    assert_eq!(record.get("tags").unwrap().value, Value::List(tags));
    let metadata = vec![("erp".to_owned(), Value::Text("7".to_owned()))];
    assert_eq!(record.get("metadata").unwrap().value, Value::Map(metadata));
}

#[test]
fn what_shopify_cannot_hold_is_counted_and_named() {
    let odd = |sku: &str, options: &[(&str, &str)], status| {
        let odd = article(sku, "Odd, red", Some("Odd ones"), options, None);
        edit(odd, |odd| odd.status = status)
    };
    let active = ProductStatus::Active;
    let members = vec![
        odd("DRAFT", &[("Size", "S")], ProductStatus::Draft),
        odd("LEAD", &[("Size", "S")], active),
        edit(odd("OTHER", &[("Size", "M")], active), |odd| {
            odd.name = "Odd, blue".parse().unwrap();
            odd.description = Some("Own".parse().unwrap());
            odd.tags = vec!["own".parse().unwrap()];
        }),
        odd("SAME", &[("Size", "M")], active),
        odd("NONE", &[], active),
        odd("FOUR", &[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4")], active),
        odd("COLOUR", &[("Colour", "M")], active),
    ];
    let lone = edit(article("LONE", "Lone", None, &[], None), |lone| {
        lone.tags = vec!["a,b".parse().unwrap(), "c,d".parse().unwrap(), "e".parse().unwrap()];
        lone.metadata.insert("erp".parse().unwrap(), "7".parse().unwrap());
    });
    let (file, losses) =
        written(System::Shopify, &[group("odd-ones", members), Family::Single(Box::new(lone))]);
    let shown =
        |what: &str, count: u64, first: &str| format!("{what} ({count}, the first with SKU {first:?})");
    assert_eq!(
        losses,
        [
            shown(
                "groups under another name, of the letters, digits and dashes that a handle may have",
                1,
                "LEAD"
            ),
            shown("names of variants, which have that of their product", 2, "LEAD"),
            shown("descriptions of variants, which have that of their product", 1, "OTHER"),
            shown("tags of variants, which have those of their product", 1, "OTHER"),
            shown("members of groups with another status are products of their own", 1, "DRAFT"),
            shown("members of groups with the same options as another are products of their own", 1, "SAME"),
            shown(
                "members of groups without an option, or with more than three, are products of their own",
                2,
                "NONE"
            ),
            shown("options beyond the third", 1, "FOUR"),
            shown("members of groups with other options are products of their own", 1, "COLOUR"),
            shown("metadata, for which there is no column", 1, "LONE"),
            shown("tags with a comma, which have a semicolon instead", 2, "LONE"),
        ]
    );
    // Every SKU is there, none on sale that was not, and the draft is not a variant of what is.
    let read: Vec<Record> =
        open(file.as_bytes(), &ReadOptions::new(Noun::Products)).unwrap().map(Result::unwrap).collect();
    let field =
        |record: &Record, name: &str| record.get(name).map(|cell| cell.value.as_text().unwrap().to_owned());
    let skus: Vec<_> =
        read.iter().map(|record| (field(record, "sku").unwrap(), field(record, "status").unwrap())).collect();
    let expected = ["LEAD", "OTHER", "DRAFT", "SAME", "NONE", "FOUR", "COLOUR", "LONE"]
        .map(|sku| (sku.to_owned(), if sku == "DRAFT" { "draft" } else { "active" }.to_owned()));
    assert_eq!(skus, expected);
    let handles: Vec<_> =
        file.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().trim_matches('"')).collect();
    assert_eq!(handles.len(), 8);
}

#[test]
fn what_woocommerce_cannot_hold_is_counted_and_named() {
    let mut tees = tees();
    tees[1].product.tags.clear();
    tees[2].product.status = ProductStatus::Archived;
    let (file, losses) = written(System::WooCommerce, &[group("tee-1234", tees)]);
    assert_eq!(
        losses,
        [
            "groups under another name, since theirs is a SKU (1, the first with SKU \"TEE-S\")",
            "variants without tags, which have those of their group (1, the first with SKU \"TEE-M\")",
            "archived products, which are private (1, the first with SKU \"TEE-L\")",
        ],
        "{file}"
    );
}

#[test]
fn names_of_groups_are_ones_that_the_system_takes() {
    assert_eq!(System::Shopify.name_of_group("T-Shirt, Größe"), Some("t-shirt-große".to_owned()));
    assert_eq!(System::Shopify.name_of_group("!!!"), None);
    assert_eq!(System::WooCommerce.name_of_group("T-Shirt, Größe"), Some("T-Shirt, Größe".to_owned()));
    assert_eq!(System::WooCommerce.name_of_group("id:44"), None);
    for system in System::ALL {
        let other = system.other_name_of_group("id:44");
        assert!(!other.starts_with("id:") && other != system.other_name_of_group("44"), "{other}");
    }
}
