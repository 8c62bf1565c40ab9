//! The solvers as their users have them: against dense solutions, reference results and each other; on any ranks, resumed,
//! and where there is no solution.

mod bits;
mod dense;
mod direct;
mod endings;
mod golden;
mod penalties;
mod relations;
mod resume;
mod wrong_adjoint;
mod zoo;
