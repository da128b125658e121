//! Writing a file whole or not at all.

use camino::Utf8Path;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;

/// Puts content into a file, in place of what it held.
///
/// A reader sees the old content or the new, never a part. A link stays a link and its target is
/// replaced; the mode of a file that was there is kept. What is no regular file, such as a pipe, is
/// written to as it is.
pub(crate) fn replace(path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let (path, mode) = match fs::metadata(path) {
        Ok(there) if there.is_file() => (path.canonicalize_utf8()?, there.permissions()),
        Ok(_) => {
            return OpenOptions::new()
                .write(true)
                .open(path)?
                .write_all(content);
        }
        // As for any new file: the user's mask takes away what others shall not have.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            (path.to_path_buf(), Permissions::from_mode(0o666))
        }
        Err(error) => return Err(error),
    };
    let folder = match path.parent() {
        Some(folder) if folder != "" => folder,
        _ => Utf8Path::new("."),
    };
    // Asked for by itself, since the draft's error would name the draft.
    fs::metadata(folder)?;
    let mut draft = tempfile::Builder::new()
        .prefix(".onward-")
        .permissions(mode)
        .tempfile_in(folder)?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    draft.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().to_path_buf()).unwrap();
        (folder, path)
    }

    #[test]
    fn a_link_stays_and_the_mode_is_kept() {
        let (_folder, dir) = folder();
        let (file, link) = (dir.join("a"), dir.join("b"));
        replace(&file, b"old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 2);
    }

    #[test]
    fn a_folder_is_refused_and_stays() {
        let (_folder, dir) = folder();
        assert!(replace(&dir, b"x").is_err());
        assert!(replace(&dir.join("no/file"), b"x").is_err());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    }
}
