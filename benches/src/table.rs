/// A Markdown table that is also legible as plain text.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this first line and no rows.
    pub fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { rows: vec![header.into_iter().map(Into::into).collect()] }
    }

    /// One row more.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The table and an empty line; nothing if there are no rows.
    #[must_use]
    pub fn markdown(&self) -> String {
        let [header, body @ ..] = self.rows.as_slice() else { return String::new() };
        if body.is_empty() {
            return String::new();
        }
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..header.len()).map(width).collect();
        let rule: Vec<_> = widths.iter().enumerate().map(|(nth, w)| rule(nth, *w)).collect();
        let mut lines = vec![line(header, &widths), format!("|{}|", rule.join("|"))];
        lines.extend(body.iter().map(|row| line(row, &widths)));
        lines.join("\n") + "\n\n"
    }
}

/// The first column is text, the others are figures.
fn rule(column: usize, width: usize) -> String {
    match column {
        0 => "-".repeat(width + 2),
        _ => "-".repeat(width + 1) + ":",
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
        let gap = " ".repeat(width.saturating_sub(cell.chars().count()));
        match column {
            0 => format!(" {cell}{gap} "),
            _ => format!(" {gap}{cell} "),
        }
    });
    format!("|{}|", padded.collect::<Vec<_>>().join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(["who", "ns"]);
        table.row(["somebody", "7"]);
        table.row(["me", "1,600"]);

        let shown = table.markdown();

        assert_eq!(
            shown,
            "| who      |    ns |\n|----------|------:|\n| somebody |     7 |\n\
             | me       | 1,600 |\n\n"
        );
    }

    #[test]
    fn a_table_without_rows_is_not_shown() {
        assert_eq!(Table::new(["who"]).markdown(), "");
    }
}
