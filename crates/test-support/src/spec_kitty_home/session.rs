//! Sealing a login session: AES-256-GCM under a key that only one user of one machine can derive.

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce};
use serde_json::{Value, json};

use super::hex;

/// The same each time: nothing secret is sealed here.
pub(super) const SALT: &[u8; 16] = b"sixteen salt byt";
const NONCE: &[u8; 12] = b"twelve bytes";

/// For whom a session is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The host's name.
    pub hostname: String,
    /// The user's number.
    pub uid: u32,
}

impl Machine {
    /// The machine and the user that run the test.
    pub fn this() -> Self {
        let names = rustix::system::uname();
        Self {
            hostname: names.nodename().to_str().unwrap().to_owned(),
            uid: rustix::process::getuid().as_raw(),
        }
    }

    /// The content of `session.json`.
    pub(super) fn seal(&self, plain: &[u8]) -> Value {
        let sealed = Aes256Gcm::new(&self.key().into())
            .encrypt(&Nonce::from(*NONCE), plain)
            .unwrap();
        json!({ "version": 2, "nonce": hex(NONCE), "ciphertext": hex(&sealed) })
    }

    fn key(&self) -> [u8; 32] {
        let password = format!("{}:{}", self.hostname, self.uid);
        let (log_n, r, p) = (14, 8, 1);
        let params = scrypt::Params::new(log_n, r, p).unwrap();
        let mut key = [0; 32];
        scrypt::scrypt(password.as_bytes(), SALT, &params, &mut key).unwrap();
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_sealed_as_other_implementations_do() {
        // Computed with Python's `hashlib.scrypt` and the `cryptography` package.
        let machine = Machine {
            hostname: "box".to_owned(),
            uid: 1000,
        };
        let key = "f3ce64c1ac3ba5c53e629c965a9568a9390eb23b56f67679992199aeb5f0668e";
        assert_eq!(hex(&machine.key()), key);
        let sealed = machine.seal(br#"{"email":"dev@example.test"}"#);
        let expected = "2910c190c2b726128fbc5ee135e918d311090be39d3a0b13b20263bacc7aa165\
                        6681e30141f02ab1f9f1321e";
        assert_eq!(sealed["ciphertext"], expected);
        assert_eq!(sealed["nonce"], "7477656c7665206279746573");
    }
}
