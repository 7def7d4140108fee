//! Whatever text people and programs put there.

use std::collections::HashSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use shopctl::domain::product::ProductStatus;
use shopctl::files::write::{Article, Family, System};

use super::{article, edit, expected, group, read_back, written};
use crate::support::builders::eur;

/// Text as people and programs write it, trimmed as the shop trims it.
fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    pattern.prop_map(|text: String| text.trim().to_owned()).prop_filter("empty", |text| !text.is_empty())
}

const HOSTILE: &str = "[-a-zA-Z0-9 ,;:'\"=+@#\\\\/|<>&éß青\u{feff}]{1,12}";
const LINES: &str = "[a-zn \\\\,'\"=\n\r\té青]{1,24}";

prop_compose! {
    fn any_article(group: Option<&'static str>)(
        sku in text(HOSTILE),
        name in text(HOSTILE),
        size in text(HOSTILE),
        description in option::of(text(LINES)),
        tags in btree_set(text(HOSTILE), 0..4),
        metadata in btree_map(text(HOSTILE), text(LINES), 0..3),
        minor in 0_i64..1_000_000,
        stock in option::of(0_i64..1000),
        draft in any::<bool>(),
    ) -> Article {
        let options: &[(&str, &str)] = if group.is_some() { &[("Size", &size)] } else { &[] };
        let article = article(&sku, &name, group, options, stock);
        edit(article, |product| {
            product.description = description.map(|text| text.parse().unwrap());
            product.tags = tags.iter().map(|tag| tag.parse().unwrap()).collect();
            product.metadata =
                metadata.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            product.price = eur(minor);
            product.status = if draft { ProductStatus::Draft } else { ProductStatus::Active };
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn woocommerce_holds_any_text(
        members in vec(any_article(Some("Any group")), 1..5),
        singles in vec(any_article(None), 0..4),
    ) {
        let mut members = members;
        // Tags are the parent's where a variation has none.
        if members.iter().any(|member| member.product.tags.is_empty()) {
            for member in &mut members {
                member.product.tags.clear();
            }
        }
        let mut families = vec![group("Any group", members)];
        families.extend(singles.into_iter().map(Box::new).map(Family::Single));
        let (file, losses) = written(System::WooCommerce, &families);
        prop_assert_eq!(losses, Vec::<String>::new());
        prop_assert_eq!(read_back(System::WooCommerce, &file), expected(&families), "{}", file);
    }

    #[test]
    fn shopify_holds_any_text_but_commas_in_tags(
        members in vec(any_article(Some("any")), 1..5),
        singles in vec(any_article(None), 0..4),
    ) {
        let without_comma = |article: Article| edit(article, |product| {
            product.tags.retain(|tag| !tag.as_str().contains(','));
            product.metadata.clear();
        });
        let first = without_comma(members[0].clone()).product;
        let mut values = HashSet::new();
        let members: Vec<Article> = members
            .into_iter()
            .filter(|member| values.insert(member.product.options.clone()))
            .map(|member| edit(member, |product| {
                product.name = first.name.clone();
                product.description = first.description.clone();
                product.tags = first.tags.clone();
                product.status = first.status;
                product.metadata.clear();
            }))
            .collect();
        let mut families = vec![group("any", members)];
        families.extend(singles.into_iter().map(without_comma).map(Box::new).map(Family::Single));
        let (file, losses) = written(System::Shopify, &families);
        prop_assert_eq!(losses, Vec::<String>::new());
        prop_assert_eq!(read_back(System::Shopify, &file), expected(&families), "{}", file);
    }
}
