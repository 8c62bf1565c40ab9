//! The solvers as their users have them: against dense solutions, reference results and each other; on any ranks, resumed,
//! and where there is no solution.

mod dense;
mod direct;
mod golden;
