//! Which Planka, and as whom.

use crate::stage::{BOTH, Scripted, connect, credentials, json, limits, password, settings};
use planka_client::{Credentials, Error, ErrorKind, Planka, Settings};
use sync_core::adapter::Board;
use sync_core::board::Features;
use test_support::{FakePlanka, Fault, USER, Version, When};

fn lines(fake: &FakePlanka) -> Vec<String> {
    fake.journal()
        .requests()
        .iter()
        .map(test_support::Request::line)
        .collect()
}

async fn refused(fake: &FakePlanka, credentials: Credentials) -> Error {
    Planka::connect(settings(fake.url(), credentials))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn each_version_is_known_by_what_it_can_do() {
    let first = connect(&FakePlanka::start(Version::V1)).await.features();
    let nothing = Features {
        task_lists: false,
        shelves: false,
        name_limit: None,
        title_limit: None,
    };
    assert_eq!(first, nothing);
    let second = connect(&FakePlanka::start(Version::V2)).await.features();
    let all = Features {
        task_lists: true,
        shelves: true,
        name_limit: Some(1024),
        title_limit: Some(128),
    };
    assert_eq!(second, all);
}

#[tokio::test]
async fn a_run_with_nothing_to_do_costs_three_requests_on_one_connection() {
    for version in BOTH {
        let fake = FakePlanka::start(version);
        fake.people().add_board("Demo", "Changes");
        let planka = connect(&fake).await;
        let board = planka.directory().await.unwrap().boards.remove(0).id;
        planka.read(&board).await.unwrap();
        planka.logout().await.unwrap();
        let wanted = [
            "GET /api/bootstrap",
            "GET /api/projects",
            &format!("GET /api/boards/{board}"),
        ];
        assert_eq!(lines(&fake), wanted, "{version:?}");
        assert_eq!(fake.journal().counters().connections, 1, "{version:?}");
        assert!(
            fake.journal().requests()[0]
                .header("authorization")
                .is_none()
        );
        assert!(fake.journal().requests()[0].header("x-api-key").is_none());
    }
}

#[tokio::test]
async fn a_login_by_password_is_ended() {
    for version in BOTH {
        let fake = FakePlanka::start(version);
        let planka = Planka::connect(settings(fake.url(), password(USER)))
            .await
            .unwrap();
        planka.directory().await.unwrap();
        planka.logout().await.unwrap();
        let error = planka.directory().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotLoggedIn, "{error}");
        planka.logout().await.unwrap();
        assert!(lines(&fake).contains(&"DELETE /api/access-tokens/me".to_owned()));
    }
}

#[tokio::test]
async fn a_token_is_not_logged_out() {
    for version in BOTH {
        let fake = FakePlanka::start(version);
        let token = Credentials::Token(fake.token().into());
        let planka = Planka::connect(settings(fake.url(), token)).await.unwrap();
        planka.logout().await.unwrap();
        planka.directory().await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_login_is_told_as_such() {
    for version in BOTH {
        let fake = FakePlanka::start(version);
        for user in [USER, "nobody", "!!", ""] {
            let password = "wrong".into();
            let error = refused(
                &fake,
                Credentials::Password {
                    user: user.into(),
                    password,
                },
            )
            .await;
            assert_eq!(
                error.kind(),
                ErrorKind::NotLoggedIn,
                "{version:?} {user}: {error}"
            );
        }
        let planka =
            Planka::connect(settings(fake.url(), Credentials::Token("wrong".into()))).await;
        let error = planka.unwrap().directory().await.unwrap_err();
        assert!(matches!(error, Error::NotLoggedIn { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_one_is_refused_before_it_is_sent() {
    let fake = FakePlanka::start(Version::V2);
    for credentials in [
        Credentials::Key(String::new().into()),
        Credentials::Token(String::new().into()),
        Credentials::Password {
            user: USER.into(),
            password: String::new().into(),
        },
    ] {
        assert!(matches!(
            refused(&fake, credentials).await,
            Error::Settings { .. }
        ));
    }
    assert!(lines(&fake).is_empty());
    let error = refused(&fake, Credentials::Key("canary\n".into())).await;
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn the_first_version_has_no_keys() {
    let error = refused(
        &FakePlanka::start(Version::V1),
        Credentials::Key("k".into()),
    )
    .await;
    assert!(matches!(error, Error::NoApiKeys));
    assert!(error.hint().contains("token"));
}

#[tokio::test]
async fn terms_are_never_accepted_and_the_half_made_login_is_taken_back() {
    let fake = FakePlanka::start(Version::V2);
    fake.people().add_newcomer("new");
    let error = refused(&fake, password("new")).await;
    assert!(matches!(error, Error::TermsNotAccepted), "{error}");
    assert_eq!(error.kind(), ErrorKind::NotLoggedIn);
    assert!(error.hint().contains("browser") && error.hint().contains("API key"));
    let wanted = [
        "GET /api/bootstrap",
        "GET /api/config",
        "POST /api/access-tokens",
        "POST /api/access-tokens/revoke-pending-token",
    ];
    assert_eq!(lines(&fake), [wanted[0], wanted[2], wanted[3]]);
    assert_eq!(fake.journal().requests().last().unwrap().status, Some(200));
}

#[tokio::test]
async fn a_pending_login_that_cannot_be_taken_back_is_no_other_error() {
    let fake = FakePlanka::start(Version::V2);
    fake.people().add_newcomer("new");
    fake.script().fault(
        When::request("POST", "/api/access-tokens/revoke-pending-token"),
        Fault::CutBefore,
    );
    assert!(matches!(
        refused(&fake, password("new")).await,
        Error::TermsNotAccepted
    ));
}

#[tokio::test]
async fn single_sign_on_takes_no_passwords_but_keys_and_tokens() {
    for version in BOTH {
        let fake = FakePlanka::build(version).single_sign_on().start();
        let error = refused(&fake, password(USER)).await;
        assert!(matches!(error, Error::SingleSignOn), "{error}");
        assert!(!lines(&fake).contains(&"POST /api/access-tokens".to_owned()));
        connect(&fake).await.directory().await.unwrap();
    }
}

#[tokio::test]
async fn a_base_url_with_a_path_is_joined() {
    for version in BOTH {
        let fake = FakePlanka::build(version)
            .base_path("/tools/kanban")
            .start();
        let url = format!("{}/", fake.url());
        let planka = Planka::connect(settings(&url, credentials(&fake)))
            .await
            .unwrap();
        planka.directory().await.unwrap();
    }
}

#[tokio::test]
async fn a_page_is_no_planka() {
    let page = "<!doctype html>";
    let site = Scripted::start(move |_| json(200, page).replace("application/json", "text/html"));
    for credentials in [Credentials::Key("k".into()), password(USER)] {
        let error = Planka::connect(settings(&site.url, credentials))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::NotUnderstood { .. }), "{error}");
        assert!(
            error.to_string().contains("a web page instead of JSON"),
            "{error}"
        );
    }
    // With a token the probe looks like 1.x, and the first read tells.
    let planka = Planka::connect(settings(&site.url, Credentials::Token("t".into())))
        .await
        .unwrap();
    let error = planka.directory().await.unwrap_err();
    assert!(matches!(error, Error::NotUnderstood { .. }), "{error}");
}

#[tokio::test]
async fn a_second_version_that_looked_like_the_first_is_found_out() {
    let fake = FakePlanka::start(Version::V2);
    fake.script()
        .fault(When::request("GET", "/api/bootstrap"), Fault::Html);
    let token = Credentials::Token(fake.token().into());
    let planka = Planka::connect(settings(fake.url(), token)).await.unwrap();
    let error = planka.directory().await.unwrap_err();
    assert!(matches!(error, Error::NotUnderstood { .. }), "{error}");
    let error = refused(&fake, Credentials::Key(fake.api_key().into())).await;
    assert!(error.to_string().contains("wants a login"), "{error}");
}

#[tokio::test]
async fn versions_of_another_time_are_refused() {
    let release_candidate = Scripted::start(|request| {
        if request.starts_with("GET /api/config ") {
            return json(200, r#"{"item":{"oidc":null,"version":"2.0.0-rc.4"}}"#);
        }
        json(404, r#"{"code":"E_NOT_FOUND"}"#)
    });
    let third = Scripted::start(|_| json(200, r#"{"item":{"oidc":null,"version":"3.0.0"}}"#));
    for (server, version) in [(release_candidate, "2.0.0-rc.4"), (third, "3.0.0")] {
        let error = Planka::connect(settings(&server.url, Credentials::Token("t".into())))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("Planka {version} is not supported")
        );
    }
}

#[tokio::test]
async fn a_redirect_is_named_and_not_followed() {
    let moved = "HTTP/1.1 301 Moved\r\nlocation: https://me:pw@new.example/p/api/bootstrap?t=canary#x\r\n\
                 content-length: 0\r\nconnection: close\r\n\r\n";
    let server = Scripted::start(move |_| moved.to_owned());
    let error = Planka::connect(settings(&server.url, Credentials::Key("k".into())))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    let wanted = "was answered with a redirect to https://new.example/p/api/bootstrap";
    assert!(error.to_string().ends_with(wanted), "{error}");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let fake = FakePlanka::start(Version::V2);
    let settings = settings(fake.url(), credentials(&fake));
    fake.go_away();
    let error = Planka::connect(settings.clone()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    fake.come_back();
    Planka::connect(Settings {
        limits: limits(),
        ..settings
    })
    .await
    .unwrap();
}
