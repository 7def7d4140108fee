//! Finding products by words: what is found, and what of it comes first.
//!
//! A product is found when every word of the query begins one of its words. Which of them come first is a matter of where the words
//! stand ([`Tier`]); within a tier the oldest comes first. All of it is decided here: a store keeps [`words_of`] beside each product,
//! under an index, and walks the tiers one after the other.

use std::collections::HashSet;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::invalid::Invalid;
use super::page::{Position, SortValue};
use super::product::Product;
use super::text::{Description, SearchText, Tag};

/// The longest word that is kept, in characters; of longer ones this much.
const MOST_CHARS: usize = 40;
/// The most words that are kept of one product: those of its name and SKU always, of its tags and description as far as they go.
const MOST_WORDS: usize = 500;

/// In front of a kept word, where it stands; of several places the best.
const NAME: char = 'n';
/// In the SKU or a tag.
const TAG: char = 't';
const DESCRIPTION: char = 'd';

/// How well a product answers a search, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Its SKU is the query.
    SkuIs,
    /// Its SKU begins with the query.
    SkuBegins,
    /// Its name holds every word.
    NameHolds,
    /// Every word begins a word of its name.
    NameBegins,
    /// Every word begins a word of its name, SKU or tags.
    TagsBegin,
    /// Every word begins a word of it, somewhere.
    Anywhere,
}

impl Tier {
    /// All, the best first.
    pub const ALL: [Self; 6] =
        [Self::SkuIs, Self::SkuBegins, Self::NameHolds, Self::NameBegins, Self::TagsBegin, Self::Anywhere];

    /// The next better one of those that go by words.
    pub fn better(self) -> Option<Self> {
        match self {
            Self::SkuIs | Self::SkuBegins | Self::NameHolds => None,
            Self::NameBegins => Some(Self::NameHolds),
            Self::TagsBegin => Some(Self::NameBegins),
            Self::Anywhere => Some(Self::TagsBegin),
        }
    }

    /// Whether it goes by the SKU and not by words.
    pub fn is_by_sku(self) -> bool {
        matches!(self, Self::SkuIs | Self::SkuBegins)
    }

    fn places(self) -> &'static [char] {
        match self {
            Self::SkuIs | Self::SkuBegins => &[],
            Self::NameHolds | Self::NameBegins => &[NAME],
            Self::TagsBegin => &[NAME, TAG],
            Self::Anywhere => &[NAME, TAG, DESCRIPTION],
        }
    }
}

/// Kept words: one, or all that begin so. They are letters and digits (and marks on them), whatever was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// This word.
    Is(String),
    /// All that begin like this.
    Begins(String),
}

impl Span {
    fn holds(&self, word: &str) -> bool {
        match self {
            Self::Is(this) => word == this,
            Self::Begins(this) => word.starts_with(this.as_str()),
        }
    }
}

/// What somebody looks for among the products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSearch {
    /// All of it, as SKUs are compared.
    text: String,
    /// Its words, each once; first those that are likely to find the fewest: long ones, and numbers, of which there are more.
    words: Vec<String>,
}

impl FromStr for ProductSearch {
    type Err = Invalid;

    fn from_str(raw: &str) -> Result<Self, Invalid> {
        let text: SearchText = raw.parse()?;
        let mut found = words(text.as_str());
        let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count();
        found.sort_by_key(|word| (std::cmp::Reverse(word.chars().count() + digits(word)), word.clone()));
        found.dedup();
        Ok(Self { text: text.as_str().to_owned(), words: found })
    }
}

impl ProductSearch {
    /// All of it, as SKUs are compared.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which tiers there can be: without a single word (`--`) only SKUs are looked at.
    pub fn tiers(&self) -> &'static [Tier] {
        if self.words.is_empty() { &Tier::ALL[..2] } else { &Tier::ALL }
    }

    /// The tier that holds, with those better than it, everything that is found.
    pub fn worst(&self) -> Tier {
        if self.words.is_empty() { Tier::SkuBegins } else { Tier::Anywhere }
    }

    /// For each word of the query the kept words of which a product must have one to stand in this tier or a better one; nothing for tiers
    /// that go by the SKU. The first finds the fewest.
    pub fn spans(&self, tier: Tier) -> Vec<Vec<Span>> {
        let span = |place: char, word: &str| {
            let kept = format!("{place}{word}");
            if tier == Tier::NameHolds { Span::Is(kept) } else { Span::Begins(kept) }
        };
        let of = |word: &String| tier.places().iter().map(|&place| span(place, word)).collect();
        self.words.iter().map(of).collect()
    }

    /// The same without what the tiers before have found: of a single word, places that were looked at need not be looked at again.
    pub fn new_spans(&self, tier: Tier) -> Vec<Vec<Span>> {
        let mut spans = self.spans(tier);
        if let [only] = spans.as_mut_slice() {
            let last = only.pop();
            *only = last.into_iter().collect();
        }
        spans
    }

    /// How well a product answers; `None` where it does not.
    pub fn tier(&self, product: &Product) -> Option<Tier> {
        self.tier_of(product.sku.norm(), &words_of(product))
    }

    /// The same of a product with this SKU, as SKUs are compared, and these words, as [`words_of`] gives them.
    pub fn tier_of(&self, sku: &str, kept: &[impl AsRef<str>]) -> Option<Tier> {
        if sku == self.text {
            return Some(Tier::SkuIs);
        }
        if sku.starts_with(&self.text) {
            return Some(Tier::SkuBegins);
        }
        let stands = |tier: &Tier| {
            let spans = self.spans(*tier);
            spans.iter().all(|word| word.iter().any(|span| kept.iter().any(|kept| span.holds(kept.as_ref()))))
        };
        self.tiers().iter().skip(2).find(|tier| stands(tier)).copied()
    }

    /// Where a product stands among what is found: the number of its tier, or its SKU in that of SKUs that begin with the query.
    pub fn position(&self, product: &Product) -> Position {
        let value = match self.tier(product) {
            Some(Tier::SkuBegins) => SortValue::Text(product.sku.norm().to_owned()),
            tier => SortValue::Int(tier.map_or(i64::MAX, |tier| tier as i64)),
        };
        Position { value, id: product.id.to_string() }
    }
}

/// What a store keeps of a product's words: each once, with a letter in front that says where it stands.
pub fn words_of(product: &Product) -> Vec<String> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut kept = Vec::new();
    let tags = product.tags.iter().map(Tag::as_str);
    let description = product.description.as_ref().map(Description::as_str);
    let texts = std::iter::once((NAME, product.name.as_str()))
        .chain([(TAG, product.sku.as_str())])
        .chain(tags.map(|tag| (TAG, tag)))
        .chain(description.map(|text| (DESCRIPTION, text)));
    for (place, text) in texts {
        for word in words(text) {
            if kept.len() < MOST_WORDS && seen.insert(word.clone()) {
                kept.push(format!("{place}{word}"));
            }
        }
    }
    kept
}

/// The words of a text: runs of letters and digits, folded, without accents. Where words are written without spaces between them each
/// character is one.
fn words(text: &str) -> Vec<String> {
    let folded = super::text::fold(text);
    let plain: String = if folded.is_ascii() {
        folded
    } else {
        folded.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).nfc().collect()
    };
    let mut found: Vec<String> = Vec::new();
    let (mut word, mut length) = (String::new(), 0);
    for c in plain.chars() {
        let alone = stands_alone(c);
        if (alone || !belongs_to_a_word(c)) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
            length = 0;
        }
        if alone {
            found.push(c.to_string());
        } else if belongs_to_a_word(c) && length < MOST_CHARS {
            word.push(c);
            length += 1;
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

fn belongs_to_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Letters of scripts without spaces: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
fn stands_alone(c: char) -> bool {
    let unspaced = matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}');
    unspaced && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::domain::id::ProductId;
    use crate::domain::number::Version;
    use crate::domain::product::{Labels, ProductStatus};

    fn product(sku: &str, name: &str, tags: &[&str], description: &str) -> Product {
        let at = Timestamp::from_millis(0).unwrap();
        Product {
            id: "prd_01h455vb4pex5vsknk084sn02q".parse::<ProductId>().unwrap(),
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            sku: sku.parse().unwrap(),
            name: name.parse().unwrap(),
            description: Some(description.parse().unwrap()),
            tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
            metadata: Labels::default(),
            price: crate::domain::money::Money::from_minor(1, "EUR".parse().unwrap()).unwrap(),
            status: ProductStatus::Active,
            group: None,
            options: Labels::default(),
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_whatever_their_case_width_and_accents() {
        for (text, expected) in [
            ("Blue mug, 0.3 l", vec!["blue", "mug", "0", "3", "l"]),
            ("MUG-BLUE_01", vec!["mug", "blue", "01"]),
            ("Café ＣＲÈＭＥ Straße", vec!["cafe", "creme", "straße"]),
            ("हिन्दी किताब", vec!["हिन्दी", "किताब"]),
            ("한국어", vec!["한국어"]),
            ("茶碗 big", vec!["茶", "碗", "big"]),
            ("ガラスmug", vec!["カ", "ラ", "ス", "mug"]),
            ("^.*$ --", vec![]),
        ] {
            let found = words(text);
            let expected: Vec<String> =
                expected.into_iter().map(|word| word.nfc().collect::<String>()).collect();
            if text.starts_with('ガ') {
                assert_eq!((found.len(), found.last().unwrap().as_str()), (4, "mug"));
            } else {
                assert_eq!(found, expected, "{text}");
            }
        }
        assert_eq!(words(&"x".repeat(100))[0].len(), MOST_CHARS);
    }

    #[test]
    fn a_word_is_kept_once_where_it_counts_most() {
        let mug = product("MUG-1", "Blue mug", &["blue", "gift"], "A mug for a gift, 1 litre");
        assert_eq!(words_of(&mug), ["nblue", "nmug", "t1", "tgift", "da", "dfor", "dlitre"]);
        let wordy: Vec<String> = (0..1500).map(|n| format!("w{n}")).collect();
        assert_eq!(words_of(&product("A", "B", &[], &wordy.join(" "))).len(), MOST_WORDS);
    }

    #[test]
    fn the_tier_is_that_of_the_word_that_stands_worst() {
        let mug = product("MUG-1", "Blue porcelain mug", &["gift idea"], "Holds 300 millilitres");
        for (query, tier) in [
            ("mug-1", Some(Tier::SkuIs)),
            ("MUG", Some(Tier::SkuBegins)),
            ("porcelain", Some(Tier::NameHolds)),
            ("mug blue", Some(Tier::NameHolds)),
            ("mug blu", Some(Tier::NameBegins)),
            ("gift blue", Some(Tier::TagsBegin)),
            ("1", Some(Tier::TagsBegin)),
            ("mil", Some(Tier::Anywhere)),
            ("mug milli idea", Some(Tier::Anywhere)),
            ("ug", None),
            ("mug red", None),
            ("--", None),
        ] {
            assert_eq!(query.parse::<ProductSearch>().unwrap().tier(&mug), tier, "{query}");
        }
        let odd = product("--x", "b", &[], "c");
        assert_eq!("--".parse::<ProductSearch>().unwrap().tier(&odd), Some(Tier::SkuBegins));
    }

    #[test]
    fn of_one_word_no_place_is_looked_at_twice() {
        let search: ProductSearch = "mug".parse().unwrap();
        assert_eq!(search.new_spans(Tier::TagsBegin), [[Span::Begins("tmug".into())]]);
        assert_eq!(search.new_spans(Tier::Anywhere), [[Span::Begins("dmug".into())]]);
        let two: ProductSearch = "mug blue".parse().unwrap();
        assert_eq!(two.new_spans(Tier::Anywhere), two.spans(Tier::Anywhere));
        assert_eq!(two.spans(Tier::NameHolds), [[Span::Is("nblue".into())], [Span::Is("nmug".into())]]);
    }
}
