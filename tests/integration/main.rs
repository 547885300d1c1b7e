//! Everything that is tested through the public interface or through the command, in one binary: linking
//! is the slowest part of building tests.

mod architecture;
mod cli_arguments;
mod cli_baseline;
mod cli_contract_init;
mod cli_explore;
mod cli_foil;
mod cli_formats;
mod cli_language;
mod cli_messages;
mod cli_redirects;
mod cli_report;
mod cli_report_diff;
mod cli_reports;
mod cli_secrets;
mod cli_serving;
mod cli_settings;
mod cli_shards;
mod cli_simulate;
mod cli_snapshots;
mod cli_stage;
#[cfg(unix)]
mod cli_terminal;
mod cli_verdicts;
mod docs;
mod docs_contracts;
mod docs_contracts_twin;
mod docs_picture;
mod docs_site;
mod docs_twin;
mod doctor;
mod doctor_backend;
mod expiry_oracle;
mod expiry_properties;
mod explore;
mod explore_variant;
mod html;
mod language;
mod launch;
mod launch_clock;
mod phone_oracle;
mod phone_quirks;
mod phone_transport;
mod proof;
#[cfg(unix)]
mod pseudo_terminal;
mod reference_backend;
mod report_language;
mod standin_door;
mod standin_http2;
mod standin_proxy;
mod standin_stage;
mod standin_tls;
mod standin_troubles;
mod standin_wire;
mod waiting;
