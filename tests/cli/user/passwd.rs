//! `shopctl user passwd`

use super::with_ada;

#[test]
fn the_new_password_counts_and_the_old_no_longer() {
    let shop = with_ada();
    shop.run_with("user passwd ada@example.com --password-stdin", b"battery staple\n").ok();
    shop.run_with("user verify ada@example.com --password-stdin", b"battery staple\n").ok();
    shop.run_with("user verify ada@example.com --password-stdin", b"correct horse\n").fails(6);
    shop.run_with("user passwd eve@example.com --password-stdin", b"battery staple\n").fails(3);
    shop.run_with("user passwd ada@example.com --password-stdin", b"short").fails(5);
}
