//! The post-commit hook: a marked block, in a file of its own or after what is there.

use crate::error::{CommandError, Kind};
use crate::output::{Output, file};
use camino::Utf8Path;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;

/// How the block begins. What follows on the line says what removing it takes out besides.
const BEGIN: &str = "# >>> onward: fix-consistency after each commit";
const END: &str = "# <<< onward";

/// The file was made with the block.
const OWN_FILE: &str = ", in a file of its own";
/// The text before the block had no line end.
const OWN_LINE_END: &str = ", after a line end of its own";

const SHEBANG: &str = "#!/bin/sh\n";

/// Interpreters that understand the block.
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ksh", "zsh"];

/// Adds the block to the hook, or brings the one that is there up to date.
pub(super) fn install(path: &Utf8Path, output: &Output) -> Result<(), CommandError> {
    let program = std::env::current_exe().map_err(|error| {
        CommandError::caused(Kind::Failed, "cannot tell where onward is", error)
    })?;
    let Some(program) = program.to_str() else {
        let message = format!("the path of onward is not UTF-8: {}", program.display());
        return Err(CommandError::new(Kind::Failed, message));
    };
    let found = read(path)?;
    let before = found.as_deref().map(|text| without_block(path, text));
    let before = before.transpose()?.flatten();
    if let Some(text) = &before {
        check_is_taken(path, text)?;
    }
    let text = with_block(before.as_deref(), program);
    if found.as_ref() == Some(&text) {
        output.print(&format!("{path} is installed already\n"));
        return Ok(());
    }
    write(path, &text)?;
    output.print(&format!("installed {path}\n"));
    if before.is_some_and(|text| ends_early(&text)) {
        output.note(
            "warning: the hook that was there ends with `exit` or `exec`, before what was added",
        );
    }
    Ok(())
}

/// Takes the block out of the hook, and the file away if it was made with it.
pub(super) fn remove(path: &Utf8Path, output: &Output) -> Result<(), CommandError> {
    let Some(found) = read(path)?.filter(|text| text.contains(BEGIN)) else {
        output.print(&format!("{path} has no hook of onward\n"));
        return Ok(());
    };
    match without_block(path, &found)? {
        Some(text) => write(path, &text)?,
        None => fs::remove_file(path).map_err(|error| {
            CommandError::caused(Kind::Failed, format!("cannot remove {path}"), error)
        })?,
    }
    output.print(&format!("removed from {path}\n"));
    Ok(())
}

/// Reads the hook; `None` when there is none.
fn read(path: &Utf8Path) -> Result<Option<String>, CommandError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(
                CommandError::caused(Kind::Failed, format!("cannot read the hook {path}"), error)
                    .hint("what was found is left alone; move it away to have a hook of its own"),
            )
        }
    }
}

/// Returns the text without the block; `None` when the file was made with it and holds nothing else.
fn without_block(path: &Utf8Path, text: &str) -> Result<Option<String>, CommandError> {
    let Some(begin) = text.find(BEGIN) else {
        return Ok(Some(text.to_owned()));
    };
    let (first_line, block) = text[begin..].split_once('\n').unwrap_or_default();
    let Some(end) = block.find(END) else {
        let message = format!("the block of onward in {path} has no end");
        return Err(CommandError::new(Kind::Failed, message)
            .hint("take it out by hand, from the line with >>> on"));
    };
    let before = &text[..begin];
    let after = block[end..].split_once('\n').map_or("", |(_, after)| after);
    let made_as = &first_line[BEGIN.len()..];
    if made_as == OWN_FILE && before == SHEBANG && after.is_empty() {
        return Ok(None);
    }
    let before = match made_as {
        OWN_LINE_END if after.is_empty() => before.strip_suffix('\n').unwrap_or(before),
        _ => before,
    };
    Ok(Some([before, after].concat()))
}

fn with_block(before: Option<&str>, program: &str) -> String {
    let (before, line_end, made_as) = match before {
        None => (SHEBANG, "", OWN_FILE),
        Some(text) if text.ends_with('\n') => (text, "", ""),
        Some(text) => (text, "\n", OWN_LINE_END),
    };
    let program = quoted(program);
    format!(
        "{before}{line_end}{BEGIN}{made_as}\n\
         # A commit that onward makes itself starts nothing, and no commit waits or fails for it.\n\
         if [ -z \"${{{own}:-}}\" ]; then\n\
         \x20 ({program} fix-consistency --fix </dev/null >/dev/null 2>&1 &) || :\n\
         fi\n\
         {END}\n",
        own = git_client::OWN_COMMIT
    )
}

/// Quotes a path for a shell.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// Refuses a hook that would not run the block, or was not meant to run at all.
fn check_is_taken(path: &Utf8Path, text: &str) -> Result<(), CommandError> {
    let refused = |why: &str, hint: &str| {
        let message = format!("there is a hook {path} already, {why}");
        Err(CommandError::new(Kind::Failed, message).hint(hint))
    };
    let interpreter = text.strip_prefix("#!").and_then(|rest| rest.lines().next());
    let mut words = interpreter.unwrap_or_default().split_whitespace();
    let program = words.next().map(|word| match word.rsplit('/').next() {
        Some("env") => words.find(|word| !word.starts_with('-')).unwrap_or(word),
        _ => word,
    });
    let name = program.and_then(|program| program.rsplit('/').next());
    if !name.is_some_and(|name| SHELLS.contains(&name)) {
        return refused(
            "which is no shell script",
            "let it run `onward fix-consistency --fix` in the background where ONWARD_COMMIT is not set",
        );
    }
    let mode = fs::metadata(path).map(|found| found.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o111 == 0) {
        return refused(
            "which git ignores because it is not executable",
            "make it executable if it shall run, or move it away",
        );
    }
    Ok(())
}

/// Tells whether the last thing a script does is to end, so that nothing after it is reached.
fn ends_early(text: &str) -> bool {
    let last = text.lines().rev().map(str::trim_end);
    let last = last.into_iter().find(|line| !line.is_empty());
    let word = last.and_then(|line| line.split([' ', ';']).next());
    matches!(word, Some("exit" | "exec"))
}

/// Writes the hook, executable if it is new.
fn write(path: &Utf8Path, text: &str) -> Result<(), CommandError> {
    let put = || {
        let is_new = !path.exists();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        file::replace(path, text.as_bytes())?;
        if is_new {
            let mode = fs::metadata(path)?.permissions().mode();
            // Whoever may read it may run it.
            fs::set_permissions(path, Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
        }
        Ok(())
    };
    put().map_err(|error: std::io::Error| {
        CommandError::caused(Kind::Failed, format!("cannot write {path}"), error)
            .hint("see that its folder may be written to; what was there is unchanged")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> Option<String> {
        without_block(Utf8Path::new("hook"), text).unwrap()
    }

    #[test]
    fn what_was_there_comes_back_to_the_byte() {
        for text in [
            "#!/bin/sh\n",
            "#!/bin/sh\nmake tags",
            "#!/bin/sh\r\n# é\r\n\n",
            "",
        ] {
            let with = with_block(Some(text), "/bin/onward");
            assert!(with.starts_with(text));
            assert_eq!(without(&with).as_deref(), Some(text));
            assert_eq!(with_block(without(&with).as_deref(), "/bin/onward"), with);
            let later = format!("{with}more\n");
            let line_end = if text.ends_with('\n') { "" } else { "\n" };
            let kept = format!("{text}{line_end}more\n");
            assert_eq!(without(&later), Some(kept), "lines stay lines");
        }
    }

    #[test]
    fn a_file_of_its_own_goes_unless_people_added_to_it() {
        let own = with_block(None, "/bin/onward");
        assert_eq!(without(&own), None);
        assert_eq!(
            without(&format!("{own}make tags\n")).as_deref(),
            Some("#!/bin/sh\nmake tags\n")
        );
    }

    #[test]
    fn a_block_without_an_end_is_left_alone() {
        let torn = format!("#!/bin/sh\n{BEGIN}\nfi\n");
        assert!(without_block(Utf8Path::new("hook"), &torn).is_err());
    }

    #[test]
    fn a_path_is_one_word_to_the_shell() {
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
    }

    #[test]
    fn an_end_is_seen() {
        for (text, early) in [
            ("exit 0\n\n", true),
            ("exec make tags", true),
            ("make tags\n", false),
            ("if x; then\n  exit 0\nfi\n", false),
            ("", false),
        ] {
            assert_eq!(ends_early(text), early, "{text:?}");
        }
    }
}
