use super::super::test_files::{folder, put};
use super::*;
use std::os::unix::fs::symlink;

fn own() -> Program {
    Program {
        package_version: "0.1.0".into(),
        executable_path: "/bin/onward".into(),
        source_path: "/bin".into(),
        pid: 77,
    }
}

/// A virtual environment with the package in it, and its launcher.
fn environment(root: &Utf8Path, first_lines: &str) -> Utf8PathBuf {
    let python = root.join("system/bin/python3.11");
    put(&python, b"");
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let bin = root.join("venv/bin");
    put(
        &bin.join("spec-kitty"),
        format!("{first_lines}\nimport sys\n").as_bytes(),
    );
    fs::set_permissions(bin.join("spec-kitty"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink(root.join("system/bin/python3.11"), bin.join("python")).unwrap();
    put(&root.join("venv/pyvenv.cfg"), b"home = x\n");
    let site = root.join("venv/lib/python3.11/site-packages");
    put(
        &site.join("spec_kitty_cli-3.2.0rc12.dist-info/METADATA"),
        b"Metadata-Version: 2.4\nName: spec-kitty-cli\nVersion: 3.2.0rc12\n\nVersion: text\n",
    );
    put(&site.join(PACKAGE), b"");
    bin
}

#[test]
fn without_a_command_this_program_stands_for_it() {
    let (_guard, root) = folder();
    for path in [None, Some(""), Some(root.as_str())] {
        let found = Foreground::find(None, path, own()).unwrap();
        assert_eq!((found.program, found.origin), (own(), Origin::Own));
    }
}

#[test]
fn a_wheel_is_read_from_its_files() {
    let (_guard, root) = folder();
    let python = root.join("venv/bin/python");
    let bin = environment(&root, &format!("#!{python}"));
    let path = format!("/nowhere::{bin}");
    let found = Foreground::find(None, Some(&path), own()).unwrap();
    assert_eq!(found.origin, Origin::OnPath(bin.join("spec-kitty")));
    let expected = Program {
        package_version: "3.2.0rc12".into(),
        executable_path: root.join("system/bin/python3.11").into_string(),
        source_path: root.join("venv/lib/python3.11").into_string(),
        pid: 77,
    };
    assert_eq!(found.program, expected);

    for start in [
        "#!/usr/bin/env python".to_owned(),
        "#!/usr/bin/env -S A=1 python -I".to_owned(),
        format!("#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\""),
    ] {
        put(&bin.join("spec-kitty"), format!("{start}\n").as_bytes());
        let named = bin.join("spec-kitty");
        let found = Foreground::find(Some(&named), Some(&path), own()).unwrap();
        assert_eq!(found.program, expected, "{start}");
        assert_eq!(found.origin, Origin::Named(named));
    }
}

#[test]
fn an_editable_install_has_its_source_in_the_checkout() {
    let (_guard, root) = folder();
    let bin = environment(&root, &format!("#!{}", root.join("venv/bin/python")));
    let site = root.join("venv/lib/python3.11/site-packages");
    fs::remove_file(site.join(PACKAGE)).unwrap();
    put(&root.join("checkout/src").join(PACKAGE), b"");
    put(
        &site.join("_spec_kitty_cli.pth"),
        root.join("checkout/src").as_str().as_bytes(),
    );
    let found = Foreground::find(None, Some(bin.as_str()), own()).unwrap();
    assert_eq!(found.program.source_path, root.join("checkout"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let (_guard, root) = folder();
    let bin = environment(&root, "#!/nowhere/python");
    let wrong = |content: &[u8]| {
        put(&bin.join("spec-kitty"), content);
        Foreground::find(None, Some(bin.as_str()), own()).unwrap_err()
    };
    for (content, what) in [
        (&b"\x7fELF"[..], "it is no script"),
        (b"#!", "names no interpreter"),
        (b"#!/usr/bin/env", "names no interpreter"),
        (b"#!/usr/bin/env pypy", "pypy is not on PATH"),
        (b"#!/bin/sh\nexec x", "it is a shell script"),
        (b"#!/nowhere/python", "/nowhere/python: "),
    ] {
        let text = wrong(content);
        assert!(text.contains(what) && text.contains(bin.as_str()), "{text}");
    }
    let site = root.join("venv/lib/python3.11/site-packages");
    let launcher = format!("#!{}", root.join("venv/bin/python"));
    fs::remove_file(site.join(PACKAGE)).unwrap();
    assert!(wrong(launcher.as_bytes()).contains("holds no specify_cli"));
    fs::remove_dir_all(site.join("spec_kitty_cli-3.2.0rc12.dist-info")).unwrap();
    assert!(wrong(launcher.as_bytes()).contains("no package `spec-kitty-cli`"));
    let missing = Foreground::find(Some(Utf8Path::new("/nowhere")), None, own());
    assert!(missing.unwrap_err().contains("/nowhere"));
}
