//! The server a queue is sent to (boundary sheet §9).
//!
//! A redirect is an answer like any other: the token is sent to no other place than the login's.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sync_core::flush::{BatchLimits, BatchReply, BodyReply, Trouble};
use url::Url;

use super::super::error::Error;
use super::super::login::Login;
use super::reply;
use crate::http;

const BATCH: &str = "api/v1/events/batch/";
const HEALTH: &str = "api/v1/sync/health/";
const CONTENT: &str = "api/dossier/push-content/";
const TEAM: HeaderName = HeaderName::from_static("x-team-slug");

const CONNECT: Duration = Duration::from_secs(10);
const BATCH_TIME: Duration = Duration::from_mins(1);
const CONTENT_TIME: Duration = Duration::from_secs(30);
/// Limits are good to have, but not to wait for.
const HEALTH_TIME: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes: results of 1000 events are far below it.
const LONGEST_ANSWER: usize = 8 << 20;

pub(super) struct Server {
    client: Client,
    url: Url,
    team: String,
    token: SecretString,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url.as_str())
            .field("team", &self.team)
            .finish_non_exhaustive()
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Without the token, should the server have echoed it.
    pub(super) text: String,
    pub(super) retry_after: Option<Duration>,
}

impl Server {
    pub(super) fn new(login: &Login, roots: &[u8]) -> Result<Self, Error> {
        let refused = |problem: String| Error::Server { problem };
        let token = login.token.clone().ok_or_else(|| {
            refused("the login has no access token; log in with `spec-kitty auth login`".into())
        })?;
        let url = address(&login.server).map_err(refused)?;
        let headers = headers(&token, &login.team).map_err(refused)?;
        let client = client(headers, roots, &url).map_err(refused)?;
        Ok(Self {
            client,
            url,
            team: login.team.clone(),
            token,
        })
    }

    pub(super) fn team(&self) -> &str {
        &self.team
    }

    /// Asks what a batch may hold; the usual where the server does not say.
    pub(super) async fn limits(&self) -> BatchLimits {
        let request = self.client.get(self.route(HEALTH)).timeout(HEALTH_TIME);
        match self.ask(request).await {
            Ok(answer) if answer.status == 200 => reply::limits(&answer.text),
            _ => BatchLimits::default(),
        }
    }

    /// Sends events, each given as its JSON.
    pub(super) async fn send_batch(&self, events: impl Iterator<Item = &str>) -> BatchReply {
        let events: Vec<&str> = events.collect();
        let text = format!("{{\"events\": [{}]}}", events.join(", "));
        let request = self
            .client
            .post(self.route(BATCH))
            .timeout(BATCH_TIME)
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, "gzip");
        let answer = match compressed(&text) {
            Ok(body) => self.ask(request.body(body)).await,
            Err(error) => Err(error.to_string()),
        };
        match answer {
            Ok(answer) => reply::batch(&answer),
            Err(reason) => BatchReply::Trouble {
                trouble: Trouble::Network { reason },
                retry_after: None,
            },
        }
    }

    /// Sends a body; `None` stands for one that is gone from the queue.
    pub(super) async fn send_body(&self, body: Option<&Value>) -> BodyReply {
        let Some(body) = body else {
            return BodyReply::NotYet {
                reason: "it is no longer queued".into(),
            };
        };
        let request = self
            .client
            .post(self.route(CONTENT))
            .timeout(CONTENT_TIME)
            .json(body);
        match self.ask(request).await {
            Ok(answer) => reply::body(&answer),
            Err(reason) => BodyReply::Trouble {
                trouble: Trouble::Network { reason },
                retry_after: None,
            },
        }
    }

    fn route(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let joined = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&joined);
        url
    }

    /// Returns the answer, whatever it says; else what happened, without secrets.
    async fn ask(&self, request: RequestBuilder) -> Result<Answer, String> {
        let failed = |error: reqwest::Error| self.plain(&told(&error.without_url()));
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers = response.headers();
        let retry_after = http::text(headers, &RETRY_AFTER)
            .and_then(|value| reply::retry_after(value, http::text(headers, &DATE)));
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > LONGEST_ANSWER {
                return Err(format!("the answer is larger than {LONGEST_ANSWER} bytes"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            text: self.plain(&String::from_utf8_lossy(&bytes)),
            retry_after,
        })
    }

    fn plain(&self, text: &str) -> String {
        text.replace(self.token.expose_secret(), "[secret]")
    }
}

fn address(server: &str) -> Result<Url, String> {
    let url =
        Url::parse(server.trim()).map_err(|error| format!("its address is no URL: {error}"))?;
    let plain = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
        Ok(url)
    } else {
        Err("its address must be http:// or https:// with a host and no password".into())
    }
}

fn headers(token: &SecretString, team: &str) -> Result<HeaderMap, String> {
    let bearer =
        http::bearer(token).ok_or("the access token holds a character that no token has")?;
    let team = HeaderValue::from_str(team)
        .map_err(|_| "the team's name holds a character that no header has")?;
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, bearer),
        (TEAM, team),
    ]))
}

fn client(headers: HeaderMap, roots: &[u8], url: &Url) -> Result<Client, String> {
    let builder = http::client(url.scheme() == "https", roots)?
        .default_headers(headers)
        .connect_timeout(CONNECT);
    http::built(builder)
}

fn compressed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Tells an error with its innermost cause, which says what happened.
fn told(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let (outer, inner) = (error.to_string(), cause.to_string());
    if outer == inner {
        outer
    } else {
        format!("{outer}: {inner}")
    }
}
