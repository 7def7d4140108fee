//! What the demo does, in order.

/// How a step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It works.
    Done,
    /// It is refused, which is what it shows.
    Refused,
}

/// One command.
pub(super) struct Step {
    /// What it is about.
    pub(super) about: &'static str,
    /// Its words; `{order}` is the newest order.
    pub(super) words: &'static [&'static str],
    /// How it ends.
    pub(super) ending: Ending,
}

const fn step(about: &'static str, words: &'static [&'static str]) -> Step {
    Step { about, words, ending: Ending::Done }
}

const fn refused(about: &'static str, words: &'static [&'static str]) -> Step {
    Step { about, words, ending: Ending::Refused }
}

pub(super) const STEPS: &[Step] = &[
    step("A customer", &["user", "register", "ada@example.com", "--name", "Ada Lovelace", "--no-password"]),
    step(
        "Somebody who runs the shop",
        &["user", "register", "admin@example.com", "--role", "admin", "--no-password"],
    ),
    step(
        "Things to sell, with what is on the shelf",
        &[
            "product", "create", "MUG-BLUE", "--name", "Blue mug", "--price", "12.50", "--tag", "kitchen",
            "--stock", "10",
        ],
    ),
    step(
        "A variant: the same group, another option",
        &[
            "product",
            "create",
            "MUG-RED",
            "--name",
            "Red mug",
            "--price",
            "12.50",
            "--tag",
            "kitchen",
            "--group",
            "MUG",
            "--option",
            "colour=red",
            "--stock",
            "4",
        ],
    ),
    step(
        "One whose stock is not known yet",
        &["product", "create", "TEA-GREEN", "--name", "Green tea, 100 g", "--price", "7.90"],
    ),
    step("The catalogue", &["product", "list"]),
    step("Somebody counted the tea", &["inventory", "set", "TEA-GREEN", "25", "--reason", "first count"]),
    step(
        "An order takes all its lines or none",
        &["order", "create", "--user", "ada@example.com", "--item", "MUG-BLUE:2", "--item", "TEA-GREEN:1"],
    ),
    step("It was paid", &["order", "update", "{order}", "--status", "paid"]),
    step("And shipped", &["order", "update", "{order}", "--status", "shipped"]),
    step(
        "Another order, of a guest",
        &["order", "create", "--email", "guest@example.com", "--item", "MUG-RED:3"],
    ),
    step(
        "Given up: its mugs can be sold again",
        &["order", "cancel", "{order}", "--reason", "changed their mind"],
    ),
    refused(
        "More than there is: refused, and nothing has changed",
        &["order", "create", "--email", "guest@example.com", "--item", "MUG-BLUE:9", "--item", "TEA-GREEN:1"],
    ),
    step(
        "What is left of it fits",
        &["order", "create", "--email", "guest@example.com", "--item", "MUG-BLUE:3"],
    ),
    refused(
        "An order goes its way step by step: what is not sent cannot arrive",
        &["order", "update", "{order}", "--status", "delivered"],
    ),
    step("The shelves now", &["inventory", "list"]),
    step("Every piece that moved", &["inventory", "history", "MUG-BLUE"]),
    step("All orders", &["order", "list"]),
    step("And the books agree", &["store", "check"]),
];
