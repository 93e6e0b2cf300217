//! What is said to identify the rows of views, and where foreign keys lead, on a live server.

mod keys {
    mod claims;
    mod graphs;
    mod queries;
}
