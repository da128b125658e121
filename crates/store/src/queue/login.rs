//! Who is logged in: the session, else the credentials, else nobody (boundary sheet §2).

use std::collections::BTreeMap;

use secrecy::SecretString;
use sync_core::gate::LoginSource;
use sync_core::identity;

use super::config::Config;
use super::credentials::Credentials;
use super::home::Home;
use super::session::{Machine, Session};

/// What a home says about who is logged in.
#[derive(Debug)]
pub struct Identity {
    /// The login, if there is one.
    pub login: Option<Login>,
    /// The configuration; the defaults where its file is broken.
    pub config: Config,
    /// Files that are there but cannot be used, with what is wrong: facts for the gate.
    pub broken: BTreeMap<LoginSource, String>,
}

/// A login, and what a request to its server needs.
#[derive(Debug)]
pub struct Login {
    /// The scope, and the server of the configuration as it is written.
    pub who: identity::Login,
    /// Which file it comes from.
    pub via: LoginSource,
    /// The server the scope's queue is for, as written. Credentials name their own, and their queue
    /// is sent nowhere else.
    pub server: String,
    /// The team's id as the server knows it.
    pub team: String,
    /// The access token; credentials hold none.
    pub token: Option<SecretString>,
}

impl Identity {
    /// Reads configuration, session and credentials. Neither the environment nor the network is
    /// asked, and whether a session has expired does not matter.
    ///
    /// A session that cannot be used is named, and the credentials count.
    pub fn read(home: &Home, machine: &Machine) -> Self {
        let mut broken = BTreeMap::new();
        let config = Config::read(&home.config()).unwrap_or_else(|reason| {
            broken.insert(LoginSource::Config, reason);
            Config::default()
        });
        let session = Session::read(home, machine).unwrap_or_else(|reason| {
            broken.insert(LoginSource::Session, reason);
            None
        });
        let by_session = session.and_then(|session| Login::of_session(session, &config));
        let login = by_session.or_else(|| {
            let credentials = Credentials::read(&home.credentials()).unwrap_or_else(|reason| {
                broken.insert(LoginSource::Credentials, reason);
                None
            });
            credentials.map(|credentials| Login::of_credentials(credentials, &config))
        });
        Self {
            login,
            config,
            broken,
        }
    }
}

impl Login {
    fn of_session(session: Session, config: &Config) -> Option<Self> {
        let team = session.private_team?;
        Some(Self {
            who: identity::Login {
                scope: identity::Scope::new(&config.server_url, &session.email, &team),
                server_url: config.server_url.clone(),
            },
            via: LoginSource::Session,
            server: config.server_url.clone(),
            team,
            token: session.access_token,
        })
    }

    fn of_credentials(credentials: Credentials, config: &Config) -> Self {
        Self {
            who: identity::Login {
                scope: credentials.scope,
                server_url: config.server_url.clone(),
            },
            via: LoginSource::Credentials,
            server: credentials.server,
            team: credentials.team,
            token: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_files::{folder, put};
    use super::*;

    #[test]
    fn credentials_count_where_there_is_no_session() {
        let (_guard, root) = folder();
        let home = Home::at(root);
        let read = || Identity::read(&home, &Machine::here());
        assert!(read().login.is_none());

        put(
            &home.config(),
            b"[sync]\nserver_url = 'https://other.test/'",
        );
        put(
            &home.credentials(),
            b"[server]\nurl='https://s.test'\n[user]\nusername='Dev'\nteam_slug='T'",
        );
        let login = read().login.unwrap();
        assert_eq!(login.who.scope.to_string(), "https://s.test|dev|t");
        assert_eq!(login.who.server_url, "https://other.test/");
        assert_eq!(
            (login.server.as_str(), login.team.as_str()),
            ("https://s.test", "T")
        );
        assert_eq!(login.via, LoginSource::Credentials);
    }

    #[test]
    fn every_broken_file_is_named() {
        let (_guard, root) = folder();
        let home = Home::at(root);
        for path in [home.config(), home.credentials(), home.session()] {
            put(&path, b"\xff");
        }
        let identity = Identity::read(&home, &Machine::here());
        let named: Vec<_> = identity.broken.keys().copied().collect();
        assert_eq!(
            named,
            [
                LoginSource::Session,
                LoginSource::Credentials,
                LoginSource::Config
            ]
        );
        assert_eq!(identity.config, Config::default());
        assert!(identity.login.is_none());
    }
}
