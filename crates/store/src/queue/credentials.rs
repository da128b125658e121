//! `credentials`: the old form of a login.

use camino::Utf8Path;
use sync_core::identity::Scope;
use toml::Value;

use super::text_file;

/// What stands for a team that is not named.
const NO_TEAM: &str = "no-team";

/// Who is logged in by `credentials`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    /// The server as written.
    pub(super) server: String,
    /// The team as written, or what stands for none.
    pub(super) team: String,
    pub(super) scope: Scope,
}

impl Credentials {
    /// Reads the file; `None` where there is none, or where it names no user or no server.
    ///
    /// What is no text is turned into text as the other program does it (boundary sheet §2).
    pub(super) fn read(path: &Utf8Path) -> Result<Option<Self>, String> {
        let Some(file) = text_file::toml(path)? else {
            return Ok(None);
        };
        let value = |table: &str, key: &str| match text_file::section(path, &file, table)? {
            None => Ok(None),
            Some(section) => match section.get(key) {
                None => Ok(None),
                Some(value) => scalar(value)
                    .ok_or_else(|| format!("{path}: `{table}.{key}` must be a single value")),
            },
        };
        let (server, user) = (value("server", "url")?, value("user", "username")?);
        let team = value("user", "team_slug")?.unwrap_or_else(|| NO_TEAM.into());
        let (Some(server), Some(user)) = (server, user) else {
            return Ok(None);
        };
        let scope = Scope::new(&server, &user, &team);
        Ok(Some(Self {
            server,
            team,
            scope,
        }))
    }
}

/// Returns a value's text; nothing for what counts as not given: empty, zero, false.
#[expect(
    clippy::option_option,
    reason = "the outer says whether it is a single value, the inner whether it is given"
)]
fn scalar(value: &Value) -> Option<Option<String>> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Integer(0) | Value::Boolean(false) => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(true) => "True".into(),
        Value::Float(number) if *number == 0.0 => String::new(),
        Value::Float(number) => format!("{number:?}"),
        Value::Datetime(time) => time.to_string(),
        Value::Array(_) | Value::Table(_) => return None,
    };
    Some(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::test_files::{folder, put};
    use super::*;

    #[test]
    fn a_login_is_a_server_and_a_user() {
        let (_guard, root) = folder();
        let path = root.join("credentials");
        assert_eq!(Credentials::read(&path), Ok(None));
        let scope = |text: &str| {
            put(&path, text.as_bytes());
            Credentials::read(&path).map(|read| read.map(|login| login.scope.to_string()))
        };
        let server = "[server]\nurl = 'https://S.test/'\n";
        for (user, expected) in [
            (
                "[user]\nusername = 'Dev'\nteam_slug = 'T'",
                Some("https://s.test|dev|t"),
            ),
            (
                "[user]\nusername = 'Dev'",
                Some("https://s.test|dev|no-team"),
            ),
            (
                "[user]\nusername = 'Dev'\nteam_slug = ''",
                Some("https://s.test|dev|no-team"),
            ),
            (
                "[user]\nusername = 7\nteam_slug = 42",
                Some("https://s.test|7|42"),
            ),
            (
                "[user]\nusername = true\nteam_slug = 1.5",
                Some("https://s.test|true|1.5"),
            ),
            ("[user]\nusername = ''", None),
            ("[user]\nusername = false", None),
            ("", None),
        ] {
            let read = scope(&format!("{server}{user}"));
            assert_eq!(read.as_ref().map(Option::as_deref), Ok(expected), "{user}");
        }
        assert_eq!(scope("[user]\nusername = 'Dev'"), Ok(None));
        for text in ["server = 1", "[user]\nusername = ['canary']", "x"] {
            let wrong = scope(text).unwrap_err();
            assert!(
                wrong.contains(path.as_str()) && !wrong.contains("canary"),
                "{wrong}"
            );
        }
    }
}
