//! A run that is saved, and resumed on other ranks, ends with the bits of one that was not interrupted.

use std::fs;
use std::path::{Path, PathBuf};

use halo::Result;
use halo::prelude::*;
use halo::solver::Checkpoint;

use crate::zoo::{EXTENT, Visitor, Whole, bits_of, visit_all};

/// A folder of its own, removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("halo-resume-{name}-{}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        fs::create_dir_all(&folder.0).expect("a folder");
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Saves every run in the middle, and again a little later, then ends it.
struct Interrupt<'f> {
    folder: &'f Path,
    bits: Vec<Vec<u64>>,
}

impl Visitor for Interrupt<'_> {
    fn visit<'a, S>(&mut self, name: &str, solver: S) -> Result
    where
        S: Solver<'a>,
        S::Unknown: Whole,
        S::State: Checkpoint,
    {
        let mut run = solver.begin()?;
        for number in 1.. {
            if run.step()?.is_none() {
                break;
            }
            if number == 2 || number == 4 {
                run.save(self.folder.join(name))?;
            }
        }
        self.bits.push(bits_of(&run)?);
        Ok(())
    }
}

/// Goes on where the others were saved.
struct Resume<'f> {
    folder: &'f Path,
    bits: Vec<Vec<u64>>,
}

impl Visitor for Resume<'_> {
    fn visit<'a, S>(&mut self, name: &str, solver: S) -> Result
    where
        S: Solver<'a>,
        S::Unknown: Whole,
        S::State: Checkpoint,
    {
        let mut run = solver.resume(self.folder.join(name))?;
        assert_eq!(run.iteration().number, 4, "{name}");
        while run.step()?.is_some() {}
        self.bits.push(bits_of(&run)?);
        Ok(())
    }
}

#[test]
fn resumed_runs_end_with_the_same_bits() {
    let folder = Folder::new("all");
    let saved = halo::launch_all(6, |comm| {
        let grid = Grid::builder(comm, EXTENT).process_grid([3, 2]).build()?;
        let mut interrupt = Interrupt {
            folder: &folder.0,
            bits: Vec::new(),
        };
        visit_all(&grid, &mut interrupt)?;
        Ok(interrupt.bits)
    });
    let expected = &saved.expect("saved runs")[0];
    for ranks in [1, 4] {
        let resumed = halo::launch_all(ranks, |comm| {
            let grid = Grid::new(comm, EXTENT)?;
            let mut resume = Resume {
                folder: &folder.0,
                bits: Vec::new(),
            };
            visit_all(&grid, &mut resume)?;
            Ok(resume.bits)
        });
        for (place, (found, expected)) in resumed.expect("runs")[0].iter().zip(expected).enumerate()
        {
            assert!(found == expected, "solver {place} on {ranks} ranks");
        }
    }
    let entries = fs::read_dir(&folder.0).expect("the folder");
    let left: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains(".halo-")),
        "{left:?}"
    );
}

#[stencil]
fn elastic(u: Input<f64, 1>, k: f64) -> f64 {
    k * u[0] - u[-1] - u[1]
}

/// A saved run of CGLS, and what resuming it with other things says; the same on all ranks.
fn refusal(spoil: impl Fn(&Path) + Sync, resume: impl Fn(&Comm, &Path) -> Result + Sync) -> String {
    let name = std::thread::current()
        .name()
        .unwrap_or("refusal")
        .replace("::", "-");
    let folder = Folder::new(&name);
    let path = folder.0.join("run");
    halo::launch_on(2, |comm| {
        let grid = Grid::new(comm, [12])?;
        let (elastic, b) = (Elastic { k: 3.0 }.on(&grid)?, grid.random(1));
        let mut run = Cgls::new(&elastic, &b).damping(0.5).begin()?;
        run.step()?;
        run.save(&path)
    })
    .expect("a saved run");
    spoil(&path);
    let errors = halo::launch_all(3, |comm| Ok(resume(comm, &path).unwrap_err().to_string()));
    let errors = errors.expect("errors");
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors[0].clone()
}

fn resume_with(comm: &Comm, path: &Path, k: f64, damping: f64, seed: u64, cells: usize) -> Result {
    let grid = Grid::new(comm, [cells])?;
    let (elastic, b) = (Elastic { k }.on(&grid)?, grid.random(seed));
    Cgls::new(&elastic, &b)
        .damping(damping)
        .resume(path)
        .map(drop)
}

#[test]
fn other_problems_are_refused() {
    let message = refusal(
        |_| (),
        |comm, path| resume_with(comm, path, 3.0, 0.25, 1, 12),
    );
    assert!(
        message.contains("saved with damping = 0.5, this solver has 0.25"),
        "{message}"
    );
    for (k, seed) in [(3.5, 1), (3.0, 2)] {
        let message = refusal(
            |_| (),
            |comm, path| resume_with(comm, path, k, 0.5, seed, 12),
        );
        assert!(
            message.contains("another operator or other data"),
            "{message}"
        );
    }
    let other_solver = |comm: &Comm, path: &Path| {
        let grid = Grid::new(comm, [12])?;
        let (elastic, b) = (
            Elastic { k: 3.0 }.on(&grid)?.self_adjoint()?,
            grid.random(1),
        );
        Cg::new(&elastic, &b).resume(path).map(drop)
    };
    let message = refusal(|_| (), other_solver);
    assert!(
        message.contains("holds a state of CGLS, this solver is CG"),
        "{message}"
    );
}

#[test]
fn damaged_states_are_refused() {
    let same = |comm: &Comm, path: &Path| resume_with(comm, path, 3.0, 0.5, 1, 12);
    let rewrite = |change: fn(String) -> String| {
        move |path: &Path| {
            let file = path.join("state.txt");
            let text = fs::read_to_string(&file).expect("a state");
            fs::write(file, change(text)).expect("a new state");
        }
    };
    let message = refusal(
        rewrite(|text| text.replace("number state.square", "number state.cube")),
        same,
    );
    assert!(message.contains("lacks the number `square`"), "{message}");
    let message = refusal(
        rewrite(|text| text.replace("iteration ", "iteration x")),
        same,
    );
    assert!(message.contains("a line that makes no sense"), "{message}");
    let message = refusal(rewrite(|_| String::new()), same);
    assert!(message.contains("does not begin with"), "{message}");
    let message = refusal(
        |path| fs::remove_file(path.join("x.npy")).expect("a file"),
        same,
    );
    assert!(message.contains("x.npy: cannot be opened"), "{message}");
    let message = refusal(|path| fs::remove_dir_all(path).expect("a folder"), same);
    assert!(message.contains("state.txt: cannot be read"), "{message}");
}

#[test]
fn a_folder_of_other_things_is_not_overwritten() {
    let folder = Folder::new("precious");
    fs::write(folder.0.join("letter"), "precious").expect("a letter");
    let errors = halo::launch_all(2, |comm| {
        let grid = Grid::new(comm, [12])?;
        let (elastic, b) = (Elastic { k: 3.0 }.on(&grid)?, grid.random(1));
        let mut run = Cgls::new(&elastic, &b).begin()?;
        Ok(run.save(&folder.0).unwrap_err().to_string())
    });
    let errors = errors.expect("errors");
    assert!(
        errors
            .iter()
            .all(|error| error.contains("holds no saved state")),
        "{errors:?}"
    );
    assert!(folder.0.join("letter").exists());
}
