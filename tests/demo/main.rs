//! The order-management demo as its users meet it. A project with another `sql/` deletes this folder,
//! and nothing else has to change.

mod concurrency;
mod explain;
mod hostile;
mod http;
mod seed;
