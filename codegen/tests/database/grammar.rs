//! Makes SQL of random bytes: views over the tables of `random/tables.sql`.
//!
//! Every choice takes a byte, and 0 is the simplest; when there are none left, everything is simple.

/// The types of expressions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ty {
    Int,
    Text,
    Bool,
    Kind,
}

use Ty::{Bool, Int, Kind, Text};

/// A query with the names and types of its columns.
pub(super) struct Made {
    pub(super) sql: String,
    pub(super) columns: Vec<(String, Ty)>,
}

/// A column in scope: how to refer to it, and the table that it refers to, if any.
#[derive(Clone)]
struct Column {
    sql: String,
    ty: Ty,
    refers: Option<&'static str>,
}

/// Views and WITH items by name.
type Known = Vec<(String, Vec<(String, Ty)>)>;

/// A table with its columns, and the tables that these refer to.
type Table = (&'static str, &'static [(&'static str, Ty, Option<&'static str>)]);

const TABLES: [Table; 6] = [
    ("town", &[("id", Int, None), ("x", Int, None), ("label", Text, None)]),
    (
        "shop",
        &[
            ("id", Int, None),
            ("town_id", Int, Some("town")),
            ("other_id", Int, Some("town")),
            ("name", Text, None),
            ("score", Int, None),
            ("kind", Kind, None),
            ("open", Bool, None),
            ("follows", Int, None),
        ],
    ),
    (
        "sale",
        &[
            ("shop_id", Int, Some("shop")),
            ("n", Int, None),
            ("amount", Int, None),
            ("note", Text, None),
            ("flag", Bool, None),
        ],
    ),
    ("line", &[("id", Int, None), ("shop_id", Int, None), ("n", Int, None), ("price", Int, None)]),
    ("item", &[("id", Int, None), ("town_id", Int, Some("town")), ("name", Text, None)]),
    (
        "rule",
        &[
            ("id", Int, None),
            ("state", Text, None),
            ("kind", Kind, None),
            ("done", Bool, None),
            ("a", Int, None),
            ("b", Int, None),
            ("c", Int, None),
            ("note", Text, None),
        ],
    ),
];

/// A view.
pub(super) fn view(bytes: &[u8], views: &[(String, Vec<(String, Ty)>)]) -> Made {
    let mut maker = Maker { bytes: bytes.iter(), names: 0, known: views.to_vec(), windows: false };
    maker.query(3)
}

struct Maker<'b> {
    bytes: std::slice::Iter<'b, u8>,
    names: u32,
    known: Known,
    /// Whether window functions are allowed here.
    windows: bool,
}

impl Maker<'_> {
    fn pick(&mut self, many: usize) -> usize {
        let byte = self.bytes.next().copied().unwrap_or(0);
        usize::from(byte) * many / 256
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.pick(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.pick(100) >= 100 - percent
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    fn literal(&mut self, ty: Ty) -> String {
        let nothing = self.chance(8);
        let value = match ty {
            Int => self.one(&["1", "0", "2", "3"]),
            Text => self.one(&["'x'", "''", "'y'"]),
            Bool => self.one(&["true", "false"]),
            Kind => self.one(&["'small'::kind", "'large'::kind"]),
        };
        let null = match ty {
            Int => "null::int",
            Text => "null::text",
            Bool => "null::bool",
            Kind => "null::kind",
        };
        if nothing { null } else { value }.to_owned()
    }

    fn column(&mut self, scope: &[Column], ty: Ty) -> String {
        let fitting: Vec<&Column> = scope.iter().filter(|column| column.ty == ty).collect();
        match fitting.len() {
            0 => self.literal(ty),
            many => fitting[self.pick(many)].sql.clone(),
        }
    }

    fn expression(&mut self, scope: &[Column], ty: Ty, depth: u32) -> String {
        if depth == 0 || self.chance(30) {
            return if self.chance(12) { self.literal(ty) } else { self.column(scope, ty) };
        }
        let deep = depth - 1;
        let inner = |maker: &mut Self, ty| maker.expression(scope, ty, deep);
        match self.pick(13) {
            0 => format!("coalesce({}, {})", inner(self, ty), inner(self, ty)),
            1 => self.case(scope, ty, deep),
            2 => format!("nullif({}, {})", inner(self, ty), inner(self, ty)),
            3 if ty != Bool => {
                let function = self.one(&["greatest", "least"]);
                format!("{function}({}, {})", inner(self, ty), inner(self, ty))
            }
            4 | 5 => self.scalar(scope, ty, deep),
            6 if self.windows => self.window(scope, ty),
            7 => {
                let (one, other) = (inner(self, ty), inner(self, ty));
                let index = self.one(&["1", "2", "3"]);
                format!("(array[{one}, {other}])[{index}]")
            }
            _ => match ty {
                Int => match self.pick(4) {
                    0 => format!("({} + {})", inner(self, Int), inner(self, Int)),
                    1 => format!("length({})", inner(self, Text)),
                    2 => format!("abs({})", inner(self, Int)),
                    _ => format!("num_nonnulls({}, {})", inner(self, Int), inner(self, Text)),
                },
                Text => match self.pick(6) {
                    0 => format!("({} || {})", inner(self, Text), inner(self, Text)),
                    1 => format!("upper({})", inner(self, Text)),
                    2 => format!("({})::text", inner(self, Int)),
                    3 => format!("concat_ws({}, {})", inner(self, Text), inner(self, Int)),
                    4 => format!("substring({} from 'x')", inner(self, Text)),
                    _ => format!("({})::text", inner(self, Kind)),
                },
                Bool => format!("({})", self.condition(scope, deep)),
                Kind => self.column(scope, Kind),
            },
        }
    }

    fn case(&mut self, scope: &[Column], ty: Ty, depth: u32) -> String {
        let result = |maker: &mut Self| maker.expression(scope, ty, depth);
        match self.pick(5) {
            0 => {
                let when = self.condition(scope, depth);
                let (then, other) = (result(self), result(self));
                format!("case when {when} then {then} else {other} end")
            }
            1 => {
                let (value, with) = (self.column(scope, Int), self.literal(Int));
                let (low, high) = self.one(&[("<", ">="), ("<=", ">"), ("=", "<>"), ("<", ">")]);
                let (one, other) = (result(self), result(self));
                format!(
                    "case when {value} {low} {with} then {one} when {value} {high} {with} then {other} end"
                )
            }
            2 => {
                let (value, one, other) = (self.column(scope, Kind), result(self), result(self));
                format!("case {value} when 'small' then {one} when 'large' then {other} end")
            }
            3 => {
                let (value, one, other) = (self.column(scope, Bool), result(self), result(self));
                format!("case when {value} then {one} when not {value} then {other} end")
            }
            _ => {
                let (one, two) = (self.condition(scope, depth), self.condition(scope, depth));
                let (a, b) = (result(self), result(self));
                format!("case when {one} then {a} when {two} then {b} end")
            }
        }
    }

    fn condition(&mut self, scope: &[Column], depth: u32) -> String {
        let deep = depth.saturating_sub(1);
        let ty = self.one(&[Int, Int, Text]);
        let value = |maker: &mut Self, ty| maker.expression(scope, ty, deep);
        match if depth == 0 { self.pick(4) } else { self.pick(22) } {
            0 => {
                let operator = self.one(&["=", "<>", "<", ">="]);
                format!("{} {operator} {}", value(self, ty), value(self, ty))
            }
            1 => format!("{} is not null", value(self, ty)),
            2 => format!("{} is null", value(self, ty)),
            3 => self.column(scope, Bool),
            4 | 5 => {
                format!("({} and {})", self.condition(scope, deep), self.condition(scope, deep))
            }
            6 | 7 => {
                format!("({} or {})", self.condition(scope, deep), self.condition(scope, deep))
            }
            8 => format!("not ({})", self.condition(scope, deep)),
            9 => {
                let test =
                    self.one(&["true", "false", "unknown", "not true", "not false", "not unknown"]);
                format!("({}) is {test}", self.condition(scope, deep))
            }
            10 => {
                let not = self.one(&["not ", ""]);
                format!("{} is {not}distinct from {}", value(self, Int), value(self, Int))
            }
            11 => {
                let not = self.one(&["", "not "]);
                let (one, two) = (self.literal(Int), self.literal(Int));
                format!("{} {not}in ({one}, {two})", value(self, Int))
            }
            12 => {
                let (from, inner) = self.table();
                let test = self.one(&["in", "not in", "= any", "<> all", "< any", ">= all"]);
                let filter = self.condition(&[inner.clone(), scope.to_vec()].concat(), 0);
                let (outer, column) = (value(self, Int), self.column(&inner, Int));
                format!("{outer} {test} (select {column} from {from} where {filter})")
            }
            13 => {
                let other = self.one(&["false", "true", "null"]);
                format!("coalesce({}, {other})", self.condition(scope, deep))
            }
            14 | 15 => {
                let (from, inner) = self.from(deep.min(1));
                let not = self.one(&["", "", "not "]);
                let both = [inner, scope.to_vec()].concat();
                format!(
                    "{not}exists (select from {from} where {})",
                    self.condition(&both, deep.min(1))
                )
            }
            16 => {
                let operator = self.one(&["<", "=", "<>", ">="]);
                let (a, b, c, d) =
                    (value(self, Int), value(self, Text), value(self, Int), value(self, Text));
                format!("({a}, {b}) {operator} ({c}, {d})")
            }
            17 => {
                let test = self.one(&["is not null", "is null"]);
                let not = self.one(&["", "not "]);
                format!("{not}(({}, {}) {test})", value(self, Int), value(self, Text))
            }
            18 => {
                let test = self.one(&["= any", "<> all", "<> any"]);
                format!(
                    "{} {test} (array[{}, {}])",
                    value(self, Int),
                    value(self, Int),
                    value(self, Int)
                )
            }
            19 => {
                let (function, test) = self.one(&[
                    ("num_nonnulls", "> 0"),
                    ("num_nonnulls", "= 1"),
                    ("num_nonnulls", ">= 2"),
                    ("num_nulls", "= 0"),
                    ("num_nulls", "< 2"),
                    ("num_nulls", "<= 1"),
                ]);
                format!("{function}({}, {}) {test}", value(self, Int), value(self, Text))
            }
            20 => {
                let (operator, truth) = (self.one(&["=", "<>"]), self.one(&["true", "false"]));
                format!("({}) {operator} {truth}", self.condition(scope, deep))
            }
            _ => {
                format!("case when {} then {} end", self.condition(scope, deep), value(self, Bool))
            }
        }
    }

    /// A scalar subquery.
    fn scalar(&mut self, scope: &[Column], ty: Ty, depth: u32) -> String {
        let windows = std::mem::replace(&mut self.windows, false);
        let referring: Vec<Column> = scope.iter().filter(|c| c.refers.is_some()).cloned().collect();
        let sql = if !referring.is_empty() && self.chance(50) {
            let own = referring[self.pick(referring.len())].clone();
            let (table, name) = (own.refers.unwrap_or("town"), self.name());
            let inner = table_columns(table, &name);
            let value = self.column(&inner, ty);
            let value = if self.chance(30) { format!("max({value})") } else { value };
            let value = if ty == Bool { self.column(&inner, ty) } else { value };
            let more = if self.chance(20) {
                format!(" and {}", self.condition(&inner, 0))
            } else {
                String::new()
            };
            format!("(select {value} from {table} {name} where {name}.id = {}{more})", own.sql)
        } else {
            let (from, inner) = self.from(depth.min(1));
            let both = [inner.clone(), scope.to_vec()].concat();
            let filter = if self.chance(60) {
                format!(" where {}", self.condition(&both, 1))
            } else {
                String::new()
            };
            if ty != Bool && ty != Kind && self.chance(50) {
                let value = self.expression(&inner, ty, 1);
                let having = if self.chance(15) { " having count(*) > 0" } else { "" };
                let outer = self.column(scope, ty);
                let call = match self.pick(2) {
                    0 => format!("max({value})"),
                    _ => format!("coalesce(max({value}), {outer})"),
                };
                format!("(select {call} from {from}{filter}{having})")
            } else {
                format!(
                    "(select {} from {from}{filter} limit 1)",
                    self.expression(&both, ty, depth.min(1))
                )
            }
        };
        self.windows = windows;
        sql
    }

    fn window(&mut self, scope: &[Column], ty: Ty) -> String {
        self.windows = false;
        let value = self.expression(scope, ty, 1);
        let default = self.literal(ty);
        self.windows = true;
        let call = match ty {
            Bool => self.one(&["bool_and(V)", "bool_or(V)", "first_value(V)"]),
            Kind => self.one(&["first_value(V)", "max(V)"]),
            _ => self.one(&["max(V)", "first_value(V)", "lag(V, 1, D)", "lead(V)", "min(V)"]),
        };
        let (partition, order) = (self.column(scope, Int), self.column(scope, Int));
        let over = match self.pick(5) {
            0 => format!("order by {order}"),
            1 => format!("partition by {partition} order by {order}"),
            2 => String::new(),
            3 => format!("order by {order} nulls first rows between 1 preceding and current row"),
            _ => format!("order by {order} rows between 1 following and 2 following"),
        };
        format!("{} over ({over})", call.replace('V', &value).replace('D', &default))
    }

    /// A table, view or WITH item under a new alias.
    fn table(&mut self) -> (String, Vec<Column>) {
        let alias = self.name();
        let many = TABLES.len();
        let choice = self.pick(many + self.known.len().min(6));
        if let Some((table, _)) = TABLES.get(choice) {
            return (format!("{table} {alias}"), table_columns(table, &alias));
        }
        let (name, columns) = self.known[self.known.len() - 1 - (choice - many)].clone();
        let columns = columns.into_iter().map(|(column, ty)| Column {
            sql: format!("{alias}.{column}"),
            ty,
            refers: None,
        });
        (format!("{name} {alias}"), columns.collect())
    }

    fn derived(&mut self, made: Made, lateral: &str) -> (String, Vec<Column>) {
        let alias = self.name();
        let columns = made.columns.into_iter().map(|(column, ty)| Column {
            sql: format!("{alias}.{column}"),
            ty,
            refers: None,
        });
        (format!("{lateral}({}) {alias}", made.sql), columns.collect())
    }

    /// A part of FROM, and its columns.
    fn from(&mut self, depth: u32) -> (String, Vec<Column>) {
        let windows = std::mem::replace(&mut self.windows, false);
        let made = match if depth == 0 { 0 } else { self.pick(10) } {
            0 | 1 => self.table(),
            2 => {
                let made = self.query(depth - 1);
                self.derived(made, "")
            }
            3..=5 => self.reference(depth - 1),
            6 => self.lateral(depth - 1),
            7 => {
                let alias = self.name();
                let rows = format!(
                    "(values ({}, {}), ({}, {})) {alias} (k, l)",
                    self.literal(Int),
                    self.literal(Text),
                    self.literal(Int),
                    self.literal(Text)
                );
                let column =
                    |name: &str, ty| Column { sql: format!("{alias}.{name}"), ty, refers: None };
                (rows, vec![column("k", Int), column("l", Text)])
            }
            _ => self.join(depth - 1),
        };
        self.windows = windows;
        made
    }

    fn join(&mut self, depth: u32) -> (String, Vec<Column>) {
        let ((left, mut columns), (right, more)) = (self.from(depth), self.from(depth));
        let kind = self.one(&["left join", "join", "right join", "full join"]);
        let (one, other) = (self.column(&columns, Int), self.column(&more, Int));
        columns.extend(more);
        let on = match kind {
            "full join" => format!("{one} = {other}"),
            _ => self.condition(&columns, 1),
        };
        (format!("({left} {kind} {right} on {on})"), columns)
    }

    /// A join along a foreign key, perhaps with another condition.
    fn reference(&mut self, depth: u32) -> (String, Vec<Column>) {
        let (left, mut columns) = if self.chance(60) {
            let (table, alias) = (self.one(&["shop", "sale", "item"]), self.name());
            (format!("{table} {alias}"), table_columns(table, &alias))
        } else {
            self.from(depth)
        };
        let referring: Vec<Column> =
            columns.iter().filter(|c| c.refers.is_some()).cloned().collect();
        let Some(own) = referring.get(self.pick(referring.len().max(1))).cloned() else {
            return (left, columns);
        };
        let (table, name) = (own.refers.unwrap_or("town"), self.name());
        let target = match self.pick(6) {
            0 => format!("(select * from {table} where id < 2) {name}"),
            1 => format!("(select * from {table}) {name}"),
            _ => format!("{table} {name}"),
        };
        columns.extend(table_columns(table, &name));
        let more = if self.chance(30) {
            format!(" and {}", self.condition(&columns, 0))
        } else {
            String::new()
        };
        let condition = format!("{name}.id = {}{more}", own.sql);
        let sql = match self.pick(8) {
            0 => format!("({target} right join {left} on {condition})"),
            1 => format!("({left} join {target} on {condition})"),
            2 if more.is_empty() => format!("({left} full join {target} on {condition})"),
            _ => format!("({left} left join {target} on {condition})"),
        };
        (sql, columns)
    }

    fn lateral(&mut self, depth: u32) -> (String, Vec<Column>) {
        let (left, mut columns) = self.from(depth);
        if self.chance(35) {
            let (alias, value) = (self.name(), self.column(&columns, Int));
            let join = self.one(&["cross join", "left join"]);
            let on = if join == "left join" { " on true" } else { "" };
            let function = match self.pick(2) {
                0 => format!("generate_series(1, {value})"),
                _ => format!("unnest(array[{value}, {}])", self.literal(Int)),
            };
            columns.push(Column { sql: format!("{alias}.v"), ty: Int, refers: None });
            return (format!("({left} {join} {function} {alias} (v){on})"), columns);
        }
        let (from, inner) = self.from(depth.min(1));
        let both = [inner.clone(), columns.clone()].concat();
        let filter = if self.chance(70) {
            format!(" where {}", self.condition(&both, 1))
        } else {
            String::new()
        };
        let made = if self.chance(40) {
            let (int, text) = (self.column(&inner, Int), self.column(&inner, Text));
            let sql = format!(
                "select count(*)::int as p, max({int}) as q, min({text}) as r from {from}{filter}"
            );
            let columns = [("p", Int), ("q", Int), ("r", Text)];
            Made { sql, columns: columns.map(|(name, ty)| (name.to_owned(), ty)).to_vec() }
        } else {
            let (int, text) = (self.expression(&both, Int, 1), self.expression(&both, Text, 1));
            let sql = format!("select {int} as p, {text} as q from {from}{filter}");
            Made {
                sql,
                columns: [("p", Int), ("q", Text)].map(|(n, ty)| (n.to_owned(), ty)).to_vec(),
            }
        };
        let (right, more) = self.derived(made, "lateral ");
        let join = self.one(&["left join", "cross join", "join"]);
        columns.extend(more);
        let on = match join {
            "cross join" => String::new(),
            _ if self.chance(60) => " on true".to_owned(),
            _ => format!(" on {}", self.condition(&columns, 1)),
        };
        (format!("({left} {join} {right}{on})"), columns)
    }

    fn query(&mut self, depth: u32) -> Made {
        match if depth == 0 { 0 } else { self.pick(12) } {
            9 => {
                let types = [Int, Text];
                let (one, other) = (self.select(depth - 1, &types), self.select(depth - 1, &types));
                let operator = self.one(&[
                    "union all",
                    "union",
                    "intersect",
                    "except",
                    "intersect all",
                    "except all",
                ]);
                let sql = format!("({}) {operator} ({})", one.sql, other.sql);
                Made { sql, columns: one.columns }
            }
            10 => {
                let (name, made) = (self.name(), self.select(depth - 1, &[Int, Text, Int]));
                self.known.push((name.clone(), made.columns));
                let outer = self.select(depth - 1, &[]);
                self.known.retain(|(known, _)| *known != name);
                let sql = format!("with {name} as ({}) {}", made.sql, outer.sql);
                Made { sql, columns: outer.columns }
            }
            11 => {
                let (name, made) = (self.name(), self.select(0, &[Int, Text, Int]));
                let first = self.one(&["a + 1", "c", "1"]);
                let second = self.one(&["b", "b || 'x'", "nullif(b, 'x')", "null"]);
                let third = self.one(&["c", "a", "nullif(c, a)", "0"]);
                let stop = self.one(&["", " and a is not null", " and c > 0"]);
                let sql = format!(
                    "with recursive {name} (a, b, c, z) as (select q.*, 1 from ({}) q union all \
                     select {first}, {second}, {third}, z + 1 from {name} where z < 4{stop}) \
                     select a, b, c from {name}",
                    made.sql
                );
                let columns = [("a", Int), ("b", Text), ("c", Int)];
                Made { sql, columns: columns.map(|(name, ty)| (name.to_owned(), ty)).to_vec() }
            }
            _ => self.select(depth, &[]),
        }
    }

    /// A SELECT with columns of certain types, or of any.
    fn select(&mut self, depth: u32, types: &[Ty]) -> Made {
        let windows = std::mem::replace(&mut self.windows, false);
        let (from, scope) = self.from(depth);
        let filter = if self.chance(50) {
            format!(" where {}", self.condition(&scope, depth.min(2)))
        } else {
            String::new()
        };
        let types = if types.is_empty() {
            (0..2 + self.pick(3)).map(|_| self.one(&[Int, Text, Int, Text, Bool, Kind])).collect()
        } else {
            types.to_vec()
        };
        let made = if self.chance(25) {
            self.grouped(&from, &filter, &scope, &types)
        } else {
            self.plain(&from, &filter, &scope, &types, depth)
        };
        self.windows = windows;
        made
    }

    fn plain(
        &mut self,
        from: &str,
        filter: &str,
        scope: &[Column],
        types: &[Ty],
        depth: u32,
    ) -> Made {
        self.windows = true;
        let mut values: Vec<String> =
            types.iter().map(|ty| self.expression(scope, *ty, depth.min(2))).collect();
        self.windows = false;
        if self.chance(8)
            && let Some(at) = types.iter().position(|ty| *ty == Int)
        {
            let end = self.column(scope, Int);
            values[at] = format!("generate_series(0, {end})");
        }
        let distinct = if self.chance(10) { "distinct " } else { "" };
        let limit = if self.chance(6) { " limit 3" } else { "" };
        let (list, columns) = self.named(values, types);
        Made { sql: format!("select {distinct}{list} from {from}{filter}{limit}"), columns }
    }

    fn grouped(&mut self, from: &str, filter: &str, scope: &[Column], types: &[Ty]) -> Made {
        let mut keys: Vec<(String, Ty)> = types
            .iter()
            .take(1 + self.pick(2))
            .map(|ty| {
                (
                    if self.chance(25) {
                        self.expression(scope, *ty, 1)
                    } else {
                        self.column(scope, *ty)
                    },
                    *ty,
                )
            })
            .collect();
        let values: Vec<String> = types
            .iter()
            .map(|ty| {
                let key = keys.iter().find(|(_, of)| of == ty).map(|(key, _)| key.clone());
                match key {
                    Some(key) if self.chance(60) => match ty {
                        Int if self.chance(30) => format!("coalesce({key}, 0)"),
                        _ => key,
                    },
                    _ => self.aggregate(scope, *ty),
                }
            })
            .collect();
        keys.retain(|(key, _)| !key.starts_with('\'') && key.parse::<i32>().is_err());
        let list = keys.iter().map(|(key, _)| format!("({key})")).collect::<Vec<_>>().join(", ");
        let group = match (list.is_empty(), self.pick(6)) {
            (true, _) => String::new(),
            (false, 3) => format!(" group by rollup ({list})"),
            (false, 4) => format!(" group by grouping sets ({list})"),
            (false, 5) => format!(" group by cube ({list})"),
            _ => format!(" group by {list}"),
        };
        let having = match self.pick(5) {
            1 => format!(" having count({}) > 0", self.column(scope, Int)),
            2 => format!(" having max({}) >= 0", self.column(scope, Int)),
            3 => keys
                .first()
                .map(|(key, _)| format!(" having {key} is not null"))
                .unwrap_or_default(),
            _ => String::new(),
        };
        let (list, columns) = self.named(values, types);
        Made { sql: format!("select {list} from {from}{filter}{group}{having}"), columns }
    }

    fn aggregate(&mut self, scope: &[Column], ty: Ty) -> String {
        let value = self.expression(scope, ty, 1);
        let filter = if self.chance(15) {
            format!(" filter (where {})", self.condition(scope, 1))
        } else {
            String::new()
        };
        let call = match ty {
            Int => self.one(&["max(V)", "count(V)::int", "sum(V)::int", "min(V)"]),
            Text => self.one(&["max(V)", "string_agg(V, ',')", "min(V)"]),
            Bool => self.one(&["bool_and(V)", "bool_or(V)"]),
            Kind => "max(V)",
        };
        match call.split_once("::") {
            Some((call, cast)) => format!("({}{filter})::{cast}", call.replace('V', &value)),
            None => call.replace('V', &value) + &filter,
        }
    }

    fn named(&mut self, values: Vec<String>, types: &[Ty]) -> (String, Vec<(String, Ty)>) {
        let columns: Vec<(String, Ty)> = types.iter().map(|ty| (self.name(), *ty)).collect();
        let named =
            values.iter().zip(&columns).map(|(value, (name, _))| format!("{value} as {name}"));
        (named.collect::<Vec<_>>().join(", "), columns)
    }
}

fn table_columns(table: &str, alias: &str) -> Vec<Column> {
    let found = TABLES.iter().filter(|(name, _)| *name == table).flat_map(|(_, columns)| *columns);
    let column = |(name, ty, refers): &(&str, Ty, Option<&'static str>)| Column {
        sql: format!("{alias}.{name}"),
        ty: *ty,
        refers: *refers,
    };
    found.map(column).collect()
}
