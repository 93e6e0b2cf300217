//! Documents: parsed, validated and planned once per text.
//!
//! Clients send the same few documents with other variables. Parsing and validation depend on the
//! text alone, but for the values of variables, which [`crate::variables`] looks at on each request.
//! A plan may depend on more of them, as far as they decide what is read and not only which values
//! are compared.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, VariableDefinition,
};
use async_graphql::{ErrorExtensionValues, Name, Positioned, Request, ServerError, Variables};
use lru::LruCache;

use crate::input::Assumptions;
use crate::limits::{cost::Cost, shape};
use crate::plan::Plan;
use crate::roots::Roots;
use crate::scope::Scope;
use crate::{Error, Limits, Result};

/// How many documents are kept.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Longer documents are not kept: who sends them sends another one each time.
const MAX_LENGTH: usize = 16 * 1024;

/// How long all documents together may be. Parsed, they take a hundred times as much.
const MAX_TOTAL: usize = 1024 * 1024;

/// How many plans a document keeps, for variables of different shapes.
const PLANS: usize = 4;

/// The documents that were used last.
pub(crate) struct Documents(Mutex<Kept>);

struct Kept {
    documents: LruCache<String, Arc<Document>>,
    /// The length of all texts.
    length: usize,
}

/// A parsed document and the operation of it that is asked for.
pub(crate) struct Document {
    ast: ExecutableDocument,
    operation: Option<Name>,
    /// The variables of the operation. Found once, for each request needs them.
    variables: Vec<Positioned<VariableDefinition>>,
    is_valid: AtomicBool,
    cost: OnceLock<Cost>,
    /// The plans that were made last, for variables of different shapes.
    plans: Mutex<Vec<Arc<Plan>>>,
}

impl Default for Documents {
    fn default() -> Self {
        Self(Mutex::new(Kept { documents: LruCache::new(DOCUMENTS), length: 0 }))
    }
}

impl Documents {
    /// The document of a request, if it is kept.
    pub(crate) fn find(&self, request: &Request) -> Option<Arc<Document>> {
        lock(&self.0).documents.get(&*key(request)).cloned()
    }

    /// Keeps a document that has been found valid.
    pub(crate) fn keep(&self, request: &Request, document: &Arc<Document>) {
        document.is_valid.store(true, Ordering::Relaxed);
        if request.query.len() <= MAX_LENGTH {
            lock(&self.0).put(key(request).into_owned(), document.clone());
        }
    }
}

/// What a document is kept by: its text, after the name of the operation if there is one. No valid
/// document has the character between them.
fn key(request: &Request) -> Cow<'_, str> {
    match &request.operation_name {
        None => Cow::Borrowed(&request.query),
        Some(name) => Cow::Owned(format!("{name}\0{}", request.query)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held cannot have left a cache half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn put(&mut self, key: String, document: Arc<Document>) {
        self.length += key.len();
        let mut removed = self.documents.push(key, document);
        while let Some((key, _)) = removed {
            self.length -= key.len();
            removed = if self.length > MAX_TOTAL { self.documents.pop_lru() } else { None };
        }
        while self.length > MAX_TOTAL {
            let Some((key, _)) = self.documents.pop_lru() else { break };
            self.length -= key.len();
        }
    }
}

/// The name of the operation to run, `None` for the only, anonymous one.
fn operation_name(
    ast: &ExecutableDocument,
    wanted: Option<&str>,
) -> Result<Option<Name>, ServerError> {
    match (&ast.operations, wanted) {
        (DocumentOperations::Single(_), None) => Ok(None),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            Ok(operations.keys().next().cloned())
        }
        (DocumentOperations::Multiple(_), None) => Err(unresolved(
            "the document has several operations; say in `operationName` which one to run",
        )),
        (DocumentOperations::Multiple(operations), Some(name)) if operations.contains_key(name) => {
            Ok(Some(Name::new(name)))
        }
        (_, Some(name)) => Err(unresolved(format!("the document has no operation `{name}`"))),
    }
}

fn unresolved(message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", "OPERATION_RESOLUTION_FAILURE");
    error
}

impl Document {
    /// Parses the document of a request; refused if it goes beyond the limits on how it is written.
    pub(crate) fn parse(request: &Request, limits: &Limits) -> Result<Self, Vec<ServerError>> {
        let refused = |error| vec![error];
        let text = limits.check_text(&request.query);
        text.map_err(|error| refused(error.before_execution()))?;
        let ast = parse_query(&request.query).map_err(|error| refused(error.into()))?;
        let operation = operation_name(&ast, request.operation_name.as_deref()).map_err(refused)?;
        let (is_valid, cost, plans) = (AtomicBool::new(false), OnceLock::new(), Mutex::default());
        let mut document = Self { ast, operation, variables: Vec::new(), is_valid, cost, plans };
        let variables = document.operation().and_then(|operation| {
            shape::check(document.ast(), operation, limits)?;
            Ok(operation.variable_definitions.clone())
        });
        document.variables = variables.map_err(|error| refused(error.before_execution()))?;
        Ok(document)
    }

    /// The parsed text.
    pub(crate) fn ast(&self) -> &ExecutableDocument {
        &self.ast
    }

    /// The variables of the operation.
    pub(crate) fn variables(&self) -> &[Positioned<VariableDefinition>] {
        &self.variables
    }

    /// Whether it has been found valid, with some variables.
    pub(crate) fn is_valid(&self) -> bool {
        self.is_valid.load(Ordering::Relaxed)
    }

    /// The operation to run.
    pub(crate) fn operation(&self) -> Result<&OperationDefinition> {
        let operation = match (&self.ast.operations, &self.operation) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            (DocumentOperations::Multiple(_), None) => None,
        };
        operation.map(|operation| &operation.node).ok_or_else(|| Error::internal("no operation"))
    }

    /// Its operation with the variables of a request.
    pub(crate) fn scope<'a>(
        &'a self,
        variables: &'a Variables,
        limits: &'a Limits,
    ) -> Result<Scope<'a>> {
        let (operation, fragments) = (self.operation()?, &self.ast.fragments);
        let assumptions = Assumptions::default();
        Ok(Scope { operation, fragments, variables, assumptions, limits })
    }

    /// A plan that fits the variables of a request, made by `plan` if there is none yet.
    pub(crate) fn plan(
        &self,
        variables: &Variables,
        limits: &Limits,
        plan: impl FnOnce(Scope<'_>) -> Plan,
    ) -> Result<Arc<Plan>> {
        let mut plans = lock(&self.plans);
        if let Some(position) = plans.iter().position(|plan| plan.fits(variables)) {
            return Ok(plans[position].clone());
        }
        drop(plans);
        let plan = Arc::new(plan(self.scope(variables, limits)?));
        if plan.is_reusable() {
            plans = lock(&self.plans);
            plans.truncate(PLANS - 1);
            plans.insert(0, plan.clone());
        }
        Ok(plan)
    }

    /// Refuses an operation that costs too much; the document has been found valid.
    pub(crate) fn check_cost(
        &self,
        roots: &Roots,
        variables: &Variables,
        limits: &Limits,
    ) -> Result<()> {
        let cost = match self.cost.get() {
            Some(cost) => cost,
            None => {
                let cost = Cost::of(&self.scope(variables, limits)?, roots);
                self.cost.get_or_init(|| cost)
            }
        };
        cost.check(variables, limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_together_are_not_long() {
        let documents = Documents::default();
        for n in 0..200 {
            let request = Request::new(format!("{{ a{n} }} #{}", "x".repeat(MAX_LENGTH - 10)));
            let document = Arc::new(Document::parse(&request, &Limits::default()).unwrap());
            documents.keep(&request, &document);
            documents.keep(&request, &document);
        }
        let kept = lock(&documents.0);
        let lengths = kept.documents.iter().map(|(key, _)| key.len());
        assert_eq!(kept.length, lengths.sum::<usize>());
        assert!(kept.length <= MAX_TOTAL && kept.documents.len() > 60);
    }

    #[test]
    fn the_operation_is_named_or_the_only_one() {
        let get = |query: &str, name: Option<&str>| {
            let mut request = Request::new(query);
            request.operation_name = name.map(str::to_owned);
            Document::parse(&request, &Limits::default()).map(|document| document.operation)
        };
        assert_eq!(get("{ a }", None).unwrap(), None);
        assert_eq!(get("query A { a }", None).unwrap(), Some(Name::new("A")));
        assert_eq!(get("query A { a } query B { b }", Some("B")).unwrap(), Some(Name::new("B")));
        assert!(get("query A { a } query B { b }", None).is_err());
        assert!(get("query A { a }", Some("C")).is_err());
        assert!(get("{ a }", Some("C")).is_err());
    }
}
