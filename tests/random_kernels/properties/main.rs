//! The properties of whole operators, over a zoo that nobody wrote: the build script draws valid kernels (their source is
//! `zoo.rs` in its output folder), and every one is held against its own plain function.
//!
//! `HALO_SEED` draws other kernels, `HALO_LONG=1` many more of them.

mod common;

#[path = "../../properties/bits.rs"]
mod bits;
#[path = "../../properties/exact_adjoint.rs"]
mod exact_adjoint;
#[path = "../../properties/forward.rs"]
mod forward;

/// Calls `$check(&subject)` for every kernel, each in a test of its own.
macro_rules! for_the_zoo {
    ($check:ident) => {
        $crate::common::kernels::for_each_kernel!($check);
    };
}
use for_the_zoo;
