//! How a state shows what it is made of: the same walk saves it and loads it.

use std::path::PathBuf;

use super::text::damaged;
use crate::error::Result;
use crate::solver::Persist;

/// A state that can be saved and resumed: it shows all that it is made of to a [`Ledger`].
pub trait Checkpoint {
    /// Shows every vector and number, always in the same order and by the same names; to be saved, or to be replaced by what
    /// was. What a step overwrites before it reads it can be left out.
    ///
    /// # Errors
    /// Those of the ledger.
    fn show(&mut self, ledger: &mut Ledger) -> Result;
}

/// Where a state is written to, or read from.
pub struct Ledger {
    pub(super) folder: PathBuf,
    pub(super) loading: bool,
    pub(super) numbers: Vec<(String, f64)>,
}

impl Ledger {
    /// A vector of the state. Collective.
    ///
    /// # Errors
    /// Those of [`Persist`].
    pub fn vector(&mut self, name: &str, vector: &mut impl Persist) -> Result {
        if self.loading {
            vector.load(&self.folder, name)
        } else {
            vector.save(&self.folder, name)
        }
    }

    /// A number of the state; every bit is kept.
    ///
    /// # Errors
    /// A saved state without such a number.
    pub fn number(&mut self, name: &str, value: &mut f64) -> Result {
        if !self.loading {
            self.numbers.push((name.into(), *value));
            return Ok(());
        }
        let found = self.numbers.iter().find(|(known, _)| known == name);
        let (_, saved) = found.ok_or_else(|| {
            damaged(
                &self.folder,
                format!("lacks the number `{name}` of its state"),
            )
        })?;
        *value = *saved;
        Ok(())
    }
}
