//! Planned operations: what a document asks for, turned into statements and ways to write rows.
//!
//! A plan is made once for a document and serves every request whose variables satisfy its
//! [`Assumption`]s; what is left to do for a request is to bind values, run statements and write
//! rows.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::OperationType;
use async_graphql::{Name, PathSegment, Pos, Response, ServerError, Value, Variables};
use futures_util::stream::{self, StreamExt};

use crate::aggregate::Aggregate;
use crate::call::RootCall;
use crate::connection::Connection;
use crate::database::{Database, Operation};
use crate::explain::{Explanation, Statement};
use crate::input::Assumption;
use crate::json::{member, write_string};
use crate::resolver::{Action, Resolver};
use crate::roots::Roots;
use crate::scope::{Occurrences, Scope};
use crate::select::{List, Lookup};
use crate::{Result, respond};

/// How many root fields of a query run at the same time: one client must not take every connection
/// from the others.
const AT_A_TIME: usize = 4;

/// How much a plan that is kept may take for granted. A longer list of conditions is hardly sent
/// twice in the same form, and looking through it would take as long as planning.
const MAX_ASSUMPTIONS: usize = 256;

/// A planned operation.
pub(crate) struct Plan {
    fields: Vec<RootField>,
    is_mutation: bool,
    assumptions: Vec<Assumption>,
}

/// A root field with the name that the response gives it.
struct RootField {
    key: String,
    /// `"key":`
    member: Box<str>,
    pos: Pos,
    /// Whether a null takes the whole of `data` with it.
    is_non_null: bool,
    step: Result<Step>,
}

/// What a root field does.
enum Step {
    /// Its value is known: `__typename`.
    Known(Vec<u8>),
    /// async-graphql answers it.
    Introspection,
    List(List),
    Lookup(Lookup),
    Connection(Connection),
    Aggregate(Aggregate),
    Call(RootCall),
}

impl Plan {
    /// Plans the fields of an operation. A field that cannot be planned fails when it is run.
    pub(crate) fn of(roots: &Roots, scope: Scope<'_>) -> Self {
        let is_mutation = scope.operation.ty == OperationType::Mutation;
        let plan = |(key, field): (&str, Occurrences<'_>)| {
            let name = field[0].node.name.node.as_str();
            let resolver = roots.resolver(is_mutation, name);
            let step = match (resolver, name) {
                (Some(resolver), _) => Step::of(&scope, &field, resolver),
                (None, "__schema" | "__type") => Ok(Step::Introspection),
                // Validation has let nothing else pass than `__typename`.
                (None, _) => {
                    let mut out = Vec::new();
                    write_string(if is_mutation { "Mutation" } else { "Query" }, &mut out);
                    Ok(Step::Known(out))
                }
            };
            RootField {
                key: key.to_owned(),
                member: member(key),
                pos: field[0].pos,
                is_non_null: resolver.is_some_and(Resolver::is_non_null),
                step,
            }
        };
        let fields = scope.root().into_iter().map(plan).collect();
        Self { fields, is_mutation, assumptions: scope.assumptions.into_inner() }
    }

    /// Tells the statements of all fields, without running them.
    pub(crate) fn explain(
        &self,
        variables: &Variables,
        max_page_size: u32,
    ) -> Result<Vec<Statement>, ServerError> {
        let mut statements = Vec::new();
        for field in &self.fields {
            let mut to = Explanation::of(&field.key);
            match field.step.as_ref().map_err(|error| field.error(error))? {
                Step::Known(_) | Step::Introspection => {}
                Step::List(list) => list.explain(&mut to),
                Step::Lookup(lookup) => lookup.explain(&mut to),
                Step::Aggregate(aggregate) => aggregate.explain(&mut to),
                Step::Call(call) => call.explain(&mut to),
                Step::Connection(connection) => connection
                    .explain(variables, max_page_size, &mut to)
                    .map_err(|error| field.error(&error))?,
            }
            statements.extend(to.into_statements());
        }
        Ok(statements)
    }

    /// Whether it is worth to be kept for other requests: all of it could be planned, and not for
    /// this one alone.
    pub(crate) fn is_reusable(&self) -> bool {
        let is_general = self.assumptions.len() <= MAX_ASSUMPTIONS;
        is_general && self.fields.iter().all(|field| field.step.is_ok())
    }

    /// Whether it fits the variables of a request.
    pub(crate) fn fits(&self, variables: &Variables) -> bool {
        self.assumptions.iter().all(|assumption| assumption.holds(variables))
    }

    /// Whether async-graphql has to answer some of it.
    pub(crate) fn needs_introspection(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.step, Ok(Step::Introspection)))
    }

    /// Runs the fields: some at a time for a query, one after the other for a mutation.
    ///
    /// A failed field is null. A null where none is allowed takes its parent with it, which is the
    /// whole of `data`.
    pub(crate) async fn run(&self, request: Request<'_>) -> Response {
        let mut answer = Answer { out: Vec::with_capacity(1024), ..Default::default() };
        if self.is_mutation || self.fields.len() == 1 {
            for field in &self.fields {
                let start = answer.begin(field);
                let result = field.run(request, &mut answer.out).await;
                answer.end(field, start, result);
            }
        } else {
            let run = async |field: &RootField| {
                let mut out = Vec::new();
                let result = field.run(request, &mut out).await;
                (out, result)
            };
            let running: Vec<_> = self.fields.iter().map(run).collect();
            let mut results = stream::iter(running).buffered(AT_A_TIME);
            for field in &self.fields {
                let Some((out, result)) = results.next().await else { break };
                let start = answer.begin(field);
                answer.out.extend_from_slice(&out);
                answer.end(field, start, result);
            }
        }
        answer.finish()
    }
}

/// What a plan is run with.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) database: &'a Database,
    pub(crate) operation: Operation<'a>,
    /// The values of `__schema` and `__type`, by response name.
    pub(crate) introspection: &'a IndexMap<Name, Value>,
}

impl RootField {
    /// Appends its value; `false`, and nothing of use, is null.
    async fn run(&self, request: Request<'_>, out: &mut Vec<u8>) -> Result<bool, ServerError> {
        let Request { database, operation, introspection } = request;
        let start = out.len();
        let result = match &self.step {
            Err(error) => return Err(self.error(error)),
            Ok(Step::Known(json)) => {
                out.extend_from_slice(json);
                Ok(true)
            }
            Ok(Step::Introspection) => {
                let value = introspection.get(self.key.as_str());
                respond::write(value.unwrap_or(&Value::Null), out);
                Ok(true)
            }
            Ok(Step::List(list)) => database.read(list, operation, out).await,
            Ok(Step::Lookup(lookup)) => database.read(lookup, operation, out).await,
            Ok(Step::Aggregate(aggregate)) => database.read(aggregate, operation, out).await,
            Ok(Step::Connection(connection)) => database.read(connection, operation, out).await,
            Ok(Step::Call(call)) => Box::pin(call.call(database, operation, out)).await,
        };
        let written = |found| {
            operation.budget.write(database.limits(), out.len() - start)?;
            Ok(found)
        };
        result.and_then(written).map_err(|error| self.error(&error))
    }

    fn error(&self, error: &crate::Error) -> ServerError {
        let error = async_graphql::Error::from(error).into_server_error(self.pos);
        ServerError { path: vec![PathSegment::Field(self.key.clone())], ..error }
    }
}

impl Step {
    fn of(scope: &Scope<'_>, field: &Occurrences<'_>, resolver: &'static Resolver) -> Result<Self> {
        Ok(match resolver.action {
            Action::List(view, equal) => Self::List(List::of(scope, field, view, equal)?),
            Action::Connection(view) => Self::Connection(Connection::of(scope, field, view)?),
            Action::Aggregate(view, equal) => {
                Self::Aggregate(Aggregate::of(scope, field, view, equal)?)
            }
            Action::Lookup(view, key) => Self::Lookup(Lookup::of(scope, field, view, key)?),
            Action::Call(function) => Self::Call(RootCall::of(scope, field, function)?),
        })
    }
}

/// The object of `data` while it is written.
#[derive(Default)]
struct Answer {
    out: Vec<u8>,
    errors: Vec<ServerError>,
    is_null: bool,
}

impl Answer {
    /// Begins a member, and tells where its value begins.
    fn begin(&mut self, field: &RootField) -> usize {
        self.out.push(if self.out.is_empty() { b'{' } else { b',' });
        self.out.extend_from_slice(field.member.as_bytes());
        self.out.len()
    }

    fn end(&mut self, field: &RootField, start: usize, result: Result<bool, ServerError>) {
        let found = result.unwrap_or_else(|error| {
            self.errors.push(error);
            false
        });
        if !found {
            self.is_null |= field.is_non_null;
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
        }
    }

    fn finish(mut self) -> Response {
        if self.out.is_empty() {
            self.out.push(b'{');
        }
        self.out.push(b'}');
        let data = if self.is_null { Value::Null } else { Value::Binary(self.out.into()) };
        let mut response = Response::new(data);
        response.errors = self.errors;
        response
    }
}
