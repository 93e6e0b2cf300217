//! Markdown tables.

/// Lines of a table, the first one with the titles of the columns.
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    /// A table without lines.
    pub(crate) fn new<T: Into<String>>(titles: impl IntoIterator<Item = T>) -> Self {
        Self(vec![titles.into_iter().map(Into::into).collect()])
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    /// The text: first column to the left, numbers to the right, aligned for people too.
    pub(crate) fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.0[0].len())
            .map(|column| self.0.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        for (number, line) in self.0.iter().enumerate() {
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                let pad = " ".repeat(width - cell.chars().count());
                let (left, right) =
                    if column == 0 { ("", pad) } else { (pad.as_str(), String::new()) };
                out += &format!("| {left}{cell}{right} ");
            }
            out += "|\n";
            if number == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let (dashes, end) = ("-".repeat(*width), if column == 0 { "-" } else { ":" });
                    out += &format!("|-{dashes}{end}");
                }
                out += "|\n";
            }
        }
        out
    }
}

/// A number with three significant digits and thousands apart, or a dash.
pub(crate) fn number(value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return "–".to_owned() };
    if value < 99.95 {
        let decimals = if value < 9.995 { 2 } else { 1 };
        return format!("{value:.decimals$}");
    }
    thousands(&format!("{value:.0}"))
}

/// An integer with its thousands apart.
pub(crate) fn count(value: u32) -> String {
    thousands(&value.to_string())
}

fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned() {
        let mut table = Table::new(["what", "×"]);
        table.line(vec!["a".to_owned(), number(Some(1234.5))]);
        assert_eq!(table.text(), "| what |     × |\n|------|------:|\n| a    | 1,234 |\n");
    }

    #[test]
    fn numbers_are_readable() {
        let shown = [0.876, 9.996, 99.96, 1234567.0].map(|value| number(Some(value)));
        assert_eq!(shown, ["0.88", "10.0", "100", "1,234,567"]);
        assert_eq!(number(None), "–");
        assert_eq!([10, 1_000].map(count), ["10", "1,000"]);
    }
}
