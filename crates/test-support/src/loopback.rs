//! A server on a loopback port in a thread of its own, whose requests are recorded and whose
//! answers can be spoilt. What it answers is up to its [`Service`].

mod connection;
mod encoding;
mod journal;
mod reply;
mod script;
mod serve;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::Notify;

pub use journal::{Counters, Journal, Request};
pub(crate) use reply::Reply;
pub use script::Script;

#[cfg(test)]
pub(crate) use encoding::gzip;

/// What a fake server does with a request, and nothing about sockets.
pub(crate) trait Service: Send + Sync + 'static {
    /// Carries the request out.
    fn answer(&self, request: &Request) -> Reply;
}

/// A running server; it ends with its handle.
pub(crate) struct Loopback {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    period: Mutex<Option<Period>>,
}

/// What the threads of a server's periods have in common.
struct Shared {
    base_path: String,
    service: Box<dyn Service>,
    script: Script,
    journal: Journal,
}

/// From one start of listening to the next stop.
struct Period {
    stop: Arc<Notify>,
    thread: JoinHandle<()>,
}

impl Loopback {
    /// Listens on a free port of 127.0.0.1. The base path is empty or starts with a slash.
    pub(crate) fn start(base_path: &str, service: Box<dyn Service>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            base_path: base_path.to_owned(),
            service,
            script: Script::default(),
            journal: Journal::default(),
        });
        let period = Period::start(listener, &shared);
        Self {
            address,
            url: format!("http://{address}{base_path}"),
            shared,
            period: Mutex::new(Some(period)),
        }
    }

    /// The base URL, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn script(&self) -> &Script {
        &self.shared.script
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Closes the port and all connections; what the service keeps stays.
    pub(crate) fn go_away(&self) {
        if let Some(period) = self.take_period() {
            period.end();
        }
    }

    /// Listens on the same port again.
    pub(crate) fn come_back(&self) {
        self.go_away();
        let listener = TcpListener::bind(self.address).expect("the port is still free");
        *self.period.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Period::start(listener, &self.shared));
    }

    fn take_period(&self) -> Option<Period> {
        self.period
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.go_away();
    }
}

impl Period {
    fn start(listener: TcpListener, shared: &Arc<Shared>) -> Self {
        let stop = Arc::new(Notify::new());
        let thread = std::thread::spawn({
            let (shared, stop) = (Arc::clone(shared), Arc::clone(&stop));
            move || serve::until_stopped(listener, shared, &stop)
        });
        Self { stop, thread }
    }

    fn end(self) {
        self.stop.notify_one();
        // A panic of the server's thread has been printed there; dropping must not panic again.
        let _ = self.thread.join();
    }
}
