//! What the tests share: a cluster, databases with a schema, requests whose SQL is recorded, and
//! programs that not every machine has.

pub mod database;
pub mod explain;
pub mod fixture;
pub mod node;
pub mod request;
pub mod served;
pub mod sql_log;
