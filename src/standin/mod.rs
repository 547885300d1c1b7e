//! What would WeChat say?
