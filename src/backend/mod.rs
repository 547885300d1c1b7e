//! What did the user promise?
