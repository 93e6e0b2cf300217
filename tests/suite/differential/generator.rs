//! Random documents, and random values for their variables.

use async_graphql::Value;

use super::choices::Choices;
use super::document::{Directive, Document, Input, Item, Operation, Values, Variable};
use super::types::{self, Place, Ty};

/// How deep selection sets are nested, and input objects.
const DEPTH: usize = 3;

/// A field with its arguments, and the name that the response gives it. Documents use the same
/// name for nothing else, so that any two selection sets of an object can be merged.
#[derive(Clone)]
struct Named {
    on: &'static str,
    alias: Option<String>,
    name: &'static str,
    arguments: Vec<(&'static str, Input)>,
    target: Option<&'static str>,
}

pub(super) struct Generator {
    pub(super) choices: Choices,
    document: Document,
    named: Vec<Named>,
}

impl Generator {
    pub(super) fn new(choices: Choices) -> Self {
        Self { choices, document: Document::default(), named: Vec::new() }
    }

    pub(super) fn document(&mut self) -> Document {
        for _ in 0..1 + self.choices.below(4) / 3 {
            let is_mutation = self.choices.below(6) == 5;
            let items = self.items(if is_mutation { "Mutation" } else { "Query" }, DEPTH);
            self.document.operations.push(Operation { is_mutation, items });
        }
        self.document.clone()
    }

    /// A selection set. There is a field in it that is not skipped: async-graphql's executor makes
    /// null of an object without fields.
    fn items(&mut self, on: &'static str, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for _ in 0..1 + self.choices.below(4) {
            let directives = self.directives();
            items.push(match self.choices.below(8) {
                5 => Item::Inline {
                    on: self.choices.maybe().then_some(on),
                    directives,
                    items: self.items(on, depth.saturating_sub(1)),
                },
                6 => Item::Spread { fragment: self.fragment(on, depth), directives },
                7 => self.typename(on, directives),
                choice => self.field(on, depth, choice > 2, directives),
            });
        }
        let is_kept =
            |item: &Item| matches!(item, Item::Field { directives, .. } if directives.is_empty());
        if !items.iter().any(is_kept) {
            items.push(self.field(on, depth, false, Vec::new()));
        }
        items
    }

    fn fragment(&mut self, on: &'static str, depth: usize) -> usize {
        let known = self.document.fragments.iter().enumerate();
        let known = known.filter(|(_, (other, _))| *other == on).map(|(number, _)| number);
        let known: Vec<usize> = known.collect();
        if !known.is_empty() && self.choices.maybe() {
            return self.choices.of(&known);
        }
        // It is known only now that it is complete, so that it cannot contain itself.
        let items = self.items(on, depth.saturating_sub(1));
        self.document.fragments.push((on, items));
        self.document.fragments.len() - 1
    }

    fn field(
        &mut self,
        on: &'static str,
        depth: usize,
        has_items: bool,
        directives: Vec<Directive>,
    ) -> Item {
        let fields = types::fields(on);
        let fits = |target: &Option<&str>| target.is_some() == (has_items && depth > 0);
        let known: Vec<Named> = self
            .named
            .iter()
            .filter(|named| named.on == on && fits(&named.target))
            .cloned()
            .collect();
        let named = if !known.is_empty() && self.choices.maybe() {
            self.choices.of(&known)
        } else {
            let fields: Vec<_> = fields.into_iter().filter(|(.., target)| fits(target)).collect();
            if fields.is_empty() {
                return self.typename(on, directives);
            }
            let (name, slots, target) = self.choices.of(&fields);
            let arguments = self.slots(&slots, DEPTH, false);
            self.name(Named { on, alias: None, name, arguments, target })
        };
        let Named { alias, name, arguments, target, .. } = named;
        let items = target.map(|target| self.items(target, depth - 1)).unwrap_or_default();
        Item::Field { alias, name, arguments, directives, items }
    }

    fn typename(&mut self, on: &'static str, directives: Vec<Directive>) -> Item {
        let (name, arguments) = ("__typename", Vec::new());
        let Named { alias, name, arguments, .. } =
            self.name(Named { on, alias: None, name, arguments, target: None });
        Item::Field { alias, name, arguments, directives, items: Vec::new() }
    }

    /// Gives a field a name in the response.
    fn name(&mut self, mut named: Named) -> Named {
        let same =
            |other: &&Named| (other.on, other.name, &other.alias) == (named.on, named.name, &None);
        let is_free = match self.named.iter().find(same) {
            Some(other) => other.arguments == named.arguments,
            None => true,
        };
        if !is_free || self.choices.below(4) == 1 {
            named.alias = Some(format!("a{}", self.named.len()));
        }
        self.named.push(named.clone());
        named
    }

    fn directives(&mut self) -> Vec<Directive> {
        let names: &[&str] = match self.choices.below(8) {
            5 => &["skip"],
            6 => &["include"],
            7 => &["include", "skip"],
            _ => &[],
        };
        names
            .iter()
            .map(|name| (*name, self.input(&Ty::Boolean, Place::Required, 0, false)))
            .collect()
    }

    fn slots(
        &mut self,
        slots: &[types::Slot],
        depth: usize,
        is_constant: bool,
    ) -> Vec<(&'static str, Input)> {
        let mut given = Vec::new();
        for (name, ty, place) in slots {
            if *place == Place::Required || self.choices.below(3) == 1 {
                given.push((*name, self.input(ty, *place, depth, is_constant)));
            }
        }
        if self.choices.below(4) == 1 {
            given.reverse();
        }
        given
    }

    fn input(&mut self, ty: &Ty, place: Place, depth: usize, is_constant: bool) -> Input {
        match self.choices.below(8) {
            7 if place == Place::Nullable => Input::Null,
            4.. if !is_constant => Input::Variable(self.variable(ty, place)),
            _ => self.filled(ty, depth, is_constant),
        }
    }

    /// A value that is not null, nor a variable.
    fn filled(&mut self, ty: &Ty, depth: usize, is_constant: bool) -> Input {
        let quoted = |text: &str| Input::Scalar(format!("{text:?}"), Value::from(text));
        let name = |name: &str| Input::Scalar(name.to_owned(), Value::from(name));
        let number = |number: i32| Input::Scalar(number.to_string(), Value::from(number));
        match ty {
            Ty::Int => number(self.choices.of(&[1, 0, 2, 3, 7])),
            Ty::Float => {
                let float = self.choices.of(&[0.5, 1.25, -0.5]);
                Input::Scalar(float.to_string(), Value::from(float))
            }
            Ty::String => quoted(self.choices.of(&["a", "b", "", "B\"\\"])),
            Ty::Boolean => {
                let value = self.choices.maybe();
                Input::Scalar(value.to_string(), Value::from(value))
            }
            Ty::BigInt if self.choices.below(4) == 1 => number(2),
            Ty::BigInt => quoted(self.choices.of(&["1", "0", "4"])),
            Ty::Genre => name(self.choices.of(&["NOVEL", "POEM", "TEXT_BOOK"])),
            Ty::Direction => {
                name(self.choices.of(&["ASC", "DESC", "DESC_NULLS_LAST", "ASC_NULLS_FIRST"]))
            }
            // A single value stands for a list of one.
            Ty::List(item, _) if self.choices.below(6) == 1 => {
                self.filled(item, depth, is_constant)
            }
            Ty::List(item, is_non_null) => {
                let place = if *is_non_null { Place::Required } else { Place::Nullable };
                let length = self.choices.below(4);
                Input::List(
                    (0..length).map(|_| self.input(item, place, depth, is_constant)).collect(),
                )
            }
            Ty::Object(object) => Input::Object(self.members(object, depth, is_constant)),
        }
    }

    fn members(
        &mut self,
        object: &'static str,
        depth: usize,
        is_constant: bool,
    ) -> Vec<(&'static str, Input)> {
        let mut slots = types::members(object);
        // Filters of filters come to an end.
        slots.retain(|(_, ty, _)| depth > 0 || !matches!(ty, Ty::Object(_) | Ty::List(..)));
        let depth = depth.saturating_sub(1);
        if object.ends_with("OrderBy") {
            let (name, ty, place) = self.choices.of(&slots);
            return vec![(name, self.input(&ty, place, depth, is_constant))];
        }
        self.slots(&slots, depth, is_constant)
    }

    /// A variable that may stand in a place.
    fn variable(&mut self, ty: &Ty, place: Place) -> usize {
        let has_mark = matches!(place, Place::Required | Place::Defaulted);
        let fits = |variable: &Variable| {
            let has_value = variable.is_non_null || variable.default.is_some();
            variable.ty == *ty
                && (has_value || matches!(place, Place::Nullable | Place::Optional))
                && (!variable.may_be_null || place == Place::Nullable)
        };
        let known = self.document.variables.iter().enumerate();
        let known: Vec<usize> =
            known.filter(|(_, variable)| fits(variable)).map(|(number, _)| number).collect();
        if !known.is_empty() && self.choices.maybe() {
            return self.choices.of(&known);
        }
        let is_non_null = self.choices.below(3) == 1;
        let needs_value = !is_non_null && !matches!(place, Place::Nullable | Place::Optional);
        let default = (needs_value || self.choices.below(3) == 1).then(|| {
            if place == Place::Nullable && !is_non_null && self.choices.below(4) == 1 {
                Input::Null
            } else {
                self.filled(ty, 2, true)
            }
        });
        // Where there is a `!`, the null of a variable with a default is an error.
        let may_be_null =
            !is_non_null && (place == Place::Nullable || has_mark && self.choices.below(4) == 1);
        let may_be_absent = !is_non_null || default.is_some();
        let ty = ty.clone();
        self.document.variables.push(Variable {
            ty,
            is_non_null,
            default,
            may_be_null,
            must_not_be_null: may_be_null && has_mark,
            may_be_absent,
        });
        self.document.variables.len() - 1
    }

    /// Values for the variables of the document, some of them those of before.
    pub(super) fn values(&mut self, before: Option<&Values>) -> Values {
        let variables = self.document.variables.clone();
        let variables = variables.iter().enumerate();
        let value = |(number, variable): (usize, &Variable)| match self.choices.below(8) {
            1 if variable.may_be_absent => None,
            2 if variable.may_be_null => Some(Input::Null),
            3..6 if let Some(before) = before => before[number].clone(),
            _ => Some(self.filled(&variable.ty, 2, true)),
        };
        let mut values: Values = variables.map(value).collect();
        let is_wrong = |(variable, value): (&Variable, &Option<Input>)| {
            variable.must_not_be_null && *value == Some(Input::Null)
        };
        if self.document.variables.iter().zip(&values).any(is_wrong) {
            // Validation finds that only in arguments of which every variable is given.
            for (number, value) in values.iter_mut().enumerate() {
                if value.is_none() {
                    let ty = self.document.variables[number].ty.clone();
                    *value = Some(self.filled(&ty, 2, true));
                }
            }
        }
        values
    }

    /// Values one of which is of another type; `None` if there is no variable.
    pub(super) fn wrong_values(&mut self, values: &Values) -> Option<(usize, Values)> {
        if values.is_empty() {
            return None;
        }
        let (number, mut values) = (self.choices.below(values.len()), values.clone());
        let mut ty = &self.document.variables[number].ty;
        while let Ty::List(item, _) = ty {
            ty = item;
        }
        values[number] = Some(match ty {
            Ty::Object(_) => Input::Scalar("1".to_owned(), Value::from(1)),
            _ => Input::Object(Vec::new()),
        });
        Some((number, values))
    }
}
