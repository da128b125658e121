//! Rows as a State Hub shows them. A row without its key or status makes the whole answer unfit:
//! left out, it would look gone.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;
use sync_core::hub::{Made, RowState, Timestamp, Version};
use sync_core::ids::{HubId, RepositoryId, Slug};
use sync_core::status::{TaskStatus, Word, WorkplanStatus};
use sync_core::text::hex_digest;
use url::Url;

use super::words;

/// What stands for who changed a row last, which this hub does not tell.
const UNKNOWN_WRITER: &str = "unknown";

/// A key that a row does not have, or not as text.
pub(super) type Missing = &'static str;

/// A row of one of the lists.
pub(super) trait Row: Sized {
    /// Reads a row.
    fn read(row: &Value) -> Result<Self, Missing>;
}

#[derive(Debug)]
pub(super) struct Repo {
    pub(super) id: String,
    pub(super) slug: Slug,
    pub(super) fingerprint: Option<RepositoryId>,
    pub(super) domain: Option<String>,
    pub(super) remote: Option<String>,
    pub(super) paths: BTreeMap<String, String>,
    pub(super) synced: Option<Timestamp>,
    pub(super) version: Version,
}

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) id: HubId,
    pub(super) repo: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) status: Word<WorkplanStatus>,
    pub(super) kept: Kept,
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: HubId,
    pub(super) plan: HubId,
    pub(super) title: String,
    pub(super) status: Word<TaskStatus>,
    pub(super) priority: Option<String>,
    pub(super) kept: Kept,
}

#[derive(Debug)]
pub(super) struct Topic {
    pub(super) id: String,
    pub(super) slug: String,
}

#[derive(Debug)]
pub(super) struct Domain {
    pub(super) slug: String,
}

/// What every row has.
#[derive(Debug)]
pub(super) struct Kept {
    version: Version,
    changed_at: Timestamp,
    /// Text that orders rows by the time they were made.
    born: String,
}

impl Row for Repo {
    fn read(row: &Value) -> Result<Self, Missing> {
        let (slug, remote) = (required(row, "slug")?, text(row, "remote_url"));
        let paths = row["host_paths"].as_object().into_iter().flatten();
        let paths = paths.filter_map(|(host, path)| Some((host.clone(), path.as_str()?.into())));
        Ok(Self {
            id: text(row, "id").unwrap_or_else(|| slug.clone()),
            fingerprint: text(row, "git_fingerprint").map(RepositoryId::new),
            domain: text(row, "domain_slug").or_else(|| text(row, "domain")),
            remote: remote.map(|remote| without_user(&remote)),
            paths: paths.collect(),
            synced: text(row, "last_state_synced_at").and_then(|at| moment(&at)),
            version: version([slug.as_str(), &row.to_string()]),
            slug: Slug::new(slug),
        })
    }
}

impl Row for Plan {
    fn read(row: &Value) -> Result<Self, Missing> {
        let (id, status) = (required(row, "id")?, required(row, "status")?);
        let (repo, slug) = (text(row, "repo_id"), text(row, "slug").unwrap_or_default());
        let title = text(row, "title").unwrap_or_default();
        let parts = [
            &id,
            &status,
            &title,
            &slug,
            repo.as_deref().unwrap_or_default(),
        ];
        Ok(Self {
            kept: Kept::read(row, parts),
            id: HubId::new(id),
            topic: text(row, "topic_id"),
            status: words::read(&status),
            repo,
            slug,
            title,
        })
    }
}

impl Row for Task {
    fn read(row: &Value) -> Result<Self, Missing> {
        let (id, status) = (required(row, "id")?, required(row, "status")?);
        // One name for the other since June (consistency sheet §7).
        let plan = text(row, "workstream_id").or_else(|| text(row, "workplan_id"));
        let plan = plan.ok_or("workstream_id")?;
        let title = text(row, "title").unwrap_or_default();
        let priority = text(row, "priority");
        let parts = [
            &id,
            &status,
            &title,
            &plan,
            priority.as_deref().unwrap_or_default(),
        ];
        Ok(Self {
            kept: Kept::read(row, parts),
            id: HubId::new(id),
            plan: HubId::new(plan),
            status: words::read(&status),
            title,
            priority,
        })
    }
}

impl Row for Topic {
    fn read(row: &Value) -> Result<Self, Missing> {
        Ok(Self {
            id: required(row, "id")?,
            slug: required(row, "slug")?,
        })
    }
}

impl Row for Domain {
    fn read(row: &Value) -> Result<Self, Missing> {
        Ok(Self {
            slug: required(row, "slug")?,
        })
    }
}

impl Kept {
    /// Reads it, given what a change would change.
    fn read(row: &Value, parts: [&str; 5]) -> Self {
        let changed = text(row, "updated_at").unwrap_or_default();
        let born = text(row, "created_at").unwrap_or_default();
        let latest = if changed.is_empty() { &born } else { &changed };
        Self {
            version: version(parts.into_iter().chain([changed.as_str()])),
            changed_at: moment(latest).unwrap_or(Timestamp(0)),
            born,
        }
    }

    /// Returns what orders rows by age.
    pub(super) fn born(&self) -> &str {
        &self.born
    }

    pub(super) fn state(&self) -> RowState {
        RowState {
            version: self.version,
            reopens: 0,
            changed_by: UNKNOWN_WRITER.into(),
            changed_at: self.changed_at,
        }
    }

    pub(super) fn made(&self, id: &HubId) -> Made {
        Made {
            id: id.clone(),
            version: self.version,
            reopens: 0,
        }
    }
}

/// Digests what a row says. It has 52 bits, which every kind of number holds exactly.
fn version<'a>(parts: impl IntoIterator<Item = &'a str>) -> Version {
    let digits = hex_digest(parts, 13);
    Version(u64::from_str_radix(&digits, 16).unwrap_or_default())
}

fn required(row: &Value, key: Missing) -> Result<String, Missing> {
    text(row, key).ok_or(key)
}

fn text(row: &Value, key: &str) -> Option<String> {
    match &row[key] {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads a time; one without a zone is in UTC, as the hub's language writes it.
fn moment(text: &str) -> Option<Timestamp> {
    let with_zone = text.parse::<jiff::Timestamp>().ok();
    let time = with_zone.or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(Timestamp(time.as_second()))
}

/// Takes user and password off a remote; one that is no URL holds none.
pub(super) fn without_user(remote: &str) -> String {
    match Url::parse(remote) {
        Ok(mut url)
            if url.has_host() && (!url.username().is_empty() || url.password().is_some()) =>
        {
            let _ = (url.set_username(""), url.set_password(None));
            url.into()
        }
        _ => remote.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_without_its_key_is_named() {
        let task = json!({ "id": "t", "status": "todo", "title": "x" });
        assert_eq!(Task::read(&task).unwrap_err(), "workstream_id");
        assert_eq!(Plan::read(&json!({ "id": "w" })).unwrap_err(), "status");
        assert_eq!(Plan::read(&json!("w")).unwrap_err(), "id");
        assert_eq!(Repo::read(&json!({ "slug": null })).unwrap_err(), "slug");
    }

    #[test]
    fn a_version_differs_after_a_change_even_back_to_what_it_was() {
        let row = |status: &str, at: u32| {
            let row = json!({
                "id": "t", "workplan_id": "w", "status": status,
                "updated_at": format!("2026-06-10T08:00:00.{at:06}"),
            });
            Task::read(&row).unwrap().kept.state().version
        };
        assert_eq!(row("todo", 1), row("todo", 1));
        assert_ne!(row("todo", 1), row("done", 1));
        assert_ne!(row("todo", 1), row("todo", 3));
    }

    #[test]
    fn times_are_read_with_a_zone_or_without() {
        for text in [
            "2026-06-10T08:00:00Z",
            "2026-06-10T10:00:00.5+02:00",
            "2026-06-10T08:00:00.123456",
        ] {
            assert_eq!(moment(text), Some(Timestamp(1_781_078_400)), "{text}");
        }
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn a_remote_is_shown_without_who_reads_it() {
        for (remote, shown) in [
            ("https://ada:canary@h/shop", "https://h/shop"),
            ("https://h/shop.git", "https://h/shop.git"),
            ("git@h:shop.git", "git@h:shop.git"),
        ] {
            assert_eq!(without_user(remote), shown);
        }
    }
}
