use super::*;
use alloc::string::ToString;
use alloc::vec;

mod bodies;
mod events;
mod server;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn trouble(status: u16) -> Trouble {
    match status {
        429 => Trouble::Throttled,
        0 => Trouble::Network {
            reason: "timed out".into(),
        },
        status => Trouble::Server { status },
    }
}

#[test]
fn waits_grow_and_are_bounded() {
    for (failed, retry_after, expected) in [
        (1, None, Some(1)),
        (2, None, Some(2)),
        (3, None, None),
        (1, Some(17), Some(17)),
        (2, Some(60), Some(60)),
        (1, Some(61), None),
        (1, Some(0), Some(0)),
    ] {
        let wait = pause(failed, retry_after.map(secs));
        assert_eq!(wait, expected.map(secs), "{failed} {retry_after:?}");
    }
}

#[test]
fn what_a_batchs_reply_means() {
    let denied = |text: &str| BatchReply::Denied {
        reason: text.into(),
    };
    let trouble = |trouble, seconds: Option<u64>| BatchReply::Trouble {
        trouble,
        retry_after: seconds.map(secs),
    };
    let named = vec![BadEvent {
        event_id: Some("A1".into()),
        error: "bad".into(),
    }];
    for (status, text, retry_after, expected) in [
        (400, "{}", None, BatchReply::BadRequest(named.clone())),
        (400, "Request Too Large", None, BatchReply::TooLarge),
        (401, "", None, BatchReply::LoggedOut),
        (403, "no", None, denied("no")),
        (413, "", None, BatchReply::TooLarge),
        (429, "", Some(9), trouble(Trouble::Throttled, Some(9))),
        (
            404,
            "",
            None,
            trouble(Trouble::Server { status: 404 }, None),
        ),
        (
            500,
            "too large",
            None,
            trouble(Trouble::Server { status: 500 }, None),
        ),
        (
            503,
            "",
            Some(1),
            trouble(Trouble::Server { status: 503 }, Some(1)),
        ),
    ] {
        let reply = BatchReply::of_status(status, text, named.clone(), retry_after.map(secs));
        assert_eq!(reply, expected, "{status} {text}");
    }
}

#[test]
fn what_a_bodys_reply_means() {
    let refused = |reason: &str, denied| BodyReply::Refused {
        reason: reason.into(),
        denied,
    };
    let not_yet = |reason: &str| BodyReply::NotYet {
        reason: reason.into(),
    };
    let trouble = |status| BodyReply::Trouble {
        trouble: trouble(status),
        retry_after: Some(secs(5)),
    };
    for (status, error, expected) in [
        (201, None, BodyReply::Taken { duplicate: false }),
        (200, None, BodyReply::Taken { duplicate: true }),
        (
            400,
            Some("unsupported"),
            refused("bad_request: unsupported", false),
        ),
        (401, None, BodyReply::LoggedOut),
        (403, None, refused("forbidden: text", true)),
        (
            404,
            Some("namespace_not_found"),
            refused("status_404: namespace_not_found", false),
        ),
        (
            404,
            Some("index_entry_not_found"),
            not_yet("not_found: index_entry_not_found"),
        ),
        (404, None, not_yet("not_found: text")),
        (410, None, refused("status_410: text", false)),
        (413, None, refused("status_413: text", false)),
        (429, None, trouble(429)),
        (500, None, trouble(500)),
        (599, None, trouble(599)),
    ] {
        let reply = BodyReply::of_status(status, error, "text", Some(secs(5)));
        assert_eq!(reply, expected, "{status} {error:?}");
    }
    let silent = BodyReply::of_status(400, None, "", None);
    assert_eq!(silent, refused("bad_request", false));
}

#[test]
fn reasons_are_told() {
    let key = || "mission_key".to_string();
    for (reason, sentence) in [
        (
            SetAside::ForbiddenKey { key: key() },
            "the server takes no event with a key mission_key",
        ),
        (
            SetAside::NotAnEvent {
                reason: "a list".into(),
            },
            "not an event: a list",
        ),
        (
            SetAside::AboveLimit { bytes: 9, limit: 8 },
            "9 bytes, and a batch may have 8",
        ),
        (SetAside::TooLarge, "too large for the server"),
        (
            SetAside::Refused {
                reason: "no".into(),
            },
            "refused by the server: no",
        ),
        (SetAside::GivenUp { tries: 21 }, "given up after 21 tries"),
    ] {
        assert_eq!(reason.sentence(), sentence);
    }
    let unclear = Trouble::Unclear {
        reason: "HTML".into(),
    };
    for (trouble, sentence) in [
        (trouble(429), "the server asks to be left alone (429)"),
        (trouble(502), "the server answers 502"),
        (trouble(0), "the server cannot be reached: timed out"),
        (unclear, "the server's answer cannot be read: HTML"),
    ] {
        assert_eq!(trouble.sentence(), sentence);
    }
}

#[test]
fn limits_are_what_is_advertised_within_bounds() {
    for (events, bytes, expected) in [
        (None, None, (1000, 235_929)),
        (Some(0), Some(0), (1000, 235_929)),
        (Some(50), Some(1000), (50, 900)),
        (Some(5000), Some(10_000_000), (1000, 524_288)),
        (Some(u64::MAX), Some(u64::MAX), (1000, 524_288)),
        (Some(1), Some(1), (1, 0)),
    ] {
        let limits = BatchLimits::advertised(events, bytes);
        assert_eq!(
            (limits.events, limits.bytes),
            expected,
            "{events:?} {bytes:?}"
        );
    }
}
