//! Iterative solvers, all with one interface: [`Solver`].
//!
//! | problem | solver |
//! |---|---|
//! | A x = b, A = Aᴴ positive definite | [`Cg`] |
//! | A x = b, A = Aᴴ | [`Minres`] |
//! | least ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖² | [`Cgls`], [`Lsqr`], [`Lsmr`] |
//! | least ‖A x − b‖² + ε R(W x), R making sparse | [`Ista`], [`Fista`] |
//! | least ‖A x − b‖² + ε TV(x), keeping edges | [`TotalVariation`] |
//! | largest eigenvalue, ‖A‖² | [`PowerIteration`] |
//!
//! For what is not here, the feature `argmin` implements the traits of `argmin-math` for fields, so that the solvers of the crate
//! `argmin`, such as L-BFGS and nonlinear conjugate gradients, take them as they are; `solver/argmin.rs` says which, and how errors
//! are treated.
//!
//! They are written against [`Vector`](crate::Vector) alone, so they solve for fields, real and complex, and for tuples of
//! fields. A complex space counts as a real one of twice the dimension.

#[cfg(feature = "argmin")]
mod argmin;
mod bidiagonalisation;
mod cg;
mod cgls;
mod checkpoint;
mod history;
mod lsmr;
mod lsqr;
mod minres;
mod options;
mod persist;
mod power_iteration;
mod products;
mod progress;
mod rows;
mod run;
mod shrink;
mod solution;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod solver;
mod sparsity;
mod status;
mod stop;
mod system;
mod threshold;
mod thresholding;
mod total_variation;
mod watch;

pub use cg::{Cg, CgState};
pub use cgls::{Cgls, CglsState};
pub use checkpoint::{Checkpoint, Ledger};
pub use history::{History, Iteration, Measures};
pub use lsmr::{Lsmr, LsmrState};
pub use lsqr::{Lsqr, LsqrState};
pub use minres::{Minres, MinresState};
pub use options::Options;
pub use persist::Persist;
pub use power_iteration::{PowerIteration, PowerState};
pub use run::Run;
pub use shrink::{Shrink, ShrinkJointly};
pub use solution::Solution;
pub use solver::{Beginning, Solver, State};
pub use status::{Status, Tolerance};
pub use stop::Stop;
pub use threshold::Threshold;
pub use thresholding::{
    Accelerated, Fista, Ista, Momentum, Plain, Thresholding, ThresholdingState,
};
pub use total_variation::{TotalVariation, TotalVariationState};
pub use watch::{Snapshot, Verdict};
