//! Just enough HTTP/1.1 to ask a fake server something, and to see when a connection breaks.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    /// The item of a success.
    pub(crate) fn item(&self) -> Value {
        let mut body = self.json();
        assert_eq!(self.status, 200, "{body}");
        body["item"].take()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and the header that names the outcome.
    pub(crate) fn outcome(&self) -> (u16, &str) {
        (self.status, self.header("x-exit").unwrap_or_default())
    }
}

/// One connection at a time, opened when needed and kept while the server keeps it.
pub(crate) struct Wire {
    address: String,
    base_path: String,
    stream: Option<BufReader<TcpStream>>,
    /// What came of the last body that was cut off.
    pub(crate) broken_body: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(url: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap();
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            address: address.to_owned(),
            base_path: if path.is_empty() {
                String::new()
            } else {
                format!("/{path}")
            },
            stream: None,
            broken_body: Vec::new(),
        }
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> io::Result<Answer> {
        let body = body.as_ref();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(&self.address)?),
        };
        let mut request = format!(
            "{method} {}{path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.base_path,
            self.address,
            body.len(),
        );
        if headers.iter().all(|(name, _)| *name != "content-type") {
            request += "content-type: application/json\r\n";
        }
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request += "\r\n";
        let mut request = request.into_bytes();
        request.extend(body);
        stream.get_mut().write_all(&request)?;
        let (answer, length) = read_answer(&mut stream)?;
        if answer.body.len() < length {
            self.broken_body = answer.body;
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.stream = Some(stream);
        Ok(answer)
    }
}

/// An answer, and the length its body should have.
fn read_answer(stream: &mut BufReader<TcpStream>) -> io::Result<(Answer, usize)> {
    let mut line = || -> io::Result<String> {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    };
    let status = line()?;
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = Vec::new();
    stream.take(length as u64).read_to_end(&mut body)?;
    let answer = Answer {
        status,
        headers,
        body,
    };
    Ok((answer, length))
}
