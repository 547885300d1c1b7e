//! Who is let in, and when is nobody?

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};

use crate::standin::wechat::{Wechat, words};

/// How long to wait when the operating system refuses a connection, for want of descriptors as a rule. The client
/// waits in the queue meanwhile.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// How many connections the operating system queues.
const BACKLOG: u32 = 1024;

/// How often the port is tried when it was lost to somebody else.
const ATTEMPTS: u32 = 100;

/// What the door is told from outside. Each refusal is ended by an admission of its own.
#[derive(Debug)]
pub(in crate::standin) enum Order {
    /// Closes the port and every connection, and says when that is done.
    Refuse(oneshot::Sender<()>),
    /// Opens the port again, and says when that is done.
    Admit(oneshot::Sender<()>),
}

/// The public port.
pub(super) struct Door {
    address: SocketAddr,
    port: Port,
    refusals: usize,
    wechat: Wechat,
    connections: JoinSet<()>,
}

enum Port {
    Open(TcpListener),
    /// The port is ours and nobody listens on it, so that clients are refused and no other process gets it.
    Reserved(TcpSocket),
    Lost,
}

impl Door {
    pub(super) fn new(address: SocketAddr, listener: TcpListener, wechat: Wechat) -> Self {
        Self { address, port: Port::Open(listener), refusals: 0, wechat, connections: JoinSet::new() }
    }

    /// Keeps the door until it is told to stop. Every connection is a task of one group, which ends with it.
    pub(super) async fn keep<S, F>(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Order>,
        mut stopped: oneshot::Receiver<()>,
        serve: S,
    ) where
        S: Fn(TcpStream) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        loop {
            tokio::select! {
                biased;
                // The sender is dropped without a word.
                _ = &mut stopped => return,
                Some(order) = orders.recv() => self.obey(order).await,
                Some(ended) = self.connections.join_next() => self.see_off(ended),
                stream = self.port.accept() => {
                    self.connections.spawn(serve(stream));
                }
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        let done = match order {
            Order::Refuse(done) => {
                self.refusals += 1;
                if self.refusals == 1 {
                    self.close().await;
                }
                done
            }
            Order::Admit(done) => {
                self.refusals = self.refusals.saturating_sub(1);
                if self.refusals == 0 {
                    self.open().await;
                }
                done
            }
        };
        // Whoever gave the order need not wait for it.
        done.send(()).unwrap_or_default();
    }

    async fn close(&mut self) {
        // The listener has to be gone before the port can be reserved.
        if let Port::Open(listener) = std::mem::replace(&mut self.port, Port::Lost) {
            deafen(&listener);
        }
        self.connections.abort_all();
        while let Some(ended) = self.connections.join_next().await {
            self.see_off(ended);
        }
        self.port = reserved(self.address).map_or(Port::Lost, Port::Reserved);
    }

    async fn open(&mut self) {
        if let Port::Open(_) = self.port {
            return;
        }
        let mut attempt = 1;
        loop {
            let opened = match std::mem::replace(&mut self.port, Port::Lost) {
                Port::Open(listener) => Ok(listener),
                Port::Reserved(socket) => listening(socket),
                Port::Lost => reserved(self.address).and_then(listening),
            };
            match opened {
                Ok(listener) => {
                    self.port = Port::Open(listener);
                    return;
                }
                Err(error) if attempt == ATTEMPTS => {
                    let lost =
                        tr!("cannot listen on {address} again: {error}", address = self.address, error);
                    return self.wechat.trouble(lost);
                }
                Err(_) => attempt += 1,
            }
            tokio::time::sleep(ACCEPT_AGAIN).await;
        }
    }

    fn see_off(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended
            && let Ok(panic) = error.try_into_panic()
        {
            self.wechat
                .trouble(tr!("serving a connection panicked: {message}", message = words(panic.as_ref())));
        }
    }
}

impl Port {
    /// Waits for the next client; for ever when the port is closed.
    async fn accept(&self) -> TcpStream {
        let Self::Open(listener) = self else { return std::future::pending().await };
        loop {
            match listener.accept().await {
                // Answers are small and go out at once. A socket that refuses this is served all the same.
                Ok((stream, _)) => {
                    stream.set_nodelay(true).unwrap_or_default();
                    return stream;
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            }
        }
    }
}

/// Makes a listener accept nobody any more, at once and for whoever else holds it: a process that is about to become
/// another program has a copy of it for a moment. Where the operating system cannot do that, it ends when it is closed.
fn deafen(listener: &TcpListener) {
    SockRef::from(listener).shutdown(Shutdown::Both).unwrap_or_default();
}

/// Binds the address without listening.
fn reserved(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    shares_port(&socket, true)?;
    socket.bind(address)?;
    // From here on nobody else may bind it, whatever they ask for.
    shares_port(&socket, false)?;
    Ok(socket)
}

fn listening(socket: TcpSocket) -> io::Result<TcpListener> {
    shares_port(&socket, true)?;
    socket.listen(BACKLOG)
}

/// Lets a socket have a port on which connections that were just closed still linger. On Windows the option means
/// something else and is not needed.
fn shares_port(socket: &TcpSocket, shares: bool) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { socket.set_reuseaddr(shares) }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    use super::Door;
    use crate::expiry::VirtualClock;
    use crate::standin::ledger::{Ledger, LedgerSettings};
    use crate::standin::wechat::Wechat;

    #[tokio::test]
    async fn a_connection_that_panics_is_a_trouble_and_the_next_one_is_served() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let ledger = Ledger::new(LedgerSettings::default());
        let clock = Arc::new(VirtualClock::default());
        let (wechat, orders) = Wechat::new(ledger, clock, Instant::now(), String::new());
        let (stop, stopped) = oneshot::channel();
        let door = Door::new(address, listener, wechat.clone());
        let keeping = tokio::spawn(door.keep(orders, stopped, |_stream| async { panic!("made up") }));
        let _clients = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
        let begun = Instant::now();
        while wechat.troubles().len() < 2 {
            assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", wechat.troubles());
            tokio::task::yield_now().await;
        }
        assert_eq!(wechat.troubles(), ["serving a connection panicked: made up"; 2]);
        drop(stop);
        keeping.await.unwrap();
    }
}
