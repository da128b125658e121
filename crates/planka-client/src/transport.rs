//! Sending requests: one connection pool, bounded in time and size, with tries.

use crate::address::BaseUrl;
use crate::answer::Answer;
use crate::error::Error;
use crate::request::Request;
use crate::retry;
use crate::secrets::Secrets;
use crate::settings::{Limits, Settings};
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Certificate, Client, ClientBuilder, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use url::Url;

/// Planka closes an idle connection after 5 to 6 seconds (Planka sheet §10); a request sent into that
/// moment would be lost, so we close it first.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// As much of a refusal, or of a page that is not JSON, is read; more is of no use.
const LONGEST_REFUSAL: usize = 64 << 10;

/// The way to a server.
pub(crate) struct Transport {
    client: Client,
    base: BaseUrl,
    limits: Limits,
    login: Option<(HeaderName, HeaderValue)>,
    secrets: Secrets,
}

impl Transport {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        // It fails when the program has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = extra_roots(&settings.extra_roots)?;
        let builder = builder(settings);
        let builder = if settings.url.is_encrypted() {
            builder.tls_certs_merge(roots)
        } else {
            // Loading the platform's certificates takes longer than the rest of a short run.
            builder.tls_certs_only(roots)
        };
        let client = builder
            .build()
            .map_err(|error| unusable("the certificates cannot be used", error))?;
        Ok(Self {
            client,
            base: settings.url.clone(),
            limits: settings.limits,
            login: None,
            secrets: Secrets::default(),
        })
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Keeps a secret out of everything that is shown.
    pub(crate) fn hide(&mut self, secret: &SecretString) {
        self.secrets.add(secret);
    }

    /// Sends a header with every request from now on.
    pub(crate) fn log_in(
        &mut self,
        name: HeaderName,
        value: &SecretString,
        prefix: &str,
    ) -> Result<(), Error> {
        let text = format!("{prefix}{}", value.expose_secret());
        let mut header = HeaderValue::from_str(&text).map_err(|_| {
            Error::settings("the API key or token holds a character that no key or token has")
        })?;
        header.set_sensitive(true);
        self.hide(value);
        self.login = Some((name, header));
        Ok(())
    }

    /// Sends a request, again where that could help and cannot harm. Whatever is answered at last is
    /// returned as it is.
    ///
    /// # Errors
    ///
    /// `Unreachable` when it was not sent; `Broken`, `TimedOut` and `NotUnderstood` (too large) when it
    /// may have been carried out.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let began = Instant::now();
        let mut tries = 0;
        loop {
            let result = self.attempt(request).await;
            tries += 1;
            if !retry::is_worth_it(request.resend, &result) {
                return result;
            }
            let asked = result.as_ref().ok().and_then(|answer| answer.retry_after);
            match self.limits.pause(tries, asked, retry::random()) {
                Some(pause) if began.elapsed() + pause < self.limits.budget => sleep(pause).await,
                _ => return result,
            }
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Answer, Error> {
        let mut url = self.base.route(&request.path);
        let name = format!("{} {url}", request.method);
        if let Some((key, value)) = &request.query {
            url.query_pairs_mut().append_pair(key, value);
        }
        let mut builder = self.client.request(request.method.clone(), url);
        builder = builder.header(ACCEPT, "application/json");
        if let Some((header, value)) = &self.login {
            builder = builder.header(header, value);
        }
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let response = builder
            .send()
            .await
            .map_err(|error| self.failure(&name, error))?;
        self.receive(name, response).await
    }

    async fn receive(&self, request: String, mut response: Response) -> Result<Answer, Error> {
        let mut answer = self.head(request, &response);
        let wanted = answer.status == 200 && answer.is_json();
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
                Ok(None) | Err(_) => break,
            };
            if answer.body.len() + chunk.len() > most {
                if wanted {
                    let what = format!("it is larger than {most} bytes");
                    return Err(answer.not_understood(&what));
                }
                break;
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn head(&self, request: String, response: &Response) -> Answer {
        let headers = response.headers();
        let kind = text(headers, &CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let retry_after = text(headers, &RETRY_AFTER)
            .and_then(|value| retry::retry_after(value, text(headers, &DATE)));
        let location = text(headers, &LOCATION).and_then(|to| response.url().join(to).ok());
        Answer {
            request,
            status: response.status().as_u16(),
            content_type: kind.to_owned(),
            body: Vec::new(),
            location: location.map(place),
            retry_after,
            secrets: self.secrets.clone(),
        }
    }

    fn failure(&self, request: &str, error: reqwest::Error) -> Error {
        let (connecting, late) = (error.is_connect(), error.is_timeout());
        let (request, source) = (request.to_owned(), error.without_url().into());
        match (connecting, late) {
            (true, _) => Error::Unreachable {
                url: self.base.to_string(),
                source,
            },
            (false, true) => Error::TimedOut { request, source },
            (false, false) => Error::Broken { request, source },
        }
    }
}

/// Shows where a URL leads, and nothing else it may hold.
fn place(mut url: Url) -> String {
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

fn builder(settings: &Settings) -> ClientBuilder {
    let limits = &settings.limits;
    let builder = Client::builder()
        .user_agent(concat!("onward/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .pool_idle_timeout(POOL_IDLE)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only();
    if settings.system_proxy {
        builder
    } else {
        builder.no_proxy()
    }
}

fn extra_roots(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let roots = Certificate::from_pem_bundle(pem)
        .map_err(|error| unusable("the extra certificates cannot be read", error))?;
    if roots.is_empty() && !pem.is_empty() {
        return Err(Error::settings(
            "there is no certificate in PEM form among the extra ones",
        ));
    }
    Ok(roots)
}

fn unusable(what: &str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    Error::Settings {
        what: format!("{what}: {}", cause.unwrap_or_else(|| error.to_string())),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
