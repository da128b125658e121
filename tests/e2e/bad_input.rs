//! What bad input gets: the place, the remedy, and nothing lost.

use crate::scene::{arguments, change, env, held_reasons, project, sync};
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;
use test_support::{Ran, TestEnv};

fn held(env: &TestEnv, dir: &camino::Utf8Path) -> Vec<String> {
    held_reasons(&env.run(&arguments(dir, &["--json"])).expect(0))
}

#[test]
fn no_openspec_is_no_empty_board() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    std::fs::rename(dir.join("openspec"), dir.join("elsewhere")).unwrap();
    let ran = sync(&env, &dir).expect(1);
    insta::assert_snapshot!(ran.stderr, @r"
    error: cannot list the changes: no openspec/ folder in <env>/work/shop
    hint: run in the root of the project, or name it with -C
    ");
    std::fs::create_dir(dir.join("openspec")).unwrap();
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains("openspec/changes is missing"),
        "{}",
        ran.stderr
    );
}

#[test]
fn many_cards_are_not_closed_on_the_word_of_an_empty_folder() {
    let env = env();
    for n in 0..8 {
        change(&env, "shop", &format!("add-{n}"), "- [ ] 1 Do\n");
    }
    let dir = env.work().join("shop");
    sync(&env, &dir).expect(0);
    std::fs::remove_dir_all(dir.join("openspec/changes")).unwrap();
    std::fs::create_dir(dir.join("openspec/changes")).unwrap();
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stdout
            .contains("8 of 8 open cards would be closed at once"),
        "{}",
        ran.stdout
    );
    let ran = env.run(&arguments(&dir, &["--allow-mass-close"])).expect(0);
    assert!(ran.stdout.contains("8 cards closed"), "{}", ran.stdout);
}

#[test]
fn a_change_that_cannot_be_computed_keeps_its_card() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let metadata = "shop/openspec/changes/fix-login/.openspec.yaml";
    let bomb = (0..30).fold(String::from("a0: &a0 [x]\n"), |text, n| {
        format!("{text}a{}: &a{} [*a{n},*a{n},*a{n},*a{n}]\n", n + 1, n + 1)
    });
    let deep = format!("schema: {}\n", "[".repeat(100_000));
    for yaml in [
        "schema: no-such-schema\n",
        "schema: [\n",
        "schema: a\nschema: b\n",
        &bomb,
        &deep,
    ] {
        env.write(metadata, yaml);
        assert_eq!(
            held(&env, &dir),
            ["fix-login: unreadable"],
            "{}",
            &yaml[..yaml.len().min(40)]
        );
    }
    let path = dir.join("openspec/changes/fix-login/.openspec.yaml");
    std::fs::remove_file(path).unwrap();
    assert_eq!(held(&env, &dir), [""; 0]);
}

#[test]
fn odd_task_files_are_read_or_named_and_hang_nobody() {
    let env = env();
    let dir = project(&env, "shop");
    let tasks = "shop/openspec/changes/fix-login/tasks.md";
    let path = env.work().join(tasks);
    env.write(
        tasks,
        "\u{feff}- [x] 1 With a mark\r\n- [ ] 2 With carriage returns\r\n",
    );
    sync(&env, &dir).expect(0);
    env.write(tasks, b"- [ ] caf\xe9 \xff\n");
    sync(&env, &dir).expect(0);
    env.write(
        tasks,
        format!(
            "- [x] 1 Mend it\n{}",
            "word word word\n".repeat(50_000_000 / 15)
        ),
    );
    sync(&env, &dir).expect(0);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    assert_eq!(held(&env, &dir), ["fix-login: unreadable"]);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("tasks.md", &path).unwrap();
    assert_eq!(held(&env, &dir), ["fix-login: unreadable"]);
    std::fs::remove_file(&path).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path.as_std_path(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert_eq!(held(&env, &dir), ["fix-login: unreadable"]);
}

#[test]
fn hostile_names_do_no_harm() {
    let env = env();
    let names = [
        "-rf",
        "..hidden..",
        "new\nline",
        "\u{202e}txt.exe",
        "bell\u{7}\u{1b}[31m",
        "$(touch x)",
        "a\"b'c`d",
        "🚧 émoji",
        &"x".repeat(255),
    ];
    for name in names {
        let folder = env.work().join("shop/openspec/changes").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        env.write(
            &format!("shop/openspec/changes/{name}/tasks.md"),
            "- [ ] 1 <b>Do</b>\u{1b}[2J\n",
        );
    }
    let odd = std::ffi::OsStr::from_bytes(b"not\xffutf8");
    std::fs::create_dir_all(
        env.work()
            .join("shop/openspec/changes")
            .as_std_path()
            .join(odd),
    )
    .unwrap();
    let dir = env.work().join("shop");
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, "odd");
    let ran = sync(&env, &dir).expect(0);
    assert!(ran.stdout.contains("8 cards created"), "{}", ran.stdout);
    let second = sync(&env, &dir).expect(0);
    for text in [
        &ran.stdout,
        &second.stdout,
        &env.run(&["board", "show"]).expect(0).stdout,
    ] {
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{text}"
        );
    }
    assert!(
        second.stdout.contains("nothing to write, 2 held"),
        "{}",
        second.stdout
    );
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    let env = env();
    let dir = project(&env, "shop");
    env.write("shop/onward.toml", "repositry = \"x\"\n");
    let ran = sync(&env, &dir).expect(64);
    assert!(
        ran.stderr.contains("onward.toml") && ran.stderr.contains("repositry"),
        "{}",
        ran.stderr
    );
    env.write("shop/onward.toml", "[lists]\nplaning = \"To Do\"\n");
    let ran = sync(&env, &dir).expect(64);
    assert!(
        ran.stderr.contains("`planing` is not a stage"),
        "{}",
        ran.stderr
    );
    env.write("shop/onward.toml", "[lists]\nplanning = \"To Do\"\n");
    let ran = sync(&env, &dir).expect(0);
    assert!(
        ran.stdout.contains("8 parts of the board made"),
        "{}",
        ran.stdout
    );
}

#[test]
fn bad_usage_is_64() {
    let env = env();
    let none: [&str; 0] = [];
    env.run(&none).expect(64);
    env.run(&["kanban-sync", "--project", "x"]).expect(64);
    env.run(&["kanban-sync", "--project", " ", "--board", "b"])
        .expect(64);
    env.run(&[
        "kanban-sync",
        "--project",
        "p",
        "--board",
        "b",
        "--list",
        "nowhere=X",
    ])
    .expect(64);
    env.run(&[
        "kanban-sync",
        "--project",
        "p",
        "--board",
        "b",
        "--detailed-exit-code",
    ])
    .expect(64);
    env.run(&["--version"]).expect(0);
}

#[test]
fn a_clone_without_git_is_no_plain_folder() {
    let mut env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    env.set("PATH", "/nowhere");
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains("git is not installed"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("PATH"), "{}", ran.stderr);
}

#[test]
fn a_slip_of_the_pen_in_accept_is_named() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let ran = env
        .run(&arguments(&dir, &["--accept", "add-exprot"]))
        .expect(64);
    assert!(
        ran.stderr
            .contains("there is no change or card of that name"),
        "{}",
        ran.stderr
    );
}

#[test]
fn tasks_that_are_no_utf8_are_read_with_a_warning() {
    let env = env();
    let dir = project(&env, "shop");
    env.write(
        "shop/openspec/changes/fix-login/tasks.md",
        b"- [ ] caf\xe9\n",
    );
    let ran = sync(&env, &dir).expect(0);
    assert!(
        ran.stdout.contains("tasks.md is not UTF-8 from byte 10 on"),
        "{}",
        ran.stdout
    );
}

/// Runs the binary with one variable set to bytes of any kind.
fn with(env: &TestEnv, name: &str, value: &[u8], arguments: &[String]) -> Ran {
    let mut command = env.command(arguments);
    command.env(name, std::ffi::OsStr::from_bytes(value));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    env.finish(command.spawn().unwrap())
}

#[test]
fn a_variable_that_cannot_be_understood_is_not_passed_over() {
    let env = env();
    let dir = project(&env, "shop");
    for name in ["PLANKA_URL", "PLANKA_PASSWORD", "ONWARD_STATE_DIR"] {
        let ran = with(&env, name, b"/canary\xff", &arguments(&dir, &[])).expect(64);
        let told = ran.transcript();
        assert!(
            told.contains(&format!("the value of {name} is not UTF-8")),
            "{told}"
        );
        assert!(!told.contains("canary"), "{told}");
    }
    for name in ["ONWARD_RUN_DIR", "ONWARD_STATE_DIR"] {
        let ran = with(&env, name, b"run", &arguments(&dir, &[])).expect(64);
        let told = format!("error: {name} is not an absolute path, but run\nhint: ");
        assert!(ran.stderr.starts_with(&told), "{}", ran.stderr);
    }
    assert!(
        env.state_dir().read_dir().unwrap().next().is_none(),
        "nothing was synced to another board"
    );
    // The system's own are none of our business.
    with(&env, "HOME", b"/\xff", &arguments(&dir, &[])).expect(0);
}

#[test]
fn a_pipe_in_the_place_of_the_configuration_hangs_nobody() {
    let env = env();
    let dir = project(&env, "shop");
    std::os::unix::fs::symlink("/dev/null", dir.join("onward.toml")).unwrap();
    let ran = sync(&env, &dir).expect(64);
    assert!(
        ran.stderr.contains("onward.toml is not a file"),
        "{}",
        ran.stderr
    );
}
