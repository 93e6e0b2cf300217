//! Functions that share a name: comments tell them apart.

use std::collections::BTreeSet;

use super::Planner;
use super::arguments::inputs;
use super::functions::{Candidate, LeftOut, label, subject};
use super::names;
use super::registry::without_name;
use crate::catalog;
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

impl Planner<'_> {
    /// Removes and reports the functions that would be the same field.
    ///
    /// Fields of different views may well come from functions of one name.
    pub(super) fn report_overloads(&mut self, candidates: &mut Vec<Candidate<'_>>) {
        let field = |candidate: &Candidate<'_>| {
            let Candidate { source, comment, owner } = candidate;
            (source.name.clone(), owner.clone(), comment.name.clone())
        };
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<_> =
            candidates.iter().map(field).filter(|field| !seen.insert(field.clone())).collect();
        for shared in &twice {
            let twins: Vec<&Candidate<'_>> =
                candidates.iter().filter(|candidate| field(candidate) == *shared).collect();
            self.overloaded(&twins);
        }
        candidates.retain(|candidate| !twice.contains(&field(candidate)));
    }

    /// Refuses a function that no call can mean: another of the same name takes the same arguments
    /// and then only such as have defaults, and PostgreSQL calls that ambiguous.
    /// <https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-OVERLOADING>
    pub(super) fn check_shadowed(&mut self, source: &catalog::Function) -> Result<(), LeftOut> {
        let count = inputs(source).count();
        let is_shadow = |other: &&&catalog::Function| {
            let types = inputs(other).map(|part| &part.source.ty);
            inputs(other).count() > count
                && types.zip(inputs(source)).all(|(ty, part)| *ty == part.source.ty)
                && inputs(other).skip(count).all(|part| part.source.default.is_some())
        };
        let Some(shadow) = self.namesakes(source).iter().find(is_shadow) else { return Ok(()) };
        let message = format!(
            "{} is left out, because PostgreSQL cannot tell a call of it from one of {}, whose \
             other arguments have defaults",
            label(source),
            label(shadow)
        );
        let advice = "remove the defaults, or hide it on purpose";
        self.left_out(Code::OverloadedFunction, source, message, advice);
        Err(LeftOut)
    }

    fn overloaded(&mut self, twins: &[&Candidate<'_>]) {
        let Some(first) = twins.first() else { return };
        let message = format!(
            "{} functions called {} are left out, because nothing tells them apart",
            twins.len(),
            sql_name::qualified(&first.source.name)
        );
        let mut diagnostic = Diagnostic::new(Code::OverloadedFunction, message);
        let mut help = "give each a name of its own:".to_owned();
        for (twin, name) in twins.iter().zip(self.suggested_names(twins)) {
            let source = twin.source;
            diagnostic = diagnostic.at(label(source), "");
            let rest = without_name(source.comment.as_deref());
            let tag = format!("@name {name}");
            let sql = sql_name::comment_with(&subject(source).object, &tag, rest.as_deref());
            help = format!("{help}\n{sql}");
        }
        self.diagnostics.push(diagnostic.help(help));
    }

    /// A name for each, by its arguments; by their types if the arguments are called alike.
    fn suggested_names(&self, twins: &[&Candidate<'_>]) -> Vec<String> {
        let prefix = &self.config.function_prefix;
        let by = |words: &dyn Fn(&Candidate<'_>) -> Vec<String>| -> Vec<String> {
            let name = |twin: &&Candidate<'_>| {
                let short = names::without_prefix(&twin.source.name.name, prefix);
                let words: Vec<String> = words(twin).iter().map(|word| plain(word)).collect();
                let name = match words.as_slice() {
                    [] => short.to_owned(),
                    words => format!("{short}_with_{}", words.join("_and_")),
                };
                names::field_name(&plain(&name)).map_or_else(|_| name, |name| name.to_string())
            };
            twins.iter().map(name).collect()
        };
        let by_argument = by(&|twin| {
            inputs(twin.source)
                .map(|part| names::without_prefix(&part.sql, "p_").replace('$', "arg"))
                .collect()
        });
        if by_argument.iter().collect::<BTreeSet<_>>().len() == twins.len() {
            return by_argument;
        }
        by(&|twin| inputs(twin.source).map(|part| sql_name::short_type(&part.source.ty)).collect())
    }
}

/// What GraphQL accepts of a word.
fn plain(word: &str) -> String {
    let word = word.replace("[]", "_list");
    word.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
