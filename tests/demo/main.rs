//! The order-management demo as its users meet it. A project with another `sql/` deletes this folder,
//! and nothing else has to change.

mod browser;
mod concurrency;
mod explain;
mod fresh;
mod hostile;
mod http;
mod records;
mod seed;
