//! `onward sync-status` on real Spec Kitty homes.

use crate::scene;
use serde_json::Value;
use test_support::{Foreground, SpecKittyHome, TestEnv};

/// An environment with the recorded sample in its home, and the tool it is about on `PATH`.
pub(crate) fn sample() -> (TestEnv, SpecKittyHome, Foreground) {
    let mut env = scene::env();
    let home = SpecKittyHome::at(&env.home());
    let foreground = home.install("3.2.0rc12");
    home.lay_out_sample(&foreground);
    let path = std::env::var("PATH").unwrap();
    env.set("PATH", format!("{}:{path}", foreground.bin()));
    (env, home, foreground)
}

fn parsed(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "one object on one line: {text}");
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_sample_is_told_as_the_real_tool_tells_it() {
    let (env, home, foreground) = sample();
    let before = home.fingerprint();
    let ran = env.run(&["sync-status", "--check", "--json"]).expect(2);
    assert_eq!(home.fingerprint().changes_since(&before), [""; 0]);
    assert_eq!(ran.stderr, "");

    let mut told = parsed(&ran.stdout);
    let expected = home.expected("expected-status.json", &foreground);
    let mut expected: Value = serde_json::from_str(&env.normalise(&expected)).unwrap();
    // The real tool migrates while it reports; rows that have not moved are told here.
    expected["active_queue"]["event_count"] = 2.into();
    expected["active_queue"]["body_upload_count"] = 1.into();
    assert!(told["foreground"]["pid"].is_number());
    told["foreground"]["pid"] = "$PID".into();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&told[key], value, "{key}");
    }
    let keys: Vec<_> = told.as_object().unwrap().keys().take(11).collect();
    let theirs: Vec<_> = expected.as_object().unwrap().keys().collect();
    assert_eq!(keys, theirs, "their keys come first, in their order");
}
