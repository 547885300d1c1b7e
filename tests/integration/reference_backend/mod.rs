//! Is the reference backend correct, and does each of its faults change something?

mod bench;
mod correct;
mod wechat;

pub(crate) use bench::loopback_client;
