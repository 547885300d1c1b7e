//! What does correct look like, and each way of being wrong?
