//! `onward enqueue`: one event or body into the queue of who is logged in, through the gate.

use crate::args::Enqueue;
use crate::commands::boundary::{Boundary, Login, queue_error};
use crate::commands::sync_now::seconds;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::output::Output;
use crate::output::boundary::Refused;
use camino::Utf8Path;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::Read;
use store::queue::{Appended, NewBody, NewEvent, QueueWriter};
use sync_core::gate::Verdict;
use sync_core::queue::Overflow;

/// The name of the command.
const NAME: &str = "enqueue";

/// The largest event or body that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// What to do about a text that is no row.
const MEND: &str = "nothing was queued; mend it and ask again";

/// What is to be queued.
enum Row {
    Event(NewEvent),
    Body(NewBody),
}

/// Runs the command.
pub(crate) fn run(
    args: &Enqueue,
    environment: &Environment,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, CommandError> {
    let login = if args.require_auth {
        Login::Required
    } else {
        Login::AsSwitched
    };
    let foreground = args.foreground.foreground_cli.as_deref();
    let boundary = Boundary::gather(environment, foreground, login)?;
    if args.require_auth && boundary.identity.login.is_none() {
        return Ok(output.unauthenticated(&boundary.preflight));
    }
    let cleared = match boundary.preflight.evaluate() {
        Verdict::Cleared(cleared) => cleared,
        Verdict::Refused(refusal) => {
            return Ok(output.refused(&Refused {
                command: NAME,
                preflight: &boundary.preflight,
                refusal: &refusal,
                migration: None,
            }));
        }
    };
    let Some(login) = &boundary.identity.login else {
        // Sync is off. The queue that belongs to nobody is never written to.
        return Ok(output.unauthenticated(&boundary.preflight));
    };
    let row = read(args)?;
    let limit = boundary.identity.config.max_queue_size;
    let mut queue =
        QueueWriter::open(cleared, &boundary.home, &login.who.scope, limit).map_err(queue_error)?;
    let (name, appended) = match &row {
        Row::Event(event) => {
            let appended = queue.event(event, now.as_second(), Overflow::Refuse);
            (event.event_id(), appended)
        }
        Row::Body(body) => (body.artifact_path.as_str(), queue.body(body, seconds(now))),
    };
    let appended = appended.map_err(queue_error)?;
    if appended == Appended::Full {
        let message =
            format!("the queue is full: it holds {limit} rows, and {name} was not queued");
        return Err(CommandError::new(Kind::Failed, message)
            .hint("send it with `onward sync-now`, or raise max_queue_size in config.toml"));
    }
    output.enqueued(name, &appended, &boundary.preflight.active().path);
    Ok(Exit::Done)
}

fn read(args: &Enqueue) -> Result<Row, CommandError> {
    let odd = |what: String| CommandError::new(Kind::Failed, what).hint(MEND);
    if let Some(path) = &args.event {
        let text = content(path)?;
        let event = serde_json::from_str(&text).map_err(|error| {
            // The error may quote the text, and with it what is nobody's business.
            let (place, line) = (place(path), error.line());
            odd(format!("{place} is not JSON from line {line} on"))
        })?;
        let event = NewEvent::of(&event).map_err(|what| odd(format!("{}: {what}", place(path))))?;
        return Ok(Row::Event(event));
    }
    let path = args.body.as_deref().unwrap_or(Utf8Path::new("-"));
    let content_body = content(path)?;
    let given = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(Row::Body(NewBody {
        project_uuid: given(&args.project_uuid),
        mission_slug: given(&args.mission_slug),
        target_branch: given(&args.target_branch),
        mission_type: given(&args.mission_type),
        manifest_version: given(&args.manifest_version),
        artifact_path: given(&args.artifact_path),
        content_hash: sha256_hex(&content_body),
        hash_algorithm: "sha256".to_owned(),
        content_body,
    }))
}

/// Reads a text whole; `-` is standard input.
fn content(path: &Utf8Path) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        std::io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    let place = place(path);
    read.map_err(|error| {
        CommandError::caused(Kind::Failed, format!("cannot read {place}"), error)
            .hint("nothing was queued; name a file, or `-` for standard input")
    })?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("{place} is larger than {LARGEST} bytes");
        return Err(CommandError::new(Kind::Failed, message).hint(MEND));
    }
    String::from_utf8(bytes)
        .map_err(|_| CommandError::new(Kind::Failed, format!("{place} is not UTF-8")).hint(MEND))
}

/// Returns what people call the place of a text.
fn place(path: &Utf8Path) -> &str {
    if path == "-" {
        "standard input"
    } else {
        path.as_str()
    }
}

fn sha256_hex(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
