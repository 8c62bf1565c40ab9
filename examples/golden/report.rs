//! What running a family came to: a line, and below it what was refused and what failed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    array::largest,
    family::{Family, Kind},
    ranks::Ranks,
};

/// Failures of a family that are printed one by one.
const MOST_FAILURES: usize = 50;

/// The outcome of a family.
pub struct Report {
    name: String,
    supported: bool,
    /// The number of cases according to the index.
    promised: Option<usize>,
    /// Those that all cases are run on; none where each says its own.
    ranks: Vec<Ranks>,
    /// Cases that were read, or tried to.
    pub cases: usize,
    /// Cases times the process grids that each was run on.
    pub runs: usize,
    grids: BTreeSet<Vec<usize>>,
    /// The worst relative error of each kind of result.
    errors: Vec<(&'static str, f64)>,
    /// What else was found to agree.
    notes: Vec<String>,
    /// Whether every case gave the same bits everywhere.
    pub equal_bits: bool,
    /// Per rank count, how often each reason was given.
    refused: BTreeMap<usize, BTreeMap<String, usize>>,
    /// A sentence per failure.
    pub failures: Vec<String>,
}

impl Report {
    pub fn new(family: &Family, ranks: &[Ranks]) -> Report {
        Report {
            name: family.name.clone(),
            supported: family.kind() != Kind::Unknown,
            promised: family.promised,
            ranks: ranks.to_vec(),
            cases: 0,
            runs: 0,
            grids: BTreeSet::new(),
            errors: Vec::new(),
            notes: Vec::new(),
            equal_bits: true,
            refused: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    pub fn ran_on(&mut self, process_grid: Vec<usize>) {
        self.runs += 1;
        self.grids.insert(process_grid);
    }

    pub fn note_error(&mut self, result: &'static str, error: f64) {
        match self.errors.iter_mut().find(|(name, _)| *name == result) {
            Some((_, worst)) => *worst = largest([*worst, error].into_iter()),
            None => self.errors.push((result, error)),
        }
    }

    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub fn refuse(&mut self, ranks: usize, reason: String) {
        let reasons = self.refused.entry(ranks).or_default();
        *reasons.entry(reason).or_default() += 1;
    }

    pub fn fail(&mut self, case: &str, place: &str, message: &str) {
        let failure = format!("{case} on {place}: {message}");
        self.failures.push(failure);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<23} ", self.name)?;
        if !self.supported {
            let cases = self.promised.map(|n| format!("{n} ")).unwrap_or_default();
            return writeln!(f, "not supported yet, its {cases}cases are not run");
        }
        write!(f, "{} cases", self.cases)?;
        if let Some(promised) = self.promised.filter(|n| *n != self.cases) {
            write!(f, " (index.json says {promised})")?;
        }
        let ranks: Vec<String> = self.ranks.iter().map(Ranks::to_string).collect();
        if !ranks.is_empty() {
            write!(f, " on {} ranks", ranks.join(","))?;
        }
        write!(
            f,
            ", {} runs on {} process grids; ",
            self.runs,
            self.grids.len()
        )?;
        if self.runs > 0 {
            let named = self.errors.iter();
            let errors: Vec<String> = named
                .map(|(name, error)| format!("{name} {error:.1e}"))
                .collect();
            write!(f, "worst relative error {}; ", errors.join(", "))?;
            if !ranks.is_empty() {
                let bits = if self.equal_bits {
                    "equal bits"
                } else {
                    "BITS DIFFER"
                };
                write!(f, "{bits}; ")?;
            }
        }
        let refused: usize = self.refused.values().flat_map(BTreeMap::values).sum();
        writeln!(f, "{refused} refused, {} failed", self.failures.len())?;
        for note in &self.notes {
            writeln!(f, "    {note}")?;
        }
        for (ranks, reasons) in &self.refused {
            let times: usize = reasons.values().sum();
            write!(f, "    refused {times} times on {ranks} ranks: ")?;
            let mut reasons = reasons.keys();
            if let Some(reason) = reasons.next() {
                write!(f, "{reason}")?;
            }
            match reasons.len() {
                0 => writeln!(f)?,
                others => writeln!(f, " (and {others} similar)")?,
            }
        }
        for failure in self.failures.iter().take(MOST_FAILURES) {
            writeln!(f, "    FAILED {failure}")?;
        }
        match self.failures.len().saturating_sub(MOST_FAILURES) {
            0 => Ok(()),
            more => writeln!(f, "    FAILED {more} times more"),
        }
    }
}
