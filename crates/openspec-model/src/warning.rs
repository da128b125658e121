//! What is odd and was read nevertheless.

use std::fmt;
use std::str::Utf8Error;

use camino::Utf8Path;

use crate::error::Error;

/// Something that could be read, perhaps not as it was meant. Shown, it names the file and what is
/// odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    text: String,
    remedy: String,
}

impl Warning {
    /// Bytes are counted from 1, as by editors.
    pub(crate) fn not_utf8(path: &Utf8Path, fault: &Utf8Error) -> Self {
        let byte = fault.valid_up_to() + 1;
        Self {
            text: format!("{path} is not UTF-8 from byte {byte} on"),
            remedy: "save it as UTF-8".into(),
        }
    }

    /// A configuration that names no schema by its `schema` key.
    pub(crate) fn odd_schema(path: &Utf8Path) -> Self {
        Self {
            text: format!("the schema named in {path} is not a name"),
            remedy: "name a schema there, or remove the key".into(),
        }
    }

    /// What a person can do about it: lower-case, without a period.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

/// A fault that is passed over.
impl From<&Error> for Warning {
    fn from(fault: &Error) -> Self {
        Self {
            text: fault.with_causes(),
            remedy: fault.remedy(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
