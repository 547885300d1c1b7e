//! The list of faults, a file for each area of the requirements.
//!
//! An enum is declared in one place, so each file is a macro that appends its entries to those of the files
//! before it and hands all of them on; the last one declares the type.

use super::declare::faults;
use client::client;
use code::code;
use expiry::expiry;
use ident::ident;
use input::input;
use login::login;
use secret::secret;
use session::session;
use token::token;
use user::user;
use wechat::wechat;

mod client;
mod code;
mod expiry;
mod ident;
mod input;
mod login;
mod secret;
mod session;
mod token;
mod user;
mod wechat;

login! { code token user expiry session secret wechat input client ident faults ; }
