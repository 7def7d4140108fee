//! The files, and what is in them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The `n`-th product: SKU, name, description, two tags, price in cents, group, size, and what another system calls it.
pub(crate) struct Product {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: [String; 2],
    pub(crate) price: i64,
    pub(crate) group: String,
    pub(crate) size: String,
    pub(crate) erp: String,
}

/// The `n`-th product in the `edition`-th file.
pub(crate) fn product(n: u64, edition: u64) -> Product {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    Product {
        sku: format!("SKU-{n:09}"),
        name: format!("Thing number {n} of many"),
        description: format!("What there is to say of thing {n}: it comes in size {}.", mixed % 50),
        tags: [format!("kind-{}", mixed % 20), format!("season-{}", n % 4)],
        price: i64::try_from((mixed + edition) % 100_000).expect("small"),
        group: format!("group-{}", n / 5),
        size: (mixed % 50).to_string(),
        erp: format!("{:08x}", n ^ 0x5A5A),
    }
}

/// Writes a file of so many products.
pub(crate) fn write(path: &Path, rows: u64, edition: u64) -> PathBuf {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    writeln!(file, "sku,name,description,tags,price,currency,group,options.size,metadata.erp")
        .expect("a header");
    for n in 0..rows {
        let Product { sku, name, description, tags: [one, other], price, group, size, erp } =
            product(n, edition);
        writeln!(
            file,
            "{sku},{name},\"{description}\",\"{one},{other}\",{}.{:02},EUR,{group},{size},{erp}",
            price / 100,
            price % 100
        )
        .expect("a row");
    }
    file.flush().expect("a file");
    path.to_owned()
}
