//! On a replica set of three.

use std::path::Path;
use std::time::Duration;

use super::copies::Run;
use super::report::{Report, Struck};
use super::verdict::Verdict;
use crate::support::mongod::ReplicaSet;

/// What can go wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    KillPrimary,
    KillService,
    FreezePrimary,
    TerminateService,
    IsolatePrimary,
    FreezeService,
    IsolatePrimaryFromPeers,
    StepDown,
}

impl Fault {
    /// One after the other, each kind at least once. Services fail more often than databases.
    const ALL: [Self; 10] = [
        Self::KillPrimary,
        Self::KillService,
        Self::FreezePrimary,
        Self::TerminateService,
        Self::IsolatePrimary,
        Self::FreezeService,
        Self::IsolatePrimaryFromPeers,
        Self::KillService,
        Self::StepDown,
        Self::TerminateService,
    ];

    /// Whether another member takes over, and stays primary when the fault is over.
    fn replaces_primary(self) -> bool {
        use Fault::{FreezePrimary, IsolatePrimary, IsolatePrimaryFromPeers, KillPrimary};
        matches!(self, KillPrimary | FreezePrimary | IsolatePrimary | IsolatePrimaryFromPeers)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::KillPrimary => "primary killed",
            Self::FreezePrimary => "primary frozen",
            Self::IsolatePrimary => "primary isolated",
            Self::IsolatePrimaryFromPeers => "primary isolated from peers",
            Self::StepDown => "primary stepped down",
            Self::KillService => "service killed",
            Self::TerminateService => "service terminated",
            Self::FreezeService => "service frozen",
        }
    }
}

/// A run that faults strike.
struct Stage {
    set: ReplicaSet,
    run: Run,
    /// How long a service stays away.
    absence: Duration,
    /// Orders between two faults.
    between: usize,
    struck: Vec<Struck>,
    unhealed: Vec<String>,
    ended: Vec<(Option<i32>, Duration)>,
}

/// How long anything may take to become well again.
const HEALING: Duration = Duration::from_mins(1);

impl Stage {
    /// One fault from beginning to end: it strikes, orders go on in spite of it, it is over, and everything is well again.
    fn strike(&mut self, fault: Fault) {
        let from = self.run.now();
        let turn = self.struck.len();
        let copies = &self.run.market.copies;
        let copy = &copies[turn % copies.len()];
        let primary = self.set.primary();
        let overcome = match fault {
            Fault::KillPrimary => {
                self.set.kill(primary);
                let overcome = self.overcome(fault, primary);
                self.set.restart(primary);
                overcome
            }
            Fault::FreezePrimary => {
                self.set.freeze(primary);
                let overcome = self.overcome(fault, primary);
                self.set.thaw(primary);
                overcome
            }
            Fault::IsolatePrimary | Fault::IsolatePrimaryFromPeers => {
                if matches!(fault, Fault::IsolatePrimary) {
                    self.set.isolate(primary);
                } else {
                    self.set.isolate_from_peers(primary);
                }
                let overcome = self.overcome(fault, primary);
                self.set.reconnect();
                overcome
            }
            Fault::StepDown => {
                self.set.step_down(primary);
                self.overcome(fault, primary)
            }
            Fault::KillService => {
                copy.kill();
                std::thread::sleep(self.absence);
                copy.restart();
                true
            }
            Fault::TerminateService => {
                self.ended.push(copy.terminate());
                copy.restart();
                true
            }
            Fault::FreezeService => {
                copy.freeze();
                std::thread::sleep(self.absence);
                copy.thaw();
                true
            }
        };
        let healthy = self.set.healthy_within(HEALING);
        if fault.replaces_primary() {
            assert_ne!(self.set.primary(), primary, "{fault:?} did not strike");
        }
        let ready = copies.iter().all(|copy| copy.ready_within(HEALING));
        let goes_on = self.run.goes_on(self.between, HEALING);
        if !(overcome && healthy && ready && goes_on) {
            self.unhealed.push(format!(
                "{fault:?} at {from:?}: orders went on meanwhile {overcome}, the set is healthy {healthy}, \
                 services are ready {ready}, orders go on {goes_on}"
            ));
        }
        self.struck.push(Struck { what: fault.as_str(), from, to: self.run.now() });
    }

    /// Whether another member takes over and orders go on while the fault lasts. The first may have been under way when it struck.
    fn overcome(&self, fault: Fault, primary: usize) -> bool {
        std::thread::sleep(Duration::from_millis(500));
        let taken_over = !fault.replaces_primary() || self.set.taken_over_within(primary, HEALING);
        taken_over && self.run.goes_on(20, HEALING)
    }
}

#[test]
fn orders_outlive_every_kind_of_fault() {
    let lasting = super::seconds();
    let election = super::election().unwrap_or(Duration::from_secs(if lasting.is_some() { 10 } else { 2 }));
    let absence = Duration::from_secs(if lasting.is_some() { 10 } else { 4 });
    let home = tempfile::tempdir().unwrap();
    let home: &Path = home.path();
    let set = ReplicaSet::start(election);
    let url = set.url();
    let (buyers, pause, between) = if lasting.is_some() { (48, 10, 300) } else { (16, 50, 20) };
    let run = Run::begin(home, &url, 2, buyers, Duration::from_millis(pause));
    let mut stage =
        Stage { set, run, absence, between, struck: Vec::new(), unhealed: Vec::new(), ended: Vec::new() };
    assert!(stage.run.goes_on(100, HEALING), "nothing is sold: {}", stage.run.market.copies[0].log_end());
    for (n, fault) in Fault::ALL.into_iter().cycle().enumerate() {
        if n >= Fault::ALL.len() && stage.run.now() >= lasting.unwrap_or_default() {
            break;
        }
        stage.strike(fault);
    }
    let Stage { set, run, struck, unhealed, ended, .. } = stage;
    let lasted = run.now();
    let log = run.end(HEALING);
    let verdict = tokio::runtime::Runtime::new().unwrap().block_on(Verdict::on(home, &url, &log));
    drop(set);
    let title = format!("MongoDB, a replica set of three with an election time-out of {election:?}");
    Report { title, lasted, struck, log, verdict, unhealed, ended }.conclude();
}
