//! A real PostgreSQL server for tests: a cluster of its own in a folder of its own.
//!
//! It listens on a loopback port and on a socket in its folder, knows one user with a password, and
//! keeps nothing safe from a power cut. It ends with its handle, and with the process however that
//! ends: what watches over it sees that the process is gone, stops it and removes the folder.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test cannot go on when the server refuses, and says so by panicking"
)]

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;
use std::net::TcpListener;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

mod certificates;
mod pooler;
mod process;

pub use pooler::Pooler;
use process::{Account, Folder, Watched, finish};

/// The one user of the server, who may do everything.
const USER: &str = "onward";

/// That user's password.
const PASSWORD: &str = "only-for-tests";

/// A running server.
#[derive(Debug)]
pub struct PostgresServer {
    // In the order in which they end.
    _watched: Watched,
    folder: Folder,
    programs: Utf8PathBuf,
    port: u16,
    databases: AtomicUsize,
}

impl PostgresServer {
    /// Starts a server. Without PostgreSQL on this machine there is none, which is said on standard
    /// output.
    pub fn start() -> Option<Self> {
        Self::start_as(false)
    }

    /// Starts a server that takes TLS as well, by a certificate for `localhost` of the authority
    /// [`PostgresServer::authority`].
    pub fn start_with_tls() -> Option<Self> {
        Self::start_as(true)
    }

    /// Returns the server that the tests of this process share, each in a database of its own.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresServer>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    fn start_as(tls: bool) -> Option<Self> {
        let Some(programs) = process::programs() else {
            skipped("needs PostgreSQL");
            return None;
        };
        let account = Account::for_servers();
        let folder = Folder::new(account);
        let data = folder.path().join("data");
        let password = folder.write("password", PASSWORD);
        let mut initdb = account.command(&programs.join("initdb"));
        initdb
            .args([
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
            ])
            .args([format!("--username={USER}"), format!("--pwfile={password}")])
            .arg(format!("--pgdata={data}"));
        finish(initdb);
        let mut settings = format!(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nfsync = off\n\
             max_connections = 200\nshared_buffers = 16MB\n",
            folder.path()
        );
        if tls {
            certificates::write(&folder);
            settings.push_str("ssl = on\n");
        }
        // A port that was free may be somebody else's when the server comes to it.
        for _ in 0..5 {
            let port = free_port();
            let mut settings = settings.clone();
            writeln!(settings, "port = {port}").unwrap();
            folder.write("data/postgresql.auto.conf", &settings);
            if let Some(watched) = Watched::server(account, &programs, &folder) {
                return Some(Self {
                    _watched: watched,
                    folder,
                    programs,
                    port,
                    databases: AtomicUsize::new(0),
                });
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start:\n{log}");
    }

    /// Makes an empty database and returns its address.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Returns the address of a database over the loopback port.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// Returns the address of a database over the socket.
    pub fn socket_url(&self, database: &str) -> String {
        let folder = self.folder.path();
        format!(
            "postgres:///{database}?host={folder}&port={}&user={USER}&password={PASSWORD}",
            self.port
        )
    }

    /// Returns the loopback port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the user's password, to look for where it must not be.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Returns the file with the certificate of the authority behind the server's.
    pub fn authority(&self) -> Utf8PathBuf {
        self.folder.path().join(certificates::AUTHORITY)
    }

    /// Runs SQL in a database, named or by its address, as another client would, and returns what it
    /// answered: a line for each row, `|` between columns.
    #[track_caller]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.try_sql(database, sql)
            .unwrap_or_else(|said| panic!("{sql}: {said}"))
    }

    /// As [`PostgresServer::sql`], with the server's complaint as an error.
    pub fn try_sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let name = database.rsplit('/').next().unwrap_or(database);
        let mut psql = Account::mine().command(&self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"])
            .args(["--set=ON_ERROR_STOP=1", "--command", sql, &self.url(name)]);
        let output = psql.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(text(output.stderr))
        }
    }
}

/// Says why a test does not run.
#[expect(clippy::print_stdout, reason = "a test that does nothing must say so")]
fn skipped(why: &str) {
    println!("skipped: {why}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Returns the path of a program in a list of folders.
fn find(program: &str, folders: impl IntoIterator<Item = Utf8PathBuf>) -> Option<Utf8PathBuf> {
    folders
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|path| is_file(path))
}

fn is_file(path: &Utf8Path) -> bool {
    path.as_std_path().is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_is_gone_with_its_handle() {
        let Some(server) = PostgresServer::start() else {
            return;
        };
        let database = server.database();
        server.sql(
            &database,
            "CREATE TABLE t (n INT); INSERT INTO t VALUES (1), (2)",
        );
        assert_eq!(server.sql(&database, "SELECT n, n + 1 FROM t"), "1|2\n2|3");
        assert_ne!(database, server.database());
        assert!(
            server
                .try_sql(&database, "SELECT nonsense")
                .unwrap_err()
                .contains("nonsense")
        );
        let (folder, port) = (server.folder.path().to_owned(), server.port());
        drop(server);
        assert!(!folder.exists());
        assert!(
            TcpListener::bind(("127.0.0.1", port)).is_ok(),
            "nobody listens there"
        );
    }

    #[test]
    fn a_pooler_passes_statements_on() {
        let Some(server) = PostgresServer::shared() else {
            return;
        };
        let Some(pooler) = Pooler::start(server) else {
            return;
        };
        let direct = server.url("postgres");
        let by_proxy = pooler.url(&direct);
        assert_ne!(direct, by_proxy);
        let port = format!(":{}/", pooler.port());
        assert!(by_proxy.contains(&port), "{by_proxy}");
    }
}
