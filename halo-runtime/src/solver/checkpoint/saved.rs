//! A run as files: its vectors as `.npy`, which any number of ranks can read, and one text file with all its numbers.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::folder::{create, failed, partial, replace};
use super::text::{Parsed, TITLE, damaged};
use super::{Checkpoint, Ledger};
use crate::comm::Comm;
use crate::error::Result;
use crate::solver::History;

/// The text file's name.
pub(super) const FILE: &str = "state.txt";

/// What is saved of a run beside its state.
pub(in crate::solver) struct Saved<'r> {
    pub solver: &'static str,
    pub settings: Vec<(&'static str, f64)>,
    pub reference: f64,
    pub attained: f64,
    pub history: &'r mut History,
}

impl Saved<'_> {
    /// Collective: writes all into a folder beside the target, which it then replaces.
    pub fn write(self, comm: &Comm, folder: &Path, state: &mut impl Checkpoint) -> Result {
        self.fill(comm, folder, state)
            .and_then(|()| on_first(comm, || replace(folder)))
            .inspect_err(|_| {
                if comm.rank() == 0 {
                    // The error to report is the one that led here, not one of cleaning up.
                    fs::remove_dir_all(partial(folder)).ok();
                }
            })
    }

    fn fill(self, comm: &Comm, folder: &Path, state: &mut impl Checkpoint) -> Result {
        on_first(comm, || create(folder))?;
        let mut ledger = Ledger {
            folder: partial(folder),
            loading: false,
            numbers: Vec::new(),
        };
        state.show(&mut ledger)?;
        on_first(comm, || {
            let file = ledger.folder.join(FILE);
            fs::write(&file, self.text(&ledger)).map_err(failed(&file, "cannot be written"))
        })
    }

    fn text(&self, ledger: &Ledger) -> String {
        let mut text = format!("{TITLE}\nsolver {}\n", self.solver);
        let mut line = |words: std::fmt::Arguments| {
            // Writing to a string does not fail; `{:?}` of a float gives all its bits.
            let _ = writeln!(text, "{words}");
        };
        for (name, value) in &self.settings {
            line(format_args!("setting {name} {value:?}"));
        }
        line(format_args!("number reference {:?}", self.reference));
        line(format_args!("number attained {:?}", self.attained));
        for (name, value) in &ledger.numbers {
            line(format_args!("number state.{name} {value:?}"));
        }
        for now in self.history.iter() {
            line(format_args!(
                "iteration {:?} {:?} {:?} {:?}",
                now.residual, now.model_norm, now.objective, now.optimality
            ));
        }
        text
    }

    /// Collective: reads all back; gives the number `attained`.
    pub fn read(self, comm: &Comm, folder: &Path, state: &mut impl Checkpoint) -> Result<f64> {
        let file = folder.join(FILE);
        let text = fs::read_to_string(&file).map_err(failed(&file, "cannot be read"));
        let parsed = comm.agree(text.and_then(|text| Parsed::new(&file, &text)))?;
        let attained = comm.agree(self.accept(&file, &parsed))?;
        let of_state =
            |(name, value): (String, f64)| Some((name.strip_prefix("state.")?.into(), value));
        let mut ledger = Ledger {
            folder: folder.to_owned(),
            loading: true,
            numbers: parsed.numbers.into_iter().filter_map(of_state).collect(),
        };
        state.show(&mut ledger)?;
        self.history.replace(parsed.iterations);
        Ok(attained)
    }

    /// Checks that the file is of this solver and its problem.
    fn accept(&self, file: &Path, parsed: &Parsed) -> Result<f64> {
        let other = |what: String| Err(damaged(file, what));
        if parsed.solver != self.solver {
            return other(format!(
                "holds a state of {}, this solver is {}",
                parsed.solver, self.solver
            ));
        }
        let names = |settings: &[(String, f64)]| -> Vec<String> {
            settings.iter().map(|(name, _)| name.clone()).collect()
        };
        let mine: Vec<(String, f64)> = (self.settings.iter())
            .map(|(name, value)| ((*name).into(), *value))
            .collect();
        if names(&mine) != names(&parsed.settings) {
            return other(format!(
                "was saved with the settings {:?}, this solver has {:?}",
                names(&parsed.settings),
                names(&mine)
            ));
        }
        for ((name, now), (_, then)) in mine.iter().zip(&parsed.settings) {
            if now.to_bits() != then.to_bits() {
                return other(format!(
                    "was saved with {name} = {then:?}, this solver has {now:?}"
                ));
            }
        }
        let number = |name: &str| {
            let found = parsed.numbers.iter().find(|(known, _)| known == name);
            found
                .map(|(_, value)| *value)
                .ok_or_else(|| damaged(file, format!("lacks the number `{name}`")))
        };
        // Another machine's mathematical functions may differ in the last bits, another problem differs by more.
        let (then, now) = (number("reference")?, self.reference);
        if (then - now).abs() > 1e-6 * now.abs() {
            return other(format!(
                "was saved for another operator or other data: the optimality of x = 0 was {then:?} and is {now:?}"
            ));
        }
        number("attained")
    }
}

/// Collective: what one rank does for all.
fn on_first(comm: &Comm, act: impl FnOnce() -> Result) -> Result {
    comm.agree(if comm.rank() == 0 { act() } else { Ok(()) })
}
