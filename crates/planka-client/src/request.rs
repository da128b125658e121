//! Requests as values: what is asked, and whether it may be asked twice.

use reqwest::Method;
use serde_json::Value;

/// One request to the API.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path below `api`, segment by segment.
    pub(crate) path: Vec<String>,
    pub(crate) query: Option<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) resend: Resend,
}

/// When a request may be sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resend {
    /// It changes nothing: whenever it failed.
    Read,
    /// Twice is as good as once: when the answer was lost or somebody between gave up.
    Repeatable,
    /// It creates: only when it was certainly not carried out.
    OnlyUnmade,
}

impl Request {
    fn new(method: Method, path: &[&str], body: Option<Value>, resend: Resend) -> Self {
        Self {
            method,
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: None,
            body,
            resend,
        }
    }

    pub(crate) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path, None, Resend::Read)
    }

    pub(crate) fn query(mut self, key: &'static str, value: String) -> Self {
        self.query = Some((key, value));
        self
    }

    /// A POST that makes something.
    pub(crate) fn create(path: &[&str], body: Value) -> Self {
        Self::new(Method::POST, path, Some(body), Resend::OnlyUnmade)
    }

    /// A POST that is answered 409 when it was made already.
    pub(crate) fn attach(path: &[&str], body: Value) -> Self {
        Self::new(Method::POST, path, Some(body), Resend::Repeatable)
    }

    pub(crate) fn patch(path: &[&str], body: Value) -> Self {
        Self::new(Method::PATCH, path, Some(body), Resend::Repeatable)
    }

    pub(crate) fn delete(path: &[&str]) -> Self {
        Self::new(Method::DELETE, path, None, Resend::Repeatable)
    }
}
