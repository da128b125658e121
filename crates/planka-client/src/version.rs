//! Which Planka answers (Planka sheet §2).

use crate::error::Error;
use crate::request::Request;
use crate::settings::Credentials;
use crate::transport::Transport;
use crate::wire::Item;
use serde::Deserialize;
use sync_core::board::Features;

/// The two lines of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

impl Version {
    pub(crate) fn features(self) -> Features {
        match self {
            Self::V1 => Features {
                task_lists: false,
                shelves: false,
                name_limit: None,
                title_limit: None,
            },
            Self::V2 => Features {
                task_lists: true,
                shelves: true,
                name_limit: Some(1024),
                title_limit: Some(128),
            },
        }
    }
}

/// What a server tells without a login.
#[derive(Deserialize)]
struct Public {
    version: Option<String>,
    oidc: Option<Oidc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Oidc {
    #[serde(default)]
    is_enforced: bool,
}

/// Asks the server which version it is, and whether the credentials can work there.
///
/// A token on 1.x costs one request: `bootstrap` is no route there, and the listing that every run
/// reads next tells the versions apart as well as `config` would.
pub(crate) async fn probe(
    transport: &Transport,
    credentials: &Credentials,
) -> Result<Version, Error> {
    let bootstrap = transport.send(&Request::get(&["bootstrap"])).await?;
    if matches!(bootstrap.status, 300..=399 | 408 | 425 | 429 | 500..) {
        return Err(bootstrap.to_error());
    }
    if bootstrap.status == 200 && bootstrap.is_json() {
        let Item { item: public } = bootstrap.read::<Item<Public>>()?;
        return match public.version {
            Some(version) if is_second(&version) => {
                allowed(Version::V2, public.oidc.as_ref(), credentials)
            }
            Some(version) => Err(unknown(transport, &version)),
            None => Err(bootstrap.not_understood("it names no version")),
        };
    }
    if let (200, Credentials::Token(_)) = (bootstrap.status, credentials) {
        return Ok(Version::V1);
    }
    let config = transport.send(&Request::get(&["config"])).await?;
    if let 401 | 403 = config.status {
        return Err(config.not_understood("it wants a login where Planka needs none"));
    }
    if config.status == 404 {
        return Err(config.not_understood("there is no Planka at this address"));
    }
    let Item { item: public } = config.read::<Item<Public>>()?;
    match public.version {
        None => allowed(Version::V1, public.oidc.as_ref(), credentials),
        // The release candidates of 2.0 answer here, and differ in much (sheet, head).
        Some(version) => Err(unknown(transport, &version)),
    }
}

fn allowed(
    version: Version,
    oidc: Option<&Oidc>,
    credentials: &Credentials,
) -> Result<Version, Error> {
    let enforced = oidc.is_some_and(|oidc| oidc.is_enforced);
    match (version, credentials) {
        (Version::V1, Credentials::Key(_)) => Err(Error::NoApiKeys),
        (_, Credentials::Password { .. }) if enforced => Err(Error::SingleSignOn),
        _ => Ok(version),
    }
}

fn is_second(version: &str) -> bool {
    version.split('.').next() == Some("2")
}

fn unknown(transport: &Transport, version: &str) -> Error {
    Error::UnknownVersion {
        version: transport.secrets().shown(version),
    }
}
