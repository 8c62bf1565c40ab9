//! The program, built for one MPI library.
//!
//! All share a folder in `target/mpi`, so that only what depends on the library is built anew for each.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::flavour::Flavour;

/// Why there is no program.
pub enum Unbuilt {
    /// Something is not installed.
    Lacking(String),
    /// The program is wrong.
    Broken(String),
}

/// Builds the program and returns its path.
pub fn build(flavour: &Flavour) -> Result<PathBuf, Unbuilt> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../mpi");
    let note = target.join("built-for");
    // The build script of the bindings does not look whether `MPICC` has changed.
    if std::fs::read_to_string(&note).is_ok_and(|built| built != flavour.mpicc) {
        run(flavour, &target, &["clean", "-p", "mpi-sys"])?;
    }
    let written =
        std::fs::create_dir_all(&target).and_then(|()| std::fs::write(&note, flavour.mpicc));
    written.map_err(|error| Unbuilt::Broken(error.to_string()))?;
    eprintln!("{flavour}: building the program in {}", target.display());
    run(
        flavour,
        &target,
        &["build", "--example", "ranks", "--features", "mpi"],
    )?;
    // The next library's program takes this one's place.
    let built = target.join("debug/examples/ranks");
    let kept = target.join(format!("ranks-{}", flavour.mpicc));
    match std::fs::copy(built, &kept) {
        Ok(_) => Ok(kept),
        Err(error) => Err(Unbuilt::Broken(error.to_string())),
    }
}

fn run(flavour: &Flavour, target: &Path, arguments: &[&str]) -> Result<(), Unbuilt> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO_TARGET_DIR", target)
        // The second library's program differs little from the first's.
        .env("CARGO_INCREMENTAL", "1")
        .env("MPICC", flavour.mpicc)
        .output();
    match output {
        Err(error) => Err(Unbuilt::Broken(format!("cargo cannot be started: {error}"))),
        Ok(Output { status, .. }) if status.success() => Ok(()),
        Ok(Output { stderr, .. }) => {
            let complaints = String::from_utf8_lossy(&stderr).into_owned();
            Err(match complaints.contains("libclang") {
                true => Unbuilt::Lacking(
                    "libclang is not installed, which reads the headers of MPI".into(),
                ),
                false => Unbuilt::Broken(complaints),
            })
        }
    }
}
