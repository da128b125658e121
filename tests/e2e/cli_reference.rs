//! `docs/cli-reference.md` is what the commands say of themselves.

use crate::scene::{env, top};
use std::fmt::Write;
use std::fs;
use test_support::TestEnv;

const HEAD: &str = "# Command line reference

What `onward … --help` prints, command by command. This file is generated: after a change, run
`UPDATE_EXPECT=1 cargo test -p onward --test e2e cli_reference`.
";

#[test]
fn the_reference_is_the_help_of_every_command() {
    let mut env = env();
    env.set("COLUMNS", "100");
    let mut reference = HEAD.to_owned();
    describe(&env, &mut Vec::new(), &mut reference);
    assert!(
        reference.contains("## onward openspec list"),
        "commands are found: {reference}"
    );
    let path = top().join("docs/cli-reference.md");
    if is_update() {
        update(&path, &reference);
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference,
        "docs/cli-reference.md is out of date; it tells how to mend it"
    );
}

/// Adds the help of a command, then that of the commands below it.
fn describe(env: &TestEnv, command: &mut Vec<String>, reference: &mut String) {
    let arguments: Vec<_> = command
        .iter()
        .map(String::as_str)
        .chain(["--help"])
        .collect();
    let help = env.run(&arguments).expect(0).stdout;
    let name: Vec<_> = ["onward"]
        .into_iter()
        .chain(command.iter().map(String::as_str))
        .collect();
    let lines: Vec<_> = help.lines().map(str::trim_end).collect();
    let name = name.join(" ");
    write!(
        reference,
        "\n## {name}\n\n```text\n{}\n```\n",
        lines.join("\n")
    )
    .unwrap();
    let below = lines
        .iter()
        .skip_while(|line| **line != "Commands:")
        .skip(1);
    for line in below.take_while(|line| !line.is_empty()) {
        // A name stands two blanks in; the lines that go on with its text stand further in.
        if let Some(name) = line
            .strip_prefix("  ")
            .filter(|line| !line.starts_with(' '))
        {
            command.push(name.split_whitespace().next().unwrap().to_owned());
            describe(env, command, reference);
            command.pop();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file in the work tree needs no care"
)]
fn update(path: &std::path::Path, reference: &str) {
    fs::write(path, reference).unwrap();
}
