//! Documents: parsed, validated and planned once per text.
//!
//! Clients send the same few documents with other variables. Parsing and validation depend on the
//! text alone, but for the values of variables, which [`crate::variables`] looks at on each request.
//! A plan may depend on more of them, as far as they decide what is read and not only which values
//! are compared.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::{ErrorExtensionValues, Name, Request, ServerError, Variables};
use lru::LruCache;

use crate::input::Assumptions;
use crate::plan::Plan;
use crate::scope::Scope;
use crate::{Error, Result};

/// How many documents are kept.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Longer documents are not kept: who sends them sends another one each time.
const MAX_LENGTH: usize = 16 * 1024;

/// How many plans a document keeps, for variables of different shapes.
const PLANS: usize = 4;

/// Documents by operation name and text.
type Key = (Option<String>, String);

/// The documents that were used last.
pub(crate) struct Documents(Mutex<LruCache<Key, Arc<Document>>>);

/// A parsed document and the operation of it that is asked for.
pub(crate) struct Document {
    ast: ExecutableDocument,
    operation: Option<Name>,
    is_valid: AtomicBool,
    /// The plans that were made last, for variables of different shapes.
    plans: Mutex<Vec<Arc<Plan>>>,
}

impl Default for Documents {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(DOCUMENTS)))
    }
}

impl Documents {
    /// The document of a request.
    pub(crate) fn get(&self, request: &Request) -> Result<Arc<Document>, ServerError> {
        let key = (request.operation_name.clone(), request.query.clone());
        if let Some(document) = lock(&self.0).get(&key) {
            return Ok(document.clone());
        }
        let ast = parse_query(&request.query)?;
        let operation = operation_name(&ast, request.operation_name.as_deref())?;
        let (is_valid, plans) = (AtomicBool::new(false), Mutex::default());
        Ok(Arc::new(Document { ast, operation, is_valid, plans }))
    }

    /// Keeps a document that has been found valid.
    pub(crate) fn keep(&self, request: &Request, document: &Arc<Document>) {
        document.is_valid.store(true, Ordering::Relaxed);
        if request.query.len() <= MAX_LENGTH {
            let key = (request.operation_name.clone(), request.query.clone());
            lock(&self.0).put(key, document.clone());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held cannot have left a cache half-changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// The parsed text.
    pub(crate) fn ast(&self) -> &ExecutableDocument {
        &self.ast
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

    /// Its operation with the variables of a request, to be planned.
    pub(crate) fn scope<'a>(
        &'a self,
        variables: &'a Variables,
        max_page_size: u32,
    ) -> Result<Scope<'a>> {
        Ok(Scope {
            operation: self.operation()?,
            fragments: &self.ast.fragments,
            variables,
            assumptions: Assumptions::default(),
            max_page_size,
        })
    }

    /// A plan that fits the variables of a request, made by `plan` if there is none yet.
    pub(crate) fn plan(
        &self,
        variables: &Variables,
        max_page_size: u32,
        plan: impl FnOnce(Scope<'_>) -> Plan,
    ) -> Result<Arc<Plan>> {
        let mut plans = lock(&self.plans);
        if let Some(position) = plans.iter().position(|plan| plan.fits(variables)) {
            return Ok(plans[position].clone());
        }
        drop(plans);
        let plan = Arc::new(plan(self.scope(variables, max_page_size)?));
        if plan.is_complete() {
            plans = lock(&self.plans);
            plans.truncate(PLANS - 1);
            plans.insert(0, plan.clone());
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operation_is_named_or_the_only_one() {
        let documents = Documents::default();
        let get = |query: &str, name: Option<&str>| {
            let mut request = Request::new(query);
            request.operation_name = name.map(str::to_owned);
            documents.get(&request).map(|document| document.operation.clone())
        };
        assert_eq!(get("{ a }", None).unwrap(), None);
        assert_eq!(get("query A { a }", None).unwrap(), Some(Name::new("A")));
        assert_eq!(get("query A { a } query B { b }", Some("B")).unwrap(), Some(Name::new("B")));
        assert!(get("query A { a } query B { b }", None).is_err());
        assert!(get("query A { a }", Some("C")).is_err());
        assert!(get("{ a }", Some("C")).is_err());
    }
}
