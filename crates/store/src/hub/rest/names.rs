//! How a row says which workplan or task of a file it is. A State Hub has no field for that.
//!
//! A workplan's *slug* is the id of the file in lower case: `demo-wp-0001`, `adhoc-2026-01-01`. Such
//! a slug is read back; so is one that goes on after the number, as names of files do, but only where
//! no other row of the repository says it better. An id of another form that lower case would not
//! keep has the slug `id-` and a digest of it.
//!
//! A task's *title* names it: by the code it begins with, as in `T06: Extraction` under
//! `DEMO-WP-0001`, where that makes the id of the file, `DEMO-WP-0001-T06`; else the id stands before
//! it in brackets, as in `[T06] Extraction`, and is taken off again when it is read. The code alone
//! stands for a short id, `T06`, where no other task of the workplan says it better.

use sync_core::ids::FileId;
use sync_core::text::hex_digest;

/// How surely a row is the one of a file id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It says so itself.
    Sure,
    /// It may well be, as rows of other programs are.
    Likely,
}

/// Returns the slug of a workplan.
pub(super) fn slug(file_id: &FileId) -> String {
    let id = file_id.as_str();
    let lower = id.to_ascii_lowercase();
    let is_kept = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !id.is_empty() && id.chars().all(is_kept) {
        lower
    } else {
        format!("id-{}", hex_digest([id], 12))
    }
}

/// Says whether a workplan of this slug is the one of a file id.
pub(super) fn slug_claims(of_row: &str, file_id: &FileId) -> Option<Claim> {
    if of_row == slug(file_id) {
        return Some(Claim::Sure);
    }
    let (read, claim) = read_slug(of_row)?;
    (read == *file_id).then_some(claim)
}

/// Returns the file id a slug tells.
pub(super) fn read_slug(slug: &str) -> Option<(FileId, Claim)> {
    if slug.chars().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    let length = numbered(slug).or_else(|| dated(slug))?;
    let (id, rest) = slug.split_at(length);
    let claim = match rest.chars().next() {
        None => Claim::Sure,
        Some('-') => Claim::Likely,
        Some(_) => return None,
    };
    Some((FileId::new(id.to_ascii_uppercase()), claim))
}

/// The length of `<prefix>-wp-<number>` at the start of a slug; the prefix may be missing.
fn numbered(slug: &str) -> Option<usize> {
    let start = if slug.starts_with("wp-") {
        "wp-".len()
    } else {
        slug.find("-wp-")? + "-wp-".len()
    };
    let digits = slug[start..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then_some(start + digits)
}

/// The length of `adhoc-<date>` at the start of a slug.
fn dated(slug: &str) -> Option<usize> {
    const FORM: &str = "adhoc-0000-00-00";
    let head = slug.get(..FORM.len())?;
    let fits = head.bytes().zip(FORM.bytes()).all(|(is, form)| match form {
        b'0' => is.is_ascii_digit(),
        form => is == form,
    });
    fits.then_some(FORM.len())
}

/// Returns the title a task is given in the hub.
pub(super) fn title(file_id: &FileId, title: &str, workplan: Option<&FileId>) -> String {
    let in_full = code(title).and_then(|code| full(code, workplan));
    if in_full.as_ref() == Some(file_id) {
        title.to_owned()
    } else {
        format!("[{file_id}] {title}")
    }
}

/// Returns the title of a task without what was put before it.
pub(super) fn plain_title(title: &str) -> &str {
    bracketed(title).map_or(title, |(_, title)| title)
}

/// Says whether a task of this title is the one of a file id.
pub(super) fn title_claims(
    title: &str,
    file_id: &FileId,
    workplan: Option<&FileId>,
) -> Option<Claim> {
    if let Some((id, _)) = bracketed(title) {
        return (id == file_id.as_str()).then_some(Claim::Sure);
    }
    let code = code(title)?;
    if full(code, workplan).as_ref() == Some(file_id) {
        Some(Claim::Sure)
    } else {
        (code == file_id.as_str()).then_some(Claim::Likely)
    }
}

/// Returns the file id a title tells.
pub(super) fn read_title(title: &str, workplan: Option<&FileId>) -> Option<(FileId, Claim)> {
    if let Some((id, _)) = bracketed(title) {
        return Some((FileId::new(id), Claim::Sure));
    }
    let code = code(title)?;
    Some(full(code, workplan).map_or_else(
        || (FileId::new(code), Claim::Likely),
        |id| (id, Claim::Sure),
    ))
}

fn full(code: &str, workplan: Option<&FileId>) -> Option<FileId> {
    workplan.map(|workplan| FileId::new(format!("{workplan}-{code}")))
}

/// Splits `[id] title`.
fn bracketed(title: &str) -> Option<(&str, &str)> {
    let (id, rest) = title.strip_prefix('[')?.split_once(']')?;
    let title = rest.strip_prefix(' ').unwrap_or(rest);
    let is_id = id.bytes().any(|b| b.is_ascii_digit()) && !id.contains(char::is_whitespace);
    is_id.then_some((id, title))
}

/// The code of a title such as `T01 - x`, `T01: x` or `Task T01: x`.
fn code(title: &str) -> Option<&str> {
    let title = title.strip_prefix("Task ").unwrap_or(title);
    let end = title.find(|c: char| c == ':' || c.is_whitespace());
    let code = &title[..end.unwrap_or(title.len())];
    let digits = code.strip_prefix('T')?;
    let is_code = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> FileId {
        FileId::new(text)
    }

    #[test]
    fn slugs_tell_the_ids_of_files() {
        for (slug, expected) in [
            ("demo-wp-0001", Some(("DEMO-WP-0001", Claim::Sure))),
            ("wp-1", Some(("WP-1", Claim::Sure))),
            ("two-words-wp-7", Some(("TWO-WORDS-WP-7", Claim::Sure))),
            ("adhoc-2026-01-01", Some(("ADHOC-2026-01-01", Claim::Sure))),
            (
                "demo-wp-0001-first-steps",
                Some(("DEMO-WP-0001", Claim::Likely)),
            ),
            (
                "adhoc-2026-01-01-more",
                Some(("ADHOC-2026-01-01", Claim::Likely)),
            ),
            ("demo-wp-0001a", None),
            ("demo-wp-", None),
            ("adhoc-2026-1-1", None),
            ("first-steps", None),
            ("DEMO-WP-0001", None),
            ("", None),
        ] {
            let expected = expected.map(|(text, claim)| (id(text), claim));
            assert_eq!(read_slug(slug), expected, "{slug}");
        }
    }

    #[test]
    fn an_id_of_another_form_is_found_by_its_slug() {
        for text in ["Wp-1", "SHOP-7", "wp-1", "Plan.7", "", "ä"] {
            assert_eq!(slug_claims(&slug(&id(text)), &id(text)), Some(Claim::Sure));
        }
        assert_eq!(slug_claims(&slug(&id("wp-1")), &id("WP-1")), None);
        assert_eq!(slug(&id("SHOP-7")), "shop-7");
    }

    #[test]
    fn a_title_is_left_as_it_is_where_it_names_the_task() {
        let plan = id("DEMO-WP-0001");
        for (file_id, heading, there) in [
            ("DEMO-WP-0001-T06", "T06: Extraction", "T06: Extraction"),
            ("DEMO-WP-0001-T06", "T06 - Extraction", "T06 - Extraction"),
            ("DEMO-WP-0001-T06", "Task T06: x", "Task T06: x"),
            ("DEMO-WP-0001-T06", "T07: x", "[DEMO-WP-0001-T06] T07: x"),
            (
                "DEMO-WP-0001-T06",
                "P1.1 - x",
                "[DEMO-WP-0001-T06] P1.1 - x",
            ),
            ("T06", "T06: x", "[T06] T06: x"),
            ("T06", "", "[T06] "),
        ] {
            assert_eq!(title(&id(file_id), heading, Some(&plan)), there);
            assert_eq!(plain_title(there), heading);
            let read = read_title(there, Some(&plan));
            assert_eq!(read, Some((id(file_id), Claim::Sure)), "{there}");
        }
        let short = title_claims("T06: x", &id("T06"), Some(&plan));
        assert_eq!(short, Some(Claim::Likely), "of another program");
        assert_eq!(read_title("Extraction", Some(&plan)), None);
        assert_eq!(read_title("[draft] Extraction", Some(&plan)), None);
        assert_eq!(title_claims("[T1] x", &id("T2"), Some(&plan)), None);
    }

    proptest! {
        #[test]
        fn two_workplans_never_share_a_slug(a in "[A-Za-z0-9.-]{1,12}", b in "[A-Za-z0-9.-]{1,12}") {
            prop_assert_eq!(slug(&id(&a)) == slug(&id(&b)), a == b);
        }

        #[test]
        fn a_task_is_found_by_the_title_it_was_given(
            file_id in "[A-Z]{0,3}-?T[0-9]{1,3}",
            heading in "(Task )?(\\[x\\] )?(T[0-9]{1,2})?[:a-z \\[\\]-]{0,12}",
            workplan in proptest::option::of("[A-Z]{1,3}"),
        ) {
            let (file_id, workplan) = (id(&file_id), workplan.map(|text| id(&text)));
            let there = title(&file_id, &heading, workplan.as_ref());
            prop_assert_eq!(
                title_claims(&there, &file_id, workplan.as_ref()),
                Some(Claim::Sure)
            );
            prop_assert_eq!(plain_title(&there), heading);
        }
    }
}
