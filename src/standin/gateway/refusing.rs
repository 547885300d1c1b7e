//! For how long is nobody let in?

use tokio::sync::{mpsc, oneshot};

use super::door::Order;

/// A WeChat that nobody can reach, for as long as this is kept.
///
/// Its port is open again after [`Refusing::end`], and soon after this is dropped.
#[must_use = "connections are accepted again when this is dropped"]
#[derive(Debug)]
pub struct Refusing {
    /// Gone when the order to open was given.
    door: Option<mpsc::UnboundedSender<Order>>,
}

impl Refusing {
    /// Closes the port, and returns when it is closed.
    pub(in crate::standin) async fn begin(door: mpsc::UnboundedSender<Order>) -> Self {
        // The guard comes first: whoever stops waiting opens the port again.
        let refusing = Self { door: Some(door.clone()) };
        ordered(&door, Order::Refuse).await;
        refusing
    }

    /// Opens the port again, and returns when it is open. Should somebody else have taken it, that is among
    /// [`Wechat::troubles`](crate::standin::Wechat::troubles).
    pub async fn end(mut self) {
        if let Some(door) = self.door.take() {
            ordered(&door, Order::Admit).await;
        }
    }
}

impl Drop for Refusing {
    fn drop(&mut self) {
        if let Some(door) = self.door.take() {
            let (done, _) = oneshot::channel();
            // A stand-in that is gone has no port to open.
            drop(door.send(Order::Admit(done)));
        }
    }
}

/// Gives an order and waits until it was carried out; not at all when the stand-in is gone.
async fn ordered(door: &mpsc::UnboundedSender<Order>, order: fn(oneshot::Sender<()>) -> Order) {
    let (done, carried_out) = oneshot::channel();
    if door.send(order(done)).is_ok() {
        carried_out.await.unwrap_or_default();
    }
}
