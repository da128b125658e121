//! Which repositories a hub knows, and what about them.

use super::{HubSubject, SHOP, by, registration};
use sync_core::hub::{Hub, HubOutcome, HubWrite, Registration, Repository};
use sync_core::ids::{RepositoryId, Slug};

async fn tell<H: Hub, K>(subject: &HubSubject<H, K>, about: &Registration) -> HubOutcome {
    let outcome = subject.hub.register(about).await;
    outcome.expect("the hub takes registrations")
}

async fn known<H: Hub, K>(subject: &HubSubject<H, K>) -> Vec<Repository> {
    let known = subject.hub.repositories().await;
    known.expect("repositories can be read")
}

/// Repositories are listed in the order of their slugs.
pub async fn repositories_are_ordered_by_slug<H: Hub, K>(subject: &HubSubject<H, K>) {
    for slug in ["shop", "depot", "a-b", "till"] {
        subject.register(slug).await;
    }
    let slugs: Vec<_> = known(subject).await.into_iter().map(|r| r.slug).collect();
    assert_eq!(slugs, ["a-b", "depot", "shop", "till"].map(Slug::new));
}

/// A registration adds a remote and the path of a host, and takes nothing away.
pub async fn what_is_new_about_a_repository_is_added<H: Hub, K>(subject: &HubSubject<H, K>) {
    let path = |host: &str, path: &str| Some((host.to_owned(), path.to_owned()));
    let mut about = registration(SHOP);
    let bare = tell(subject, &about).await;
    let HubOutcome::Done(made) = bare else {
        panic!("{bare:?}");
    };
    assert_eq!(made.id.as_str(), SHOP, "named by its slug");
    about.remote = Some("https://git.example/shop".into());
    about.path = path("laptop", "/home/ada/shop");
    assert!(matches!(tell(subject, &about).await, HubOutcome::Done(_)));
    let again = tell(subject, &about).await;
    assert!(matches!(again, HubOutcome::AlreadySo(_)), "{again:?}");
    about.remote = None;
    about.path = path("tower", "/srv/shop");
    assert!(matches!(tell(subject, &about).await, HubOutcome::Done(_)));
    about.path = path("laptop", "/home/ada/moved");
    assert!(matches!(tell(subject, &about).await, HubOutcome::Done(_)));
    let again = tell(subject, &registration(SHOP)).await;
    assert!(matches!(again, HubOutcome::AlreadySo(_)), "{again:?}");

    let [shop] = &known(subject).await[..] else {
        panic!("one repository");
    };
    assert_eq!(shop.id, RepositoryId::new("root of shop"));
    assert_eq!(shop.remote.as_deref(), Some("https://git.example/shop"));
    let paths: Vec<_> = shop
        .paths
        .iter()
        .map(|(host, path)| (&**host, &**path))
        .collect();
    assert_eq!(
        paths,
        [("laptop", "/home/ada/moved"), ("tower", "/srv/shop")]
    );
    assert_eq!(shop.synced, None);
}

/// Neither a slug nor a repository is given away.
pub async fn a_slug_names_one_repository_for_good<H: Hub, K>(subject: &HubSubject<H, K>) {
    subject.register(SHOP).await;
    let mut other = registration(SHOP);
    other.id = RepositoryId::new("another root");
    other.remote = Some("https://git.example/other".into());
    let taken = tell(subject, &other).await;
    assert!(matches!(taken, HubOutcome::Refused { .. }), "{taken:?}");
    let mut renamed = registration(SHOP);
    renamed.slug = Slug::new("store");
    let kept = tell(subject, &renamed).await;
    assert!(matches!(kept, HubOutcome::Refused { .. }), "{kept:?}");
    let [shop] = &known(subject).await[..] else {
        panic!("one repository");
    };
    assert_eq!((shop.slug.as_str(), &shop.remote), (SHOP, &None));
}

/// A repository brought in step carries the hub's time.
pub async fn the_hub_remembers_when_a_repository_was_in_step<H: Hub, K>(
    subject: &HubSubject<H, K>,
) {
    subject.register(SHOP).await;
    subject.register("depot").await;
    let mark = |slug| HubWrite::MarkSynced {
        repository: Slug::new(slug),
    };
    let writes = [mark(SHOP), mark("nowhere"), mark(SHOP)];
    let outcomes = subject.hub.perform(&writes, &by("nobody@nowhere")).await;
    let outcomes = outcomes.expect("the hub takes writes");
    assert!(matches!(&outcomes[0], HubOutcome::Done(made) if made.id.as_str() == SHOP));
    assert_eq!(outcomes[1], HubOutcome::Missing);
    assert!(matches!(outcomes[2], HubOutcome::Done(_)));
    let known = known(subject).await;
    assert_eq!((known[0].synced, known[1].synced.is_some()), (None, true));
}
