//! Files of other shop systems, as they come out of there.

use std::path::PathBuf;

use serde_json::json;

use super::{bring, counts, file, on_both, read, report};
use crate::support::say::say;
use crate::system::program::Shop;

fn clothes(shop: &Shop) {
    for (sku, price, stock) in [("S-1", "20", "10"), ("S-2", "30", "4")] {
        shop.ok(&["product", "create", sku, "--name", sku, "--price", price, "--stock", stock]);
    }
}

/// What was counted is set only where what was there before is still there; what differs comes back in the columns of the file.
#[test]
fn shopifys_inventory_is_compared_and_set() {
    let header = "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand (current),On hand (new)";
    let rows = "shirt,Shirt,Title,Default,S-1,,,Berlin,0,0,0,6,6,8\n\
        shirt,Shirt,Title,Default,S-1,,,Rome,0,0,0,4,4,4\n\
        pants,Pants,Title,Default,S-2,,,Berlin,0,0,0,4,5,3\n";
    on_both(|shop| {
        clothes(shop);
        file(shop, "inventory.csv", &format!("{header}\n{rows}"));
        let refused = bring(shop, "inventory", 5, &["inventory.csv"]);
        assert!(refused.stderr.contains("inventory.csv:4: On hand (new)"), "{refused:#?}");
        let run =
            bring(shop, "inventory", 8, &["inventory.csv", "--on-error", "skip", "--rejects", "rest.csv"]);
        assert_eq!(counts(&run), [2, 0, 1, 0, 1]);
        assert_eq!(super::stock(shop), [("S-1".to_owned(), 12), ("S-2".to_owned(), 4)]);
        let rest = read(shop, "rest.csv").replace(",4,5,3", ",4,4,3");
        file(shop, "mended.csv", &rest);
        assert_eq!(counts(&bring(shop, "inventory", 0, &["mended.csv"])), [1, 0, 1, 0, 0]);
        assert_eq!(super::stock(shop)[1].1, 3);
    });
}

#[test]
fn shopifys_orders_come_with_what_was_paid_and_sent() {
    let header = "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem fulfillment status,Billing Name,Billing Street,Billing City,Billing Zip,Billing Country,Notes,Cancelled at,Refunded Amount";
    let rows = "#1001,ada@example.com,paid,2024-01-31 10:11:12 +0100,fulfilled,EUR,50.00,5.00,55.00,2024-01-31 10:11:12 +0100,1,Shirt,20.00,S-1,fulfilled,Ada,Street 1,Berlin,'10115,DE,please ring,,0.00\n\
        #1001,ada@example.com,,,,,,,,2024-01-31 10:11:12 +0100,1,Pants,30.00,S-2,fulfilled,,,,,,,,\n\
        #1002,bob@example.com,pending,,unfulfilled,EUR,40.00,0.00,40.00,2024-02-02 08:00:00 +0100,2,Shirt,20.00,S-1,pending,Bob,S,Rome,00100,IT,,,0.00\n\
        #1003,eve@example.com,partially_refunded,,fulfilled,EUR,20.00,0.00,20.00,2024-02-03 08:00:00 +0100,1,Shirt,20.00,S-1,fulfilled,Eve,S,Rome,00100,IT,,,5.00\n";
    on_both(|shop| {
        clothes(shop);
        file(shop, "orders.csv", &format!("{header}\n{rows}"));
        let run = bring(shop, "order", 0, &["orders.csv"]);
        assert_eq!(counts(&run), [3, 3, 0, 0, 0]);
        assert_eq!(report(&run)["notes"]["column \"Shipping\" is not kept"], 3, "{run:#?}");
        let orders = shop.json(&["order", "list"]);
        let state = |n: usize| {
            let order = &orders["items"][n];
            ["status", "payment_status", "total", "refunded"]
                .map(|name| order[name].as_str().unwrap().to_owned())
        };
        assert_eq!(state(0), ["shipped", "paid", "50.00", "0.00"]);
        assert_eq!(state(1), ["confirmed", "unpaid", "40.00", "0.00"]);
        assert_eq!(state(2), ["shipped", "partially_refunded", "20.00", "5.00"]);
        let first = &orders["items"][0];
        assert_eq!(first["created_at"], "2024-01-31T09:11:12.000Z");
        assert_eq!(first["customer"]["address"], "Street 1\n10115 Berlin\nDE");
        // Only what is still to be sent is reserved.
        let stock = shop.json(&["inventory", "get", "S-1"]);
        assert_eq!((&stock["on_hand"], &stock["reserved"]), (&json!(10), &json!(2)));
        shop.ok(&["doctor"]);
    });
}

#[test]
fn sprees_customers_become_users() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/spree/customers.csv");
    if !path.is_file() {
        say(
            "\nimport::others::sprees_customers DID NOT RUN: ../shared/data/spree/customers.csv is not there\n",
        );
        return;
    }
    on_both(|shop| {
        let run = bring(shop, "user", 0, &[path.to_str().unwrap()]);
        assert_eq!(counts(&run), [20, 20, 0, 0, 0]);
        let sarah = shop.json(&["user", "get", "sarah.johnson@example.com"]);
        assert_eq!((&sarah["name"], &sarah["phone"]), (&json!("Sarah Johnson"), &json!("555-0142")));
    });
}

/// What a list prints goes in again as well as an export.
#[test]
fn lists_in_json_are_files_too() {
    on_both(|shop| {
        clothes(shop);
        shop.ok(&["user", "register", "ada@example.com", "--no-password"]);
        shop.ok(&["order", "create", "--user", "ada@example.com", "--item", "S-1:2"]);
        for noun in ["user", "product", "inventory", "order"] {
            let name = format!("{noun}.json");
            file(shop, &name, &shop.ok(&[noun, "list", "--all", "-o", "json"]));
            let [read, .., unchanged, rejected] = counts(&bring(shop, noun, 0, &[&name, "--mode", "upsert"]));
            assert!(read > 0 && (unchanged, rejected) == (read, 0), "{noun}");
        }
    });
}
