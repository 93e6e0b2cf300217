//! Reads everything that a schema's query root leads to, and says what is wrong with it.

use codegen::plan::model::View;
use serde_json::{Map, Value, json};

use super::client::Client;
use super::introspection::{Field, Schema};
use super::selection::{self, Selection};
use super::subject::{Contents, Subject};
use super::{aggregates, conditions, connections, relations};

/// The largest page.
pub(crate) const PAGE: i32 = 1000;

/// Lists that one document asks for at the most, which keeps it below the maximum complexity.
const BATCH: usize = 40;

/// A walk through a schema.
pub(crate) struct Walk<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) schema: &'a Schema,
    client: Client,
    /// What is wrong, one line each.
    pub(crate) faults: Vec<String>,
}

/// A field to ask for.
pub(crate) struct Ask<'a> {
    pub(crate) field: &'a Field,
    pub(crate) arguments: Vec<(&'a str, Value)>,
    /// The selection set as text.
    pub(crate) selection: String,
}

/// Reads a schema and answers with what is wrong.
pub(crate) fn check(subject: &Subject, address: &str) -> Vec<String> {
    let mut client = Client::connect(address);
    let schema = &Schema::ask(&mut client, subject.relations());
    let mut walk = Walk { subject, schema, client, faults: Vec::new() };
    for field in schema.queries() {
        if let Some(contents) = subject.contents.get(&field.name) {
            walk.list(field, contents);
        }
    }
    for view in subject.plan.views.values() {
        walk.query(view.list.field.as_str());
    }
    walk.faults.iter().map(|fault| format!("{}: {fault}", subject.name)).collect()
}

impl<'a> Walk<'a> {
    fn list(&mut self, field: &'a Field, contents: &Contents) {
        let ty = field.ty.name();
        let columns = Selection::columns(self.schema, ty);
        let rows = self.checked(field, &columns);
        self.compare(field, contents, &rows);
        if rows.is_empty() {
            self.faults.push(format!("{}: no row to look at", field.name));
            return;
        }
        aggregates::check(self, field, &rows);
        conditions::check(self, field, &rows);
        self.pages(field, &columns, &rows);
        self.lookups(field, &columns, &rows);
        connections::check(self, field, &columns);
        for relation in self.schema.relations(ty) {
            let through = Selection::through(self.schema, ty, relation);
            self.checked(field, &through);
            relations::check(self, field, relation);
            aggregates::related(self, field, relation);
            relations::arguments(self, field, relation, rows.len());
        }
    }

    /// All rows of a list, checked against the types of their fields.
    fn checked(&mut self, field: &'a Field, selection: &Selection) -> Vec<Value> {
        let value = self.all(field, selection.text());
        selection::check(
            self.schema,
            &field.ty,
            Some(selection),
            &value,
            &field.name,
            &mut self.faults,
        );
        value.as_array().cloned().unwrap_or_default()
    }

    /// All rows of a list, as they come.
    pub(crate) fn all(&mut self, field: &'a Field, selection: String) -> Value {
        let arguments = vec![("limit", json!(PAGE))];
        self.ask(&[Ask { field, arguments, selection }]).remove(0)
    }

    /// Holds rows against what SQL says.
    fn compare(&mut self, field: &Field, contents: &Contents, rows: &[Value]) {
        if rows.len() != contents.count {
            let fault = format!("{}: {} rows for {}", field.name, rows.len(), contents.count);
            self.faults.push(fault);
            return;
        }
        let text = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let row = |row: &Value| -> Vec<Option<String>> {
            contents.columns.iter().map(|column| text(&row[column])).collect()
        };
        let mut rows: Vec<_> = rows.iter().map(row).collect();
        rows.sort();
        for (here, there) in rows.iter().zip(&contents.rows) {
            if here != there {
                self.faults.push(format!("{}: {here:?} for {there:?} of SQL", field.name));
            }
        }
    }

    /// `limit` and `offset`: of a view with a key they cut pieces out of the list.
    fn pages(&mut self, field: &'a Field, columns: &Selection, rows: &[Value]) {
        let page = |limit: usize, offset: usize| Ask {
            field,
            arguments: vec![("limit", json!(limit)), ("offset", json!(offset))],
            selection: columns.text(),
        };
        let cuts = [(0, 0), (1, 0), (1, 1), (2, 1), (2, rows.len() - 1), (1, rows.len())];
        let asks: Vec<_> = cuts.iter().map(|&(limit, offset)| page(limit, offset)).collect();
        let has_key = self.view(field).key.is_some();
        for (answer, (limit, offset)) in self.ask(&asks).iter().zip(cuts) {
            let expected = &rows[offset..rows.len().min(offset + limit)];
            let found = answer.as_array().map_or(&[][..], Vec::as_slice);
            if found.len() != expected.len() || (has_key && found != expected) {
                let what = format!("limit {limit} offset {offset} is no piece of the list");
                self.faults.push(format!("{}: {what}", field.name));
            }
        }
    }

    /// The fields that find a row by a key find the rows of the list.
    fn lookups(&mut self, field: &'a Field, columns: &Selection, rows: &[Value]) {
        for lookup in &self.view(field).lookups {
            let by_key = self.query(lookup.field.as_str());
            let names = || by_key.arguments.iter().map(|argument| argument.name.as_str());
            // The columns of a key that is no row's identity may be null.
            let is_whole = |row: &&Value| names().all(|name| !row[name].is_null());
            let rows: Vec<&Value> = rows.iter().filter(is_whole).take(BATCH / 4).collect();
            let asks = rows.iter().map(|row| Ask {
                field: by_key,
                arguments: names().map(|name| (name, row[name].clone())).collect(),
                selection: columns.text(),
            });
            for (answer, row) in self.ask(&asks.collect::<Vec<_>>()).iter().zip(&rows) {
                if answer != *row {
                    self.faults.push(format!("{}: {answer} for {row}", by_key.name));
                }
            }
        }
    }

    /// The view behind a list.
    pub(crate) fn view(&self, field: &Field) -> &'a View {
        let mut views = self.subject.plan.views.values();
        views.find(|view| view.list.field.as_str() == field.name).expect("a list is a view's")
    }

    /// The root field of a name.
    pub(crate) fn query(&self, name: &str) -> &'a Field {
        let found = self.schema.queries().iter().find(|field| field.name == name);
        found.unwrap_or_else(|| panic!("{name} is not served"))
    }

    /// Asks for fields, a few at a time, and answers with a value for each.
    pub(crate) fn ask(&mut self, asks: &[Ask<'_>]) -> Vec<Value> {
        asks.chunks(BATCH).flat_map(|asks| self.ask_at_once(asks)).collect()
    }

    fn ask_at_once(&mut self, asks: &[Ask<'_>]) -> Vec<Value> {
        let (mut declared, mut variables, mut fields) = (Vec::new(), Map::new(), String::new());
        for (index, ask) in asks.iter().enumerate() {
            let mut given = Vec::new();
            for (name, value) in &ask.arguments {
                let argument = ask.field.argument(name).expect("an argument of the field");
                let variable = format!("v{}", declared.len());
                declared.push(format!("${variable}: {}", argument.ty));
                given.push(format!("{name}: ${variable}"));
                variables.insert(variable, value.clone());
            }
            let given = match given.is_empty() {
                true => String::new(),
                false => format!("({})", given.join(", ")),
            };
            fields += &format!("  a{index}: {}{given}{}\n", ask.field.name, ask.selection);
        }
        let declared = match declared.is_empty() {
            true => String::new(),
            false => format!("({})", declared.join(", ")),
        };
        let document = format!("query{declared} {{\n{fields}}}");
        let variables = Value::Object(variables);
        let answer = self.client.send(&document, None, &variables);
        if let Some(errors) = answer.get("errors") {
            self.faults.push(format!("{errors}\n{document}\n{variables}"));
        }
        (0..asks.len()).map(|index| answer["data"][format!("a{index}")].clone()).collect()
    }
}
