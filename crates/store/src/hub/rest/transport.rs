//! Sending requests: one connection pool, bounded in time and size.
//!
//! A write is sent once: when its answer is lost the hub is looked at again, since somebody else may
//! have moved the row on meanwhile. A read whose connection broke is sent once more.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION,
};
use reqwest::{Client, Method, Response};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::answer::Answer;
use super::error::StateHubError;
use super::settings::{StateHubLimits, StateHubSettings, StateHubUrl};
use crate::http;

/// As much of a refusal, or of a page that is not JSON, is read; more is of no use.
const LONGEST_REFUSAL: usize = 64 << 10;

/// How often one request is led elsewhere at most.
const REDIRECTS: usize = 3;

/// One request: where to, and what with.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
}

/// The way to a server.
pub(super) struct Transport {
    client: Client,
    base: StateHubUrl,
    limits: StateHubLimits,
    token: Option<SecretString>,
    /// What the server's clock said last.
    told_time: Mutex<Option<Timestamp>>,
}

impl Transport {
    pub(super) fn new(settings: &StateHubSettings) -> Result<Self, StateHubError> {
        Ok(Self {
            client: client(settings)?,
            base: settings.url.clone(),
            limits: settings.limits,
            token: settings.token.clone(),
            told_time: Mutex::default(),
        })
    }

    pub(super) fn base(&self) -> &StateHubUrl {
        &self.base
    }

    /// Returns the moment of the last answer by the server's clock.
    pub(super) fn told_time(&self) -> Option<Timestamp> {
        *self
            .told_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request, and to where it is led on the same server, with method and body kept.
    pub(super) async fn send(&self, request: Request) -> Result<Answer, StateHubError> {
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS {
            let mut place = url.clone();
            place.set_query(None);
            let name = format!("{} {place}", request.method);
            let response = self.attempt(&request, &url, &name).await?;
            self.keep_time(response.headers());
            let status = response.status().as_u16();
            let to = http::text(response.headers(), &LOCATION).and_then(|to| url.join(to).ok());
            match (status, to) {
                // The slash rule (consistency sheet §7); these two keep method and body.
                (307 | 308, Some(to)) if self.base.is_origin_of(&to) && is_plain(&to) => url = to,
                (300..=399, to) => return Err(redirected(name, to)),
                _ => return self.receive(name, response).await,
            }
        }
        Err(redirected(request.method.to_string(), Some(url)))
    }

    async fn attempt(
        &self,
        request: &Request,
        url: &Url,
        name: &str,
    ) -> Result<Response, StateHubError> {
        let mut tries_left = usize::from(request.method == Method::GET);
        loop {
            let mut builder = self.client.request(request.method.clone(), url.clone());
            if let Some(body) = &request.body {
                builder = builder.json(body);
            }
            match builder.send().await {
                Ok(response) => return Ok(response),
                // A connection that was kept open may be gone by now.
                Err(error) if tries_left > 0 && !error.is_connect() && !error.is_timeout() => {
                    tries_left -= 1;
                }
                Err(error) => return Err(self.failure(name, error)),
            }
        }
    }

    async fn receive(
        &self,
        request: String,
        mut response: Response,
    ) -> Result<Answer, StateHubError> {
        let kind = http::text(response.headers(), &CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let mut answer = Answer {
            request,
            status: response.status().as_u16(),
            content_type: kind.to_owned(),
            body: Vec::new(),
            secret: self.token.clone(),
        };
        let wanted = answer.is_success() && answer.is_json();
        let most = if wanted {
            self.limits.answer
        } else {
            LONGEST_REFUSAL
        };
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Err(error) if wanted => return Err(self.failure(&answer.request, error)),
                // Of a refusal that breaks off, the status is enough.
                Ok(None) | Err(_) => return Ok(answer),
            };
            if answer.body.len() + chunk.len() > most {
                if wanted {
                    let what = format!("it is larger than {most} bytes");
                    return Err(answer.not_understood(&what));
                }
                return Ok(answer);
            }
            answer.body.extend_from_slice(&chunk);
        }
    }

    fn keep_time(&self, headers: &HeaderMap) {
        let told = http::text(headers, &DATE)
            .and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        if told.is_some() {
            *self
                .told_time
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = told;
        }
    }

    fn failure(&self, request: &str, error: reqwest::Error) -> StateHubError {
        let (connecting, late) = (error.is_connect(), error.is_timeout());
        let (request, source) = (request.to_owned(), error.without_url().into());
        match (connecting, late) {
            (true, _) => StateHubError::Unreachable {
                url: self.base.to_string(),
                source,
            },
            (false, true) => StateHubError::TimedOut { request, source },
            (false, false) => StateHubError::Broken { request, source },
        }
    }
}

fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

fn redirected(request: String, to: Option<Url>) -> StateHubError {
    let to = to.map_or_else(
        || "nowhere".into(),
        |mut to| {
            let _ = (to.set_username(""), to.set_password(None));
            to.set_query(None);
            to.set_fragment(None);
            to.into()
        },
    );
    StateHubError::Redirected { request, to }
}

fn client(settings: &StateHubSettings) -> Result<Client, StateHubError> {
    let limits = &settings.limits;
    let mut builder = http::client(settings.url.is_encrypted(), &settings.extra_roots)
        .map_err(StateHubError::settings)?
        .default_headers(headers(settings.token.as_ref())?)
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total);
    if !settings.system_proxy {
        builder = builder.no_proxy();
    }
    http::built(builder).map_err(StateHubError::settings)
}

fn headers(token: Option<&SecretString>) -> Result<HeaderMap, StateHubError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = token {
        let bearer = http::bearer(token).ok_or_else(|| {
            StateHubError::settings("the token of the hub holds a character that no token has")
        })?;
        headers.insert(AUTHORIZATION, bearer);
    }
    Ok(headers)
}
