//! What of the environment reaches git.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::git::Git;

/// Variables that tell git which repository, index or history it works on, or that change how it
/// reads paths and prints differences.
///
/// Git sets the first ones for hooks and aliases, so Onward called from a hook would otherwise look
/// at another repository than the one of its directory. They are those of
/// `git rev-parse --local-env-vars` without `GIT_CONFIG_PARAMETERS` and `GIT_CONFIG_COUNT`, which
/// carry the user's own `-c` settings (a container's `safe.directory`, for one).
const SCRUBBED: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    "GIT_ATTR_SOURCE",
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
];

/// Traces go to standard error, from where they would come into messages, secrets included.
const SCRUBBED_PREFIXES: &[&str] = &["GIT_TRACE", "GIT_CURL_VERBOSE"];

/// What every run of git is told.
///
/// Replacement objects are a matter of one clone, but the facts must be those any clone would find.
pub(crate) const FIXED: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
];

/// What a run on the user's behalf is told; its hooks inherit it.
///
/// `LC_ALL=C` would change how a hook reads its files, so git alone is asked for English: no
/// translation of it goes by that name.
pub(crate) const UNATTENDED: &[(&str, &str)] = &[("LANGUAGE", "en"), ("GIT_TERMINAL_PROMPT", "0")];

/// What a run that must stay on this machine is told besides.
///
/// The second line stops a partial clone where git is too old to know the first.
pub(crate) const LOCAL: &[(&str, &str)] =
    &[("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none")];

/// Lists the inherited variables that must not reach git.
pub(crate) fn scrubbed() -> impl Iterator<Item = OsString> {
    std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| is_scrubbed(name))
}

/// Says what a run on the user's behalf must take for its author, where Onward was called by a
/// hook of `git commit`: that passes on the author and the date of its own commit, which may be
/// somebody else's (`--amend`, `--author`).
pub(crate) fn author() -> Vec<(&'static str, Option<OsString>)> {
    let inherited: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    let get = |name: &str| inherited.get(OsStr::new(name));
    if get("GIT_INDEX_FILE").is_none() {
        return Vec::new();
    }
    vec![
        ("GIT_AUTHOR_DATE", None),
        ("GIT_AUTHOR_NAME", get("GIT_COMMITTER_NAME").cloned()),
        ("GIT_AUTHOR_EMAIL", get("GIT_COMMITTER_EMAIL").cloned()),
    ]
}

/// Says whether git would see a variable of this name, inherited or added by the caller.
pub(crate) fn has(git: &Git, name: &str) -> bool {
    let added = git.variables().iter().map(|(name, _)| name.clone());
    let inherited = std::env::vars_os().map(|(name, _)| name);
    added.chain(inherited).any(|present| present == name)
}

fn is_scrubbed(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        SCRUBBED.contains(&name)
            || SCRUBBED_PREFIXES
                .iter()
                .any(|prefix| name.starts_with(prefix))
    })
}
