//! What would a phone do?
