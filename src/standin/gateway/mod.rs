//! How do bytes travel between a backend and WeChat?
//!
//! The gateway is the door in front of wiremock, on a thread with a runtime of its own, so that a busy or blocked
//! caller does not slow WeChat down. It has one public port, on which the first byte tells what is spoken:
//!
//! - HTTP/1.1, for a backend that can be told where WeChat is;
//! - TLS in WeChat's names, with a certificate of this run, and in it HTTP/1.1 or HTTP/2;
//! - a proxy, for a backend that cannot be told: `CONNECT api.weixin.qq.com:443` opens a tunnel that ends here, with
//!   TLS or plain HTTP in it, and a request with a whole URL is answered as if it had been sent there.
//!
//! Nothing is ever forwarded. Another host is refused and noted, so that no test reaches the real network.
//!
//! A call takes this way:
//!
//! 1. hyper reads the request, and the [`Desk`] keeps it under a number. wiremock is asked for the path `/17`
//!    where 17 is that number, over one of a few connections that were opened before the first backend came.
//! 2. wiremock's responder takes the request from the desk, so no byte of it went through a second parser, and
//!    asks the ledger. What the client shall read becomes wiremock's answer; how it shall travel is left on the
//!    desk under the same number.
//! 3. The gateway waits as long as the answer is to be held back. An ordinary answer goes out by hyper, and the
//!    connection is kept. For any other the connection is taken out of hyper's hands, and a
//!    [`Performance`](performance::Performance) writes the bytes by itself and ends the connection. Over HTTP/2 the
//!    stream stands for the connection: see [`stream_performance`].
//!
//! wiremock therefore makes each answer, and never sees more than a few connections, a long request or a slow
//! client. It would end if the operating system refused it a connection; the gateway survives that, and keeps
//! its own connections to wiremock, so that wiremock has none to accept when the descriptors run out.
//!
//! Whoever connects and says nothing, or stops within a handshake, is let go after a while. A connection that was
//! used once may stay idle for as long as the client likes, as clients rely on it.

mod certificate;
mod connection;
mod desk;
mod door;
mod hosts;
mod inner;
mod line;
mod performance;
mod proxy;
mod refusing;
mod relay;
mod stream_performance;
mod streams;
mod tls;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::wechat::{Wechat, words};
use door::Door;
use inner::Inner;
use relay::{Patience, Relay};

pub(super) use certificate::Authority;
pub use certificate::CertificateError;
pub(super) use desk::Desk;
pub(super) use door::Order;
pub(super) use hosts::HOSTS;
pub use refusing::Refusing;

/// The door, for as long as it is there.
pub(super) struct Gateway {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Serves the listener, by asking wiremock at `inner`.
    pub(super) fn start(
        listener: TcpListener,
        inner: SocketAddr,
        desk: Arc<Desk>,
        authority: Arc<Authority>,
        wechat: Wechat,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let noting = wechat.clone();
        let serving = async move {
            let (inner, patience) = (Inner::start(inner).await, Patience::default());
            let relay = Arc::new(Relay { address, authority, inner, desk, patience, wechat: wechat.clone() });
            let serve = move |stream| connection::serve(stream, Arc::clone(&relay));
            let listener = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => listener,
                Err(error) => return wechat.trouble(tr!("the gateway cannot listen: {error}", error)),
            };
            Door::new(address, listener, wechat).keep(orders, stopped, serve).await;
        };
        let thread = std::thread::Builder::new().name("gateway".to_owned()).spawn(move || {
            // Whatever still runs then is aborted with the runtime, which closes its sockets.
            let served = catch_unwind(AssertUnwindSafe(move || runtime.block_on(serving)));
            if let Err(panic) = served {
                noting.trouble(tr!("the gateway panicked: {message}", message = words(panic.as_ref())));
            }
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Gateway {
    /// Closes the port and every connection before it returns. No task of the gateway ever blocks its thread, so
    /// this takes no longer than a task switch.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
