//! What a mark asks for, and the key that names it.

use crate::text::Sha256Hasher;
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;
use core::hash::{Hash, Hasher};

/// A wish to look at one checkout again, with all that somebody else needs to fulfil it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The directory whose changes are to be shown.
    pub root: String,
    /// The project on the board server.
    pub project: String,
    /// The board of that project.
    pub board: String,
    /// The lists given on the command line, by stage.
    pub lists: BTreeMap<String, String>,
}

impl Request {
    /// Returns the name of this request at a server.
    pub fn key(&self, server: &str) -> MarkKey {
        let request = first_of_digest([server, &self.to_mark()]);
        MarkKey {
            server: ServerKey::of(server),
            request,
        }
    }

    /// Returns the content of its mark: the root, then the other fields, each ended by a NUL,
    /// which no argument of a command can hold.
    pub fn to_mark(&self) -> String {
        let lists = self.lists.iter().flat_map(|(stage, list)| [stage, list]);
        let fields = [&self.root, &self.project, &self.board]
            .into_iter()
            .chain(lists);
        fields.flat_map(|field| [field.as_str(), "\0"]).collect()
    }

    /// Reads a mark back; `None` unless the content is whole and is what `key` stands for.
    ///
    /// Two project-board pairs can share a lock (`a-b`, `c` and `a`, `b-c`), so a mark found under
    /// the own name still says which pair it is about.
    pub fn from_mark(content: &str, server: &str, key: MarkKey) -> Option<Self> {
        let mut fields = content.strip_suffix('\0')?.split('\0').map(String::from);
        let mut request = Self {
            root: fields.next()?,
            project: fields.next()?,
            board: fields.next()?,
            lists: BTreeMap::new(),
        };
        while let Some(stage) = fields.next() {
            request.lists.insert(stage, fields.next()?);
        }
        (request.key(server) == key).then_some(request)
    }
}

/// Names a server in marks and in the lock file: 8 hexadecimal digits of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerKey(pub(super) u32);

impl ServerKey {
    /// Returns the key of a server, given by its normalised address or the embedded board's path.
    pub fn of(server: &str) -> Self {
        let [a, b, c, d, ..] = first_of_digest([server]).to_be_bytes();
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// Reads the text form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = hexadecimal(text, 8)?;
        u32::try_from(digits).ok().map(Self)
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Names a mark: which server it is for, and a digest of server, project, board, directory and
/// lists, written as `<8 hex>-<16 hex>`.
///
/// The server stands apart so that a holder sees in a directory listing which marks it may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarkKey {
    pub(super) server: ServerKey,
    pub(super) request: u64,
}

impl MarkKey {
    /// Returns the server the mark is for.
    pub fn server(&self) -> ServerKey {
        self.server
    }

    /// Reads the text form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (server, request) = text.split_once('-')?;
        Some(Self {
            server: ServerKey::parse(server)?,
            request: hexadecimal(request, 16)?,
        })
    }
}

impl fmt::Display for MarkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}", self.server, self.request)
    }
}

fn first_of_digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hasher = Sha256Hasher::default();
    for part in parts {
        part.hash(&mut hasher);
    }
    hasher.finish()
}

/// Reads exactly `digits` lower-case digits: one key has one spelling.
fn hexadecimal(text: &str, digits: usize) -> Option<u64> {
    let plain = text.len() == digits
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn request(root: &str, project: &str, board: &str) -> Request {
        let lists = BTreeMap::from([("planning".into(), "To Do".into())]);
        Request {
            root: root.into(),
            project: project.into(),
            board: board.into(),
            lists,
        }
    }

    #[test]
    fn a_mark_begins_with_the_root() {
        let mark = request("/home/ada/tools", "Demo", "Changes").to_mark();
        assert_eq!(mark, "/home/ada/tools\0Demo\0Changes\0planning\0To Do\0");
    }

    #[test]
    fn every_part_of_a_request_is_in_its_key() {
        let one = request("/a", "p", "b");
        let key = one.key("https://planka.example");
        assert_ne!(key, one.key("https://other.example"));
        for other in [
            request("/b", "p", "b"),
            request("/a", "q", "b"),
            request("/a", "p", "c"),
        ] {
            assert_ne!(key, other.key("https://planka.example"));
        }
        let without_lists = Request {
            lists: BTreeMap::new(),
            ..one
        };
        assert_ne!(key, without_lists.key("https://planka.example"));
    }

    #[test]
    fn a_damaged_mark_is_not_run() {
        let one = request("/a", "p", "b");
        let key = one.key("s");
        let mark = one.to_mark();
        for cut in 0..mark.len() {
            assert_eq!(
                Request::from_mark(&mark[..cut], "s", key),
                None,
                "cut at {cut}"
            );
        }
        assert_eq!(Request::from_mark(&mark, "another server", key), None);
    }

    #[test]
    fn keys_have_one_spelling() {
        let key = request("/a", "p", "b").key("s").to_string();
        assert_eq!(key.len(), 25);
        assert_eq!(
            MarkKey::parse(&key).map(|key| key.to_string()),
            Some(key.clone())
        );
        assert_eq!(MarkKey::parse(&key.to_uppercase()), None);
        assert_eq!(MarkKey::parse(&key[1..]), None);
        assert_eq!(MarkKey::parse("+1234567-0123456789abcdef"), None);
    }

    proptest! {
        #[test]
        fn a_request_survives_its_mark(
            root in "[^\0]{1,20}",
            board in "[^\0]{0,10}",
            lists in proptest::collection::btree_map("[^\0]{0,4}", "[^\0]{0,8}", 0..4),
        ) {
            let request = Request { root, project: "p".into(), board, lists };
            let key = request.key("s");
            prop_assert_eq!(Request::from_mark(&request.to_mark(), "s", key), Some(request));
        }
    }
}
