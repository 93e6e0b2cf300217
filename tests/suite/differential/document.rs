//! Documents and requests, to be written as text.

use std::collections::BTreeSet;
use std::fmt::Write;

use async_graphql::{Name, Request, Value, Variables};

use super::types::Ty;

/// A value of a document or of a variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    Null,
    /// As it is written in a document, and as the value of a variable.
    Scalar(String, Value),
    List(Vec<Input>),
    Object(Vec<(&'static str, Input)>),
    /// A variable by its number.
    Variable(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) ty: Ty,
    pub(super) is_non_null: bool,
    pub(super) default: Option<Input>,
    /// Whether null is a value of it wherever it is used.
    pub(super) may_be_null: bool,
    /// Whether null is an error where it is used.
    pub(super) must_not_be_null: bool,
    /// Whether it may be left out wherever it is used.
    pub(super) may_be_absent: bool,
}

/// `@skip(if: …)` or `@include(if: …)`.
pub(super) type Directive = (&'static str, Input);

#[derive(Clone, Debug)]
pub(super) enum Item {
    Field {
        alias: Option<String>,
        name: &'static str,
        arguments: Vec<(&'static str, Input)>,
        directives: Vec<Directive>,
        items: Vec<Item>,
    },
    Inline {
        on: Option<&'static str>,
        directives: Vec<Directive>,
        items: Vec<Item>,
    },
    Spread {
        fragment: usize,
        directives: Vec<Directive>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) is_mutation: bool,
    pub(super) items: Vec<Item>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) operations: Vec<Operation>,
    pub(super) fragments: Vec<(&'static str, Vec<Item>)>,
    pub(super) variables: Vec<Variable>,
}

/// The values of variables by number; `None` is left out.
pub(super) type Values = Vec<Option<Input>>;

impl Document {
    /// The request as a client sends it.
    pub(super) fn request(&self, operation: usize, values: &Values) -> Request {
        request(self, operation, values, None)
    }

    /// A request that means the same for async-graphql's executor, which ignores the defaults of
    /// variables in `@skip` and `@include`, and takes a variable that is left out for null: the
    /// defaults are given as values, and arguments and members without a value are not written. Its
    /// validation does not look at the directives of `__typename`: they are written around it.
    pub(super) fn plain_request(&self, operation: usize, values: &Values) -> Request {
        let complete = |(variable, value): (&Variable, &Option<Input>)| {
            value.clone().or_else(|| variable.default.clone())
        };
        let values: Values = self.variables.iter().zip(values).map(complete).collect();
        let is_absent = |number: &usize| values[*number].is_none();
        let absent = (0..values.len()).filter(is_absent).collect();
        request(self, operation, &values, Some(&absent))
    }
}

fn request(
    document: &Document,
    operation: usize,
    values: &Values,
    plain: Option<&BTreeSet<usize>>,
) -> Request {
    let mut text = String::new();
    let mut used = BTreeSet::new();
    for number in 0..document.operations.len() {
        let mut writer = Writer::new(document, plain);
        writer.operation(number);
        text += &writer.text;
        if number == operation {
            used = writer.variables;
        }
    }
    let mut fragments = BTreeSet::new();
    for operation in &document.operations {
        document.reach(&operation.items, &mut fragments);
    }
    for number in fragments {
        let (on, items) = &document.fragments[number];
        let mut writer = Writer::new(document, plain);
        let _ = write!(writer.text, "fragment F{number} on {on}");
        writer.items(items);
        text += &writer.text;
    }
    let value =
        |number: usize| Some((Name::new(format!("v{number}")), values[number].as_ref()?.value()));
    let variables = used.into_iter().filter_map(value).collect();
    let mut request = Request::new(text).variables(Variables::from_value(Value::Object(variables)));
    if document.operations.len() > 1 {
        request = request.operation_name(format!("Q{operation}"));
    }
    request
}

impl Document {
    /// Adds the fragments that are used.
    fn reach(&self, items: &[Item], fragments: &mut BTreeSet<usize>) {
        for item in items {
            match item {
                Item::Field { items, .. } | Item::Inline { items, .. } => {
                    self.reach(items, fragments);
                }
                Item::Spread { fragment, .. } => {
                    if fragments.insert(*fragment) {
                        self.reach(&self.fragments[*fragment].1, fragments);
                    }
                }
            }
        }
    }
}

struct Writer<'a> {
    document: &'a Document,
    /// For a plain request, the variables whose uses are not written.
    plain: Option<&'a BTreeSet<usize>>,
    text: String,
    /// The variables that have been written.
    variables: BTreeSet<usize>,
}

impl<'a> Writer<'a> {
    fn new(document: &'a Document, plain: Option<&'a BTreeSet<usize>>) -> Self {
        Self { document, plain, text: String::new(), variables: BTreeSet::new() }
    }

    fn operation(&mut self, number: usize) {
        let operation = &self.document.operations[number];
        self.items(&operation.items);
        let body = std::mem::take(&mut self.text);
        let mut fragments = BTreeSet::new();
        self.document.reach(&operation.items, &mut fragments);
        for fragment in fragments {
            self.items(&self.document.fragments[fragment].1);
        }
        self.text = match (operation.is_mutation, self.document.operations.len()) {
            (true, 1) => "mutation".to_owned(),
            (true, _) => format!("mutation Q{number}"),
            (false, 1) if self.variables.is_empty() => String::new(),
            (false, 1) => "query".to_owned(),
            (false, _) => format!("query Q{number}"),
        };
        if !self.variables.is_empty() {
            let definitions = self.variables.clone();
            let definitions = definitions.into_iter().map(|number| self.definition(number));
            let definitions = definitions.collect::<Vec<_>>().join(", ");
            let _ = write!(self.text, "({definitions})");
        }
        self.text += &body;
    }

    fn definition(&self, number: usize) -> String {
        let Variable { ty, is_non_null, default, .. } = &self.document.variables[number];
        let mut text = format!("$v{number}: {ty}{}", if *is_non_null { "!" } else { "" });
        if let Some(default) = default {
            let _ = write!(text, " = {}", default.text());
        }
        text
    }

    fn items(&mut self, items: &[Item]) {
        self.text += " {";
        for item in items {
            self.text += " ";
            match item {
                Item::Field { alias, name, arguments, directives, items } => {
                    let is_apart = self.plain.is_some() && *name == "__typename";
                    if is_apart {
                        self.text += "...";
                        self.directives(directives);
                        self.text += " { ";
                    }
                    if let Some(alias) = alias {
                        let _ = write!(self.text, "{alias}: ");
                    }
                    self.text += name;
                    self.arguments(arguments);
                    if is_apart {
                        self.text += " }";
                    } else {
                        self.directives(directives);
                    }
                    if !items.is_empty() {
                        self.items(items);
                    }
                }
                Item::Inline { on, directives, items } => {
                    self.text += "...";
                    if let Some(on) = on {
                        let _ = write!(self.text, " on {on}");
                    }
                    self.directives(directives);
                    self.items(items);
                }
                Item::Spread { fragment, directives } => {
                    let _ = write!(self.text, "...F{fragment}");
                    self.directives(directives);
                }
            }
        }
        self.text += " }";
    }

    fn arguments(&mut self, arguments: &[(&'static str, Input)]) {
        let mut separator = "(";
        for (name, value) in arguments {
            if self.is_written(value) {
                let _ = write!(self.text, "{separator}{name}: ");
                self.value(value);
                separator = ", ";
            }
        }
        self.text += if separator == "(" { "" } else { ")" };
    }

    fn directives(&mut self, directives: &[Directive]) {
        for (name, condition) in directives {
            let _ = write!(self.text, " @{name}(if: ");
            self.value(condition);
            self.text += ")";
        }
    }

    fn is_written(&self, value: &Input) -> bool {
        let is_absent = |number| self.plain.is_some_and(|absent| absent.contains(number));
        !matches!(value, Input::Variable(number) if is_absent(number))
    }

    fn value(&mut self, value: &Input) {
        match value {
            Input::Null => self.text += "null",
            Input::Scalar(text, _) => self.text += text,
            Input::List(items) => {
                self.text += "[";
                for item in items {
                    self.value(item);
                    self.text += " ";
                }
                self.text += "]";
            }
            Input::Object(members) => {
                self.text += "{";
                for (name, value) in members {
                    if self.is_written(value) {
                        let _ = write!(self.text, "{name}: ");
                        self.value(value);
                        self.text += " ";
                    }
                }
                self.text += "}";
            }
            Input::Variable(number) => {
                self.variables.insert(*number);
                let _ = write!(self.text, "$v{number}");
            }
        }
    }
}

impl Input {
    /// A constant as it is written in a document.
    fn text(&self) -> String {
        let document = Document::default();
        let mut writer = Writer::new(&document, None);
        writer.value(self);
        writer.text
    }

    /// A constant as the value of a variable.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Scalar(_, value) => value.clone(),
            Self::List(items) => Value::List(items.iter().map(Self::value).collect()),
            Self::Object(members) => {
                let members = members.iter();
                Value::Object(
                    members.map(|(name, value)| (Name::new(name), value.value())).collect(),
                )
            }
            Self::Null | Self::Variable(_) => Value::Null,
        }
    }
}
