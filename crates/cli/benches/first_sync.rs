//! A first sync to a server that takes 20 ms for every answer, beside one request at a time.
//!
//! `cargo bench -p onward --bench first_sync [-- CHANGES]`: prints the time and the memory of the whole
//! process, and what as many writes take one after the other on one connection to the same server.

#![expect(
    clippy::unwrap_used,
    reason = "a bench cannot go on when the system refuses"
)]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::{FakePlanka, TestEnv, Version, When};

const LATENCY: Duration = Duration::from_millis(20);
const TASKS: usize = 20;
/// So many requests one after the other are timed, and their mean is taken.
const SAMPLE: u32 = 100;

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let given = std::env::args().find_map(|argument| argument.parse().ok());
    let changes: usize = given.unwrap_or(100);
    for version in [Version::V1, Version::V2] {
        let planka = FakePlanka::start(version);
        planka.script().latency(LATENCY);
        let env = environment(&planka, changes);
        let peak = Arc::new(AtomicU64::new(0));
        let pid = Arc::new(Mutex::new(None));
        let (seen, of) = (peak.clone(), pid.clone());
        planka.script().after(When::writes(), move |_| {
            if let Some(pid) = *of.lock().unwrap() {
                seen.fetch_max(memory(pid), Ordering::Relaxed);
            }
        });
        let start = Instant::now();
        let dir = env.work().join("shop");
        let child = env.spawn(&[
            "kanban-sync",
            "--project=P",
            "--board=B",
            "-C",
            dir.as_str(),
        ]);
        *pid.lock().unwrap() = Some(child.id());
        let ran = env.finish(child).expect(0);
        let took = start.elapsed();
        let counters = planka.journal().counters();
        let single = one_at_a_time(planka.url());
        let floor = single * u32::try_from(counters.requests).unwrap();
        println!(
            "{version:?}: {changes} changes x {TASKS} tasks, {} requests",
            counters.requests
        );
        println!(
            "  whole process           {took:>10.2?}, at most {} in flight",
            counters.max_in_flight
        );
        println!("  one request at a time   {floor:>10.2?} ({single:.2?} each)");
        println!(
            "  ratio                   {:>9.1}x",
            floor.as_secs_f64() / took.as_secs_f64()
        );
        println!(
            "  memory, largest         {:>7} MB",
            peak.load(Ordering::Relaxed) / 1024
        );
        println!("  {}", ran.stdout.lines().last().unwrap_or_default());
    }
}

fn environment(planka: &FakePlanka, changes: usize) -> TestEnv {
    let mut env = TestEnv::new(env!("CARGO_BIN_EXE_onward"));
    env.set("PLANKA_URL", planka.url())
        .set("PLANKA_TOKEN", planka.token());
    for n in 0..changes {
        let folder = format!("shop/openspec/changes/change-{n:05}");
        env.write(
            &format!("{folder}/proposal.md"),
            "## Why\n\nIt is needed.\n",
        );
        env.write(&format!("{folder}/design.md"), "# Design\n");
        env.write(
            &format!("{folder}/specs/a/spec.md"),
            "## ADDED Requirements\n",
        );
        let mut tasks = String::from("## 1. Do\n");
        for t in 1..=TASKS {
            let _ = writeln!(tasks, "- [ ] 1.{t} Take a step");
        }
        env.write(&format!("{folder}/tasks.md"), tasks);
    }
    env
}

/// The largest resident memory of a process so far in kB; 0 where the system does not say.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// The mean time of a small request on a kept connection.
fn one_at_a_time(url: &str) -> Duration {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let request =
        format!("PATCH /api/cards/1 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n");
    let mut buffer = [0; 4096];
    let start = Instant::now();
    for _ in 0..SAMPLE {
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        loop {
            let read = stream.read(&mut buffer).unwrap();
            answer.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse().ok())?
            });
            if read == 0 || length.is_none_or(|length: usize| body.len() >= length) {
                break;
            }
        }
    }
    start.elapsed() / SAMPLE
}
