//! An MPI library that is installed: its compiler and its launcher.

use std::fmt;
use std::process::Command;

/// One of the MPI libraries of this machine.
#[derive(PartialEq)]
pub struct Flavour {
    pub name: &'static str,
    /// What the build is told to use.
    pub mpicc: &'static str,
    pub mpirun: &'static str,
}

/// Under the names that Debian gives them where both are installed.
const KNOWN: [Flavour; 2] = [
    Flavour {
        name: "Open MPI",
        mpicc: "mpicc.openmpi",
        mpirun: "mpirun.openmpi",
    },
    Flavour {
        name: "MPICH",
        mpicc: "mpicc.mpich",
        mpirun: "mpirun.mpich",
    },
];

/// Whatever goes by the common names, on other systems.
const OTHER: Flavour = Flavour {
    name: "MPI",
    mpicc: "mpicc",
    mpirun: "mpirun",
};

impl Flavour {
    /// Those that can build and start programs.
    pub fn installed() -> Vec<Flavour> {
        let known: Vec<_> = KNOWN.into_iter().filter(Flavour::is_there).collect();
        match known.is_empty() {
            true => [OTHER].into_iter().filter(Flavour::is_there).collect(),
            false => known,
        }
    }

    fn is_there(&self) -> bool {
        let answers = |program| Command::new(program).arg("--version").output().is_ok();
        answers(self.mpicc) && answers(self.mpirun)
    }

    /// A launcher of so many ranks, which may be more than cores, and root.
    pub fn launcher(&self, ranks: usize) -> Command {
        let mut command = Command::new(self.mpirun);
        command.args(["-n", &ranks.to_string()]);
        let settings = [
            ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
            ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
            ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
            ("OMPI_MCA_hwloc_base_binding_policy", "none"),
            // Containers forbid what this would use, and Open MPI complains once per rank.
            ("OMPI_MCA_btl_vader_single_copy_mechanism", "none"),
        ];
        command.envs(settings);
        command
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.name)
    }
}
