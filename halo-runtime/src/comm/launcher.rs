//! How this process was started: alone, or as one of many by an MPI launcher.
//!
//! Launchers leave their traces in the environment; looking there costs nothing and starts nothing.

use std::env;

use crate::error::{Error, Result};

/// What started this process as a rank of an MPI job.
///
/// ```
/// match halo::comm::Launcher::detect()? {
///     Some(launcher) => println!("started by {}", launcher.name),
///     None => println!("started alone: ranks are threads of this process"),
/// }
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Launcher {
    /// What it is.
    pub name: &'static str,
    /// This process's rank, if the launcher tells.
    pub rank: Option<usize>,
    /// The processes that it started, if it tells.
    pub ranks: Option<usize>,
}

/// Launchers by the variables that they set: name, rank, number of ranks.
const TRACES: [(&str, &str, &str); 6] = [
    (
        "the launcher of Open MPI",
        "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE",
    ),
    (
        "the launcher of MVAPICH",
        "MV2_COMM_WORLD_RANK",
        "MV2_COMM_WORLD_SIZE",
    ),
    ("a launcher of the MPICH family", "PMI_RANK", "PMI_SIZE"),
    ("a PMIx launcher", "PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
    ("the launcher of Cray PALS", "PALS_RANKID", "PALS_NRANKS"),
    ("the launcher of Cray ALPS", "ALPS_APP_PE", ""),
];

impl Launcher {
    /// What started this process, if it was an MPI launcher.
    ///
    /// `HALO_BACKEND=threads` hides the launcher, `HALO_BACKEND=mpi` stands for one that leaves no traces.
    ///
    /// # Errors
    /// `HALO_BACKEND` is set to something else.
    pub fn detect() -> Result<Option<Launcher>> {
        Launcher::in_environment(|variable| env::var(variable).ok())
    }

    /// Whether this process is to speak for the job: it was started alone or as rank 0, for all that is known.
    ///
    /// For what a program prints outside of [`launch`](crate::launch); inside, `comm.rank() == 0` is surer.
    pub fn is_first() -> bool {
        let launcher = Launcher::detect().ok().flatten();
        launcher.and_then(|launcher| launcher.rank).unwrap_or(0) == 0
    }

    /// Tells, once per job, that several processes were started in vain.
    #[cfg(not(feature = "mpi"))]
    pub(super) fn warn(&self) {
        if self.rank.is_none_or(|rank| rank == 0) && self.ranks != Some(1) {
            eprintln!(
                "halo: {} has started this program, which was built without the feature `mpi`: each process computes \
                 everything by itself. Build it with `--features mpi`, or start it once",
                self.name
            );
        }
    }

    fn in_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Launcher>> {
        let number = |name: &str| variable(name).and_then(|value| value.trim().parse().ok());
        match variable("HALO_BACKEND").as_deref().map(str::trim) {
            None | Some("") => {}
            Some("threads") => return Ok(None),
            Some("mpi") => {
                return Ok(Some(Launcher {
                    name: "HALO_BACKEND=mpi",
                    rank: None,
                    ranks: None,
                }));
            }
            Some(value) => {
                return Err(Error::Environment {
                    variable: "HALO_BACKEND",
                    value: value.to_owned(),
                    message: "give `threads` or `mpi`, or leave it unset".into(),
                });
            }
        }
        let mut traces = TRACES.iter();
        Ok(traces.find_map(|(name, rank, ranks)| {
            let rank = number(rank)?;
            Some(Launcher {
                name,
                rank: Some(rank),
                ranks: number(ranks),
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(variables: &[(&str, &str)]) -> Result<Option<Launcher>> {
        let variables: Vec<_> = variables.to_vec();
        Launcher::in_environment(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn launchers_are_known_by_their_traces() {
        assert_eq!(among(&[("SLURM_PROCID", "0"), ("PMI_FD", "9")]), Ok(None));
        let open = among(&[
            ("OMPI_COMM_WORLD_RANK", "2"),
            ("OMPI_COMM_WORLD_SIZE", "4"),
            ("PMIX_RANK", "2"),
        ]);
        let open = open.unwrap().unwrap();
        assert_eq!((open.rank, open.ranks), (Some(2), Some(4)));
        assert!(open.name.contains("Open MPI"));
        let hydra = among(&[("PMI_RANK", "0"), ("PMI_SIZE", "8")])
            .unwrap()
            .unwrap();
        assert_eq!((hydra.rank, hydra.ranks), (Some(0), Some(8)));
    }

    #[test]
    fn the_user_has_the_last_word() {
        let started = [("PMI_RANK", "0"), ("PMI_SIZE", "8")];
        assert_eq!(
            among(&[&started[..], &[("HALO_BACKEND", "threads")]].concat()),
            Ok(None)
        );
        assert!(among(&[("HALO_BACKEND", "mpi")]).unwrap().is_some());
        let error = among(&[("HALO_BACKEND", "mpich")]).unwrap_err().to_string();
        assert!(
            error.starts_with("HALO_BACKEND=mpich: give `threads` or `mpi`"),
            "{error}"
        );
    }
}
