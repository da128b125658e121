//! A canary in every place of a secret, and a server that sings it.

use crate::stage::{Scripted, json, settings};
use planka_client::{BaseUrl, Credentials, Planka, Settings};
use std::fmt::Write as _;
use sync_core::adapter::Board;
use sync_core::board::Position;
use sync_core::ids::{BoardId, CardId, LabelId, ListId};
use sync_core::write::Write;
use test_support::{FakePlanka, Fault, Version, When};

const CANARY: &str = "canary-4711";

/// An error, as anybody might print it.
fn sung(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} {error:?} ");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, "{cause} {cause:?} ");
        source = cause.source();
    }
    text
}

fn each_kind() -> [Credentials; 3] {
    [
        Credentials::Key(CANARY.into()),
        Credentials::Token(CANARY.into()),
        Credentials::Password {
            user: "demo".into(),
            password: CANARY.into(),
        },
    ]
}

fn writes() -> [Write; 2] {
    let (name, position) = ("Done".into(), Position(1.0));
    [
        Write::CreateList {
            board: BoardId::new("1"),
            name,
            position,
        },
        Write::AttachLabel {
            card: CardId::new("1"),
            label: LabelId::new("2"),
        },
    ]
}

/// All that a client says while a server answers everything the same way.
async fn all_said(url: &str, credentials: Credentials) -> String {
    let settings = settings(url, credentials);
    let mut said = format!("{settings:?}");
    let planka = match Planka::connect(settings).await {
        Ok(planka) => planka,
        Err(error) => return said + &sung(&error) + &error.hint(),
    };
    let _ = write!(said, "{planka:?}");
    let snapshot = sync_core::board::Snapshot {
        archive: Some(ListId::new("3")),
        ..Default::default()
    };
    let errors = [
        planka.directory().await.map(drop),
        planka.read(&BoardId::new("1")).await.map(drop),
        planka.search_shelves(&snapshot, "x").await.map(drop),
        planka.logout().await,
    ];
    for error in errors.into_iter().filter_map(Result::err) {
        said += &sung(&error);
        said += &error.hint();
    }
    for write in writes() {
        let _ = write!(said, "{:?}", planka.perform(&write).await);
    }
    said
}

#[tokio::test]
async fn a_server_that_echoes_the_request_betrays_nothing() {
    for status in [200, 400, 401, 403, 404, 409, 422, 500] {
        for credentials in each_kind() {
            let server = Scripted::start(move |request| {
                if request.starts_with("GET /api/bootstrap ") {
                    return json(200, r#"{"item":{"oidc":null,"version":"2.1.1"}}"#);
                }
                let login = request.starts_with("POST /api/access-tokens ");
                if login && status == 200 {
                    return json(200, &format!(r#"{{"item":"{CANARY}"}}"#));
                }
                let echo = serde_json::json!({
                    "code": request,
                    "message": request,
                    "problems": [request],
                    "item": request,
                    "items": request,
                });
                json(status, &echo.to_string())
            });
            let said = all_said(&server.url, credentials).await;
            assert!(!said.contains(CANARY), "{status}: {said}");
        }
    }
}

#[tokio::test]
async fn a_redirect_betrays_nothing() {
    for credentials in each_kind() {
        let server = Scripted::start(|request| {
            if request.starts_with("GET /api/bootstrap ") {
                return json(200, r#"{"item":{"oidc":null,"version":"2.1.1"}}"#);
            }
            format!(
                "HTTP/1.1 302 Found\r\nlocation: http://me:{CANARY}@h/{CANARY}?k={CANARY}#{CANARY}\r\n\
                 content-type: {CANARY}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        });
        let said = all_said(&server.url, credentials).await;
        assert!(said.contains("redirect"), "{said}");
        assert!(!said.contains(CANARY), "{said}");
    }
}

#[tokio::test]
async fn no_fault_betrays_a_secret() {
    let fake = FakePlanka::start(Version::V2);
    let (key, token) = (fake.api_key(), fake.token());
    for fault in [
        Fault::CutBefore,
        Fault::CutHalfway,
        Fault::Garbage,
        Fault::Html,
        Fault::status(500),
    ] {
        for (secret, credentials) in [
            (&key, Credentials::Key(key.clone().into())),
            (&token, Credentials::Token(token.clone().into())),
        ] {
            fake.script().clear();
            fake.script().fault(When::any().since(2), fault.clone());
            let said = all_said(fake.url(), credentials).await;
            assert!(!said.contains(secret.as_str()), "{said}");
        }
    }
    fake.go_away();
    let said = all_said(fake.url(), Credentials::Key(key.clone().into())).await;
    assert!(
        said.contains("cannot connect") && !said.contains(&key),
        "{said}"
    );
}

#[test]
fn settings_do_not_show_their_secret() {
    for credentials in each_kind() {
        let url = BaseUrl::parse("http://h").unwrap();
        let text = format!("{:?}", Settings::new(url, credentials));
        assert!(!text.contains(CANARY), "{text}");
    }
}
