//! Profiles marked `protected`.

use super::super::{Shop, error_code};

#[test]
fn destroying_needs_the_profile_by_name() {
    let shop = Shop::with_mugs();
    shop.write("shopctl.toml", "[profiles.live]\nprotected = true\n");
    let line = "-C live product delete MUG";
    assert_eq!(error_code(&shop, line), (9, "not_confirmed".to_owned()));
    shop.run(&format!("{line} --yes")).fails(9).says("--confirm live");
    shop.run(&format!("{line} --confirm test")).fails(9);
    shop.run(&format!("{line} --confirm live")).ok();
}

#[test]
fn everything_else_is_as_usual() {
    let shop = Shop::with_mugs();
    shop.write("shopctl.toml", "[profiles.live]\nprotected = true\n");
    shop.ok("-C live product update MUG --price 1");
    shop.ok("-C live product delete MUG -n");
}
