//! A proxy that pools transactions, between clients and a server.

use super::process::{Account, Folder, Watched, folders_of_path};
use super::{PASSWORD, PostgresServer, USER, find, free_port, skipped};

/// A `PgBouncer` in front of a server. It has two connections for all its clients and hands them over
/// after each transaction, so whatever a client leaves behind in a session, another one finds.
#[derive(Debug)]
pub struct Pooler {
    _watched: Watched,
    _folder: Folder,
    server_port: u16,
    port: u16,
}

impl Pooler {
    /// Starts a proxy. Without `PgBouncer` on this machine there is none, which is said on standard
    /// output.
    pub fn start(server: &PostgresServer) -> Option<Self> {
        let Some(program) = find("pgbouncer", folders_of_path()) else {
            skipped("needs PgBouncer");
            return None;
        };
        let account = Account::for_servers();
        let folder = Folder::new(account);
        let (server_port, port) = (server.port(), free_port());
        let settings = format!(
            "[databases]\n\
             * = host=127.0.0.1 port={server_port} user={USER} password={PASSWORD}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n\
             max_client_conn = 200\n"
        );
        let path = folder.write("pgbouncer.ini", &settings);
        let watched = Watched::program(account, &program, &[path.as_str()], "process up");
        Some(Self {
            _watched: watched,
            _folder: folder,
            server_port,
            port,
        })
    }

    /// Returns the port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address by which the proxy leads to a database of the server.
    pub fn url(&self, direct: &str) -> String {
        let port = |port: u16| format!(":{port}/");
        direct.replace(&port(self.server_port), &port(self.port))
    }
}
