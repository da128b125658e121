use super::*;

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    let mut secrets = Secrets::default();
    secrets.add(&"canary".into());
    Answer {
        request: "GET http://h/api/x".into(),
        status,
        content_type: content_type.into(),
        body: body.into(),
        location: Some("http://elsewhere/canary".into()),
        retry_after: None,
        secrets,
    }
}

fn json(status: u16, body: &str) -> Answer {
    answer(status, "application/json", body)
}

#[test]
fn only_json_is_read() {
    assert_eq!(json(200, "[1]").read::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(
        answer(200, "Application/JSON", "[1]")
            .read::<Vec<u8>>()
            .unwrap(),
        [1]
    );
    let page = answer(200, "text/html", "[]")
        .read::<Vec<u8>>()
        .unwrap_err();
    assert_eq!(
        page.to_string(),
        "the answer to GET http://h/api/x is not understood: a web page instead of JSON"
    );
    for (kind, body) in [
        ("", "[]"),
        ("text/plain", "[]"),
        ("application/json", ""),
        ("application/json", "[1"),
    ] {
        let error = answer(200, kind, body).read::<Vec<u8>>().unwrap_err();
        assert!(
            matches!(error, Error::NotUnderstood { .. }),
            "{kind} {body}"
        );
    }
}

#[test]
fn each_status_has_its_error() {
    let missing = r#"{"code":"E_NOT_FOUND","message":"Board not found"}"#;
    assert!(
        matches!(json(404, missing).to_error(), Error::Missing { reason, .. } if reason == "Board not found")
    );
    assert!(matches!(
        json(404, r#"{"code":"E_NOT_FOUND"}"#).to_error(),
        Error::Refused { .. }
    ));
    assert!(matches!(
        answer(404, "text/html", missing).to_error(),
        Error::Refused { .. }
    ));
    assert!(matches!(
        json(401, "{}").to_error(),
        Error::NotLoggedIn { .. }
    ));
    assert!(matches!(
        json(403, "{}").to_error(),
        Error::Refused { status: 403, .. }
    ));
    for status in [408, 429, 500, 503, 599] {
        assert!(matches!(
            json(status, "{}").to_error(),
            Error::Trouble { .. }
        ));
    }
    assert!(matches!(
        json(204, "").to_error(),
        Error::NotUnderstood { .. }
    ));
}

#[test]
fn a_redirect_names_where_without_secrets() {
    let error = json(302, "").to_error();
    assert_eq!(
        error.to_string(),
        "GET http://h/api/x was answered with a redirect to http://elsewhere/[secret]"
    );
}

#[test]
fn what_the_server_said_is_told_and_cleaned() {
    let body =
        r#"{"code":"E","problems":["\"name\" is\u001b[2J required","canary"],"message":"No."}"#;
    assert_eq!(
        json(400, body).said(),
        r#"No. "name" is [2J required [secret]"#
    );
    assert_eq!(json(409, r#"{"code":"E_CONFLICT"}"#).said(), "E_CONFLICT");
    assert_eq!(
        json(400, "").said(),
        "no reason given, as for more than 1 MiB"
    );
    assert_eq!(
        answer(502, "text/html", "<h1>canary</h1>").said(),
        "no reason given"
    );
}

#[test]
fn an_answer_of_the_wrong_type_does_not_tell_a_secret() {
    let error = json(200, r#"{"item":"canary"}"#)
        .read::<Vec<u8>>()
        .unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
    let error = json(200, r#""canary""#).read::<Vec<u8>>().unwrap_err();
    assert!(error.to_string().contains("[secret]"), "{error}");
}
