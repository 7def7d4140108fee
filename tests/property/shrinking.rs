//! That a failing sequence is cut down to what is needed.

use proptest::test_runner::{RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::case::prelude;
use super::command::{Command, Step, What};
use super::model::Model;
use super::{config, listing, pared, sequences};

/// The model plays a sequence; a claim about it that is false fails.
fn claim(commands: &[Command], holds: impl Fn(&Model) -> bool) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for command in prelude().iter().chain(commands) {
        if let Command::Do(doing) = command {
            let doing = model.resolved(doing);
            model.ask(&doing);
        }
        if !holds(&model) {
            return Err(TestCaseError::fail("the claim is false"));
        }
    }
    Ok(())
}

#[test]
fn a_sequence_that_fails_is_cut_down_to_the_commands_that_are_needed() {
    let nothing_comes_back = |model: &Model| {
        let mut lines = model.orders.iter().flatten().flat_map(|order| &order.lines);
        lines.all(|line| line.restocked == 0)
    };
    let claimed = |commands: &[Command]| claim(commands, nothing_comes_back);
    // The same sequences each time: now and then one fails in which an order is counted from the end over two others, and none of
    // the two can go without the other.
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let played =
        TestRunner::new_with_rng(config(5000), random).run(&sequences(), |commands| claimed(&commands));
    let Err(TestError::Fail(_, commands)) = played else {
        panic!("no sequence brings goods back: {played:?}")
    };
    let commands = pared(commands, claimed);
    // The shop begins with an order.
    let [Command::Do(ship), Command::Do(back)] = &commands[..] else {
        panic!("more than is needed:\n{}", listing(&commands));
    };
    assert!(matches!(
        &ship.what,
        What::Step { step: Step::Ship(_) | Step::Word { word: "shipped", .. }, .. }
    ));
    assert!(matches!(&back.what, What::Step { step: Step::Return { restock: true, .. }, .. }), "{back:?}");
    assert!([ship, back].iter().all(|doing| !doing.dry_run && doing.key.is_none()), "{commands:?}");
}
