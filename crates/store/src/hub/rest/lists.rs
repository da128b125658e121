//! Lists, each of them whole: a part would look as if the rest were gone.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::api::{Api, is_absent};
use super::error::StateHubError;
use super::rows::Row;
use super::transport::Request;

/// Limits that nobody mentions are multiples of this.
const ROUND: usize = 50;

impl Api {
    pub(super) async fn get(&self, url: Url) -> Result<Value, StateHubError> {
        let request = Request {
            method: Method::GET,
            url,
            body: None,
        };
        self.transport.send(request).await?.read()
    }

    /// Asks for one row; a route that is not there knows of none.
    pub(super) async fn one<R: Row>(&self, url: Url) -> Result<Option<R>, StateHubError> {
        match self.get(url.clone()).await {
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
            Ok(row) => read_row(&url, &row).map(Some),
        }
    }

    /// Lists the whole of a collection, or fails.
    ///
    /// Nothing is known of limits (sheet §10), so a list whose length could be one is asked for again
    /// with a higher one, until it is no longer than before; and what comes after it, in case of pages.
    pub(super) async fn list<R: Row>(&self, url: Url) -> Result<Vec<R>, StateHubError> {
        let mut rows = self.rows(url.clone()).await?;
        while !rows.is_empty() && rows.len() % ROUND == 0 {
            let count = rows.len();
            let capped = || StateHubError::Capped {
                request: format!("GET {}", without_query(&url)),
                count,
            };
            match self.rows(with(&url, "limit", count * 2)).await {
                Err(StateHubError::Refused { status: 422, .. }) => return Err(capped()),
                Err(error) => return Err(error),
                Ok(more) if more.len() > count => rows = more,
                Ok(same) => {
                    let after = self.rows(with(&url, "offset", count)).await?;
                    let id = |row: &Value| row["id"].clone();
                    if !after.is_empty() && after.first().map(id) != same.first().map(id) {
                        return Err(capped());
                    }
                    rows = same;
                    break;
                }
            }
        }
        rows.iter().map(|row| read_row(&url, row)).collect()
    }

    async fn rows(&self, url: Url) -> Result<Vec<Value>, StateHubError> {
        match self.get(url.clone()).await? {
            Value::Array(rows) => Ok(rows),
            _ => Err(unclear(&url, "no list")),
        }
    }
}

fn read_row<R: Row>(url: &Url, row: &Value) -> Result<R, StateHubError> {
    R::read(row).map_err(|key| unclear(url, &format!("a row has no `{key}`")))
}

fn with(url: &Url, key: &str, value: usize) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(key, &value.to_string());
    url
}

fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url
}

fn unclear(url: &Url, what: &str) -> StateHubError {
    StateHubError::NotUnderstood {
        request: format!("GET {}", without_query(url)),
        what: what.into(),
    }
}
