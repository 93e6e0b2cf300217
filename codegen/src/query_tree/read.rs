//! Makes a typed [`Query`] of a node tree.
//!
//! Three things that versions store differently are evened out here:
//!
//! - Up to version 15 the range table of a view starts with two entries `old` and `new` that
//!   nothing refers to. They are dropped, and range table numbers count from what follows.
//! - From version 18 on the select list refers to grouping expressions through a range table
//!   entry of their own. Such a reference becomes the expression again.
//! - Version 14 has shorter names for some nodes (`RTE`, `CASE`, `ROW` …).
//!
//! From version 16 on, a column also says which outer joins can make it null. That is not read:
//! the join tree says the same on every version.

use super::node::{Node, Struct};
use super::*;

/// One query while it is read, with those around it.
pub(super) struct Reader<'a> {
    pub(super) names: &'a Names,
    pub(super) outer: Option<&'a Reader<'a>>,
    /// How many entries at the start of the range table are dropped.
    dropped: usize,
    /// The number of the entry that holds the grouping expressions, in the original count, and
    /// those expressions.
    groups: Option<(usize, Vec<Expr>)>,
}

/// Reads the action of a view's rule: a list of one query.
pub(super) fn rule(action: &Node<'_>, names: &Names) -> Query {
    match action.items() {
        [Node::Struct(query)] if query.tag == "QUERY" => read_query(query, names, None),
        _ => Query::unreadable("the rule of the view is not a query"),
    }
}

/// Reads an expression over the columns of a table, which is the only entry of a range table.
pub(super) fn table_expression(node: &Node<'_>, names: &Names) -> Expr {
    Reader { names, outer: None, dropped: 0, groups: None }.expression(node)
}

/// Reads a query, at the top or below another one.
pub(super) fn read_query(query: &Struct<'_>, names: &Names, outer: Option<&Reader<'_>>) -> Query {
    if query.number("commandType") != Some(1) {
        return Query::unreadable("it is not a SELECT");
    }
    // A missing part would be taken for an absent one, say no GROUP BY.
    let cut = |part: &Node<'_>| *part == Node::Pruned || part.items().contains(&Node::Pruned);
    if query.fields().iter().any(|(_, part)| cut(part)) {
        return Query::unreadable("it nests too deeply");
    }
    let entries = query.field("rtable").items();
    let dropped = if starts_with_old_and_new(entries) { 2 } else { 0 };
    let mut reader = Reader { names, outer, dropped, groups: None };
    reader.groups = entries.iter().zip(1..).find_map(|(entry, number)| {
        let entry = entry.as_struct().filter(|entry| is_kind(entry, GROUP))?;
        Some((number, reader.expressions(entry.field("groupexprs"))))
    });
    let [set_operation, having] = ["setOperations", "havingQual"].map(|name| query.field(name));
    Query {
        unreadable: None,
        ctes: query.field("cteList").items().iter().filter_map(|cte| reader.cte(cte)).collect(),
        range: entries
            .iter()
            .skip(dropped)
            .filter(|entry| !entry.as_struct().is_some_and(|entry| is_kind(entry, GROUP)))
            .map(|entry| reader.range_entry(entry))
            .collect(),
        lateral: (entries.iter().zip(1..).skip(dropped))
            .filter(|(entry, _)| entry.as_struct().is_none_or(|entry| entry.flag("lateral")))
            .map(|(_, number)| reader.range_number(number))
            .collect(),
        from: match query.field("jointree").as_struct() {
            Some(tree) if tree.tag == "FROMEXPR" && *tree.field("fromlist") != Node::Pruned => {
                tree.field("fromlist").items().iter().map(|item| reader.join_tree(item)).collect()
            }
            _ => vec![JoinTree::Other],
        },
        filter: query
            .field("jointree")
            .as_struct()
            .and_then(|tree| reader.optional(tree.field("quals"))),
        targets: query
            .field("targetList")
            .items()
            .iter()
            .filter_map(|target| reader.target(target.as_struct()?))
            .collect(),
        group_by: sort_groups(query.field("groupClause")),
        grouping_sets: match query.field("groupingSets") {
            sets @ Node::List(_) => sets.items().iter().map(grouping_set).collect(),
            Node::Null => Vec::new(),
            // Any set may be there, also the empty one.
            _ => vec![GroupingSet::WithEmpty],
        },
        having: reader.optional(having),
        distinct: sort_groups(query.field("distinctClause")),
        distinct_on: query.flag("hasDistinctOn"),
        windows: query
            .field("windowClause")
            .items()
            .iter()
            .filter_map(|window| {
                let window = window.as_struct()?;
                Some(Window {
                    reference: window.number("winref")?,
                    frame: window.number("frameOptions")?,
                    partition_by: sort_groups(window.field("partitionClause")),
                })
            })
            .collect(),
        set_operation: match set_operation {
            Node::Null => None,
            node => match reader.set_operation(node) {
                Some(tree) => Some(tree),
                None => return Query::unreadable("its set operations are not understood"),
            },
        },
        aggregates: query.flag("hasAggs"),
        set_returning: query.flag("hasTargetSRFs"),
        limited: query.field("limitCount").is_present()
            || query.field("limitOffset").is_present()
            || skips_locked(query.field("rowMarks")),
        keeps_first_row: !query.field("limitOffset").is_present()
            && !skips_locked(query.field("rowMarks"))
            && reader.optional(query.field("limitCount")).is_none_or(|count| count.is_positive()),
        at_most_one: query.number("limitOption") == Some(0)
            && reader.optional(query.field("limitCount")).is_some_and(|count| is_one(&count)),
    }
}

/// Whether a locking clause has a `waitPolicy` other than to wait.
fn skips_locked(marks: &Node<'_>) -> bool {
    let waits = |mark: &Node<'_>| mark.as_struct()?.number::<u32>("waitPolicy");
    marks.items().iter().any(|mark| waits(mark) != Some(0))
}

/// Whether an expression is the integer 1, perhaps cast to `int8`.
fn is_one(count: &Expr) -> bool {
    match count {
        Expr::Call(call) => matches!(call.arguments.as_slice(), [count] if is_one(count)),
        Expr::Constant(constant) => {
            let digits = constant.value.as_deref().and_then(|value| value.strip_prefix("01"));
            ["int4", "int8"].contains(&constant.ty.name.name.as_str())
                && digits.is_some_and(|rest| rest.bytes().all(|digit| digit == b'0'))
        }
        _ => false,
    }
}

/// `rtekind` of a table or view.
const RELATION: u32 = 0;
/// `rtekind` of the grouping expressions.
const GROUP: u32 = 9;

fn is_kind(entry: &Struct<'_>, kind: u32) -> bool {
    entry.number("rtekind") == Some(kind)
}

fn starts_with_old_and_new(entries: &[Node<'_>]) -> bool {
    let relation = |node: &Node<'_>, name: &str| {
        let entry = node.as_struct().filter(|entry| is_kind(entry, RELATION))?;
        let named = alias(entry) == name && !entry.flag("inFromCl");
        entry.number::<u32>("relid").filter(|_| named)
    };
    match entries {
        [old, new, ..] => {
            let old = relation(old, "old");
            old.is_some() && old == relation(new, "new")
        }
        _ => false,
    }
}

fn alias(entry: &Struct<'_>) -> String {
    let alias = entry.field("eref").as_struct().and_then(|alias| alias.field("aliasname").text());
    alias.unwrap_or_default()
}

fn sort_groups(clauses: &Node<'_>) -> Vec<u32> {
    let reference = |clause: &Node<'_>| clause.as_struct()?.number("tleSortGroupRef");
    clauses.items().iter().filter_map(reference).collect()
}

fn grouping_set(node: &Node<'_>) -> GroupingSet {
    let Some(set) = node.as_struct() else { return GroupingSet::WithEmpty };
    let content = set.field("content");
    match set.number("kind") {
        Some(0) => GroupingSet::Set(Vec::new()),
        Some(1) => GroupingSet::Set(content.numbers()),
        Some(4) => GroupingSet::Sets(content.items().iter().map(grouping_set).collect()),
        _ => GroupingSet::WithEmpty,
    }
}

impl Reader<'_> {
    /// The number of a range table entry as [`Query::range_entry`] counts.
    pub(super) fn range_number(&self, original: usize) -> usize {
        original.saturating_sub(self.dropped)
    }

    /// The grouping expression that a column refers to, if it is such a reference.
    pub(super) fn grouping_expression(&self, range: usize, column: i16) -> Option<Expr> {
        let (number, expressions) = self.groups.as_ref()?;
        let index = usize::try_from(column).ok()?.checked_sub(1);
        (*number == range).then(|| {
            let expression = index.and_then(|index| expressions.get(index));
            expression.cloned().unwrap_or_else(|| Expr::other("a grouping expression"))
        })
    }

    /// The query some levels further out.
    pub(super) fn up(&self, levels: u32) -> Option<&Self> {
        let mut reader = self;
        for _ in 0..levels {
            reader = reader.outer?;
        }
        Some(reader)
    }

    /// A query below this one.
    pub(super) fn subquery(&self, node: &Node<'_>) -> Query {
        match node.as_struct() {
            Some(query) if query.tag == "QUERY" => read_query(query, self.names, Some(self)),
            _ => Query::unreadable("a subquery is not understood"),
        }
    }

    fn cte(&self, node: &Node<'_>) -> Option<Cte> {
        let cte = node.as_struct()?;
        Some(Cte {
            name: cte.field("ctename").text()?,
            query: self.subquery(cte.field("ctequery")),
            recursive: cte.flag("cterecursive"),
            extended: cte.field("search_clause").is_present()
                || cte.field("cycle_clause").is_present(),
        })
    }

    fn target(&self, target: &Struct<'_>) -> Option<Target> {
        Some(Target {
            name: target.field("resname").text(),
            number: target.number("resno")?,
            junk: target.flag("resjunk"),
            reference: target.number("ressortgroupref").unwrap_or(0),
            value: self.expression(target.field("expr")),
        })
    }

    fn range_entry(&self, node: &Node<'_>) -> RangeEntry {
        match node.as_struct() {
            Some(entry) => {
                let source = self.source(entry);
                // Columns of a partial table are what they are in the whole one.
                let only = is_kind(entry, RELATION) && !entry.flag("inh");
                RangeEntry {
                    name: alias(entry),
                    partial: only || entry.field("tablesample").is_present(),
                    source: source.unwrap_or_else(|| RangeSource::Other {
                        what: format!("a range table entry of kind {:?}", entry.field("rtekind")),
                    }),
                }
            }
            None => RangeEntry {
                name: String::new(),
                partial: true,
                source: RangeSource::Other { what: "a part that nests too deeply".to_owned() },
            },
        }
    }

    fn source(&self, entry: &Struct<'_>) -> Option<RangeSource> {
        Some(match entry.number("rtekind")? {
            RELATION => RangeSource::Relation {
                relation: self.names.relations.get(&entry.number("relid")?)?.clone(),
            },
            1 => RangeSource::Subquery { query: Box::new(self.subquery(entry.field("subquery"))) },
            2 => RangeSource::Join { columns: self.expressions(entry.field("joinaliasvars")) },
            3 => RangeSource::Function {
                functions: entry
                    .field("functions")
                    .items()
                    .iter()
                    .map(|node| {
                        let function = node.as_struct()?;
                        Some(RangeFunction {
                            call: self.expression(function.field("funcexpr")),
                            columns: function.number("funccolcount")?,
                        })
                    })
                    .collect::<Option<_>>()?,
                ordinality: entry.flag("funcordinality"),
            },
            4 => RangeSource::Other { what: "a table function".to_owned() },
            5 => RangeSource::Values {
                rows: entry
                    .field("values_lists")
                    .items()
                    .iter()
                    .map(|row| self.expressions(row))
                    .collect(),
            },
            6 => RangeSource::Cte {
                cte: entry.field("ctename").text()?,
                levels_up: entry.number("ctelevelsup")?,
            },
            _ => return None,
        })
    }

    fn join_tree(&self, node: &Node<'_>) -> JoinTree {
        let tree = node.as_struct().and_then(|tree| {
            let range = self.range_number(tree.number("rtindex")?);
            match tree.tag {
                "RANGETBLREF" => Some(JoinTree::Entry { range }),
                "JOINEXPR" => Some(JoinTree::Join {
                    join: match tree.number("jointype")? {
                        0 => JoinKind::Inner,
                        1 => JoinKind::Left,
                        2 => JoinKind::Full,
                        3 => JoinKind::Right,
                        _ => return None,
                    },
                    range,
                    left: Box::new(self.join_tree(tree.field("larg"))),
                    right: Box::new(self.join_tree(tree.field("rarg"))),
                    on: self.optional(tree.field("quals")),
                }),
                _ => None,
            }
        });
        tree.unwrap_or(JoinTree::Other)
    }

    fn set_operation(&self, node: &Node<'_>) -> Option<SetOperation> {
        let tree = node.as_struct()?;
        match tree.tag {
            "RANGETBLREF" => {
                Some(SetOperation::Query { range: self.range_number(tree.number("rtindex")?) })
            }
            "SETOPERATIONSTMT" => Some(SetOperation::Operation {
                operator: match tree.number("op")? {
                    1 => SetOperator::Union,
                    2 => SetOperator::Intersect,
                    3 => SetOperator::Except,
                    _ => return None,
                },
                all: tree.flag("all"),
                types: tree
                    .field("colTypes")
                    .numbers()
                    .into_iter()
                    .map(|oid| self.names.types.get(&oid).cloned())
                    .collect::<Option<_>>()?,
                left: Box::new(self.set_operation(tree.field("larg"))?),
                right: Box::new(self.set_operation(tree.field("rarg"))?),
            }),
            _ => None,
        }
    }
}
