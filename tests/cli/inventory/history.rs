//! `shopctl inventory history`

use super::Shop;

#[test]
fn tells_every_change_without_a_gap() {
    let shop = Shop::with_an_order();
    shop.ok("order ship 1001");
    shop.ok("inventory adjust MUG -1 --reason broken");
    let rows = shop.ok("inventory history MUG --fields seq,kind,on_hand_after,reserved_after --no-headers");
    assert_eq!(rows, "1\treceive\t10\t0\n2\treserve\t10\t2\n3\tship\t8\t0\n4\tadjust\t7\t0\n");
    assert_eq!(shop.listed("inventory history MUG --sort -seq", "seq"), ["4", "3", "2", "1"]);
    assert_eq!(shop.listed("inventory history MUG --limit 2", "seq"), ["1", "2"]);
}
