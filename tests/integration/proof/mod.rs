//! Can the verdicts be trusted? The suite judges backends of which it is known what is right and wrong with them.

mod contracts;
mod kill_matrix;
mod matrix;
mod one_call;
mod stage;
mod variants;
