//! Skeleton.
pub mod catalog;
pub mod query_tree;
