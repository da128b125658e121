use super::*;
use crate::sandbox::Sandbox;

fn bases(status: TaskStatus) -> Bases {
    let (workplan, task) = (FileId::new("A"), FileId::new("T\t\"1"));
    Bases {
        workplans: BTreeMap::from([(
            workplan.clone(),
            Base {
                status: WorkplanStatus::Active,
                reopens: 0,
            },
        )]),
        titles: BTreeMap::from([(workplan.clone(), "Plan".into())]),
        tasks: BTreeMap::from([(TaskKey { workplan, task }, Base { status, reopens: 2 })]),
    }
}

fn load(repository: &Repository, hub: &str) -> Memory {
    let mut memory = Memory::load(repository.git_dir(), hub);
    memory
        .place(repository, repository.head().unwrap().as_ref())
        .unwrap();
    memory
}

fn save(repository: &Repository, bases: Bases) -> bool {
    let mut memory = load(repository, "hub");
    memory.remember(bases, &repository.head().unwrap().unwrap());
    let changed = memory.changed;
    memory.save().unwrap();
    changed
}

#[test]
fn what_is_remembered_is_there_again_for_this_hub_and_this_line() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("a", "1");
    let repository = checkout.open();
    assert!(save(&repository, bases(TaskStatus::Done)));
    assert_eq!(load(&repository, "hub").bases(), bases(TaskStatus::Done));
    assert_eq!(load(&repository, "another hub").bases(), Bases::default());
    // A later commit is on the line, and the same values are nothing new.
    checkout.commit("a", "2");
    assert!(!save(&repository, bases(TaskStatus::Done)));
    assert!(save(&repository, bases(TaskStatus::Cancelled)));
    // The commit before never saw what was remembered at the later one, but what was at its own.
    checkout.git(&["checkout", "--quiet", "--detach", "HEAD~"]);
    let held = load(&repository, "hub").bases();
    assert_eq!(held.workplans, bases(TaskStatus::Done).workplans);
    assert_eq!(held.tasks, BTreeMap::new());
    // Back on the line it holds again.
    checkout.git(&["checkout", "--quiet", "main"]);
    assert_eq!(
        load(&repository, "hub").bases(),
        bases(TaskStatus::Cancelled)
    );
}

#[test]
fn a_damaged_file_is_named_and_a_newer_one_left_alone() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("a", "1");
    let repository = checkout.open();
    save(&repository, bases(TaskStatus::Done));
    let folder = repository.git_dir().join("onward");
    let entry = folder.read_dir_utf8().unwrap().next().unwrap().unwrap();
    let whole = std::fs::read(entry.path()).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"", b"[]", b"{}"] {
        crate::sandbox::write(entry.path(), damaged);
        let memory = load(&repository, "hub");
        assert!(
            memory.notice().unwrap().contains("is damaged"),
            "{:?}",
            memory.notice()
        );
        assert_eq!(memory.bases(), Bases::default());
    }
    assert!(save(&repository, bases(TaskStatus::Done)));
    assert_eq!(load(&repository, "hub").notice(), None);
    for newer in [
        &b"[2,{\"other\":1}]"[..],
        b"[2,{\"commits\":[],\"workplans\":[],\"titles\":[],\"tasks\":[]}]",
    ] {
        crate::sandbox::write(entry.path(), newer);
        assert!(
            load(&repository, "hub")
                .notice()
                .unwrap()
                .contains("a later version")
        );
        save(&repository, bases(TaskStatus::Done));
        assert_eq!(std::fs::read(entry.path()).unwrap(), newer);
    }
}
