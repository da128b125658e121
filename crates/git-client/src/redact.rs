//! Making what git said fit for a message: no secrets, no control characters, not too long.

use std::ops::Range;

/// How much of git's words a message carries.
const LONGEST: usize = 2000;

/// How many lines, and how much of them, a message carries of what a hook said.
const LAST_LINES: usize = 10;
const SHORT: usize = 600;

/// Returns the end of `text`, fit for a message as [`presentable`] makes it.
pub(crate) fn shortly(text: &str) -> String {
    let told = text.lines().filter(|line| !line.trim().is_empty());
    let told: Vec<&str> = told.collect();
    let last = told[told.len().saturating_sub(LAST_LINES)..].join("\n");
    let mut said = presentable(&last);
    if let Some((end, _)) = said.char_indices().nth(SHORT) {
        said.truncate(end);
        said.push('…');
    }
    said
}

/// Returns a remote's address without user-info, query and fragment; a local path as it is.
pub(crate) fn address(url: &str) -> String {
    if url.starts_with(['/', '.']) || url.starts_with("file://") {
        return url.to_owned();
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, url),
    };
    // As in messages: where a password ends cannot be told, so everything before the last `@` goes.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    match scheme {
        Some(scheme) => {
            let end = rest.find(['?', '#']).unwrap_or(rest.len());
            format!("{scheme}://{}", &rest[..end])
        }
        None => rest.to_owned(),
    }
}

/// Returns `text` without the user-info and query of URLs, control characters and excess length.
pub(crate) fn presentable(text: &str) -> String {
    let mut lines = text.lines().map(|line| {
        let shown: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        without_secrets(shown.trim_end())
    });
    let mut said = lines.next().unwrap_or_default();
    for line in lines.filter(|line| !line.is_empty()) {
        said.push('\n');
        said.push_str(&line);
    }
    if let Some((end, _)) = said.char_indices().nth(LONGEST) {
        said.truncate(end);
        said.push('…');
    }
    said
}

fn without_secrets(line: &str) -> String {
    let mut shown = line.to_owned();
    if let Some(user_info) = user_info(line) {
        shown.replace_range(user_info, "…");
    }
    without_queries(&shown)
}

/// Finds where user-info may stand: up to the line's last `@`.
///
/// A password may hold any character, blanks, quotes and slashes too, and git may print it without
/// its scheme. Where it ends cannot be told from the text, so rather too much is cut than too
/// little: from the first colon that could belong to it, which is one no blank follows.
fn user_info(line: &str) -> Option<Range<usize>> {
    let (before, _) = line.rsplit_once('@')?;
    let followed = |at: usize| before[at + 1..].starts_with(|c: char| !c.is_whitespace());
    let mut colons = before.match_indices(':').map(|(at, _)| at);
    let colon = colons.find(|&at| followed(at));
    let start = match colon {
        Some(colon) if before[colon..].starts_with("://") => colon + "://".len(),
        Some(colon) => word_start(&before[..colon]),
        None => word_start(before),
    };
    Some(start..before.len())
}

/// Where the last word of the text begins.
fn word_start(text: &str) -> usize {
    let separates = |c: char| c.is_whitespace() || matches!(c, '\'' | '"');
    text.rfind(separates).map_or(0, |at| at + 1)
}

/// Cuts the query and fragment of every URL: servers are known to take tokens there.
fn without_queries(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(scheme) = rest.find("://") {
        let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"');
        let end = rest[scheme..]
            .find(ends)
            .map_or(rest.len(), |at| scheme + at);
        let url = &rest[..end];
        match url[scheme..].find(['?', '#']) {
            Some(query) => {
                shown.push_str(&url[..=scheme + query]);
                shown.push('…');
            }
            None => shown.push_str(url),
        }
        rest = &rest[end..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_info_and_queries_are_cut() {
        for (said, shown) in [
            (
                "fatal: unable to access 'https://me:hunter2@host/r.git/': no route",
                "fatal: unable to access 'https://…@host/r.git/': no route",
            ),
            ("https://to/ken@host", "https://…@host"),
            ("https://u:it's @ me@host/x", "https://…@host/x"),
            (
                "https://a:b@one/ redirects to https://c:d@two/",
                "https://…@two/",
            ),
            (
                "fatal: unable to look up me:hun ter2@host (port 9418)",
                "fatal: unable to look up …@host (port 9418)",
            ),
            ("fatal: 'me:pw@host' is odd", "fatal: '…@host' is odd"),
            ("git@host: Permission denied", "…@host: Permission denied"),
            ("no url: x y@b?c", "no url: x …@b?c"),
            ("a@b://c", "…@b://c"),
            (
                "'https://host/r?private_token=abc#x' failed, see https://x/?y z",
                "'https://host/r?…' failed, see https://x/?… z",
            ),
        ] {
            assert_eq!(presentable(said), shown);
        }
    }

    #[test]
    fn control_characters_and_excess_are_cut() {
        assert_eq!(presentable("a\u{1b}[31mb\r\n\nc\n"), "a [31mb\nc");
        assert_eq!(presentable(&"é".repeat(5000)).chars().count(), LONGEST + 1);
        assert_eq!(presentable(""), "");
    }

    #[test]
    fn an_address_names_the_place_only() {
        for (url, shown) in [
            ("https://me:hunter2@host/r.git", "https://host/r.git"),
            ("https://to/ken@host/r?x=1#y", "https://host/r"),
            ("https://host:8443/r?token=hunter2", "https://host:8443/r"),
            ("ssh://git@host:22/o/r.git", "ssh://host:22/o/r.git"),
            ("git@host:o/r.git", "host:o/r.git"),
            ("/srv/a@b/r#1", "/srv/a@b/r#1"),
            ("../r@2", "../r@2"),
            ("file:///srv/r@2", "file:///srv/r@2"),
        ] {
            assert_eq!(address(url), shown);
        }
    }

    #[test]
    fn of_a_hook_the_end_is_kept() {
        let said = "step\n\n".repeat(50);
        let shown = shortly(&format!("{said}https://me:hunter2@host\nno\n"));
        assert_eq!(shown.matches("step\n").count(), LAST_LINES - 2);
        assert!(shown.ends_with("https://…@host\nno"), "{shown}");
        assert_eq!(shortly(&"é".repeat(5000)).chars().count(), SHORT + 1);
    }
}
