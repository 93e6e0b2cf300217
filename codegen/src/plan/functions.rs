//! Functions: root fields that call them, and fields of a view's type.

use super::Planner;
use super::arguments::inputs;
use super::model::{Argument, Function, Notation, Operation, Origin, Returns};
use super::names::{self, GraphqlName, RustName};
use super::registry::LIST_ARGUMENTS;
use super::tags::Subject;
use super::types::Unsupported;
use crate::catalog::{self, FunctionKind, PgName, TypeRef, Volatility};
use crate::comment::{Comment, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::sql_name;

/// Why a function is left out; whoever says so has reported it.
pub(super) struct LeftOut;

/// A function that may become a field.
pub(super) struct Candidate<'a> {
    /// What PostgreSQL says about it.
    pub(super) source: &'a catalog::Function,
    /// What its comment says.
    pub(super) comment: Comment,
    /// The view of which it is a field, if its first argument is a row of one.
    pub(super) owner: Option<PgName>,
}

/// The names of a field that calls a function.
pub(super) struct Named {
    /// The field.
    pub(super) field: GraphqlName,
    /// Where the name came from.
    pub(super) origin: Origin,
    /// The type that has the field, if it is a view's.
    owner: Option<GraphqlName>,
}

impl Named {
    /// The name of a type that belongs to the function: `SearchInput`, `CustomersOrdersResult`.
    pub(super) fn derived(&self, suffix: &str) -> GraphqlName {
        let field = self.field.as_type();
        match &self.owner {
            Some(owner) => owner.with_suffix(&format!("{field}{suffix}")),
            None => field.with_suffix(suffix),
        }
    }

    /// The field as people write it: `search`, `Customers.orders`.
    pub(super) fn path(&self) -> String {
        let owner = self.owner.as_ref().map(|owner| format!("{owner}."));
        format!("{}{}", owner.unwrap_or_default(), self.field)
    }

    fn module(&self) -> RustName {
        RustName::of_module(&match &self.owner {
            Some(_) => self.derived("").as_field(),
            None => self.field.clone(),
        })
    }
}

impl Planner<'_> {
    /// Plans every function of the API: those with the prefix, and those on the row of a view,
    /// whatever their names.
    pub(super) fn functions(&mut self) -> Vec<Function> {
        let catalog = self.catalog;
        let mut candidates = Vec::new();
        for source in &catalog.functions {
            let owner = self.owner(source);
            let is_named = source.name.name.starts_with(&self.config.function_prefix);
            if self.config.schemas.contains(&source.name.schema) && (is_named || owner.is_some()) {
                let comment = self.comment(&subject(source), Place::Function);
                candidates.push(Candidate { source, comment, owner });
            }
        }
        candidates.retain(|candidate| !candidate.comment.omit);
        self.report_overloads(&mut candidates);
        let mut functions: Vec<Function> =
            candidates.iter().filter_map(|candidate| self.function(candidate)).collect();
        functions.sort_by(|a, b| (&a.sql, &a.signature).cmp(&(&b.sql, &b.signature)));
        functions
    }

    /// The view whose row is the first argument.
    fn owner(&self, source: &catalog::Function) -> Option<PgName> {
        let first = &inputs(source).next()?.source.ty;
        (!first.array && self.exposed.contains_key(&first.name)).then(|| first.name.clone())
    }

    fn function(&mut self, candidate: &Candidate<'_>) -> Option<Function> {
        let Candidate { source, comment, owner } = candidate;
        self.check_kind(candidate).ok()?;
        self.check_shadowed(source).ok()?;
        let named = self.names_of(candidate)?;
        let arguments = self.arguments(source, comment, usize::from(owner.is_some())).ok()?;
        let returns = self.returns(source, comment, &named).ok()?;
        let input = comment.input.then(|| named.derived("Input"));
        let input = input.filter(|_| self.check_input(source, &arguments));
        let is_volatile = source.volatility == Volatility::Volatile;
        Some(Function {
            sql: source.name.clone(),
            signature: signature(source),
            operation: match owner {
                Some(view) => Operation::Field(view.clone()),
                None if is_volatile => Operation::Mutation,
                None => Operation::Query,
            },
            module: named.module(),
            field: named.field,
            origin: named.origin,
            description: comment.description.clone(),
            deprecated: comment.deprecated.clone(),
            notation: self.notation(source, &arguments),
            list: !is_volatile && is_list(&returns) && !has_list_arguments(&input, &arguments),
            arguments,
            input,
            returns,
        })
    }

    fn names_of(&mut self, candidate: &Candidate<'_>) -> Option<Named> {
        let Candidate { source, comment, owner } = candidate;
        let mut short = names::without_prefix(&source.name.name, &self.config.function_prefix);
        if let Some(view) = owner {
            short = names::field_of_row(short, &view.name, &self.config.view_prefix);
        }
        let (field, origin) =
            self.name(&subject(source), short, comment.name.as_deref(), names::field_name)?;
        let owner = owner.as_ref().and_then(|view| self.object_names.get(view)).cloned();
        Some(Named { field: field.as_field(), origin, owner })
    }

    /// All functions of this name, this one among them.
    pub(super) fn namesakes(&self, source: &catalog::Function) -> &[&catalog::Function] {
        self.namesakes.get(&source.name).map(Vec::as_slice).unwrap_or_default()
    }

    fn notation(&self, source: &catalog::Function, arguments: &[Argument]) -> Notation {
        let is_row = self.owner(source).is_some();
        let by_position = |argument: &Argument| argument.variadic || argument.sql.starts_with('$');
        if is_row || self.namesakes(source).len() > 1 || arguments.iter().any(by_position) {
            Notation::Positional
        } else {
            Notation::Named
        }
    }

    /// Refuses what cannot be called with `select … from f(…)`.
    fn check_kind(&mut self, candidate: &Candidate<'_>) -> Result<(), LeftOut> {
        let source = candidate.source;
        let returns = &source.returns.name;
        let is_pseudo = |name: &str| returns.schema == "pg_catalog" && returns.name.ends_with(name);
        let what = match (source.kind, &candidate.owner) {
            (FunctionKind::Procedure, _) => "procedures are not supported; make it a function",
            (FunctionKind::Aggregate, _) => "aggregates are not supported; select it in a view",
            (FunctionKind::Window, _) => "window functions are not supported; select it in a view",
            (FunctionKind::Function, _) if is_pseudo("trigger") => "only a trigger can call it",
            (FunctionKind::Function, Some(view)) if is_pseudo("void") => {
                let message = format!(
                    "{} is left out: it would be a field of `{view}`, but returns nothing",
                    label(source)
                );
                let advice = "return something, or hide it on purpose";
                self.left_out(Code::UnsupportedFunction, source, message, advice);
                return Err(LeftOut);
            }
            (FunctionKind::Function, Some(view)) if source.volatility == Volatility::Volatile => {
                self.volatile_field(source, view);
                return Err(LeftOut);
            }
            (FunctionKind::Function, _) => return Ok(()),
        };
        let message = format!("{} is left out: {what}", label(source));
        self.left_out(Code::UnsupportedFunction, source, message, "hide it on purpose");
        Err(LeftOut)
    }

    /// A field of a row is read along with it, on a connection that cannot write.
    fn volatile_field(&mut self, source: &catalog::Function, view: &PgName) {
        let message = format!(
            "{} is left out: it would be a field of `{view}`, but is VOLATILE",
            label(source)
        );
        let diagnostic = Diagnostic::new(Code::UnsupportedFunction, message)
            .at(label(source), "")
            .note("a function that writes takes the key of the row instead, or `@omit`")
            .help(format!("if it only reads, say so:\nalter {} stable;", label(source)));
        self.diagnostics.push(diagnostic);
    }

    /// Leaves a function out because of a type.
    pub(super) fn unsupported(
        &mut self,
        function: &catalog::Function,
        part: &str,
        unsupported: &Unsupported,
    ) -> LeftOut {
        let message = format!(
            "{} is left out: {part} has type {}: {}",
            label(function),
            unsupported.shown,
            unsupported.reason
        );
        self.left_out(
            Code::UnsupportedType,
            function,
            message,
            "use another type, or hide the function on purpose",
        );
        LeftOut
    }

    /// Reports that a function is left out, with the SQL that hides it on purpose.
    pub(super) fn left_out(
        &mut self,
        code: Code,
        function: &catalog::Function,
        message: String,
        advice: &str,
    ) {
        let sql = subject(function).with_tag("@omit");
        self.diagnostics.push(
            Diagnostic::new(code, message)
                .at(label(function), "")
                .help(format!("{advice}:\n{sql}")),
        );
    }
}

/// Whether it returns a set whose rows clients can choose from.
fn is_list(returns: &Returns) -> bool {
    matches!(returns, Returns::Rows(_) | Returns::Values(_))
}

/// Whether a function has an argument that is called like one of a list: it does the choosing
/// itself, and ours would do it a second time.
fn has_list_arguments(input: &Option<GraphqlName>, arguments: &[Argument]) -> bool {
    input.is_none() && arguments.iter().any(|item| LIST_ARGUMENTS.contains(&item.name.as_str()))
}

/// The function as an object with a comment.
pub(super) fn subject(function: &catalog::Function) -> Subject<'_> {
    Subject { object: label(function), text: function.comment.as_deref() }
}

/// The function as `comment on` names it.
pub(super) fn label(function: &catalog::Function) -> String {
    let kind = match function.kind {
        FunctionKind::Procedure => "procedure",
        // `comment on aggregate` wants `*` and `order by` where they apply; as a routine, it is like
        // any other.
        FunctionKind::Aggregate => "routine",
        FunctionKind::Function | FunctionKind::Window => "function",
    };
    format!("{kind} {}", signature(function))
}

fn signature(function: &catalog::Function) -> String {
    let types = inputs(function).map(|part| sql_name::short_type(&part.source.ty));
    let types: Vec<String> = types.collect();
    format!("{}({})", sql_name::qualified(&function.name), types.join(", "))
}

/// `pg_catalog.<name>`, not as an array.
pub(super) fn is_built_in(ty: &TypeRef, name: &str) -> bool {
    !ty.array && ty.name == PgName::new("pg_catalog", name)
}
