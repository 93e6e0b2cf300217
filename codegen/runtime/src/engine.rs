//! From a request to a response.
//!
//! async-graphql parses, validates and answers introspection. Root fields are run by
//! [`crate::roots`], because async-graphql's executor answers in the order of completion, drops
//! failed fields instead of nulling them, ignores defaults of variables in `@skip` and `@include`,
//! and resolves a field once per occurrence.

mod explain;
mod visible;

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::futures_util::stream::{self, BoxStream, StreamExt};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{
    Data, EmptySubscription, Executor, Name, Positioned, Request, Response, Schema, ServerError,
    ValidationResult, Value, Variables,
};

use tokio::runtime::Handle;

use crate::database::Operation;
use crate::document::{Document, Documents};
use crate::limits::budget::Budget;
use crate::plan::{self, Plan};
use crate::roots::{self, Api, Mutation, Query, Roots};
use crate::variables::InputTypes;
use crate::{Database, Error};

/// How deep fields and fragments may be nested for async-graphql, which its parser allows as well.
/// [`crate::Limits`] are stricter.
const MAX_NESTING: usize = 64;

/// An executable schema. Cheap to clone.
///
/// Responses hold results as JSON text; [`crate::respond()`] writes them.
pub struct Engine<A> {
    inner: Arc<Inner<A>>,
    database: Database,
}

struct Inner<A> {
    schema: Schema<Query<A>, Mutation<A>, EmptySubscription>,
    /// Types of variables.
    types: InputTypes,
    roots: Roots,
    documents: Documents,
}

impl<A> Clone for Engine<A> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), database: self.database.clone() }
    }
}

impl<A: Api> Engine<A> {
    /// Builds the schema of an API over a database.
    pub fn new(database: Database) -> Self {
        let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
            .extension(Gate)
            .limit_recursive_depth(MAX_NESTING)
            .finish();
        let (types, documents) = (InputTypes::of(roots::registry::<A>()), Documents::default());
        let inner = Arc::new(Inner { schema, types, roots: Roots::of::<A>(), documents });
        Self { inner, database }
    }

    /// The same schema over another database; documents are kept for both.
    #[must_use]
    pub fn on(&self, database: Database) -> Self {
        Self { inner: self.inner.clone(), database }
    }

    /// The schema in GraphQL's schema language.
    pub fn sdl(&self) -> String {
        self.inner.schema.sdl()
    }

    /// What is rare or large waits in boxes: this future is moved from layer to layer.
    async fn run(&self, mut request: Request) -> Result<Response, Vec<ServerError>> {
        let (Inner { roots, documents, .. }, database) = (&*self.inner, &self.database);
        let limits = database.limits();
        let known = documents.find(&request).filter(|known| self.fit(known, &request.variables));
        let document = match known {
            Some(document) => document,
            None => Box::pin(self.admit(&request)).await?,
        };
        let variables = std::mem::take(&mut request.variables);
        document.check_cost(roots, &variables, limits).map_err(refused)?;
        let plan =
            document.plan(&variables, limits, |scope| Plan::of(roots, scope)).map_err(refused)?;
        let introspection = if plan.needs_introspection() {
            Box::pin(self.introspect(&request, &document, &variables)).await?
        } else {
            IndexMap::new()
        };
        let budget = Budget::default();
        let operation = Operation { variables: &variables, budget: &budget };
        let request = plan::Request { database, operation, introspection: &introspection };
        Ok(plan.run(request).await)
    }

    /// Whether variables have the types that a document declares.
    fn fit(&self, document: &Document, variables: &Variables) -> bool {
        matches!(self.inner.types.check(document.variables(), variables), Ok(true))
    }

    /// Parses and validates the document of a request, which may take long.
    async fn admit(&self, request: &Request) -> Result<Arc<Document>, Vec<ServerError>> {
        let mut copy = Request::new(&request.query).variables(request.variables.clone());
        copy.operation_name.clone_from(&request.operation_name);
        copy.introspection_mode = request.introspection_mode;
        let engine = self.clone();
        elsewhere(move || engine.check(&copy)).await?
    }

    fn check(&self, request: &Request) -> Result<Arc<Document>, Vec<ServerError>> {
        let documents = &self.inner.documents;
        let document = match documents.find(request) {
            Some(document) => document,
            None => Arc::new(Document::parse(request, self.database.limits())?),
        };
        if document.operation().map_err(refused)?.ty == OperationType::Subscription {
            return Err(vec![ServerError::new("subscriptions are not served here", None)]);
        }
        let checked = self.inner.types.check(document.variables(), &request.variables);
        if !document.is_valid() || !matches!(checked, Ok(true)) {
            self.validate(&document, request)?;
            documents.keep(request, &document);
        }
        checked.map_err(|error| vec![error])?;
        Ok(document)
    }

    fn validate(&self, document: &Document, request: &Request) -> Result<(), Vec<ServerError>> {
        let mut probe = Request::new("").variables(request.variables.clone()).data(ValidateOnly);
        probe.operation_name.clone_from(&request.operation_name);
        probe.introspection_mode = request.introspection_mode;
        probe.set_parsed_query(visible::visible(document.ast()));
        let errors = Handle::current().block_on(self.inner.schema.execute(probe)).errors;
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Answers `__schema` and `__type`.
    async fn introspect(
        &self,
        request: &Request,
        document: &Document,
        variables: &Variables,
    ) -> Result<IndexMap<Name, Value>, Vec<ServerError>> {
        let scope = document.scope(variables, self.database.limits()).map_err(refused)?;
        let fields = scope.root();
        let wanted = fields.values().flatten().filter(|field| is_introspection(&field.node));
        let wanted: Vec<Positioned<Field>> = wanted.map(|field| (*field).clone()).collect();
        let mut ast = enter(scope.operation, wanted);
        ast.fragments.clone_from(scope.fragments);
        let mut query = Request::new("").variables(variables.clone()).data(Validated);
        query.introspection_mode = request.introspection_mode;
        query.set_parsed_query(ast);
        let schema = self.inner.schema.clone();
        let answer = move || Handle::current().block_on(schema.execute(query));
        let response = elsewhere(answer).await?;
        match response.data {
            Value::Object(members) if response.errors.is_empty() => Ok(members),
            _ => Err(response.errors),
        }
    }
}

/// Does work that may take long on another thread: who is served by this one need not wait.
async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Vec<ServerError>> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| refused(Error::internal(panic)))
}

fn refused(error: Error) -> Vec<ServerError> {
    vec![error.before_execution()]
}

/// A document of one anonymous operation with the given root fields.
fn enter(operation: &OperationDefinition, fields: Vec<Positioned<Field>>) -> ExecutableDocument {
    let items = fields.into_iter().map(|field| {
        let pos = field.pos;
        Positioned::new(Selection::Field(field), pos)
    });
    let operation = OperationDefinition {
        ty: operation.ty,
        variable_definitions: operation.variable_definitions.clone(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: items.collect() }, Default::default()),
    };
    ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(operation, Default::default())),
        fragments: Default::default(),
    }
}

/// Whether a root field is async-graphql's.
fn is_introspection(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

impl<A: Api> Executor for Engine<A> {
    async fn execute(&self, request: Request) -> Response {
        self.run(request).await.unwrap_or_else(Response::from_errors)
    }

    fn execute_stream(
        &self,
        request: Request,
        _: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let engine = self.clone();
        stream::once(async move { engine.execute(request).await }).boxed()
    }
}

/// Marks a request that ends after validation.
struct ValidateOnly;

/// Marks a request whose document is part of one that has been validated.
struct Validated;

/// Stops requests after validation, or lets them pass without.
struct Gate;

impl ExtensionFactory for Gate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Gate {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        if ctx.data_opt::<ValidateOnly>().is_some() {
            // No errors, and yet no execution.
            return next.run(ctx).await.and(Err(Vec::new()));
        }
        if ctx.data_opt::<Validated>().is_some() {
            let cache_control = Default::default();
            return Ok(ValidationResult { cache_control, complexity: 0, depth: 0 });
        }
        next.run(ctx).await
    }
}
