//! Users, tokens and keys (Planka sheet §3).

use std::time::Duration;

use super::State;
use crate::fake_planka::clock::Time;
use crate::fake_planka::rows::{Id, User, UserRole};
use crate::fake_planka::{PASSWORD, Version};

/// How long the token of a login without accepted terms is good for.
const PENDING: Duration = Duration::from_mins(10);

/// What a bearer token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) user: Id,
    /// The token is worth nothing without this cookie.
    pub(crate) cookie: Option<String>,
}

/// A login that waits for the terms to be accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingLogin {
    pub(crate) user: Id,
    pub(crate) expires: Time,
}

impl State {
    pub(crate) fn add_user(&mut self, username: &str, name: &str, role: UserRole) -> Id {
        let stamp = self.stamp();
        self.users.insert(User {
            stamp,
            email: format!("{username}@demo.demo"),
            username: username.to_owned(),
            name: name.to_owned(),
            role,
            language: None,
            // Version 1 knows no terms.
            accepted_terms: self.version == Version::V1,
            api_key: None,
        })
    }

    pub(crate) fn accept_terms(&mut self, user: Id, language: Option<&str>) {
        if self.version == Version::V1 {
            return;
        }
        let now = self.tick();
        self.users.update(user, now, |user| {
            user.accepted_terms = true;
            if let Some(language) = language {
                user.language = Some(language.to_owned());
            }
        });
    }

    /// The user of a name or e-mail address with the right password.
    pub(crate) fn user_with_password(&self, name: &str, password: &str) -> Option<&User> {
        let known = |user: &&User| {
            user.username.eq_ignore_ascii_case(name) || user.email.eq_ignore_ascii_case(name)
        };
        let user = self.users.all().find(known)?;
        (password == PASSWORD).then_some(user)
    }

    pub(crate) fn log_in(&mut self, user: Id, cookie: Option<String>) -> String {
        let token = self.secret("eyJhbGciOiJIUzI1NiJ9.");
        self.sessions
            .insert(token.clone(), Session { user, cookie });
        token
    }

    pub(crate) fn await_terms(&mut self, user: Id) -> String {
        let token = self.secret("eyJwZW5kaW5nIjp0cnVlfQ.");
        let expires = self.clock.now().plus(PENDING);
        self.pending_logins
            .insert(token.clone(), PendingLogin { user, expires });
        token
    }

    /// Gives a user a new key; an earlier one stops working.
    pub(crate) fn renew_api_key(&mut self, user: Id) -> String {
        let key = self.secret("fakekey_");
        let now = self.tick();
        self.users.update(user, now, |user| {
            user.api_key = Some(key.clone());
        });
        key
    }

    /// A user's key, made at the first call.
    pub(crate) fn api_key_of(&mut self, user: Id) -> String {
        match self.users.at(user).api_key.clone() {
            Some(key) => key,
            None => self.renew_api_key(user),
        }
    }

    /// Takes a user's key away, if there is one.
    pub(crate) fn revoke_api_key(&mut self, user: Id) {
        if self.users.at(user).api_key.is_some() {
            let now = self.tick();
            self.users.update(user, now, |user| user.api_key = None);
        }
    }

    /// Text that no test can confuse with other text.
    pub(crate) fn secret(&mut self, prefix: &str) -> String {
        self.secrets += 1;
        format!("{prefix}fake-secret-{:08}", self.secrets)
    }
}
