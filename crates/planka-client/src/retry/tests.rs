use super::*;
use crate::secrets::Secrets;

const LIMITS: Limits = Limits {
    connect: Duration::ZERO,
    read: Duration::ZERO,
    total: Duration::ZERO,
    answer: 0,
    tries: 5,
    first_pause: Duration::from_millis(100),
    longest_pause: Duration::from_millis(350),
    budget: Duration::ZERO,
};

fn answered(status: u16) -> Answer {
    Answer {
        request: String::new(),
        status,
        content_type: String::new(),
        body: Vec::new(),
        location: None,
        retry_after: None,
        secrets: Secrets::default(),
    }
}

fn failures() -> [Result<Answer, Error>; 4] {
    let (url, request) = (String::new(), String::new());
    [
        Err(Error::Unreachable {
            url,
            source: "".into(),
        }),
        Err(Error::Broken {
            request: request.clone(),
            source: "".into(),
        }),
        Err(Error::TimedOut {
            request: request.clone(),
            source: "".into(),
        }),
        Err(Error::NotUnderstood {
            request,
            what: String::new(),
        }),
    ]
}

#[test]
fn what_may_have_been_made_is_not_made_again() {
    let worth = |resend| failures().map(|failure| is_worth_it(resend, &failure));
    assert_eq!(worth(Resend::Read), [true, true, false, false]);
    assert_eq!(worth(Resend::Repeatable), [true, true, false, false]);
    assert_eq!(worth(Resend::OnlyUnmade), [true, false, false, false]);
    let statuses = [
        200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 501, 502, 503, 504,
    ];
    let again = |resend| {
        statuses
            .into_iter()
            .filter(move |status| is_worth_it(resend, &Ok(answered(*status))))
    };
    assert_eq!(
        again(Resend::Read).collect::<Vec<_>>(),
        [429, 500, 502, 503, 504]
    );
    assert_eq!(
        again(Resend::Repeatable).collect::<Vec<_>>(),
        [429, 502, 503, 504]
    );
    assert_eq!(again(Resend::OnlyUnmade).collect::<Vec<_>>(), [429]);
}

#[test]
fn pauses_double_up_to_a_limit_and_end() {
    let pauses = [1, 2, 3, 4, 5, u32::MAX].map(|tries| LIMITS.pause(tries, None, 1.0));
    let millis = |n| Some(Duration::from_millis(n));
    assert_eq!(
        pauses,
        [
            millis(100),
            millis(200),
            millis(350),
            millis(350),
            None,
            None
        ]
    );
    assert_eq!(LIMITS.pause(3, None, 0.5), millis(175));
    assert_eq!(LIMITS.pause(3, None, 0.0), millis(0));
}

#[test]
fn the_server_says_how_long_unless_it_is_too_long() {
    let asked = Duration::from_millis(350);
    assert_eq!(LIMITS.pause(1, Some(asked), 0.0), Some(asked));
    assert_eq!(
        LIMITS.pause(1, Some(asked), 1.0),
        Some(Duration::from_millis(450))
    );
    assert_eq!(LIMITS.pause(1, Some(Duration::from_secs(1)), 0.0), None);
    assert_eq!(LIMITS.pause(5, Some(asked), 0.0), None);
}

#[test]
fn chance_differs_and_stays_within_bounds() {
    let drawn: Vec<f64> = (0..100).map(|_| random()).collect();
    assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
    assert!(drawn.iter().any(|x| *x < 0.5) && drawn.iter().any(|x| *x > 0.5));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = Some("Sun, 06 Nov 1994 08:49:37 GMT");
    let seconds = |n| Some(Duration::from_secs(n));
    assert_eq!(retry_after("120", None), seconds(120));
    assert_eq!(retry_after(" 0 ", now), seconds(0));
    assert_eq!(
        retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now),
        seconds(30)
    );
    assert_eq!(
        retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now),
        seconds(0)
    );
    for (value, date) in [
        ("Sun, 06 Nov 1994 08:50:07 GMT", None),
        ("soon", now),
        ("-1", now),
        ("", now),
    ] {
        assert_eq!(retry_after(value, date), None, "{value}");
    }
}
