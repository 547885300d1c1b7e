//! Everything that is tested through the public interface or through the command, in one binary: linking
//! is the slowest part of building tests.

mod architecture;
mod docs;
mod expiry_oracle;
mod expiry_properties;
mod kill_matrix;
mod phone_oracle;
mod phone_quirks;
mod phone_transport;
mod reference_backend;
mod standin_wire;
