//! Columns of text under their headings, set flush for a terminal.

use std::fmt;

/// Rows of cells, the first being the headings; all columns but the first are set flush right.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new<T: Into<String>>(headings: impl IntoIterator<Item = T>) -> Self {
        let headings = headings.into_iter().map(Into::into).collect();
        Table {
            rows: vec![headings],
        }
    }

    /// Appends a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                match column {
                    0 => write!(f, "   {cell:<0$}", width(0))?,
                    _ => write!(f, "   {cell:>0$}", width(column))?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// A number told by its size alone, as errors are.
pub fn size_of(number: f64) -> String {
    match number {
        0.0 => "0".into(),
        _ => format!("{number:.0e}"),
    }
}
