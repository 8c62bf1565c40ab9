//! What a grid point may hold, and what a kernel may do with it.
//!
//! From weak to strong: a field stores [`Element`]s, ghosts are made of [`Weigh`]ed ones, generated loops need
//! [`Arithmetic`], [`Lift`] carries a kernel's constants into the numbers it runs on, and a [`Scalar`] is what users
//! write kernels in. The generated code is generic over the last step but one, so the loops that run on floats also run
//! on the [`Exact`] numbers of the adjoint test.

mod arithmetic;
mod complex;
mod element;
mod exact;
mod float;
mod lanes;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod scalar;

pub use arithmetic::{Arithmetic, Lift, Scale, Stored};
pub use element::{Element, Weigh};
pub use exact::Exact;
pub use lanes::{Lanes, OneByOne, Vectors};
pub use scalar::{RealScalar, Scalar, conj};
