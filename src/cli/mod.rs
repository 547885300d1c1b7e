//! What did the user ask for?
