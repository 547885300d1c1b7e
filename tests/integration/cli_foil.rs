//! Backends that are none, and an ear between two parties.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves on a free port: every connection is handed to `answer`. It lives as long as the test process.
pub(crate) fn foil(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || answer(stream.unwrap()));
        }
    });
    url
}

/// A backend that reads a request and says the same bytes to everything.
pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    foil(move |mut stream| {
        let mut request = [0; 4096];
        if stream.read(&mut request).is_ok_and(|length| length > 0) {
            // Whoever asked may have gone away, which is not what the test is about.
            drop(stream.write_all(&bytes));
        }
    })
}

/// A backend that answers everything with this status, type and body.
pub(crate) fn answering(status: &str, media_type: &str, body: &str) -> String {
    saying(format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    ))
}

/// Passes on everything to another address and keeps what it hears in both directions.
pub(crate) struct Ear {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Ear {
    pub(crate) fn before(port: u16) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&heard);
        let url = foil(move |asker| {
            let Ok(asked) = TcpStream::connect(("127.0.0.1", port)) else { return };
            let back = (asked.try_clone().unwrap(), asker.try_clone().unwrap());
            let memory_of_answers = Arc::clone(&memory);
            let answers = thread::spawn(move || pass_on(back.0, back.1, &memory_of_answers));
            pass_on(asker, asked, &memory);
            answers.join().unwrap();
        });
        Self { url, heard }
    }

    /// Returns all it heard so far, as text.
    pub(crate) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, memory: &Mutex<Vec<u8>>) {
    let mut part = [0; 16 * 1024];
    loop {
        let length = match from.read(&mut part) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        memory.lock().unwrap().extend_from_slice(&part[..length]);
        if to.write_all(&part[..length]).is_err() {
            break;
        }
    }
    // The other end may have closed first.
    drop(to.shutdown(Shutdown::Write));
}
