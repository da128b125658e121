//! Servers and clients for the other tests.

use planka_client::{BaseUrl, Credentials, Error, Limits, Planka, Settings};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;
use sync_core::adapter::Board;
use sync_core::board::{Position, Snapshot};
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use sync_core::write::{self, SeenCard, SeenTask};
use test_support::{FakePlanka, Version};

pub(crate) const BOTH: [Version; 2] = [Version::V1, Version::V2];

/// Limits under which a test need not wait for anything.
pub(crate) fn limits() -> Limits {
    Limits {
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(50),
        ..Limits::default()
    }
}

/// Limits that strike soon.
pub(crate) fn short() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(200),
        total: Duration::from_millis(300),
        ..limits()
    }
}

/// Settings for a server of this process.
pub(crate) fn settings(url: &str, credentials: Credentials) -> Settings {
    Settings {
        limits: limits(),
        system_proxy: false,
        ..Settings::new(BaseUrl::parse(url).unwrap(), credentials)
    }
}

/// What a user of the fake would use: a key where there are keys.
pub(crate) fn credentials(fake: &FakePlanka) -> Credentials {
    match fake.version() {
        Version::V1 => Credentials::Token(fake.token().into()),
        Version::V2 => Credentials::Key(fake.api_key().into()),
    }
}

pub(crate) fn password(user: &str) -> Credentials {
    Credentials::Password {
        user: user.into(),
        password: test_support::PASSWORD.into(),
    }
}

pub(crate) async fn connect(fake: &FakePlanka) -> Planka {
    try_connect(fake, limits()).await.unwrap()
}

pub(crate) async fn try_connect(fake: &FakePlanka, limits: Limits) -> Result<Planka, Error> {
    let settings = settings(fake.url(), credentials(fake));
    Planka::connect(Settings { limits, ..settings }).await
}

/// A board with a bit of everything.
pub(crate) struct Scene {
    pub(crate) fake: FakePlanka,
    pub(crate) planka: Planka,
    pub(crate) project: ProjectId,
    pub(crate) board: BoardId,
    pub(crate) list: ListId,
    pub(crate) other: ListId,
    pub(crate) label: LabelId,
    pub(crate) card: CardId,
    pub(crate) task_list: TaskListId,
    pub(crate) task: TaskId,
}

impl Scene {
    pub(crate) async fn new(version: Version) -> Self {
        Self::within(version, limits()).await
    }

    pub(crate) async fn within(version: Version, limits: Limits) -> Self {
        let fake = FakePlanka::start(version);
        let people = fake.people();
        let board = people.add_board("Demo", "Changes");
        let list = people.add_list(board, "To Do");
        let other = people.add_list(board, "Done");
        let label = people.add_label(board, "agent", "berry-red");
        let card = people.add_card(list, "add-search", Some("Why"));
        let task_list = match version {
            Version::V1 => card,
            Version::V2 => people.add_task_list(card, "Tasks"),
        };
        let task = people.add_task(task_list, "1.1 Add", false);
        let planka = try_connect(&fake, limits).await.unwrap();
        let project = planka.directory().await.unwrap().projects[0].id.clone();
        fake.journal().clear();
        Self {
            planka,
            project,
            board: BoardId::new(board.to_string()),
            list: ListId::new(list.to_string()),
            other: ListId::new(other.to_string()),
            label: LabelId::new(label.to_string()),
            card: CardId::new(card.to_string()),
            task_list: TaskListId::new(task_list.to_string()),
            task: TaskId::new(task.to_string()),
            fake,
        }
    }

    pub(crate) async fn read(&self) -> Snapshot {
        self.planka.read(&self.board).await.unwrap()
    }

    pub(crate) fn create_card(&self) -> write::Write {
        write::Write::CreateCard {
            list: self.list.clone(),
            name: "add-undo".into(),
            description: "marked".into(),
            position: Position(196_608.0),
        }
    }

    pub(crate) fn rename_card(&self) -> write::Write {
        write::Write::UpdateCard {
            card: self.card.clone(),
            seen: self.seen_card(),
            name: Some("add-redo".into()),
            description: None,
            place: None,
        }
    }

    pub(crate) fn seen_card(&self) -> SeenCard {
        SeenCard {
            list: self.list.clone(),
            name: "add-search".into(),
            description: "Why".into(),
        }
    }

    pub(crate) fn seen_task() -> SeenTask {
        SeenTask {
            name: "1.1 Add".into(),
            done: false,
        }
    }

    /// The lines of all requests since the scene was set.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.fake
            .journal()
            .requests()
            .iter()
            .map(test_support::Request::line)
            .collect()
    }
}

/// A server that gives each request an answer, byte by byte as the test says, and closes.
pub(crate) struct Scripted {
    pub(crate) url: String,
}

impl Scripted {
    /// The function gets the head and the body of a request.
    pub(crate) fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        Self::wrapped("http", |stream| stream, answer)
    }

    /// As [`Scripted::start`], with something around each connection.
    pub(crate) fn wrapped<S: Read + Write>(
        scheme: &str,
        wrap: impl Fn(TcpStream) -> S + Send + 'static,
        answer: impl Fn(&str) -> String + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        // The thread ends with the process; it holds nothing but the port.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that hangs up is as good as one that does not.
                let _ = serve(wrap(stream), &answer);
            }
        });
        Self { url }
    }
}

fn serve<S: Read + Write>(stream: S, answer: &impl Fn(&str) -> String) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let from = request.len();
        reader.read_line(&mut request)?;
        let line = request[from..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.push_str(&String::from_utf8_lossy(&body));
    let mut stream = reader.into_inner();
    stream.write_all(answer(&request).as_bytes())?;
    stream.flush()
}

/// An answer in JSON.
pub(crate) fn json(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
