//! Network file systems, on which SQLite's write-ahead log is not safe (reliability sheet, fault 37).

use std::io;

use camino::Utf8Path;

/// Returns the kind of network file system a path lies on, if it is one that is known.
#[cfg(target_os = "linux")]
pub(crate) fn network_kind(path: &Utf8Path) -> io::Result<Option<&'static str>> {
    let found = rustix::fs::statfs(path.as_std_path())?;
    // The numbers have 32 bits; the field's width and sign depend on machine and C library.
    Ok(kind_of(i128::from(found.f_type) & 0xffff_ffff))
}

/// Returns the kind of network file system a path lies on, as far as the system tells.
#[cfg(target_os = "macos")]
pub(crate) fn network_kind(path: &Utf8Path) -> io::Result<Option<&'static str>> {
    /// `MNT_LOCAL` of `sys/mount.h`.
    const LOCAL: u32 = 0x1000;
    let found = rustix::fs::statfs(path.as_std_path())?;
    Ok((found.f_flags & LOCAL == 0).then_some("not local"))
}

/// Elsewhere nothing tells.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn network_kind(_path: &Utf8Path) -> io::Result<Option<&'static str>> {
    Ok(None)
}

/// Names a file system by the magic number that statfs(2) and `linux/magic.h` give it.
#[cfg(target_os = "linux")]
fn kind_of(magic: i128) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "nfs",
        0x517b | 0xfe53_4d42 | 0xff53_4d42 => "smb",
        0x0102_1997 => "9p",
        0x00c3_6400 => "ceph",
        0x5346_414f | 0x6b41_4653 => "afs",
        0x7375_7245 => "coda",
        0x0bd0_0bd0 => "lustre",
        _ => return None,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_from_a_disk() {
        assert_eq!(kind_of(0x6969), Some("nfs"));
        assert_eq!(kind_of(0xff53_4d42), Some("smb"));
        assert_eq!(kind_of(0xef53), None, "ext4");
        assert_eq!(network_kind(Utf8Path::new("/proc")).unwrap(), None);
    }
}
