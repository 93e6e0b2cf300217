//! What the tests share: a cluster, databases with a schema, and requests whose SQL is recorded.

pub mod database;
pub mod fixture;
pub mod request;
pub mod sql_log;
