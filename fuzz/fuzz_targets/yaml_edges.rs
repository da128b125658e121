//! Any bytes are metadata and a schema: they are read or refused, soon and without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use openspec_model::{Metadata, Schema};

fuzz_target!(|content: &[u8]| {
    if let Ok(metadata) = Metadata::parse(content) {
        assert!(!metadata.schema.is_empty());

        // A byte order mark changes nothing.
        let marked = [b"\xef\xbb\xbf", content].concat();
        if !content.starts_with(b"\xef\xbb\xbf") {
            assert_eq!(Metadata::parse(&marked).ok(), Some(metadata));
        }

        // A key that is there twice is refused.
        let twice = [content, b"\nschema: again\n"].concat();
        assert!(Metadata::parse(&twice).is_err());
    }
    let _ = Schema::parse(content);
});
