//! What is run: the program with some arguments on some ranks, and what must come of it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::flavour::Flavour;
use super::process::{self, Outcome};

const RANKS: [usize; 6] = [1, 2, 3, 4, 8, 27];

/// What the program prints on each rank where all went well.
const PASSED: &str = "all checks passed";

/// One run.
pub struct Case {
    arguments: Vec<String>,
    ranks: usize,
    /// Seconds after which the run hangs.
    limit: u64,
    environment: Vec<(&'static str, &'static str)>,
    launcher: Option<&'static str>,
    expected: Expected,
}

enum Expected {
    /// Every rank says that all went well.
    Passed,
    /// It ends well, with these words.
    Prints(&'static str),
    /// It ends badly, with these words.
    Fails(String),
    /// It ends well, and draws the pictures that thread ranks draw.
    Pictures,
}

/// All runs for a library; the others are those that it may be confused with.
pub fn all(flavour: &Flavour, flavours: &[Flavour]) -> Vec<Case> {
    let mut cases = Vec::new();
    for ranks in RANKS {
        cases.push(Case::new(&["checks"], ranks, Expected::Passed));
        cases.push(Case::new(&["operators"], ranks, Expected::Passed).within(300));
    }
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    for ranks in [1, 2, 3, 4, 8] {
        cases.push(
            Case::new(
                &["golden", golden],
                ranks,
                Expected::Prints("cases agree in all"),
            )
            .within(300),
        );
    }
    for ranks in [1, 2, 4, 8] {
        cases.push(Case::new(&["tutorial"], ranks, Expected::Pictures).within(300));
    }
    cases.push(Case::new(&["constructions"], 2, Expected::Passed).within(600));
    cases.push(Case::new(&["handed-in"], 3, Expected::Passed));
    cases.push(Case::new(&["handed-in", "single"], 2, Expected::Passed));
    let panicked = Expected::Fails("halo: rank 2 of 3 ends the job: it panicked".into());
    cases.push(Case::new(&["handed-in", "panic"], 3, panicked));
    cases.extend(faults());
    // Started by `mpirun`, and told to take no notice.
    let alone = Case::new(&["checks"], 2, Expected::Passed);
    cases.push(alone.with(&[
        ("HALO_BACKEND", "threads"),
        ("HALO_EXPECT", "threads"),
        ("HALO_RANKS", "3"),
    ]));
    // Started by the launcher of another library.
    if let Some(other) = flavours.iter().find(|other| *other != flavour) {
        let expected = Expected::Fails("was built with another MPI library".into());
        cases.push(Case {
            launcher: Some(other.mpirun),
            ..Case::new(&["checks"], 2, expected)
        });
    }
    cases
}

/// Each ends the job soon, with words that name the rank.
fn faults() -> Vec<Case> {
    let fails = |fault: &str, ranks: usize, words: &str| {
        let expected = Expected::Fails(words.replace("LAST", &(ranks - 1).to_string()));
        Case::new(&["fault", fault], ranks, expected)
    };
    let mut cases = vec![
        fails("panic", 4, "rank LAST panicked: no 42 today"),
        fails("error", 4, "on rank LAST: the time step is too long"),
        fails("killed", 4, ""),
        fails("exit", 4, "halo: rank LAST ends the job: its process exits"),
        fails("abort", 3, "enough"),
        fails("deaf", 3, "rank LAST of 3 ends the job: nobody listens"),
        fails("early", 3, "rank LAST has ended its program"),
        fails("file", 3, "no/such/file.npy: cannot be opened"),
        fails("thin", 3, "owns a block of extent 2"),
        fails("panic", 1, "rank 0 panicked: no 42 today"),
    ];
    for wait in [
        "receive",
        "barrier",
        "sum",
        "gather",
        "broadcast",
        "channel",
    ] {
        for ranks in [2, 5] {
            cases.push(fails(wait, ranks, "on rank LAST: the last rank gives up"));
        }
    }
    cases.push(fails("receive", 27, "on rank LAST: the last rank gives up"));
    cases.push(Case::new(&["fault", "unread"], 3, Expected::Passed));
    cases
}

impl Case {
    fn new(arguments: &[&str], ranks: usize, expected: Expected) -> Case {
        Case {
            arguments: arguments
                .iter()
                .map(|argument| argument.to_string())
                .collect(),
            ranks,
            limit: 120,
            environment: vec![],
            launcher: None,
            expected,
        }
    }

    fn within(self, limit: u64) -> Case {
        Case { limit, ..self }
    }

    fn with(self, environment: &[(&'static str, &'static str)]) -> Case {
        Case {
            environment: environment.to_vec(),
            ..self
        }
    }

    /// Runs the program and looks at what came of it.
    pub fn run(&self, flavour: &Flavour, binary: &Path) -> Result<(), String> {
        let folder = Folder::new(flavour)?;
        let mut command = match self.launcher {
            Some(mpirun) => Flavour { mpirun, ..*flavour }.launcher(self.ranks),
            None => flavour.launcher(self.ranks),
        };
        command.arg(binary).args(&self.arguments);
        if let Expected::Pictures = self.expected {
            command.arg("--out").arg(folder.0.join("processes"));
        }
        command.envs(self.environment.iter().copied());
        let outcome = process::run(command, Duration::from_secs(self.limit))?;
        let problem = match &self.expected {
            Expected::Passed => passed(self.ranks, &outcome),
            Expected::Prints(words) => ends(true, words, &outcome),
            Expected::Fails(words) => ends(false, words, &outcome),
            Expected::Pictures => {
                ends(true, "equal, bit for bit", &outcome).or_else(|| folder.compare(binary))
            }
        };
        match problem {
            Some(problem) => Err(format!("{problem}\n{}", outcome.printed)),
            None => Ok(()),
        }
    }
}

fn passed(ranks: usize, outcome: &Outcome) -> Option<String> {
    let passed = outcome.printed.matches(PASSED).count();
    match outcome.succeeded && passed == ranks {
        true => None,
        false => Some(format!(
            "all went well on {passed} of {ranks} ranks, it says"
        )),
    }
}

fn ends(well: bool, words: &str, outcome: &Outcome) -> Option<String> {
    match outcome.succeeded == well && outcome.printed.contains(words) {
        true => None,
        false => {
            let how = if well { "well" } else { "badly" };
            Some(format!("should have ended {how}, with the words `{words}`"))
        }
    }
}

/// Where pictures are drawn; removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(flavour: &Flavour) -> Result<Folder, String> {
        let name = format!("halo-{}-{}", flavour.mpirun, std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        Ok(Folder(path))
    }

    /// Draws the pictures on threads of one process, and tells whether one differs.
    fn compare(&self, binary: &Path) -> Option<String> {
        let [threads, processes] = ["threads", "processes"].map(|name| self.0.join(name));
        let mut command = Command::new(binary);
        command
            .args(["tutorial", "--ranks", "1", "--out"])
            .arg(&threads);
        if let Err(problem) = process::run(command, Duration::from_secs(300)) {
            return Some(problem);
        }
        let names = [
            "elevation",
            "slope",
            "laplacian",
            "diffused",
            "difference",
            "convolution_inputs",
            "convolution_forward",
            "convolution_adjoint",
            "deblurring",
            "convergence",
        ];
        let bytes =
            |folder: &Path, name: &str| fs::read(folder.join(name).with_extension("png")).ok();
        let differs = |name: &&&str| {
            let serial = bytes(&threads, name);
            serial.is_none() || serial != bytes(&processes, name)
        };
        let different = names.iter().find(differs)?;
        Some(format!("the picture {different} is not that of one rank"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self
            .arguments
            .iter()
            .map(|argument| match argument.rsplit_once('/') {
                Some((_, name)) => name,
                None => argument,
            });
        let what: Vec<&str> = what.collect();
        write!(out, "{} on {} ranks", what.join(" "), self.ranks)?;
        for (variable, value) in &self.environment {
            write!(out, " {variable}={value}")?;
        }
        match self.launcher {
            Some(other) => write!(out, " by {other}"),
            None => Ok(()),
        }
    }
}
