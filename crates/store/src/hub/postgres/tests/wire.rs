//! A connection that breaks where a test wants it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where a connection breaks: at a request that begins with this text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Break {
    /// The server does not get it.
    Before(&'static str),
    /// The server gets it, and the client no answer.
    After(&'static str),
}

/// A relay between hubs and a server.
pub(super) struct Wire {
    port: u16,
    left: Arc<AtomicUsize>,
    relay: tokio::task::JoinHandle<()>,
}

impl Wire {
    /// Relays connections to a port.
    pub(super) async fn to(server: u16, at: Break) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(AtomicUsize::new(0));
        let of_relay = Arc::clone(&left);
        let relay = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                tokio::spawn(pass(client, server, at, Arc::clone(&of_relay)));
            }
        });
        Self { port, left, relay }
    }

    /// Returns the address by which the relay leads to a database.
    pub(super) fn url(&self, direct: &str, server: u16) -> String {
        direct.replace(&format!(":{server}/"), &format!(":{}/", self.port))
    }

    /// Lets the next so many of those requests break their connections.
    pub(super) fn arm(&self, times: usize) {
        self.left.store(times, Ordering::Relaxed);
    }

    /// Returns how many are still to come.
    pub(super) fn armed(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes no new connections any more.
    pub(super) fn cut(&self) {
        self.relay.abort();
    }
}

/// Passes on what both sides say, until the request comes.
async fn pass(mut client: TcpStream, mut server: TcpStream, at: Break, left: Arc<AtomicUsize>) {
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    let mut deaf = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                let (Break::Before(text) | Break::After(text)) = at;
                // A request in text is `Q`, its length in four bytes, and the text.
                let is_it = asked[0] == b'Q' && asked[5..length].starts_with(text.as_bytes());
                let take = |left: usize| left.checked_sub(1);
                if is_it && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                    if matches!(at, Break::Before(_)) {
                        return;
                    }
                    deaf = true;
                }
                if server.write_all(&asked[..length]).await.is_err() { return }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                // The answer is here, so the request was carried out; nobody is told.
                if deaf || client.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}
