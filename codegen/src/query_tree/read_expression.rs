//! Makes typed expressions of a node tree.
//!
//! To teach it a new kind of node: add a variant to [`Expr`], read it here, and give it rules in
//! `plan::nullability`. Until then it is an [`Expr::Other`], about which nothing is claimed.

use super::expression::*;
use super::node::{Node, Struct};
use super::read::Reader;
use crate::catalog::TypeRef;

impl Reader<'_> {
    /// The expressions of a list.
    pub(super) fn expressions(&self, list: &Node<'_>) -> Vec<Expr> {
        list.items().iter().map(|node| self.expression(node)).collect()
    }

    /// An expression that may be missing.
    pub(super) fn optional(&self, node: &Node<'_>) -> Option<Expr> {
        (*node != Node::Null).then(|| self.expression(node))
    }

    /// An expression.
    pub(super) fn expression(&self, node: &Node<'_>) -> Expr {
        match node {
            Node::Struct(node) => self
                .known(node)
                .unwrap_or_else(|| Expr::other(node.tag.to_ascii_lowercase().replace("expr", ""))),
            Node::Pruned => Expr::other("an expression that nests too deeply"),
            _ => Expr::other("nothing"),
        }
    }

    fn boxed(&self, node: &Node<'_>) -> Box<Expr> {
        Box::new(self.expression(node))
    }

    fn ty(&self, node: &Struct<'_>, field: &str) -> Option<TypeRef> {
        self.names.types.get(&node.number(field)?).cloned()
    }

    fn function(&self, node: &Struct<'_>, field: &str) -> Option<String> {
        self.names.functions.get(&node.number(field)?).cloned()
    }

    /// Reads a node of which something is known; `None` if a part that must be there is not.
    fn known(&self, node: &Struct<'_>) -> Option<Expr> {
        let argument = || self.boxed(node.field("arg"));
        let arguments = || self.expressions(node.field("args"));
        Some(match node.tag {
            "VAR" => return self.column(node),
            "CONST" => Expr::Constant(self.constant(node)?),
            "PARAM" if node.number("paramkind") == Some(2) => {
                Expr::SubqueryColumn { column: node.number("paramid")? }
            }
            "FUNCEXPR" => Expr::Call(Call {
                function: self.function(node, "funcid")?,
                operator: None,
                ty: self.ty(node, "funcresulttype")?,
                set: node.flag("funcretset"),
                variadic: node.flag("funcvariadic"),
                arguments: self.call_arguments(node.field("args")),
            }),
            "OPEXPR" => Expr::Call(self.operator_call(node)?),
            "DISTINCTEXPR" => Expr::Distinct(self.operator_call(node)?),
            "NULLIFEXPR" => Expr::NullIf(self.operator_call(node)?),
            "SCALARARRAYOPEXPR" => {
                Expr::AnyAll { call: self.operator_call(node)?, any: node.flag("useOr") }
            }
            "AGGREF" => Expr::Aggregate(self.aggregate(node)?),
            "WINDOWFUNC" => Expr::Window(WindowCall {
                function: self.function(node, "winfnoid")?,
                ty: self.ty(node, "wintype")?,
                arguments: arguments(),
                filtered: self
                    .optional(node.field("aggfilter"))
                    .is_some_and(|filter| !filter.is_true()),
                window: node.number("winref")?,
            }),
            "GROUPINGFUNC" => Expr::Grouping,
            "BOOLEXPR" => match node.field("boolop").text()?.as_str() {
                "and" => Expr::And { arguments: arguments() },
                "or" => Expr::Or { arguments: arguments() },
                "not" => Expr::Not { argument: Box::new(arguments().pop()?) },
                _ => return None,
            },
            "SUBLINK" => Expr::Subquery(self.sublink(node)),
            "FIELDSELECT" => Expr::Field { argument: argument(), number: node.number("fieldnum")? },
            // With an assigned value it would be an assignment, which no view has.
            "SUBSCRIPTINGREF" if !node.field("refassgnexpr").is_present() => Expr::Subscript {
                argument: self.boxed(node.field("refexpr")),
                subscripts: ["refupperindexpr", "reflowerindexpr"]
                    .into_iter()
                    .flat_map(|field| node.field(field).items())
                    .filter(|subscript| **subscript != Node::Null)
                    .map(|subscript| self.expression(subscript))
                    .collect(),
            },
            "RELABELTYPE" => self.coercion(node, Coercion::Relabel)?,
            "COERCEVIAIO" => self.coercion(node, Coercion::Text)?,
            "ARRAYCOERCEEXPR" => match node.field("elemexpr").as_struct() {
                Some(element) if element.tag == "FUNCEXPR" => {
                    self.coercion(node, Coercion::ArrayByFunction)?
                }
                _ => self.coercion(node, Coercion::Array)?,
            },
            "CONVERTROWTYPEEXPR" => self.coercion(node, Coercion::Row)?,
            "COERCETODOMAIN" => self.coercion(node, Coercion::Domain)?,
            // It has no type of its own: that of its argument is as good as any, if known.
            "COLLATE" | "COLLATEEXPR" => {
                let argument = argument();
                let text = || TypeRef {
                    name: crate::catalog::PgName::new("pg_catalog", "text"),
                    array: false,
                };
                let ty = argument.ty().cloned().unwrap_or_else(text);
                Expr::Coercion { how: Coercion::Collation, ty, argument }
            }
            "CASE" | "CASEEXPR" => Expr::Case(self.case(node)?),
            "CASETESTEXPR" => Expr::CaseValue,
            "ARRAY" | "ARRAYEXPR" => Expr::Array {
                elements: self.expressions(node.field("elements")),
                nested: node.flag("multidims"),
            },
            "ROW" | "ROWEXPR" => Expr::Row { fields: arguments() },
            "ROWCOMPARE" | "ROWCOMPAREEXPR" => Expr::RowComparison {
                functions: node
                    .field("opnos")
                    .numbers()
                    .iter()
                    .map(|oid| Some(self.names.operators.get(oid)?.function.clone()))
                    .collect::<Option<_>>()?,
                arguments: [node.field("largs"), node.field("rargs")]
                    .into_iter()
                    .flat_map(|side| self.expressions(side))
                    .collect(),
            },
            "COALESCE" | "COALESCEEXPR" => Expr::Coalesce { arguments: arguments() },
            "MINMAX" | "MINMAXEXPR" => Expr::GreatestLeast { arguments: arguments() },
            "SQLVALUEFUNCTION" => Expr::SessionValue(match node.number("op")? {
                0..=8 => SessionValue::Time,
                9..=13 => SessionValue::Identity,
                14 => SessionValue::Schema,
                _ => return None,
            }),
            "NULLTEST" => Expr::NullTest {
                argument: argument(),
                is_null: match node.number("nulltesttype")? {
                    0 => true,
                    1 => false,
                    _ => return None,
                },
                row: node.flag("argisrow"),
            },
            "BOOLEANTEST" => {
                let (value, not) = match node.number("booltesttype")? {
                    0 => (Some(true), false),
                    1 => (Some(true), true),
                    2 => (Some(false), false),
                    3 => (Some(false), true),
                    4 => (None, false),
                    5 => (None, true),
                    _ => return None,
                };
                Expr::BooleanTest { argument: argument(), value, not }
            }
            _ => return None,
        })
    }

    /// The arguments of a call, each in its place: those that are passed by name tell theirs.
    /// Where one is left out, its default is taken.
    fn call_arguments(&self, list: &Node<'_>) -> Vec<Expr> {
        let mut arguments = Vec::new();
        for argument in list.items() {
            let named = argument.as_struct().filter(|argument| argument.tag == "NAMEDARGEXPR");
            let Some(named) = named else {
                arguments.push(self.expression(argument));
                continue;
            };
            let value = self.expression(named.field("arg"));
            let place = named.number("argnumber").unwrap_or(arguments.len()).min(MOST_ARGUMENTS);
            while arguments.len() <= place {
                arguments.push(Expr::Default);
            }
            arguments[place] = value;
        }
        arguments
    }

    /// A column, or the grouping expression that stands behind it.
    fn column(&self, node: &Struct<'_>) -> Option<Expr> {
        let levels_up = node.number("varlevelsup")?;
        let (range, column) = (node.number("varno")?, node.number("varattno")?);
        let level = self.up(levels_up)?;
        Some(match level.grouping_expression(range, column) {
            None => {
                let range = level.range_number(range);
                Expr::Column(Column { range, column, levels_up })
            }
            Some(expression) if levels_up == 0 => expression,
            // Seen from a subquery, the expression's own references are further out.
            Some(Expr::Column(inner)) => {
                Expr::Column(Column { levels_up: inner.levels_up + levels_up, ..inner })
            }
            Some(_) => Expr::other("an outer query's grouping expression"),
        })
    }

    fn constant(&self, node: &Struct<'_>) -> Option<Constant> {
        let ty = self.ty(node, "consttype")?;
        if node.flag("constisnull") {
            return Some(Constant { ty, value: None });
        }
        // `length [ byte byte … ]`, where a byte is signed on some machines.
        let value = node.field("constvalue").items();
        let bytes: Vec<i16> = value.iter().skip(1).filter_map(Node::number).collect();
        // A label is kept by its identifier, which another server would not have.
        let oid = bytes.iter().map(|byte| byte.to_le_bytes()[0]);
        let oid = oid.take(4).collect::<Vec<_>>().try_into().map(u32::from_le_bytes);
        let key = node.number("consttype").zip(oid.ok());
        if let Some(label) = key.and_then(|key| self.names.labels.get(&key)) {
            return Some(Constant { ty, value: Some(hexadecimal(label.bytes())) });
        }
        let bytes = bytes.iter().map(|byte| byte.to_le_bytes()[0]);
        Some(Constant { ty, value: Some(hexadecimal(bytes)) })
    }

    fn operator_call(&self, node: &Struct<'_>) -> Option<Call> {
        let operator = self.names.operators.get(&node.number("opno")?)?;
        // `ANY` and `ALL` do not tell the type of their result: it is a boolean.
        let boolean =
            || TypeRef { name: crate::catalog::PgName::new("pg_catalog", "bool"), array: false };
        Some(Call {
            function: self.function(node, "opfuncid").unwrap_or_else(|| operator.function.clone()),
            operator: Some(operator.symbol.clone()),
            ty: self.ty(node, "opresulttype").unwrap_or_else(boolean),
            set: node.flag("opretset"),
            variadic: false,
            arguments: self.expressions(node.field("args")),
        })
    }

    fn aggregate(&self, node: &Struct<'_>) -> Option<Aggregate> {
        let argument = |target: &Node<'_>| {
            let target = target.as_struct()?;
            // Further ones are only there for `ORDER BY` within the aggregate.
            (!target.flag("resjunk")).then(|| self.expression(target.field("expr")))
        };
        Some(Aggregate {
            function: self.function(node, "aggfnoid")?,
            ty: self.ty(node, "aggtype")?,
            arguments: node.field("args").items().iter().filter_map(argument).collect(),
            direct: self.expressions(node.field("aggdirectargs")),
            filtered: self
                .optional(node.field("aggfilter"))
                .is_some_and(|filter| !filter.is_true()),
            levels_up: node.number("agglevelsup")?,
        })
    }

    fn sublink(&self, node: &Struct<'_>) -> Subquery {
        Subquery {
            kind: match node.number("subLinkType") {
                Some(0) => SubqueryKind::Exists,
                Some(1) => SubqueryKind::All,
                Some(2) => SubqueryKind::Any,
                Some(4) => SubqueryKind::Value,
                Some(6) => SubqueryKind::Array,
                _ => SubqueryKind::Other,
            },
            test: self.optional(node.field("testexpr")).map(Box::new),
            query: Box::new(self.subquery(node.field("subselect"))),
        }
    }

    fn coercion(&self, node: &Struct<'_>, how: Coercion) -> Option<Expr> {
        let ty = self.ty(node, "resulttype")?;
        Some(Expr::Coercion { how, ty, argument: self.boxed(node.field("arg")) })
    }

    fn case(&self, node: &Struct<'_>) -> Option<Case> {
        let arm = |arm: &Node<'_>| {
            let arm = arm.as_struct()?;
            Some(CaseArm {
                when: self.expression(arm.field("expr")),
                then: self.expression(arm.field("result")),
            })
        };
        Some(Case {
            value: self.optional(node.field("arg")).map(Box::new),
            arms: node.field("args").items().iter().map(arm).collect::<Option<_>>()?,
            otherwise: self.boxed(node.field("defresult")),
        })
    }
}

/// PostgreSQL's `FUNC_MAX_ARGS`.
const MOST_ARGUMENTS: usize = 100;

fn hexadecimal(bytes: impl Iterator<Item = u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
