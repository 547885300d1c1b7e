//! Does this observation keep that rule?
