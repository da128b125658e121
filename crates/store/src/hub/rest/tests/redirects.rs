//! The slash rule, and where a redirect may lead.

use super::*;

#[test]
fn routes_have_their_slash_where_the_hub_wants_it() {
    let (stage, plan) = Stage::scene(Age::June);
    let task = stage.done(&new_task(&plan, "T1", TaskStatus::Done)).id;
    stage.set(&task, TaskStatus::Todo, true);
    stage.one(&HubWrite::MarkSynced {
        repository: Slug::new("shop"),
    });
    let requests = stage.fake.journal().requests();
    assert!(requests.iter().all(|request| request.status != Some(307)));
}

#[test]
fn a_redirect_is_followed_with_method_and_body() {
    let (stage, plan) = Stage::scene(Age::March);
    let task = stage.done(&new_task(&plan, "T1", TaskStatus::Done)).id;
    assert_eq!(stage.fake.row("tasks", task.as_str())["status"], "done");
    let patches = stage.fake.journal().writes();
    let patches: Vec<_> = patches
        .iter()
        .filter(|request| request.method == "PATCH" && request.path.starts_with("/tasks/"))
        .collect();
    let [first, second] = patches[..] else {
        panic!("{patches:?}");
    };
    assert_eq!((first.status, second.status), (Some(307), Some(200)));
    assert_eq!(second.path, format!("{}/", first.path));
    assert_eq!(first.body, second.body);
}

#[test]
fn a_redirect_elsewhere_is_not_followed() {
    let other = FakeHub::start(Age::June);
    other.require_token("canary");
    for status in [301, 302, 303, 307, 308] {
        let stage = Stage::with(Age::June, |settings| settings.token = Some("canary".into()));
        let place = format!("{}/repos/", other.url().replace("//", "//me:parrot@"));
        stage.fake.lead_away(status, &format!("{place}?key=parrot"));
        let error = block_on(stage.hub.repositories()).unwrap_err();
        assert!(matches!(&error, StateHubError::Redirected { to, .. } if to.ends_with("/repos/")));
        let outcome = stage.try_perform(&[new_plan("WP-1", WorkplanStatus::Active)]);
        for text in [format!("{error} {error:?}"), format!("{outcome:?}")] {
            assert!(
                !text.contains("canary") && !text.contains("parrot"),
                "{text}"
            );
        }
    }
    assert!(other.journal().requests().is_empty());
}

#[test]
fn a_redirect_in_circles_ends() {
    let stage = Stage::new(Age::June);
    stage
        .fake
        .lead_away(307, &format!("{}/repos/", stage.fake.url()));
    let error = block_on(stage.hub.repositories()).unwrap_err();
    assert!(matches!(error, StateHubError::Redirected { .. }), "{error}");
    assert_eq!(stage.fake.journal().requests().len(), 4);
}

#[test]
fn a_redirect_of_the_same_server_that_loses_the_body_is_not_followed() {
    let stage = Stage::new(Age::June);
    stage.fake.lead_away(302, "/login");
    let error = block_on(stage.hub.repositories()).unwrap_err();
    assert!(error.to_string().ends_with("/login"), "{error}");
    assert_eq!(stage.fake.journal().requests().len(), 1);
}
