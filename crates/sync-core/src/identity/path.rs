//! How two paths are made comparable without looking at the disk.

use alloc::string::String;
use alloc::vec::Vec;

/// Drops empty and `.` parts and the slash at the end; keeps `..`, follows no link (boundary sheet §5).
///
/// As in POSIX, exactly two slashes at the start are kept. Nothing at all is `.`.
///
/// ```
/// use sync_core::identity::normalise_path;
///
/// assert_eq!(normalise_path("/home//ada/./queues/../queue.db/"), "/home/ada/queues/../queue.db");
/// ```
pub fn normalise_path(path: &str) -> String {
    let root = match path.bytes().take_while(|byte| *byte == b'/').count() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if root.is_empty() && parts.is_empty() {
        return ".".into();
    }
    let mut normal = String::from(root);
    normal.push_str(&parts.join("/"));
    normal
}
