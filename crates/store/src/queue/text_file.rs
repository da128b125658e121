//! Reading the small files of a home: present or not, and what is wrong with them.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;

use camino::Utf8Path;
use rustix::fs::OFlags;

/// No file of the kinds read here comes near it.
const LARGEST: u64 = 4 << 20;

/// Returns a small file's bytes, `None` where there is none; else what is wrong, with the path.
///
/// A path that goes through something that is no folder leads nowhere, like one that is missing.
pub(super) fn bytes(path: &Utf8Path) -> Result<Option<Vec<u8>>, String> {
    let failed = |error: std::io::Error| format!("{path}: {error}");
    // Opening a pipe would wait for a writer.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(format!("{path} is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("{path} is larger than {LARGEST} bytes"));
    }
    Ok(Some(bytes))
}

/// As [`bytes`], for text.
pub(super) fn text(path: &Utf8Path) -> Result<Option<String>, String> {
    let Some(bytes) = bytes(path)? else {
        return Ok(None);
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => Err(format!(
            "{path} is not UTF-8 from byte {} on",
            error.utf8_error().valid_up_to()
        )),
    }
}

/// As [`text`], for TOML. What is wrong is told without quoting the file, which may hold secrets.
pub(super) fn toml(path: &Utf8Path) -> Result<Option<toml::Table>, String> {
    let Some(text) = text(path)? else {
        return Ok(None);
    };
    match text.parse() {
        Ok(table) => Ok(Some(table)),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            Err(format!("{path} is not TOML from line {line} on"))
        }
    }
}

/// Returns a table of a file, `None` where it is missing.
pub(super) fn section<'a>(
    path: &Utf8Path,
    table: &'a toml::Table,
    name: &str,
) -> Result<Option<&'a toml::Table>, String> {
    match table.get(name) {
        None => Ok(None),
        Some(toml::Value::Table(section)) => Ok(Some(section)),
        Some(_) => Err(format!("{path}: `{name}` must be a table")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;

    #[test]
    fn what_is_wrong_is_named_without_a_quote() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_path_buf()).unwrap();
        let path = root.join("credentials");
        assert_eq!(toml(&path), Ok(None));
        assert_eq!(toml(&path.join("below")), Ok(None));
        assert_eq!(
            toml(&root).unwrap_err(),
            format!("{root} is not a regular file")
        );

        let wrong = |content: &[u8]| {
            super::super::test_files::put(&path, content);
            toml(&path).unwrap_err()
        };
        assert_eq!(
            wrong(b"a = 1\nb = \"canary\n"),
            format!("{path} is not TOML from line 2 on")
        );
        assert_eq!(
            wrong(b"a = \xff"),
            format!("{path} is not UTF-8 from byte 4 on")
        );
        assert!(wrong(&vec![b' '; 5 << 20]).contains("larger"));
    }

    #[test]
    #[cfg(not(target_vendor = "apple"))]
    fn a_pipe_is_not_waited_for() {
        use rustix::fs::{CWD, Mode, mkfifoat};
        let folder = tempfile::tempdir().unwrap();
        let pipe = Utf8PathBuf::from_path_buf(folder.path().join("pipe")).unwrap();
        mkfifoat(CWD, pipe.as_str(), Mode::RUSR | Mode::WUSR).unwrap();
        let refused = text(&pipe).unwrap_err();
        assert_eq!(refused, format!("{pipe} is not a regular file"));
    }
}
