//! Aggregates. The runtime registers the same types from the generated tables.

use super::filter_argument;
use super::write::{Definition, Member};
use crate::plan::Plan;
use crate::plan::aggregates::AggregateFunction;
use crate::plan::model::{Column, Object, Relation, Type, View};

/// The root field of an aggregate.
pub(super) fn field(plan: &Plan, view: &View) -> Member {
    let mut arguments = super::direct_arguments(plan, view);
    arguments.push(filter_argument(&view.object));
    Member::new(&view.aggregate, format!("{}!", view.object.aggregate_type("")))
        .doc(&view.object.description)
        .deprecated(view.deprecated.as_deref())
        .arguments(arguments)
}

/// The field of an aggregate of related rows.
pub(super) fn relation(plan: &Plan, relation: &Relation) -> Option<Member> {
    let (name, target) = (relation.aggregate_field()?, plan.object(&relation.target)?);
    let doc = format!("Aggregates of `{}`.", relation.field);
    let member = Member::new(name, format!("{}!", target.aggregate_type(""))).doc(&doc);
    Some(member.arguments(vec![filter_argument(target)]))
}

/// The types of all aggregates.
pub(super) fn definitions(plan: &Plan) -> Vec<Definition> {
    plan.views.values().flat_map(|view| definitions_of(plan, &view.object)).collect()
}

fn definitions_of(plan: &Plan, object: &Object) -> Vec<Definition> {
    let name = &object.name;
    let mut fields = values(object);
    fields.extend(group_by(object));
    let doc = format!("What rows of {name} are together.");
    let mut definitions = vec![Definition::new("type", object.aggregate_type(""), &doc, fields)];
    for (function, doc) in [
        (
            AggregateFunction::CountDistinct,
            "How many different values the columns have, of rows of",
        ),
        (AggregateFunction::Sum, "Sums of columns of rows of"),
        (AggregateFunction::Avg, "Averages of columns of rows of"),
        (AggregateFunction::Min, "Smallest or largest values of columns of rows of"),
    ] {
        let fields: Vec<Member> = function
            .columns(object)
            .map(|(column, ty)| match function {
                AggregateFunction::CountDistinct => member(column, "Int!".to_owned()),
                _ => member(column, plan.output_type(&ty)),
            })
            .collect();
        if !fields.is_empty() {
            let doc = format!("{doc} {name}.");
            definitions.push(Definition::new(
                "type",
                object.aggregate_type(function.suffix()),
                &doc,
                fields,
            ));
        }
    }
    if object.groupable().next().is_some() {
        definitions.extend(groups(plan, object));
    }
    definitions
}

/// A field that stands for a column.
fn member(column: &Column, ty: String) -> Member {
    Member::new(&column.field, ty).deprecated(column.deprecated.as_deref())
}

/// What an aggregate and a group have both.
fn values(object: &Object) -> Vec<Member> {
    let mut members = vec![Member::new("count", "Int!").doc("How many rows there are.")];
    for function in AggregateFunction::ALL {
        if function.columns(object).next().is_some() {
            let doc = match function {
                AggregateFunction::CountDistinct => {
                    "How many different values there are; null is none."
                }
                AggregateFunction::Sum => "Sums; null where there is no value.",
                AggregateFunction::Avg => "Averages; null where there is no value.",
                AggregateFunction::Min => "Smallest values; null where there is none.",
                AggregateFunction::Max => "Largest values; null where there is none.",
            };
            let ty = format!("{}!", object.aggregate_type(function.suffix()));
            members.push(Member::new(function.field(), ty).doc(doc));
        }
    }
    members
}

fn group_by(object: &Object) -> Option<Member> {
    object.groupable().next()?;
    let name = object.aggregate_type("Group");
    let mut arguments = vec![Member::new("columns", format!("[{name}By!]!"))];
    if object.groupable().any(|column| column.ty == Type::Timestamptz) {
        arguments.push(Member::new("timeZone", "String! = \"UTC\""));
    }
    arguments.push(Member::new("orderBy", format!("[{name}OrderBy!]")));
    arguments.push(Member::new("limit", "Int! = 100"));
    arguments.push(Member::new("offset", "Int! = 0"));
    let member = Member::new("groupBy", format!("[{name}!]!"));
    Some(member.doc("The same by group.").arguments(arguments))
}

/// The group, its key, and what says which groups and in which order.
fn groups(plan: &Plan, object: &Object) -> Vec<Definition> {
    let name = &object.name;
    let key = object.groupable().map(|column| member(column, plan.column_type(column)));
    let key_doc = format!(
        "What a group of rows of {name} has in common: the columns that it was grouped by."
    );
    let key = Definition::new("type", object.aggregate_type("GroupKey"), &key_doc, key.collect());
    let mut fields = vec![
        Member::new("key", format!("{}!", object.aggregate_type("GroupKey")))
            .doc("What the rows have in common."),
    ];
    fields.extend(values(object));
    let doc = format!("What a group of rows of {name} is together.");
    let group = Definition::new("type", object.aggregate_type("Group"), &doc, fields);
    let columns = object.groupable().map(|column| member(column, unit(&column.ty).to_owned()));
    let doc = format!("A column to group rows of {name} by: exactly one field.");
    let columns =
        Definition::new("input", object.aggregate_type("GroupBy"), &doc, columns.collect());
    [vec![key, group, columns], orders(object)].concat()
}

/// The sort criteria of groups.
fn orders(object: &Object) -> Vec<Definition> {
    let name = &object.name;
    let column_order = |suffix: &str, columns: Vec<&Column>| {
        let members = columns.into_iter().map(|item| member(item, "Direction".to_owned()));
        let doc = format!("A column and its direction, of groups of {name}.");
        Definition::new(
            "input",
            object.aggregate_type(suffix).with_suffix("OrderBy").to_string(),
            &doc,
            members.collect(),
        )
    };
    let mut definitions = vec![column_order("GroupKey", object.groupable().collect())];
    let mut fields = vec![
        Member::new("key", object.aggregate_type("GroupKeyOrderBy").as_str()),
        Member::new("count", "Direction"),
    ];
    for function in AggregateFunction::ALL {
        let columns: Vec<&Column> = function.columns(object).map(|(column, _)| column).collect();
        if columns.is_empty() {
            continue;
        }
        let suffix = function.order_suffix();
        fields.push(Member::new(
            function.field(),
            object.aggregate_type(suffix).with_suffix("OrderBy").to_string(),
        ));
        if matches!(function, AggregateFunction::Sum | AggregateFunction::Min) {
            definitions.push(column_order(suffix, columns));
        }
    }
    let doc = format!("A sort criterion of groups of rows of {name}: exactly one field.");
    definitions.push(Definition::new("input", object.aggregate_type("GroupOrderBy"), &doc, fields));
    definitions
}

/// The enum that says how to group by values of a type.
const fn unit(ty: &Type) -> &'static str {
    match ty {
        Type::Date => "GroupByDate",
        Type::Timestamp | Type::Timestamptz => "GroupByTime",
        _ => "GroupByValue",
    }
}

/// The enums that say how to group, those in use.
pub(super) fn units(plan: &Plan) -> impl Iterator<Item = Definition> {
    const VALUES: [(&str, &str); 9] = [
        ("VALUE", "By the values as they are."),
        ("SECOND", "By second."),
        ("MINUTE", "By minute."),
        ("HOUR", "By hour."),
        ("DAY", "By day."),
        ("WEEK", "By week, which begins on Monday."),
        ("MONTH", "By month."),
        ("QUARTER", "By quarter."),
        ("YEAR", "By year."),
    ];
    let enums: [(&str, &str, &[usize]); 3] = [
        ("GroupByDate", "How to group by days.", &[0, 5, 6, 7, 8]),
        ("GroupByTime", "How to group by points in time.", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("GroupByValue", "How to group by values.", &[0]),
    ];
    let columns = plan.views.values().flat_map(|view| view.object.groupable());
    let used: Vec<&str> = columns.map(|column| unit(&column.ty)).collect();
    let used = enums.into_iter().filter(move |(name, ..)| used.contains(name));
    used.map(|(name, doc, places)| {
        let values = places.iter().filter_map(|&place| VALUES.get(place));
        let values = values.map(|(value, doc)| Member::bare(value).doc(doc));
        Definition::new("enum", name, doc, values.collect())
    })
}

/// The types that values of aggregates have.
pub(super) fn results(plan: &Plan) -> Vec<Type> {
    let objects = plan.views.values().map(|view| &view.object);
    let results = objects.flat_map(|object| {
        let functions = AggregateFunction::ALL.into_iter();
        // What is different is counted as an Int.
        let functions = functions.filter(|it| *it != AggregateFunction::CountDistinct);
        functions.flat_map(|function| function.columns(object).map(|(_, ty)| ty))
    });
    results.collect()
}
