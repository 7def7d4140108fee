//! The network between the members of a replica set and their clients: a TCP proxy in front of each member, so that one can be cut off.
//!
//! The set's configuration names the proxies, so members and clients meet each other only through them. With test commands enabled a
//! member says who it is in the first message of each connection (`hostInfo`, which is there for this very purpose); a connection that
//! does not is a client's. What is cut off is held back, not closed: to both ends it looks like a network that has stopped delivering.

use std::io;
use std::net::TcpListener as StdListener;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::runtime;

/// The longest first message that is believed to be one.
const LONGEST_GREETING: usize = 1 << 20;

/// What does not get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Everything does.
    Nothing,
    /// Nothing from or to this member, whoever it is from.
    Member(usize),
    /// Nothing between this member and the others; clients still reach it, and believe it for a while.
    Peers(usize),
}

impl Cut {
    /// Whether bytes from the member `from`, or from a client, reach the member `to`.
    fn lets_pass(self, from: Option<usize>, to: usize) -> bool {
        match (self, from) {
            (Self::Nothing, _) | (Self::Peers(_), None) => true,
            (Self::Member(cut), None) => to != cut,
            (Self::Member(cut) | Self::Peers(cut), Some(from)) => from == to || (from != cut && to != cut),
        }
    }
}

/// The proxies; they end with this guard.
pub(super) struct Links {
    cut: watch::Sender<Cut>,
    /// Where each member is to be reached, in the order of members.
    pub(super) ports: Vec<u16>,
    accepting: Vec<JoinHandle<()>>,
}

impl Links {
    /// A proxy in front of each of these ports of 127.0.0.1.
    pub(super) fn before(members: &[u16]) -> Self {
        let (cut, _) = watch::channel(Cut::Nothing);
        let (mut ports, mut accepting) = (Vec::new(), Vec::new());
        for to in 0..members.len() {
            let listener = StdListener::bind(("127.0.0.1", 0)).expect("a free port");
            listener.set_nonblocking(true).expect("a listener that does not block");
            ports.push(listener.local_addr().expect("its address").port());
            accepting.push(runtime().spawn(accept(listener, to, members.to_vec(), cut.subscribe())));
        }
        Self { cut, ports, accepting }
    }

    /// Holds back from now on what this says, and lets everything else go on.
    pub(super) fn cut(&self, cut: Cut) {
        self.cut.send_replace(cut);
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.accepting.iter().for_each(JoinHandle::abort);
    }
}

async fn accept(listener: StdListener, to: usize, members: Vec<u16>, cut: watch::Receiver<Cut>) {
    let listener = TcpListener::from_std(listener).expect("a listener of this runtime");
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let (members, cut) = (members.clone(), cut.clone());
            // Either end may go at any time; then so does the other.
            tokio::spawn(async move { carry(stream, to, &members, cut).await });
        }
    }
}

/// Carries one connection until an end of it is gone.
async fn carry(
    mut near: TcpStream,
    to: usize,
    members: &[u16],
    mut cut: watch::Receiver<Cut>,
) -> io::Result<()> {
    near.set_nodelay(true)?;
    let greeting = first_message(&mut near).await?;
    let from = sender(&greeting, members);
    let held = cut.wait_for(|cut| cut.lets_pass(from, to)).await.map(drop);
    held.map_err(io::Error::other)?;
    let mut far = TcpStream::connect(("127.0.0.1", members[to])).await?;
    far.set_nodelay(true)?;
    far.write_all(&greeting).await?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::select! {
        done = pump(near_in, far_out, cut.clone(), from, to) => done,
        done = pump(far_in, near_out, cut, from, to) => done,
    }
}

async fn pump(
    mut input: OwnedReadHalf,
    mut output: OwnedWriteHalf,
    mut cut: watch::Receiver<Cut>,
    from: Option<usize>,
    to: usize,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = input.read(&mut buffer).await;
        // That an end is gone is news too, and does not get through either.
        cut.wait_for(|cut| cut.lets_pass(from, to)).await.map_err(io::Error::other)?;
        match read? {
            0 => return Ok(()),
            read => output.write_all(&buffer[..read]).await?,
        }
    }
}

/// A whole message of the wire protocol: its length comes first.
async fn first_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u32_le().await?;
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    if !(16..=LONGEST_GREETING).contains(&size) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = length.to_le_bytes().to_vec();
    message.resize(size, 0);
    stream.read_exact(&mut message[4..]).await?;
    Ok(message)
}

/// The member that sent a first message, by the port it really listens on; none for a client.
fn sender(message: &[u8], members: &[u16]) -> Option<usize> {
    // A BSON string element: type 2, name, length, text with a NUL.
    const NAME: &[u8] = b"\x02hostInfo\0";
    let at = message.windows(NAME.len()).position(|window| window == NAME)? + NAME.len() + 4;
    let text = message.get(at..)?.split(|byte| *byte == 0).next()?;
    let port: u16 = std::str::from_utf8(text).ok()?.rsplit_once(':')?.1.parse().ok()?;
    members.iter().position(|member| *member == port)
}
