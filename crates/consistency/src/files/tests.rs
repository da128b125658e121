use std::os::unix::fs::symlink;

use super::*;
use crate::sandbox::Sandbox;

const PLAN: &str = "---\nid: A\n---\n";

/// The workplans with whether they are put away, and the faults with their reasons.
type Read = (Vec<(String, bool)>, Vec<(String, String)>);

fn read(root: &Utf8Path) -> Read {
    let files = Files::read(root, Listing::of(root).unwrap());
    let plans = files
        .workplans
        .into_iter()
        .map(|plan| (plan.path, plan.archived));
    let faults = files
        .unreadable
        .into_iter()
        .map(|fault| (fault.path, fault.reason));
    (plans.collect(), faults.collect())
}

#[test]
fn workplans_and_archived_ones_are_read_and_nothing_else() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    assert!(!Listing::of(&checkout.root).unwrap().there);
    for path in [
        "b.md",
        "a.md",
        "README.md",
        "readme.md",
        ".a.md",
        "a.txt",
        "archived/c.md",
        "other/d.md",
        "archived/README.md",
    ] {
        checkout.write(&format!("workplans/{path}"), PLAN.as_bytes());
    }
    checkout.write("workplans/notes.md", b"# Notes\n");
    let expected = [
        ("workplans/a.md", false),
        ("workplans/archived/c.md", true),
        ("workplans/b.md", false),
    ];
    let (plans, faults) = read(&checkout.root);
    assert_eq!(
        plans,
        expected.map(|(path, archived)| (path.to_owned(), archived))
    );
    assert_eq!(faults, []);
}

#[test]
fn what_cannot_be_read_is_named_and_hides_nothing() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let root = &checkout.root;
    checkout.write("workplans/a.md", PLAN.as_bytes());
    checkout.write("docs/real.md", PLAN.as_bytes());
    checkout.write(
        "workplans/big.md",
        &vec![b'x'; usize::try_from(LARGEST).unwrap() + 1],
    );
    crate::sandbox::write(&sandbox.path("outside.md"), PLAN.as_bytes());
    for (target, name) in [
        ("../../outside.md", "out.md"),
        ("nothing", "dangling.md"),
        ("a.md", "same.md"),
        ("../docs/real.md", "real.md"),
        ("../.git/config", "git.md"),
        ("loop.md", "loop.md"),
    ] {
        symlink(target, root.join("workplans").join(name)).unwrap();
    }
    let fifo = root.join("workplans/pipe.md");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        fifo.as_std_path(),
        rustix::fs::FileType::Fifo,
        Mode::RUSR,
        0,
    )
    .unwrap();
    let (plans, mut faults) = read(root);
    assert_eq!(
        plans,
        [
            ("docs/real.md".to_owned(), false),
            ("workplans/a.md".to_owned(), false)
        ]
    );
    faults.sort();
    let faults: Vec<_> = faults
        .iter()
        .map(|(path, reason)| (path.strip_prefix("workplans/").unwrap(), reason.as_str()))
        .collect();
    let outside = "it is a link that leads out of the repository";
    assert_eq!(faults[0], ("big.md", "it is larger than 8388608 bytes"));
    assert_eq!(faults[1], ("dangling.md", "it is a link to nothing"));
    assert_eq!(faults[2], ("git.md", outside));
    assert_eq!(faults[3].0, "loop.md");
    assert_eq!(faults[4], ("out.md", outside));
    assert_eq!(faults[5], ("pipe.md", "it is no regular file"));
    assert_eq!(faults.len(), 6);
}

#[test]
fn a_folder_that_leads_out_of_the_repository_is_refused() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    sandbox.init("elsewhere").write("a.md", PLAN.as_bytes());
    symlink("../elsewhere", checkout.root.join("workplans")).unwrap();
    let (plans, faults) = read(&checkout.root);
    assert_eq!(plans, []);
    assert_eq!(faults.len(), 1);
}

#[test]
fn workplans_of_a_submodule_are_its_own_repositorys() {
    let sandbox = Sandbox::new();
    let plans = sandbox.init("plans");
    plans.commit("a.md", PLAN);
    let checkout = sandbox.init("r");
    checkout.write("mine.md", PLAN.as_bytes());
    let add = ["submodule", "--quiet", "add", plans.root.as_str(), "plans"];
    checkout.git(&add);
    let reason = "it is in a submodule, a repository of its own";
    symlink("plans", checkout.root.join("workplans")).unwrap();
    let refused = |path: &str| (vec![], vec![(path.to_owned(), reason.to_owned())]);
    assert_eq!(read(&checkout.root), refused("workplans"));
    std::fs::remove_file(checkout.root.join("workplans")).unwrap();
    std::fs::create_dir(checkout.root.join("workplans")).unwrap();
    symlink("../plans/a.md", checkout.root.join("workplans/a.md")).unwrap();
    assert_eq!(read(&checkout.root), refused("workplans/a.md"));
    symlink("../mine.md", checkout.root.join("workplans/mine.md")).unwrap();
    assert_eq!(read(&checkout.root).0, [("mine.md".to_owned(), false)]);
}
