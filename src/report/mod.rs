//! How do we tell a person or a machine?
