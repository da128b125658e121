//! Repositories a State Hub gets to know, and what is new about them.

use serde_json::json;
use sync_core::hub::{HubOutcome, Made, Registration};
use sync_core::ids::{HubId, Slug};

use super::StateHub;
use super::error::StateHubError;
use super::rows::{Repo, without_user};
use super::send::{Line, Sent};

impl StateHub {
    pub(super) async fn tell(
        &self,
        registration: &Registration,
    ) -> Result<HubOutcome, StateHubError> {
        let slug = &registration.slug;
        let known = self.repo(slug).await?;
        if let Some(reason) = self.objection(registration, known.as_ref()).await? {
            return Ok(HubOutcome::Refused { reason });
        }
        let sent = match &known {
            Some(repo) => self.add_news(registration, repo).await,
            None => Some(self.introduce(registration).await),
        };
        let Some(sent) = sent else {
            return Ok(known.map_or(HubOutcome::Missing, |repo| {
                HubOutcome::AlreadySo(made(&repo))
            }));
        };
        self.look_at(slug, sent, |repo| tells_all(repo, registration))
            .await
    }

    pub(super) async fn mark_synced(&self, slug: &Slug) -> Result<HubOutcome, StateHubError> {
        if self.repo(slug).await?.is_none() {
            return Ok(HubOutcome::Missing);
        }
        // The hub's own clock, as it told it with the list a moment ago.
        let Some(now) = self.api.told_time() else {
            let reason = "the hub does not tell its time".into();
            return Ok(HubOutcome::Refused { reason });
        };
        let body = json!({ "last_state_synced_at": now.to_string() });
        let sent = Line::default().send(self.api.change_repo(slug, body)).await;
        let at = now.as_second();
        self.look_at(slug, sent, |repo| {
            repo.synced.is_some_and(|synced| synced.0 >= at)
        })
        .await
    }

    async fn repo(&self, slug: &Slug) -> Result<Option<Repo>, StateHubError> {
        let repos = self.api.repos().await?;
        Ok(repos.into_iter().find(|repo| repo.slug == *slug))
    }

    /// Says what became of a write about a repository.
    async fn look_at(
        &self,
        slug: &Slug,
        sent: Sent,
        is_so: impl Fn(&Repo) -> bool,
    ) -> Result<HubOutcome, StateHubError> {
        if !sent.is_open() {
            return Ok(sent.seen(None));
        }
        Ok(match self.repo(slug).await {
            Err(error) => sent.unseen(&error),
            Ok(repo) => match (&repo, &sent) {
                (Some(repo), Sent::Taken(())) if !is_so(repo) => HubOutcome::Refused {
                    reason: format!(
                        "the hub took what was told about `{slug}`, and does not show it"
                    ),
                },
                _ => sent.seen(repo.map(|repo| (made(&repo), is_so(&repo), String::new()))),
            },
        })
    }

    /// Says what speaks against a registration: neither a slug nor a repository is given away.
    async fn objection(
        &self,
        registration: &Registration,
        known: Option<&Repo>,
    ) -> Result<Option<String>, StateHubError> {
        let (id, slug) = (&registration.id, &registration.slug);
        if let Some(other) = known.and_then(|repo| repo.fingerprint.as_ref())
            && other != id
        {
            return Ok(Some(format!("`{slug}` is the repository {other}")));
        }
        if known.is_some() {
            return Ok(None);
        }
        let remote = registration.remote.as_deref();
        let mut other = self.api.repo_by_fingerprint(id, remote).await?;
        // A fork has the first commit too; its remote is another one (consistency sheet §7).
        if let (Some(repo), Some(remote)) = (&other, remote)
            && repo.remote.as_deref().is_some_and(|of| !is_one(of, remote))
        {
            other = None;
        }
        if let (None, Some(remote)) = (&other, remote) {
            let found = self.api.repo_by_remote(remote).await?;
            other = found.filter(|repo| repo.fingerprint.as_ref().is_none_or(|of| of == id));
        }
        let other = other.filter(|repo| repo.slug != *slug);
        Ok(other.map(|repo| format!("the repository is known as `{}`", repo.slug)))
    }

    async fn introduce(&self, registration: &Registration) -> Sent {
        let request = async {
            let slug = registration.slug.as_str();
            let mut body = json!({
                "domain_slug": self.domain().await?,
                "slug": slug,
                "name": slug,
                "git_fingerprint": registration.id.as_str(),
            });
            if let Some(remote) = &registration.remote {
                body["remote_url"] = without_user(remote).into();
            }
            if let Some((_, path)) = &registration.path {
                body["local_path"] = path.as_str().into();
            }
            self.api.new_repo(body).await.map(drop)
        };
        let sent = Line::default().send(request).await;
        if !sent.is_open() {
            return sent;
        }
        // What it did not take with the first request is told on its own.
        match self.repo(&registration.slug).await {
            Ok(Some(repo)) => self.add_news(registration, &repo).await.unwrap_or(sent),
            Ok(None) | Err(_) => sent,
        }
    }

    /// Tells what is new about a repository that is known; nothing if nothing is.
    async fn add_news(&self, registration: &Registration, repo: &Repo) -> Option<Sent> {
        let mut line = Line::default();
        let mut sent = None;
        let mut news = json!({});
        if repo.fingerprint.as_ref() != Some(&registration.id) {
            news["git_fingerprint"] = registration.id.as_str().into();
        }
        if let Some(remote) = &registration.remote
            && !has_remote(repo, remote)
        {
            news["remote_url"] = without_user(remote).into();
        }
        if news.as_object().is_some_and(|news| !news.is_empty()) {
            let told = line.send(self.api.change_repo(&repo.slug, news)).await;
            if !told.is_open() {
                return Some(told);
            }
            sent = Some(told);
        }
        if let Some((host, path)) = &registration.path
            && repo.paths.get(host) != Some(path)
        {
            sent = Some(line.send(self.api.set_path(&repo.slug, host, path)).await);
        }
        sent
    }

    /// Returns the domain new repositories belong to.
    async fn domain(&self) -> Result<String, StateHubError> {
        if let Some(domain) = &self.domain {
            return Ok(domain.clone());
        }
        let domains = self.api.domains().await?;
        if let [only] = &domains[..] {
            return Ok(only.slug.clone());
        }
        let slugs: Vec<_> = domains.iter().map(|domain| domain.slug.as_str()).collect();
        Err(StateHubError::settings(match slugs[..] {
            [] => "the State Hub has no domain yet; make one there".into(),
            _ => format!(
                "the State Hub has several domains ({}); name the one of new repositories",
                slugs.join(", ")
            ),
        }))
    }
}

/// Says whether a repository shows all that was told about it.
fn tells_all(repo: &Repo, registration: &Registration) -> bool {
    let path = registration.path.as_ref();
    let remote = registration.remote.as_deref();
    path.is_none_or(|(host, path)| repo.paths.get(host) == Some(path))
        && remote.is_none_or(|remote| has_remote(repo, remote))
}

fn has_remote(repo: &Repo, remote: &str) -> bool {
    repo.remote
        .as_deref()
        .is_some_and(|known| is_one(known, remote))
}

/// Compares remotes by what they lead to.
fn is_one(a: &str, b: &str) -> bool {
    without_user(a) == without_user(b)
}

fn made(repo: &Repo) -> Made {
    Made {
        id: HubId::new(repo.slug.as_str()),
        version: repo.version,
        reopens: 0,
    }
}
