//! What documents would send to the database, without a database.

use async_graphql::registry::Registry;
use async_graphql::{Request, ServerError, Variables};

use super::{Engine, refused};
use crate::document::Document;
use crate::explain::{Explained, Statement, sample};
use crate::plan::Plan;
use crate::resolver::Resolver;
use crate::roots::Api;
use crate::types::resolver_field;

impl<A: Api> Engine<A> {
    /// The statements that a request would send, in the order in which they are planned. Nothing is
    /// sent, and commands are not carried out.
    ///
    /// # Errors
    ///
    /// Those of the request itself, as far as they are known without running it.
    pub async fn explain(&self, request: Request) -> Result<Explained, Vec<ServerError>> {
        let document = self.admit(&request).await?;
        let (roots, limits) = (&self.inner.roots, self.database.limits());
        document.check_cost(roots, &request.variables, limits).map_err(refused)?;
        let statements = self.statements(&document, &request.variables)?;
        Ok(Explained { document: request.query, statements })
    }

    /// The same for a root field, or for all that read, with documents that ask for the columns and
    /// for those of each relation: as it is, and by each of the columns that are its arguments.
    ///
    /// # Errors
    ///
    /// When a document is beyond the limits.
    pub fn explain_fields(&self, field: Option<&str>) -> Result<Vec<Explained>, Vec<ServerError>> {
        let mut explained = Vec::new();
        for (kind, resolvers) in [("query", A::QUERIES), ("mutation", A::MUTATIONS)] {
            let chosen = |resolver: &&Resolver| match field {
                Some(field) => resolver.field == field,
                None => kind == "query",
            };
            let fields = resolvers.iter().flat_map(|all| all.iter().map(move |one| (one, *all)));
            for (resolver, siblings) in fields.filter(|(resolver, _)| chosen(resolver)) {
                let meta = resolver_field(&mut Registry::default(), resolver);
                for sample in sample::documents(kind, resolver, siblings, &meta) {
                    let request = Request::new(&sample.document);
                    let document = Document::parse(&request, self.database.limits())?;
                    let statements = self.statements(&document, &sample.variables)?;
                    explained.push(Explained { document: sample.document, statements });
                }
            }
        }
        Ok(explained)
    }

    /// The names of all root fields.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        let all = A::QUERIES.iter().chain(A::MUTATIONS).copied().flatten();
        all.map(|resolver| resolver.field)
    }

    fn statements(
        &self,
        document: &Document,
        variables: &Variables,
    ) -> Result<Vec<Statement>, Vec<ServerError>> {
        let limits = self.database.limits();
        let scope = document.scope(variables, limits).map_err(refused)?;
        let plan = Plan::of(&self.inner.roots, scope);
        plan.explain(variables, limits.max_page_size).map_err(|error| vec![error])
    }
}
