//! `auth/session.json`: a login, sealed for one user on one machine (boundary sheet §2).

use std::os::unix::fs::PermissionsExt;
use std::{fmt, fs};

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use camino::Utf8Path;
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
use serde_json::Value;

use super::home::Home;
use super::text_file;

/// The machine and the user a session is sealed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The host name as the system gives it.
    pub hostname: String,
    /// The user's number.
    pub uid: u32,
}

impl Machine {
    /// Returns this machine and the user of this process.
    pub fn here() -> Self {
        let system = rustix::system::uname();
        Self {
            hostname: system.nodename().to_string_lossy().into_owned(),
            uid: rustix::process::getuid().as_raw(),
        }
    }
}

/// An opened session. Its tokens are in no `Debug` text, and are wiped when it goes.
pub(super) struct Session {
    pub(super) email: String,
    /// The id of the first team that is private; the default team does not count.
    pub(super) private_team: Option<String>,
    pub(super) access_token: Option<SecretString>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("email", &self.email)
            .field("private_team", &self.private_team)
            .finish_non_exhaustive()
    }
}

const VERSION: u64 = 2;
const SALT: usize = 16;
const NONCE: usize = 12;
const KEY: usize = 32;
/// The binary logarithm of scrypt's N, then r and p.
const COST: (u8, u32, u32) = (14, 8, 1);

impl Session {
    /// Opens the session of a home; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Why the session that is there is no login, in a sentence without secrets.
    pub(super) fn read(home: &Home, machine: &Machine) -> Result<Option<Self>, String> {
        let (path, salt_path) = (home.session(), home.session_salt());
        let Some(text) = text_file::text(&path)? else {
            return Ok(None);
        };
        only_mine(&path)?;
        let sealed = Sealed::parse(&text)
            .ok_or_else(|| format!("{path} is not a sealed session of version {VERSION}"))?;
        let salt = text_file::bytes(&salt_path)?
            .ok_or_else(|| format!("{salt_path} is missing, so {path} cannot be opened"))?;
        let salt: [u8; SALT] = salt
            .try_into()
            .map_err(|_| format!("{salt_path} does not hold {SALT} bytes"))?;
        let plain = sealed.open(&salt, machine).ok_or_else(|| {
            format!("{path} was sealed on another machine or for another user, or is damaged")
        })?;
        Self::parse(plain.expose_secret())
            .map(Some)
            .ok_or_else(|| format!("{path} does not hold a session"))
    }

    fn parse(plain: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(plain).ok()?;
        let teams = value
            .get("teams")
            .map_or(Some(&[][..]), |teams| teams.as_array().map(Vec::as_slice))?;
        let private = teams
            .iter()
            .find(|team| team.get("is_private_teamspace") == Some(&Value::Bool(true)));
        let text = |value: &Value, key: &str| {
            let text = value.get(key)?.as_str()?;
            (!text.trim().is_empty()).then(|| text.to_owned())
        };
        Some(Self {
            email: text(&value, "email")?,
            private_team: private.and_then(|team| text(team, "id")),
            access_token: text(&value, "access_token").map(SecretString::from),
        })
    }
}

/// A session others could read is no login.
fn only_mine(path: &Utf8Path) -> Result<(), String> {
    let metadata = fs::metadata(path).map_err(|error| format!("{path}: {error}"))?;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        Ok(())
    } else {
        Err(format!(
            "{path} is open to others (mode {mode:03o}, must be 600)"
        ))
    }
}

struct Sealed {
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

impl Sealed {
    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        if value.get("version")?.as_u64()? != VERSION {
            return None;
        }
        Some(Self {
            nonce: unhex(value.get("nonce")?.as_str()?)?.try_into().ok()?,
            ciphertext: unhex(value.get("ciphertext")?.as_str()?)?,
        })
    }

    /// The tag, at the end of the text, tells a wrong key from the right one.
    fn open(&self, salt: &[u8; SALT], machine: &Machine) -> Option<SecretSlice<u8>> {
        let password = format!("{}:{}", machine.hostname, machine.uid);
        let (log_n, r, p) = COST;
        let params = scrypt::Params::new(log_n, r, p).ok()?;
        let mut key = SecretBox::new(Box::new([0_u8; KEY]));
        scrypt::scrypt(
            password.as_bytes(),
            salt,
            &params,
            secrecy::ExposeSecretMut::expose_secret_mut(&mut key),
        )
        .ok()?;
        let cipher = Aes256Gcm::new_from_slice(key.expose_secret()).ok()?;
        let nonce = Nonce::from(self.nonce);
        let plain = cipher.decrypt(&nonce, self.ciphertext.as_slice()).ok()?;
        Some(plain.into())
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[cfg(test)]
mod tests;
