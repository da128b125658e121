//! `config.toml`: which server, and how much a queue may hold.

use camino::Utf8Path;
use sync_core::queue::EVENT_LIMIT;

use super::text_file;

/// The server unless the configuration names one (boundary sheet §2).
pub const DEFAULT_SERVER: &str = "https://spec-kitty-dev.fly.dev";

/// What the boundary needs of `config.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[sync] server_url` as it is written, else the default.
    pub server_url: String,
    /// `[sync] max_queue_size`.
    pub max_queue_size: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server_url: DEFAULT_SERVER.into(),
            max_queue_size: EVENT_LIMIT,
        }
    }
}

impl Config {
    /// Reads the file; without one everything has its default.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, in a sentence that names it and its key.
    pub fn read(path: &Utf8Path) -> Result<Self, String> {
        let mut config = Self::default();
        let Some(file) = text_file::toml(path)? else {
            return Ok(config);
        };
        let Some(sync) = text_file::section(path, &file, "sync")? else {
            return Ok(config);
        };
        match sync.get("server_url") {
            None => {}
            Some(toml::Value::String(url)) if url.trim().is_empty() => {}
            Some(toml::Value::String(url)) => config.server_url.clone_from(url),
            Some(_) => return Err(format!("{path}: `sync.server_url` must be text")),
        }
        if let Some(size) = sync.get("max_queue_size") {
            config.max_queue_size = size
                .as_integer()
                .and_then(|size| u64::try_from(size).ok())
                .filter(|size| *size > 0)
                .ok_or_else(|| {
                    format!("{path}: `sync.max_queue_size` must be a whole number above 0")
                })?;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_files::{folder, put};
    use super::*;

    #[test]
    fn what_is_missing_has_its_default_and_what_is_wrong_is_named() {
        let (_guard, root) = folder();
        let path = root.join("config.toml");
        assert_eq!(Config::read(&path), Ok(Config::default()));
        let read = |text: &str| {
            put(&path, text.as_bytes());
            Config::read(&path)
        };
        assert_eq!(read("other = 1"), Ok(Config::default()));
        assert_eq!(
            read("[sync]\nserver_url = \"https://S.test/\"\nmax_queue_size = 7"),
            Ok(Config {
                server_url: "https://S.test/".into(),
                max_queue_size: 7
            })
        );
        for (text, what) in [
            ("sync = \"x\"", "`sync` must be a table"),
            ("[sync]\nserver_url = 3", "`sync.server_url` must be text"),
            ("[sync]\nmax_queue_size = \"many\"", "`sync.max_queue_size`"),
            ("[sync]\nmax_queue_size = -1", "`sync.max_queue_size`"),
            ("[sync", "is not TOML from line 1 on"),
        ] {
            let wrong = read(text).unwrap_err();
            assert!(
                wrong.contains(what) && wrong.contains(path.as_str()),
                "{wrong}"
            );
        }
    }
}
