//! What has all rows of a table: the table itself, or a query that leaves out none.

use super::level::{Context, Level, shown};
use crate::catalog::PgName;
use crate::query_tree::expression::Column;
use crate::query_tree::{Expr, JoinKind, JoinTree, RangeSource, Target};

/// `Err` with the reason if rows may be missing.
type Complete = Result<(), String>;

/// Something that has all rows of a table.
pub(super) struct Whole {
    pub(super) table: PgName,
    /// Its columns that are columns of the table, by number.
    pub(super) columns: Vec<(i16, String)>,
}

impl Level<'_> {
    /// The table of which an entry has all rows.
    pub(super) fn whole(&self, range: usize) -> Option<Whole> {
        let entry = self.query.range_entry(range)?;
        let numbered = |found: Vec<(usize, String)>, number: &dyn Fn(usize) -> Option<i16>| {
            let column = |(place, name): (usize, String)| Some((number(place)?, name));
            found.into_iter().filter_map(column).collect::<Vec<_>>()
        };
        let in_order = |place: usize| i16::try_from(place + 1).ok();
        match &entry.source {
            RangeSource::Relation { .. } if entry.partial => None,
            RangeSource::Relation { relation } => {
                if let Some(table) = self.context.catalog.tables.get(relation) {
                    let columns = table.columns.iter().map(|c| (c.number, c.name.clone()));
                    return Some(Whole { table: relation.clone(), columns: columns.collect() });
                }
                let view = self.context.catalog.views.get(relation)?;
                if view.materialized {
                    return None;
                }
                let (table, found) = Level::new(self.context, &view.query, None).whole_query()?;
                let number = |place: usize| Some(view.columns.get(place)?.number);
                Some(Whole { table, columns: numbered(found, &number) })
            }
            RangeSource::Subquery { query } => {
                let (table, found) = self.inner(query).whole_query()?;
                Some(Whole { table, columns: numbered(found, &in_order) })
            }
            RangeSource::Cte { cte, levels_up } => {
                let level = self.up(*levels_up)?;
                let cte = level.query.ctes.iter().find(|item| item.name == *cte)?;
                let inner = level.inner(&cte.query);
                let (table, found) = if cte.recursive { None } else { inner.whole_query() }?;
                Some(Whole { table, columns: numbered(found, &in_order) })
            }
            _ => None,
        }
    }

    /// The table of which the query has all rows, and which of its columns by place.
    fn whole_query(&self) -> Option<(PgName, Vec<(usize, String)>)> {
        let query = self.query;
        self.leaves_out_none().ok()?;
        let [tree] = query.from.as_slice() else { return None };
        self.kept(tree).into_iter().find_map(|range| {
            let whole = self.whole(range)?;
            let column = |(place, target): (usize, &Target)| {
                let Expr::Column(own) = query.resolved(&target.value) else { return None };
                let is_own = own.range == range && own.levels_up == 0;
                let (_, name) = whole.columns.iter().find(|(number, _)| *number == own.column)?;
                is_own.then(|| (place, name.clone()))
            };
            let columns = query.columns().enumerate().filter_map(column).collect();
            Some((whole.table, columns))
        })
    }

    /// Whether the query has a row for every row of the table that an instance of it reads.
    pub(in crate::plan) fn has_all(&self, instance: &[usize]) -> Complete {
        let [range, inner @ ..] = instance else { return Err("is not understood".to_owned()) };
        self.leaves_out_none()?;
        match self.query.from.as_slice() {
            [tree] => self.keeps(tree, *range)?,
            _ => return Err("joins tables without saying how".to_owned()),
        }
        self.entry_has_all(*range, inner)
    }

    /// Whether what stands in `FROM` has all rows of the table.
    fn entry_has_all(&self, range: usize, inner: &[usize]) -> Complete {
        let unknown = || "is not understood".to_owned();
        let entry = self.query.range_entry(range).ok_or_else(unknown)?;
        if entry.partial {
            return Err("reads a part of the table".to_owned());
        }
        match &entry.source {
            RangeSource::Relation { relation } => match self.context.catalog.tables.get(relation) {
                Some(table) if table.row_security => {
                    Err(format!("reads `{}`, which has row security", shown(relation)))
                }
                Some(_) => Ok(()),
                None => view_has_all(self.context, relation, inner)
                    .map_err(|why| format!("reads a view without all rows: {why}")),
            },
            RangeSource::Subquery { query } => self.inner(query).has_all(inner),
            RangeSource::Cte { cte, levels_up } => {
                let outer = self.up(*levels_up).ok_or_else(unknown)?;
                let cte = outer.query.ctes.iter().find(|item| item.name == *cte);
                let cte = cte.filter(|cte| !cte.recursive).ok_or_else(unknown)?;
                outer.inner(&cte.query).has_all(inner)
            }
            _ => Err(unknown()),
        }
    }

    /// Whether every row of `FROM` is in the result: grouping and DISTINCT only put equal ones
    /// together.
    fn leaves_out_none(&self) -> Complete {
        let query = self.query;
        let has_filter = query.filter.as_ref().is_some_and(|filter| !filter.is_true());
        let leaves_out = [
            (query.unreadable.is_some(), "is not understood"),
            (has_filter, "has a WHERE condition"),
            (query.having.is_some(), "has a HAVING condition"),
            (query.limited, "has a LIMIT"),
            (query.set_returning, "has a set-returning function, which may return nothing"),
            (query.set_operation.is_some(), "is a set operation"),
            (query.distinct_on, "has DISTINCT ON"),
            (!query.grouping_sets.is_empty(), "groups by several sets"),
            (query.is_grouped() && query.group_by.is_empty(), "makes one row of all"),
        ];
        match leaves_out.into_iter().find(|(holds, _)| *holds) {
            Some((_, why)) => Err(why.to_owned()),
            None => Ok(()),
        }
    }

    /// Whether the joins of a part of `FROM` keep all rows of an entry.
    fn keeps(&self, tree: &JoinTree, range: usize) -> Complete {
        match tree {
            JoinTree::Entry { range: own } if *own == range => Ok(()),
            JoinTree::Join { join, left, right, on, .. } => {
                let in_left = entries(left).contains(&range);
                let (side, other) = if in_left { (left, right) } else { (right, left) };
                match (join, in_left) {
                    (JoinKind::Full, _) | (JoinKind::Left, true) | (JoinKind::Right, false) => {}
                    (JoinKind::Inner, _) => self.has_partner(range, other, on.as_ref())?,
                    _ => return Err("has them on the optional side of a join".to_owned()),
                }
                self.keeps(side, range)
            }
            _ => Err("is not understood".to_owned()),
        }
    }

    /// Whether an inner join finds a partner for each row of an entry.
    fn has_partner(&self, range: usize, other: &JoinTree, on: Option<&Expr>) -> Complete {
        let has_value = |own: Column| {
            (own.levels_up, own.range) == (0, range)
                && self.entry_column(own).nullability.is_not_null()
        };
        let is_unconditional = on.is_none_or(Expr::is_true);
        if is_unconditional && self.tree_has_row(other, &has_value)
            || self.partner(on, other, &has_value).is_some()
        {
            return Ok(());
        }
        let names = entries(other).into_iter().filter_map(|range| self.query.range_entry(range));
        let names = names.map(|entry| match &entry.source {
            RangeSource::Relation { relation } => format!("`{}`", shown(relation)),
            _ => format!("`{}`", entry.name),
        });
        let names = names.collect::<Vec<_>>().join(" and ");
        Err(format!("is joined to {names}, which need not have a partner"))
    }

    /// The entries of a part of `FROM` of which it has all rows.
    pub(super) fn kept(&self, tree: &JoinTree) -> Vec<usize> {
        let mut all = entries(tree);
        all.retain(|range| self.keeps(tree, *range).is_ok());
        all
    }
}

/// Whether a view has all rows of the table that an instance of its query reads.
pub(in crate::plan) fn view_has_all(
    context: &Context<'_>,
    name: &PgName,
    instance: &[usize],
) -> Complete {
    let shown = shown(name);
    let view = context.catalog.views.get(name);
    let view = view.ok_or_else(|| format!("`{shown}` is not understood"))?;
    if view.materialized {
        return Err(format!("`{shown}` is materialized and may be out of date"));
    }
    let has_all = Level::new(context, &view.query, None).has_all(instance);
    has_all.map_err(|why| format!("`{shown}` {why}"))
}

/// The entries of a part of `FROM`.
fn entries(tree: &JoinTree) -> Vec<usize> {
    match tree {
        JoinTree::Entry { range } => vec![*range],
        JoinTree::Join { left, right, .. } => [entries(left), entries(right)].concat(),
        JoinTree::Other => Vec::new(),
    }
}
