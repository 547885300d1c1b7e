//! Putting a session into a request that has none of its own.

use crate::backend::{Carried, TokenPlace};
use crate::record::Request;
use crate::standin::Person;
use crate::suite::material::Material;
use crate::suite::run::Run;

impl Run {
    /// Puts a session into a request that has none, in the header fields where the contract carries it; nothing where they
    /// have something else in them, or the session is carried elsewhere.
    pub(crate) fn with_session_beside(
        &self,
        request: Request,
        person: &Person,
        said: &str,
    ) -> Option<Request> {
        let auth = &self.contract.spoken.auth;
        let is_free = |carried: &Carried| {
            carried.place == TokenPlace::Header && request.headers.get(&carried.name).is_none()
        };
        if !auth.iter().all(is_free) {
            return None;
        }
        let captured = self.captured(&person.key);
        self.speaker(person, &captured).with_session(request, said, &Material::new(&self.wechat, person)).ok()
    }
}
