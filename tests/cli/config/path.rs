//! `shopctl config path`

use super::super::{Done, Shop};

#[test]
fn the_file_of_the_directory_comes_first() {
    let shop = Shop::empty();
    shop.write(".config/shopctl/config.toml", "this is broken");
    let rows = shop.ok("config path --no-headers");
    let user = shop.home().join(".config/shopctl/config.toml");
    assert_eq!(rows, format!("shopctl.toml\tfalse\n{}\ttrue\n", user.display()));
}

#[test]
fn xdg_directories_are_followed_and_relative_ones_ignored() {
    let shop = Shop::empty();
    for (value, expected) in
        [("/etc/xdg", "/etc/xdg/shopctl/config.toml"), ("relative", ".config/shopctl/config.toml")]
    {
        let mut command = shop.command();
        let done = Done::of(command.args(["config", "path", "-o", "id"]).env("XDG_CONFIG_HOME", value)).ok();
        assert!(done.stdout.trim_end().ends_with(expected), "{done:#?}");
    }
}
