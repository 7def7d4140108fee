//! One sequence of commands, played by the model and by both stores.

use proptest::test_runner::TestCaseError;

use super::command::{Command, Doing, Guess, What};
use super::model::{Expected, Model};
use super::picture::Picture;
use super::player::{Heard, Player};
use crate::support::dump::Dump;
use crate::support::store::{mongo_store, sqlite_store};

/// Why a sequence fails, in words.
type Outcome = Result<(), String>;

/// The model, and the shops that must do as it does.
struct Case {
    model: Model,
    players: Vec<(Player, Dump)>,
}

/// Plays a sequence on fresh stores that have three products and an order.
pub(super) async fn play(commands: &[Command]) -> Result<(), TestCaseError> {
    let (sqlite, mongodb) = tokio::join!(sqlite_store(), mongo_store());
    let mut case = Case { model: Model::default(), players: Vec::new() };
    for (kind, store) in [("SQLite", sqlite), ("MongoDB", mongodb)] {
        let player = Player::on(kind, store);
        case.model.now = player.now();
        let dump = player.dump().await;
        case.players.push((player, dump));
    }
    let mut outcome = Ok(());
    for command in prelude().iter().chain(commands) {
        outcome = case.play(command).await.map_err(|why| format!("{command:?}: {why}"));
        if outcome.is_err() {
            break;
        }
    }
    for (player, _) in &case.players {
        player.store.share().close().await;
    }
    outcome.map_err(TestCaseError::fail)
}

/// What every shop begins with, so that a short sequence can do something: three products and an order.
pub(super) fn prelude() -> Vec<Command> {
    let create = |sku, price, stock| What::Create {
        sku,
        price,
        currency: "EUR",
        status: "active",
        stock: Some(stock),
    };
    let place = What::Place { lines: vec![("A", 2), ("B", 1)], reference: None, hold: Some(60) };
    [create("A", 3, 20), create("B", 1, 8), create("C", 2, 1), place]
        .map(|what| Command::Do(Doing { what, version: Guess::Any, dry_run: false, key: None }))
        .into()
}

impl Case {
    async fn play(&mut self, command: &Command) -> Outcome {
        match command {
            Command::Wait(seconds) => {
                self.model.now += seconds * 1000;
                self.players.iter().for_each(|(player, _)| player.wait(*seconds));
                Ok(())
            }
            Command::Sweep { dry_run } => self.sweep(*dry_run).await,
            Command::Do(doing) => self.ask(self.model.resolved(doing)).await,
            Command::Again(back) => {
                let Some(last) = self.model.keyed.len().checked_sub(1) else { return Ok(()) };
                let doing = self.model.keyed[last - back % self.model.keyed.len()].clone();
                self.ask(doing).await
            }
        }
    }

    async fn sweep(&mut self, dry_run: bool) -> Outcome {
        let expected = self.model.sweep(dry_run);
        let changed = !dry_run && !expected.is_empty();
        for (player, before) in &mut self.players {
            let ended = player.sweep(dry_run).await;
            same(player.kind, "swept", &ended, &expected)?;
            check(player, before, changed, &self.model).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, doing: Doing) -> Outcome {
        let asked = self.model.clone();
        let expected = self.model.ask(&doing);
        let changes = expected == Expected::Done && !doing.dry_run;
        let model = &self.model;
        let [sqlite, mongodb] = &mut self.players[..] else { return Err("two stores".to_owned()) };
        let on = async |(player, before): &mut (Player, Dump)| {
            let heard = player.ask(&doing, &asked).await;
            as_expected(player, &doing, heard, expected).await?;
            check(player, before, changes, model).await
        };
        let (sqlite, mongodb) = tokio::join!(on(sqlite), on(mongodb));
        sqlite.and(mongodb)
    }
}

/// The answer is the one that the model says, and what it shows is what is there.
async fn as_expected(player: &Player, doing: &Doing, heard: Heard, expected: Expected) -> Outcome {
    let told = match &heard {
        Ok((_, true)) => "Replayed".to_owned(),
        Ok((_, false)) => "Done".to_owned(),
        Err(code) => format!("Refused({code:?})"),
    };
    same(player.kind, "answered", &told, &format!("{expected:?}"))?;
    match (heard, doing.key) {
        (Ok((answer, true)), Some(key)) => {
            same(player.kind, "replayed", &Some(&answer), &player.kept.get(&key))
        }
        (Ok((answer, false)), _) if !doing.dry_run => match player.shown(&doing.what).await {
            Some(shown) => same(player.kind, "shown", &answer, &shown),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Every rule holds, what is stored is what the model says, and nothing has moved that should not.
async fn check(player: &Player, before: &mut Dump, may_change: bool, model: &Model) -> Outcome {
    let after = player.dump().await;
    if !may_change {
        same(player.kind, "left", &after, before)?;
    }
    same(player.kind, "stored", &Picture::of(&after, &player.names), &Picture::from(model))?;
    if !after.orders.is_sorted_by(|a, b| a.number < b.number) {
        return Err(format!("{}: order numbers do not rise", player.kind));
    }
    if may_change {
        same(player.kind, "broken rules", &player.broken().await, &Vec::new())?;
    }
    *before = after;
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(kind: &str, what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (format!("{found:#?}"), format!("{expected:#?}"));
    let differ: Vec<String> = found
        .lines()
        .zip(expected.lines())
        .filter(|(found, expected)| found != expected)
        .take(8)
        .map(|(found, expected)| format!("  found {}, expected {}", found.trim(), expected.trim()))
        .collect();
    Err(format!("{kind}, {what}:\n{}", differ.join("\n")))
}
