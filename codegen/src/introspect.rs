//! Asks a live server what exists and answers with a [`Catalog`].
//!
//! Everything is read in one read-only transaction with one snapshot and an empty `search_path`,
//! by a handful of queries over `pg_catalog` that can be run in psql as they are (`*.sql` beside
//! this module). Some of the server's own printing functions look at the latest state instead of
//! the snapshot, so a migration should not run at the same time.
//!
//! Object identifiers stop here: `rows` still has them, the catalog does not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, IsolationLevel, Transaction};

use crate::catalog::{Catalog, Check, PgName};
use crate::config::Config;
use crate::query_tree::{Names, OperatorName, Query, References, Tree};

mod assemble;
mod rows;

use assemble::Types;
use rows::FromRow;

/// The oldest major version of PostgreSQL that is supported.
pub const MINIMUM_SERVER_VERSION: u32 = 14;

/// Why the schema could not be read.
#[derive(Debug, thiserror::Error)]
pub enum IntrospectError {
    /// The server is too old.
    #[error(
        "the server runs PostgreSQL {0}, but {MINIMUM_SERVER_VERSION} is the oldest supported \
         version"
    )]
    UnsupportedServer(u32),
    /// The server did not answer a question.
    #[error("cannot read {what} from the database")]
    Query {
        /// What was asked for.
        what: &'static str,
        /// What the server or the connection said.
        source: tokio_postgres::Error,
    },
    /// The catalog has a value where there should be none, or the other way round.
    #[error("the database describes {0} in a way that is not understood")]
    Unexpected(String),
}

/// Reads the schema.
///
/// The client is free for other use afterwards: the transaction is over, and nothing was changed.
pub async fn introspect(client: &mut Client, config: &Config) -> Result<Catalog, IntrospectError> {
    let started = Instant::now();
    let transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .map_err(failed("the server version"))?;
    let session = Session { transaction };
    let server_version = session.prepare().await?;
    let catalog = read(&session, config, server_version).await?;
    session.transaction.rollback().await.map_err(failed("the end of the transaction"))?;
    tracing::debug!(elapsed = ?started.elapsed(), "read the schema");
    Ok(catalog)
}

/// Asks all questions; each builds on the answers before it.
async fn read(
    session: &Session<'_>,
    config: &Config,
    server_version: u32,
) -> Result<Catalog, IntrospectError> {
    let schemas = &config.schemas;
    let relations: Vec<rows::Relation> = session
        .rows("tables and views", include_str!("introspect/relations.sql"), &[schemas])
        .await?;
    let all: Vec<u32> = relations.iter().map(|relation| relation.oid).collect();
    let views: Vec<u32> =
        relations.iter().filter(|relation| relation.is_view()).map(|view| view.oid).collect();
    let of_all: [&(dyn ToSql + Sync); 1] = [&all];
    let of_views: [&(dyn ToSql + Sync); 1] = [&views];
    let exposed: [&(dyn ToSql + Sync); 3] = [schemas, &config.function_prefix, &views];
    // One answer is read while the server is at the next question.
    let (columns, keys, foreign_keys, computed, functions, view_queries) = tokio::try_join!(
        session.rows::<rows::Column>("columns", include_str!("introspect/columns.sql"), &of_all),
        session.rows("keys", include_str!("introspect/keys.sql"), &of_all),
        session.rows::<rows::ForeignKey>(
            "foreign keys",
            include_str!("introspect/foreign_keys.sql"),
            &of_all
        ),
        session.rows::<rows::TableExpression>(
            "constraints",
            include_str!("introspect/table_expressions.sql"),
            &of_all
        ),
        session.rows::<rows::Function>(
            "functions",
            include_str!("introspect/functions.sql"),
            &exposed
        ),
        session.rows::<rows::ViewQuery>(
            "view queries",
            include_str!("introspect/queries.sql"),
            &of_views
        ),
    )?;

    let trees: Vec<_> =
        view_queries.iter().map(|query| (query.view, Tree::parse(&query.tree))).collect();
    let computed: Vec<_> = computed.iter().map(|row| (row, Tree::parse(&row.tree))).collect();
    let mut references = References::default();
    let of_tables = computed.iter().filter_map(|(_, tree)| tree.as_ref().ok());
    for tree in trees.iter().filter_map(|(_, tree)| tree.as_ref().ok()).chain(of_tables) {
        tree.references(&mut references);
    }
    references.functions.extend(foreign_keys.iter().flat_map(|key| &key.functions));
    let (mut names, called) = session.names(&references).await?;

    let used = columns.iter().map(|column| column.ty);
    let used = used.chain(functions.iter().flat_map(rows::Function::types));
    let literals = references.types.iter().copied().collect::<Vec<_>>();
    let labels: Vec<rows::Label> = session
        .rows("labels of enums", include_str!("introspect/labels.sql"), &[&literals])
        .await?;
    names.labels = labels.into_iter().map(|label| ((label.ty, label.oid), label.label)).collect();
    let used: BTreeSet<u32> = used.chain(references.types).collect();
    let types = session.types(used.into_iter().collect(), schemas).await?;
    names.types = types.references().collect();

    let queries: BTreeMap<u32, Query> = trees
        .iter()
        .map(|(view, tree)| match tree {
            Ok(tree) => (*view, tree.query(&names)),
            Err(error) => (*view, Query::unreadable(error.to_string())),
        })
        .collect();
    let nondeterministic = view_queries.iter().filter(|query| query.nondeterministic);
    let nondeterministic = nondeterministic.map(|query| query.view).collect();
    let mut expressions = BTreeMap::<u32, Vec<_>>::new();
    for (row, tree) in computed {
        let Ok(tree) = tree else { continue };
        let check = Check { name: row.name.clone(), condition: tree.expression(&names) };
        expressions.entry(row.relation).or_default().push((row.number, check));
    }
    let functions_by_oid = names.functions;
    let parts = assemble::Parts {
        relations,
        columns,
        keys,
        foreign_keys,
        functions,
        queries,
        nondeterministic,
        expressions,
        functions_by_oid,
    };
    let mut catalog = parts.catalog(&types)?;
    catalog.server_version = server_version;
    catalog.nondeterministic = session.has_nondeterministic_collation().await?;
    catalog.routines =
        called.into_iter().map(rows::CalledFunction::into_entry).collect::<Result<_, _>>()?;
    Ok(catalog)
}

/// The transaction in which everything is read.
struct Session<'a> {
    transaction: Transaction<'a>,
}

impl Session<'_> {
    /// Makes names unambiguous, and learns the major version of the server.
    async fn prepare(&self) -> Result<u32, IntrospectError> {
        let what = "the server version";
        // Compiling a query of catalogs takes longer than running it. Catalogs of a new database
        // have no statistics yet: believing that they are small, the planner would scan them once
        // for each object.
        let settings = "set local search_path = ''; set local jit = off; \
                        set local enable_seqscan = off";
        self.transaction.batch_execute(settings).await.map_err(failed(what))?;
        let version = "select pg_catalog.current_setting('server_version_num')::int4 / 10000";
        let version: i32 = self
            .transaction
            .query_one(version, &[])
            .await
            .and_then(|row| row.try_get(0))
            .map_err(failed(what))?;
        let version = u32::try_from(version).unwrap_or(0);
        if version < MINIMUM_SERVER_VERSION {
            return Err(IntrospectError::UnsupportedServer(version));
        }
        Ok(version)
    }

    /// Whether there is a collation that calls different texts equal.
    async fn has_nondeterministic_collation(&self) -> Result<bool, IntrospectError> {
        let sql =
            "select exists (select from pg_catalog.pg_collation where not collisdeterministic)";
        let row = self.transaction.query_one(sql, &[]).await;
        row.and_then(|row| row.try_get(0)).map_err(failed("collations"))
    }

    /// Runs one of the queries.
    async fn rows<R: FromRow>(
        &self,
        what: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<R>, IntrospectError> {
        let started = Instant::now();
        let rows = self.transaction.query(sql, parameters).await.map_err(failed(what))?;
        let rows: Vec<R> =
            rows.iter().map(R::from_row).collect::<Result<_, _>>().map_err(failed(what))?;
        tracing::debug!(rows = rows.len(), elapsed = ?started.elapsed(), "read {what}");
        Ok(rows)
    }

    /// Looks up what query trees mention, except types.
    async fn names(
        &self,
        references: &References,
    ) -> Result<(Names, Vec<rows::CalledFunction>), IntrospectError> {
        let oids = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
        let [relations, operators] = [&references.relations, &references.operators].map(oids);
        let named: Vec<rows::Named> = self
            .rows(
                "the names that views use",
                include_str!("introspect/names.sql"),
                &[&relations, &operators],
            )
            .await?;
        let mut functions = references.functions.clone();
        functions.extend(named.iter().map(|named| named.function));
        let called: Vec<rows::CalledFunction> = self
            .rows(
                "the functions that views call",
                include_str!("introspect/called_functions.sql"),
                &[&oids(&functions)],
            )
            .await?;
        let mut names = Names {
            functions: called.iter().map(|called| (called.oid, called.signature())).collect(),
            ..Names::default()
        };
        for rows::Named { is_operator, oid, schema, name, function } in named {
            if !is_operator {
                names.relations.insert(oid, PgName { schema, name });
            } else if let Some(function) = names.functions.get(&function).cloned() {
                names.operators.insert(oid, OperatorName { symbol: name, function });
            }
        }
        Ok((names, called))
    }

    /// Looks up types and what they are made of.
    async fn types(&self, used: Vec<u32>, schemas: &Vec<String>) -> Result<Types, IntrospectError> {
        let types: Vec<rows::Type> =
            self.rows("types", include_str!("introspect/types.sql"), &[&used, schemas]).await?;
        let composites: Vec<u32> =
            types.iter().map(|ty| ty.relation).filter(|relation| *relation != 0).collect();
        let attributes = self
            .rows(
                "attributes of composite types",
                include_str!("introspect/columns.sql"),
                &[&composites],
            )
            .await?;
        Ok(Types::new(types, attributes))
    }
}

fn failed(what: &'static str) -> impl FnOnce(tokio_postgres::Error) -> IntrospectError {
    move |source| IntrospectError::Query { what, source }
}
