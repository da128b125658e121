//! Undoing what a client did to a body before it went on the wire.

use std::io::{self, Read as _};

use flate2::read::MultiGzDecoder;

/// More than any client under test sends, so that a small body cannot fill the memory.
const LONGEST: u64 = 256 << 20;

/// The bytes behind the `Content-Encoding`: `gzip`, or none; others are refused.
pub(super) fn decode(encoding: Option<&str>, sent: &[u8]) -> io::Result<Vec<u8>> {
    match encoding {
        None | Some("identity") => Ok(sent.to_vec()),
        Some("gzip") => {
            let mut bytes = Vec::new();
            let mut unzipped = MultiGzDecoder::new(sent).take(LONGEST);
            unzipped.read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Some(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

#[cfg(test)]
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut zipped = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast())
        .read_to_end(&mut zipped)
        .unwrap();
    zipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_undone_and_rubbish_is_told() {
        let zipped = gzip(b"{\"events\": []}");
        assert_eq!(decode(Some("gzip"), &zipped).unwrap(), b"{\"events\": []}");
        assert_eq!(decode(None, &zipped).unwrap(), zipped);
        assert!(decode(Some("gzip"), b"{}").is_err());
        assert!(decode(Some("gzip"), &zipped[..zipped.len() - 9]).is_err());
        assert!(decode(Some("br"), b"{}").is_err());
    }
}
