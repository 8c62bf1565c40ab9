//! Iterative solvers, all with one interface: [`Solver`].
//!
//! | problem | solver |
//! |---|---|
//! | A x = b, A = Aᴴ positive definite | [`Cg`] |
//! | least ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖² | [`Cgls`] |

mod cg;
mod cgls;
mod checkpoint;
mod history;
mod options;
mod persist;
mod products;
mod progress;
mod rows;
mod run;
mod solution;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod solver;
mod status;
mod stop;
mod watch;

pub use cg::{Cg, CgState};
pub use cgls::{Cgls, CglsState};
pub use checkpoint::{Checkpoint, Ledger};
pub use history::{History, Iteration, Measures};
pub use options::Options;
pub use persist::Persist;
pub use run::Run;
pub use solution::Solution;
pub use solver::{Beginning, Solver, State};
pub use status::{Status, Tolerance};
pub use stop::Stop;
pub use watch::{Snapshot, Verdict};
