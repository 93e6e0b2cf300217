//! A cache of parsed and validated documents.
//!
//! Clients send the same few documents with other variables. Parsing and validation depend on the
//! text alone, but for the values of variables; those are checked on each request, quickly where
//! they are plain scalars and by full validation otherwise.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation,
};
use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationDefinition};
use async_graphql::{ServerError, ServerResult, ValidationResult, Value, Variables};
use lru::LruCache;

use crate::merge;

/// How many documents are kept.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Longer documents are not kept: who sends them sends another one each time.
const MAX_LENGTH: usize = 16 * 1024;

type Cache = Arc<Mutex<LruCache<String, Arc<Entry>>>>;

/// A document that has been parsed, and the outcome of its validation once there is one.
struct Entry {
    document: ExecutableDocument,
    validation: OnceLock<Outcome>,
}

/// What validation found: nothing wrong, at this cost.
#[derive(Clone, Copy)]
struct Outcome {
    cache_control: async_graphql::CacheControl,
    complexity: usize,
    depth: usize,
}

/// Installs the cache in a schema.
pub(crate) struct DocumentCache(Cache);

impl Default for DocumentCache {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(DOCUMENTS))))
    }
}

impl ExtensionFactory for DocumentCache {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Request { cache: self.0.clone(), current: OnceLock::new() })
    }
}

/// The cache during one request.
struct Request {
    cache: Cache,
    /// Set by parsing: the entry, and whether its variables need full validation.
    current: OnceLock<(Arc<Entry>, bool)>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Request {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let known = lock(&self.cache).get(query).cloned();
        let entry = match known {
            Some(entry) => entry,
            None => {
                let document = next.run(ctx, query, variables).await?;
                let entry = Arc::new(Entry { document, validation: OnceLock::new() });
                if query.len() <= MAX_LENGTH {
                    lock(&self.cache).put(query.to_owned(), entry.clone());
                }
                entry
            }
        };
        let mut document = entry.document.clone();
        let simple =
            operations(&document).all(|operation| variables_are_simple(operation, variables));
        // Nothing else sets it: parsing happens once per request.
        let _ = self.current.set((entry, simple));
        merge::root_fields(&mut document, variables);
        Ok(document)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let Some((entry, simple)) = self.current.get() else {
            return next.run(ctx).await;
        };
        if *simple && let Some(outcome) = entry.validation.get() {
            return Ok(ValidationResult {
                cache_control: outcome.cache_control,
                complexity: outcome.complexity,
                depth: outcome.depth,
            });
        }
        let result = next.run(ctx).await?;
        let outcome = Outcome {
            cache_control: result.cache_control,
            complexity: result.complexity,
            depth: result.depth,
        };
        // Another request may have been first, with the same outcome.
        let _ = entry.validation.set(outcome);
        Ok(result)
    }
}

fn lock(cache: &Cache) -> std::sync::MutexGuard<'_, LruCache<String, Arc<Entry>>> {
    // A panic while it was held cannot have left the map half-changed.
    cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn operations(document: &ExecutableDocument) -> impl Iterator<Item = &OperationDefinition> {
    document.operations.iter().map(|(_, operation)| &operation.node)
}

/// Whether every variable of an operation is a built-in scalar with a fitting value, so that
/// validating it again would find nothing.
fn variables_are_simple(operation: &OperationDefinition, variables: &Variables) -> bool {
    operation.variable_definitions.iter().all(|definition| {
        let definition = &definition.node;
        let BaseType::Named(name) = &definition.var_type.node.base else { return false };
        let optional = definition.var_type.node.nullable || definition.default_value.is_some();
        match (name.as_str(), variables.get(&definition.name.node)) {
            ("Int" | "Float" | "String" | "Boolean", None) => optional,
            ("Int" | "Float" | "String" | "Boolean", Some(Value::Null)) => {
                definition.var_type.node.nullable
            }
            ("Int", Some(Value::Number(number))) => {
                number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
            }
            ("Float", Some(Value::Number(_)))
            | ("String", Some(Value::String(_)))
            | ("Boolean", Some(Value::Boolean(_))) => true,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::DocumentOperations;
    use async_graphql::value;

    use super::*;

    fn simple(query: &str, variables: Value) -> bool {
        let document = parse_query(query).unwrap();
        let variables = Variables::from_value(variables);
        operations(&document).all(|operation| variables_are_simple(operation, &variables))
    }

    #[test]
    fn only_fitting_scalars_are_simple() {
        assert!(simple("query ($a: Int!, $b: String) { f }", value!({"a": 1})));
        assert!(simple("query ($a: Int! = 1) { f }", value!({})));
        assert!(!simple("query ($a: Int!) { f }", value!({})));
        assert!(!simple("query ($a: Int!) { f }", value!({"a": null})));
        assert!(!simple("query ($a: Int!) { f }", value!({"a": 3000000000u64})));
        assert!(!simple("query ($a: Int!) { f }", value!({"a": "1"})));
        assert!(!simple("query ($a: [Int!]) { f }", value!({"a": [1]})));
        assert!(!simple("query ($a: OrderInput) { f }", value!({"a": {}})));
    }

    #[test]
    fn a_document_of_one_operation_is_one_operation() {
        let document = parse_query("{ a }").unwrap();
        assert!(matches!(document.operations, DocumentOperations::Single(_)));
        assert_eq!(operations(&document).count(), 1);
    }
}
