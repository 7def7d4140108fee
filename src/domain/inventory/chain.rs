//! The movements of one product, followed from the first to the last.

use super::MovementKind;

/// What one movement states, as it is kept: nothing of it need be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What kind.
    pub kind: MovementKind,
    /// Change of what is there.
    pub on_hand_delta: i64,
    /// Change of what is promised.
    pub reserved_delta: i64,
    /// What is there afterwards.
    pub on_hand_after: i64,
    /// What is promised afterwards.
    pub reserved_after: i64,
}

/// The first movement that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// Its number.
    pub seq: i64,
    /// What is there and what should be.
    pub detail: String,
}

/// Movements followed one by one: their sums, and whether each follows the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Sum of all changes of what is there.
    pub on_hand: i64,
    /// Sum of all changes of what is promised.
    pub reserved: i64,
    /// Number of the last movement; 0 when there is none.
    pub seq: i64,
    /// How many movements there are.
    pub count: u64,
    /// How many of them break a rule.
    pub faults: u64,
    /// The first that does.
    pub first: Option<ChainFault>,
    /// What the last movement states; none where it cannot be read.
    stated: Option<(i64, i64)>,
}

impl Chain {
    /// Before the first movement.
    pub fn new() -> Self {
        Self { stated: Some((0, 0)), ..Self::default() }
    }

    /// Follows the next movement. `Err` holds why it cannot be read.
    pub fn follow(&mut self, seq: i64, link: Result<Link, &str>) {
        self.count += 1;
        let fault = match link {
            Err(why) => {
                self.stated = None;
                Some(format!("movement {seq} cannot be read: {why}"))
            }
            Ok(link) => {
                let fault = self.fault(seq, link);
                self.on_hand = self.on_hand.saturating_add(link.on_hand_delta);
                self.reserved = self.reserved.saturating_add(link.reserved_delta);
                // The next is measured by what this one states, so that one damage is one fault.
                self.stated = Some((link.on_hand_after, link.reserved_after));
                fault
            }
        };
        self.seq = seq;
        if let Some(detail) = fault {
            self.faults += 1;
            self.first.get_or_insert(ChainFault { seq, detail });
        }
    }

    fn fault(&self, seq: i64, link: Link) -> Option<String> {
        let Link { kind, on_hand_delta, reserved_delta, on_hand_after, reserved_after } = link;
        if seq != self.seq.saturating_add(1) {
            return Some(match self.seq {
                0 => format!("the first movement is number {seq}, not 1"),
                last => format!("movement {seq} follows movement {last}: {} missing", missing(last, seq)),
            });
        }
        if !kind.fits(on_hand_delta, reserved_delta) {
            return Some(format!(
                "movement {seq} is a \"{kind}\", but changes on hand by {on_hand_delta} and reserved by {reserved_delta}"
            ));
        }
        let (on_hand, reserved) = self.stated?;
        let due = (on_hand.saturating_add(on_hand_delta), reserved.saturating_add(reserved_delta));
        if (on_hand_after, reserved_after) != due {
            return Some(format!(
                "movement {seq} states {on_hand_after} on hand and {reserved_after} reserved, but leads to {} and {}",
                due.0, due.1
            ));
        }
        None
    }
}

fn missing(last: i64, seq: i64) -> String {
    match seq.saturating_sub(last) {
        2 => format!("{} is", last + 1),
        n if n > 2 => format!("{} to {} are", last + 1, seq - 1),
        _ => "the order is wrong, others are".to_owned(),
    }
}

impl MovementKind {
    /// Whether a movement of this kind can change the counts by this much.
    pub fn fits(self, on_hand_delta: i64, reserved_delta: i64) -> bool {
        match self {
            Self::Receive | Self::Return => on_hand_delta >= 0 && reserved_delta == 0,
            Self::Reserve => on_hand_delta == 0 && reserved_delta >= 0,
            Self::Release => on_hand_delta == 0 && reserved_delta <= 0,
            Self::Ship => on_hand_delta == reserved_delta && on_hand_delta <= 0,
            Self::Adjust | Self::Count => reserved_delta == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(kind: MovementKind, deltas: (i64, i64), after: (i64, i64)) -> Link {
        Link {
            kind,
            on_hand_delta: deltas.0,
            reserved_delta: deltas.1,
            on_hand_after: after.0,
            reserved_after: after.1,
        }
    }

    const RECEIVE: MovementKind = MovementKind::Receive;
    const RESERVE: MovementKind = MovementKind::Reserve;

    #[test]
    fn sums_what_follows() {
        let mut chain = Chain::new();
        chain.follow(1, Ok(link(RECEIVE, (10, 0), (10, 0))));
        chain.follow(2, Ok(link(RESERVE, (0, 3), (10, 3))));
        chain.follow(3, Ok(link(MovementKind::Ship, (-2, -2), (8, 1))));
        assert_eq!((chain.on_hand, chain.reserved, chain.seq, chain.faults), (8, 1, 3, 0));
    }

    #[test]
    fn one_damage_is_one_fault() {
        for (second, told) in [
            ((3, Ok(link(RESERVE, (0, 3), (10, 3)))), "2 is missing"),
            ((5, Ok(link(RESERVE, (0, 3), (10, 3)))), "2 to 4 are missing"),
            ((1, Ok(link(RESERVE, (0, 3), (10, 3)))), "order is wrong"),
            ((2, Ok(link(RESERVE, (0, 3), (10, 4)))), "but leads to 10 and 3"),
            ((2, Ok(link(RESERVE, (1, 3), (11, 3)))), "is a \"reserve\", but changes on hand by 1"),
            ((2, Err("kind")), "cannot be read: kind"),
        ] {
            let mut chain = Chain::new();
            chain.follow(1, Ok(link(RECEIVE, (10, 0), (10, 0))));
            let (seq, movement) = second;
            let (on_hand, reserved) = movement.map_or((10, 3), |m| (m.on_hand_after, m.reserved_after));
            chain.follow(seq, movement);
            chain.follow(seq + 1, Ok(link(RECEIVE, (1, 0), (on_hand + 1, reserved))));
            assert_eq!(chain.faults, 1, "{told}");
            let first = chain.first.unwrap();
            assert!(first.seq == seq && first.detail.contains(told), "{first:?} {told}");
        }
    }
}
