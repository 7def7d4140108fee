//! Three servers that are one replica set, whose members can be killed, frozen, cut off and stepped down.

use std::time::{Duration, Instant};

use mongodb::Client;
use mongodb::bson::{Document, doc};

use super::links::{Cut, Links};
use super::supervisor::{SMALL, Supervisor};
use super::{direct_client, free_port, hello_until, wait_for};

const MEMBERS: usize = 3;

/// How long members wait for a primary unless told otherwise.
const USUAL_ELECTION: Duration = Duration::from_secs(10);

/// How long a member may take to answer before it counts as away.
const ANSWER: Duration = Duration::from_secs(2);

/// A replica set of three on this machine; it ends with this guard.
pub(crate) struct ReplicaSet {
    members: Vec<Member>,
    links: Links,
}

struct Member {
    supervisor: Supervisor,
    /// Goes past the links, straight to the server.
    client: Client,
}

impl ReplicaSet {
    /// Starts one whose members call an election after so long without a primary, and waits until it is healthy.
    pub(crate) fn start(election: Duration) -> Self {
        let ports: Vec<u16> = (0..MEMBERS).map(|_| free_port()).collect();
        let mut parameters = vec!["enableTestCommands=1".to_owned()];
        if election < USUAL_ELECTION {
            // A member that copies from a frozen one notices only after 11 s by itself, and until then nothing is safe on a majority,
            // however soon there is a new primary.
            parameters.push("oplogNetworkTimeoutBufferSeconds=1".to_owned());
            parameters.push("oplogFetcherSteadyStateMaxFetcherRestarts=0".to_owned());
        }
        let arguments: Vec<&str> = parameters
            .iter()
            .flat_map(|parameter| ["--setParameter", parameter])
            .chain(["--replSet", "rs0"])
            .collect();
        let arguments = &arguments[..];
        let members: Vec<Member> = std::thread::scope(|scope| {
            let starting: Vec<_> =
                ports.iter().map(|&port| scope.spawn(move || Member::start(port, arguments))).collect();
            starting.into_iter().map(|member| member.join().expect("a server")).collect()
        });
        let set = Self { members, links: Links::before(&ports) };
        set.initiate(election);
        assert!(set.healthy_within(Duration::from_mins(1)), "the replica set did not become healthy");
        set
    }

    fn initiate(&self, election: Duration) {
        let hosts = (0_i32..).zip(&self.links.ports);
        let members: Vec<Document> =
            hosts.map(|(id, port)| doc! { "_id": id, "host": format!("127.0.0.1:{port}") }).collect();
        let election = i32::try_from(election.as_millis()).expect("less than weeks");
        // Members must hear of each other several times before they call an election, and may not wait for an answer for longer.
        let settings = doc! {
            "electionTimeoutMillis": election,
            "heartbeatIntervalMillis": (election / 5).min(2000),
            "heartbeatTimeoutSecs": (election / 1000).max(1),
        };
        let config = doc! { "_id": "rs0", "members": members, "settings": settings };
        let client = self.members[0].client.clone();
        wait_for(async move {
            hello_until(&client, |_| true).await;
            let initiate = doc! { "replSetInitiate": config };
            client.database("admin").run_command(initiate).await.expect("a replica set");
        });
    }

    /// The store URL of the database `shop`.
    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> = self.links.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        format!("mongodb://{}/shop?replicaSet=rs0", hosts.join(","))
    }

    /// The primary of a healthy set.
    pub(crate) fn primary(&self) -> usize {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let primary = self.members.iter().position(Member::is_primary);
            if let Some(primary) = primary {
                return primary;
            }
            assert!(Instant::now() < deadline, "the replica set has no primary");
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(&self, member: usize) {
        self.members[member].supervisor.end("KILL");
    }

    /// Starts a killed member again.
    pub(crate) fn restart(&self, member: usize) {
        self.members[member].supervisor.start();
    }

    /// Freezes a member: connections stay open and nothing answers.
    pub(crate) fn freeze(&self, member: usize) {
        self.members[member].supervisor.hold("STOP");
    }

    /// Lets a frozen member go on.
    pub(crate) fn thaw(&self, member: usize) {
        self.members[member].supervisor.hold("CONT");
    }

    /// Cuts a member off from everybody.
    pub(crate) fn isolate(&self, member: usize) {
        self.links.cut(Cut::Member(member));
    }

    /// Cuts a member off from the others, while clients still reach it.
    pub(crate) fn isolate_from_peers(&self, member: usize) {
        self.links.cut(Cut::Peers(member));
    }

    /// Lets everything through again.
    pub(crate) fn reconnect(&self) {
        self.links.cut(Cut::Nothing);
    }

    /// Makes a primary give its place to another, once that has caught up, which under a load it may fail to at first.
    pub(crate) fn step_down(&self, member: usize) {
        let stepped = within(Duration::from_mins(1), || {
            let command = doc! { "replSetStepDown": 20, "secondaryCatchUpPeriodSecs": 2 };
            self.members[member].run(command).is_some()
        });
        assert!(stepped, "the primary did not step down");
    }

    /// Whether another member is primary before the time is up. The old one may still believe that it is.
    pub(crate) fn taken_over_within(&self, old: usize, limit: Duration) -> bool {
        let others = || self.members.iter().enumerate().filter(|(member, _)| *member != old);
        within(limit, || others().any(|(_, member)| member.is_primary()))
    }

    /// Whether all members follow one primary before the time is up.
    pub(crate) fn healthy_within(&self, limit: Duration) -> bool {
        within(limit, || self.is_healthy())
    }

    fn is_healthy(&self) -> bool {
        let primaries: Vec<&Member> = self.members.iter().filter(|member| member.is_primary()).collect();
        let [primary] = primaries[..] else { return false };
        let Some(status) = primary.run(doc! { "replSetGetStatus": 1 }) else { return false };
        let Ok(members) = status.get_array("members") else { return false };
        let well = members.iter().filter_map(|member| member.as_document()).filter(|member| {
            let state = member.get_i32("state").unwrap_or_default();
            // 1 is PRIMARY, 2 is SECONDARY.
            member.get_f64("health").is_ok_and(|health| health > 0.0) && matches!(state, 1 | 2)
        });
        well.count() == MEMBERS
    }
}

/// Whether something comes true before the time is up.
fn within(limit: Duration, is_true: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !is_true() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}

impl Member {
    fn start(port: u16, arguments: &[&str]) -> Self {
        let supervisor = Supervisor::new(port, SMALL, arguments);
        supervisor.start();
        let client = wait_for(async move { direct_client(&format!("mongodb://127.0.0.1:{port}")).await });
        Self { supervisor, client }
    }

    /// What the server answers, unless it fails or takes too long.
    fn run(&self, command: Document) -> Option<Document> {
        let admin = self.client.database("admin");
        wait_for(async move { tokio::time::timeout(ANSWER + ANSWER, admin.run_command(command)).await })
            .ok()?
            .ok()
    }

    fn is_primary(&self) -> bool {
        let admin = self.client.database("admin");
        let hello =
            wait_for(
                async move { tokio::time::timeout(ANSWER, admin.run_command(doc! { "hello": 1 })).await },
            );
        hello.is_ok_and(|hello| hello.is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false)))
    }
}
