//! A run as files: its vectors as `.npy`, which any number of ranks can read, and one text file with all its numbers.

use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::{History, Measures, Persist};
use crate::comm::Comm;
use crate::error::{Error, Result};

/// The first line of the text file: what it is, and its version.
const TITLE: &str = "halo solver state 1";
const FILE: &str = "state.txt";

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
    folder: PathBuf,
    loading: bool,
    numbers: Vec<(String, f64)>,
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

/// What is saved of a run beside its state.
pub(super) struct Saved<'r> {
    pub solver: &'static str,
    pub settings: Vec<(&'static str, f64)>,
    pub reference: f64,
    pub attained: f64,
    pub history: &'r mut History,
}

impl Saved<'_> {
    /// Collective: writes all into a folder beside the target, which it then replaces.
    pub fn write(self, comm: &Comm, folder: &Path, state: &mut impl Checkpoint) -> Result {
        let partial = beside(folder, ".partial");
        self.fill(comm, &partial, state).inspect_err(|_| {
            if comm.rank() == 0 {
                // The error to report is the one that led here, not one of cleaning up.
                fs::remove_dir_all(&partial).ok();
            }
        })?;
        comm.agree(if comm.rank() == 0 {
            replace(folder, &partial)
        } else {
            Ok(())
        })
    }

    fn fill(self, comm: &Comm, partial: &Path, state: &mut impl Checkpoint) -> Result {
        let leads = comm.rank() == 0;
        comm.agree(if leads { create(partial) } else { Ok(()) })?;
        let mut ledger = Ledger {
            folder: partial.to_owned(),
            loading: false,
            numbers: Vec::new(),
        };
        state.show(&mut ledger)?;
        comm.agree(if leads {
            let file = partial.join(FILE);
            fs::write(&file, self.text(&ledger)).map_err(failed(&file, "cannot be written"))
        } else {
            Ok(())
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

/// The text file, understood.
struct Parsed {
    solver: String,
    settings: Vec<(String, f64)>,
    numbers: Vec<(String, f64)>,
    iterations: Vec<Measures>,
}

impl Parsed {
    fn new(file: &Path, text: &str) -> Result<Parsed> {
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

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(folder);
    name.push(ending);
    name.into()
}

/// An empty folder, in the place of what an interrupted program may have left.
fn create(folder: &Path) -> Result {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed(folder, "cannot be replaced"))?;
    }
    fs::create_dir(folder).map_err(failed(folder, "cannot be created"))
}

/// Puts the new folder in the old one's place, which is there until the new one is.
fn replace(folder: &Path, partial: &Path) -> Result {
    let old = beside(folder, ".old");
    let unwritten = || failed(folder, "cannot be replaced");
    if folder.exists() {
        if !folder.join(FILE).exists() {
            return Err(Error::File {
                path: folder.to_owned(),
                message: "exists and holds no saved state; choose another name".into(),
            });
        }
        if old.exists() {
            fs::remove_dir_all(&old).map_err(unwritten())?;
        }
        fs::rename(folder, &old).map_err(unwritten())?;
    }
    fs::rename(partial, folder).map_err(unwritten())?;
    if old.exists() {
        fs::remove_dir_all(&old).map_err(unwritten())?;
    }
    Ok(())
}

fn failed(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::File {
        path,
        message: format!("{what}: {error}"),
    }
}

fn damaged(path: &Path, message: String) -> Error {
    Error::FileFormat {
        path: path.to_owned(),
        message,
    }
}
