//! In which order, and which rules apply?
