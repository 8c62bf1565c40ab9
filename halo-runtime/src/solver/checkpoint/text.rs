//! The text file of a saved run, read line by line.

use std::path::Path;

use crate::error::{Error, Result};
use crate::solver::Measures;

/// The first line: what the file is, and its version.
pub(super) const TITLE: &str = "halo solver state 1";

/// The text file, understood.
pub(super) struct Parsed {
    pub solver: String,
    pub settings: Vec<(String, f64)>,
    pub numbers: Vec<(String, f64)>,
    pub iterations: Vec<Measures>,
}

impl Parsed {
    pub fn new(file: &Path, text: &str) -> Result<Parsed> {
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return Err(damaged(
                file,
                format!("does not begin with the line `{TITLE}`"),
            ));
        }
        let mut parsed = Parsed {
            solver: String::new(),
            settings: Vec::new(),
            numbers: Vec::new(),
            iterations: Vec::new(),
        };
        for line in lines {
            parsed.take(line).ok_or_else(|| {
                damaged(file, format!("has a line that makes no sense: `{line}`"))
            })?;
        }
        if parsed.iterations.is_empty() {
            return Err(damaged(file, "is cut off: it has no iteration".into()));
        }
        Ok(parsed)
    }

    fn take(&mut self, line: &str) -> Option<()> {
        let (key, rest) = line.split_once(' ')?;
        let named = || -> Option<(String, f64)> {
            let (name, value) = rest.rsplit_once(' ')?;
            Some((name.into(), value.parse().ok()?))
        };
        match key {
            "solver" => self.solver = rest.into(),
            "setting" => self.settings.push(named()?),
            "number" => self.numbers.push(named()?),
            "iteration" => {
                let numbers: Option<Vec<f64>> =
                    rest.split(' ').map(|word| word.parse().ok()).collect();
                let [residual, model_norm, objective, optimality] = numbers?.try_into().ok()?;
                self.iterations.push(Measures {
                    residual,
                    model_norm,
                    objective,
                    optimality,
                });
            }
            _ => return None,
        }
        Some(())
    }
}

pub(super) fn damaged(path: &Path, message: String) -> Error {
    Error::FileFormat {
        path: path.to_owned(),
        message,
    }
}
