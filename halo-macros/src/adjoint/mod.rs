//! The exact adjoint of a linear formula: one reverse sweep over the DAG, then a shift of every term so that the
//! adjoint is a gather.
//!
//! The forward row is `y[i] = sum_k c_k(i) x[i + o_k]`. The sweep finds each `conj(c_k(i)) ybar[i]` as an expression at
//! row `i`; shifting it by `-o_k` makes it the contribution of row `j - o_k` to `xbar[j]`. Contributions under a
//! condition keep the condition outermost: a term whose branch is not taken is left out, never multiplied by zero
//! (a coefficient of the other branch may be infinite there).

mod contribution;
mod gather;
mod sweep;
mod transpose;

pub use transpose::{Adjoint, adjoint};
