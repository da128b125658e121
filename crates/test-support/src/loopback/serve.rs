//! From the socket to the service and back, with the script's faults on the way.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;
use tokio::sync::Notify;

use super::Shared;
use super::connection::{Connection, CountingListener};
use super::encoding;
use super::journal::Request;
use super::reply::{HTML, JSON, Reply};
use super::script::Release;
use crate::faults::Fault;

/// More than any client under test sends; the service sets its own, lower limit.
const READ_LIMIT: usize = 64 << 20;

#[derive(Clone)]
struct Context {
    shared: Arc<Shared>,
    stop: Arc<Notify>,
}

/// Serves on the calling thread. All connections close when it returns, since their tasks end
/// with the runtime.
pub(super) fn until_stopped(listener: TcpListener, shared: Arc<Shared>, stop: &Arc<Notify>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread");
    runtime.block_on(async {
        listener
            .set_nonblocking(true)
            .expect("a loopback socket may be non-blocking");
        let listener = CountingListener {
            listener: tokio::net::TcpListener::from_std(listener).expect("a listening socket"),
            shared: Arc::clone(&shared),
        };
        let context = Context {
            shared,
            stop: Arc::clone(stop),
        };
        let service = Router::new()
            .fallback(handle)
            .with_state(context)
            .into_make_service_with_connect_info::<Connection>();
        tokio::select! {
            _ = axum::serve(listener, service) => {}
            () = stop.notified() => {}
        }
    });
}

async fn handle(
    State(context): State<Context>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: axum::extract::Request,
) -> Response {
    let Context { shared, stop } = context;
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, READ_LIMIT).await else {
        return respond(Reply::empty(400));
    };
    let Some(path) = below(&shared.base_path, parts.uri.path()) else {
        return respond(Reply::text(404, "nothing is served here"));
    };
    let orders = shared.script.orders(parts.method.as_str(), path);
    let mut request = describe(&parts, path, &body, connection.number, orders.fault.clone());
    let _in_flight = shared.journal.arrived(&mut request);

    if !orders.latency.is_zero() {
        tokio::time::sleep(orders.latency).await;
    }
    for hook in &orders.before {
        hook(&request);
    }
    let reply = if orders.fault.as_ref().is_none_or(Fault::carries_out) {
        let reply = shared.service.answer(&request);
        for hook in &orders.after {
            hook(&request);
        }
        reply
    } else {
        Reply::empty(200)
    };
    let sent = match &orders.fault {
        Some(Fault::CutBefore | Fault::LoseReply | Fault::GoAway) => None,
        Some(Fault::Refuse { status, .. }) => Some(*status),
        _ => Some(reply.status),
    };
    if let Some(status) = sent {
        shared.journal.answered(request.number, status);
    }
    match orders.fault {
        None => respond(reply),
        Some(fault) => spoil(fault, reply, &connection, &stop, orders.release).await,
    }
}

/// The part of a path after the base path.
fn below<'a>(base_path: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(base_path)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn describe(
    parts: &Parts,
    path: &str,
    body: &Bytes,
    connection: usize,
    fault: Option<Fault>,
) -> Request {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = parts.headers.iter();
    let encoding = parts.headers.get("content-encoding");
    let decoded = encoding::decode(encoding.and_then(|value| value.to_str().ok()), body).ok();
    Request {
        number: 0,
        connection,
        method: parts.method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: text(decoded.as_deref().unwrap_or_default()),
        length: decoded.as_ref().map(Vec::len),
        sent_length: body.len(),
        status: None,
        fault,
    }
}

async fn spoil(
    fault: Fault,
    reply: Reply,
    connection: &Connection,
    stop: &Notify,
    release: Release,
) -> Response {
    match fault {
        Fault::Refuse {
            status,
            body,
            retry_after,
        } => {
            let refusal = match body {
                Value::Null => Reply::empty(status),
                Value::String(text) => Reply::text(status, &text),
                json => Reply::json(status, &json),
            };
            respond(match retry_after {
                Some(value) => refusal.with_header("retry-after", value),
                None => refusal,
            })
        }
        Fault::Delay(duration) => {
            tokio::time::sleep(duration).await;
            respond(reply)
        }
        Fault::Hang => {
            release.released().await;
            respond(reply)
        }
        Fault::Dribble { every } => dribble(reply, every),
        Fault::CutBefore | Fault::LoseReply => {
            connection.cut();
            respond(Reply::empty(200))
        }
        Fault::GoAway => {
            connection.cut();
            stop.notify_one();
            respond(Reply::empty(200))
        }
        Fault::CutHalfway => halve(reply),
        Fault::Garbage => respond(Reply::typed(
            200,
            JSON,
            b"{\"item\": \xff\x00 nonsense".into(),
        )),
        Fault::Html => respond(Reply::typed(
            200,
            HTML,
            b"<!doctype html><title>Sign in</title>".into(),
        )),
        Fault::Truncated => {
            let mut reply = reply;
            reply.body.truncate(reply.body.len() / 2);
            respond(reply)
        }
        Fault::Huge { bytes } => huge(bytes),
    }
}

fn respond(reply: Reply) -> Response {
    let Reply {
        status,
        headers,
        body,
    } = reply;
    respond_with(status, headers, Body::from(body))
}

fn respond_with(status: u16, headers: Vec<(&'static str, String)>, body: Body) -> Response {
    let mut response = Response::builder()
        .status(status)
        .header("keep-alive", "timeout=5");
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response
        .body(body)
        .expect("headers of fake answers are valid")
}

type Piece = Result<Bytes, std::io::Error>;

/// Streams pieces as if they were one body of the given length.
fn stream_of(
    reply: Reply,
    length: usize,
    pieces: impl stream::Stream<Item = Piece> + Send + 'static,
) -> Response {
    let reply = reply.with_header("content-length", length.to_string());
    respond_with(reply.status, reply.headers, Body::from_stream(pieces))
}

fn dribble(mut reply: Reply, every: Duration) -> Response {
    let body = std::mem::take(&mut reply.body);
    let length = body.len();
    let pieces = stream::iter(body).then(move |byte| async move {
        tokio::time::sleep(every).await;
        Piece::Ok(Bytes::from(vec![byte]))
    });
    stream_of(reply, length, pieces)
}

fn halve(mut reply: Reply) -> Response {
    let body = std::mem::take(&mut reply.body);
    let length = body.len();
    let half = Bytes::from(body).slice(..length / 2);
    let failure = stream::once(async {
        // The first half is written out while this waits; an error at once would take it along.
        tokio::task::yield_now().await;
        Piece::Err(std::io::ErrorKind::ConnectionReset.into())
    });
    stream_of(
        reply,
        length,
        stream::iter([Piece::Ok(half)]).chain(failure),
    )
}

/// One JSON string of blanks, made as it is sent so that the test process stays small.
fn huge(bytes: usize) -> Response {
    const PIECE: usize = 64 << 10;
    let blanks = Bytes::from(vec![b' '; PIECE]);
    let frame = (&b"{\"item\":\""[..], &b"\"}"[..]);
    let filling = bytes.saturating_sub(frame.0.len() + frame.1.len());
    let pieces = (0..filling.div_ceil(PIECE))
        .map(move |piece| blanks.slice(..PIECE.min(filling - piece * PIECE)));
    let all = std::iter::once(Bytes::from_static(frame.0))
        .chain(pieces)
        .chain([Bytes::from_static(frame.1)]);
    let length = filling + frame.0.len() + frame.1.len();
    let reply = Reply::typed(200, JSON, Vec::new());
    stream_of(reply, length, stream::iter(all.map(Piece::Ok)))
}
