//! Properties of whole operators, from the macro's formula to the last bit of a field: the zoo of kernels in random
//! situations, seeds fixed. `HALO_LONG=1` tries forty times as many.

#[path = "../common/mod.rs"]
mod common;

mod bits;
mod derivatives;
mod exact_adjoint;
mod faults;
mod forward;
mod fusion;
mod in_place;
mod margins;
mod staggered;
mod symmetry;
mod threads;
mod transpose;
