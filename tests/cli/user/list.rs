//! `shopctl user list`

use super::{Shop, error_code};

#[test]
fn filters_by_role_status_and_text() {
    let shop = Shop::empty();
    for (email, role) in [("a@b.c", "customer"), ("b@b.c", "staff"), ("c@d.e", "admin")] {
        shop.ok(&format!("user register {email} --no-password --role {role}"));
    }
    shop.ok("user disable a@b.c");
    assert_eq!(shop.listed("user list --role staff", "email"), ["b@b.c"]);
    assert_eq!(shop.listed("user list --status disabled", "email"), ["a@b.c"]);
    assert_eq!(shop.listed("user list --query d.e", "email"), ["c@d.e"]);
    assert_eq!(shop.listed("user list --sort -email", "email"), ["c@d.e", "b@b.c", "a@b.c"]);
    assert_eq!(error_code(&shop, "user list --role king").0, 5);
}
