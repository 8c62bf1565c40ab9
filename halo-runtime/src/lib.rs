//! Stencil operators written as the formula of one point: distributed, and exactly differentiable.
//!
//! A researcher writes the formula of one grid point as a plain Rust function. [`#[stencil]`](macro@stencil) turns it,
//! while the program is compiled, into a distributed linear operator: halo widths, packing, forward loop and **exact
//! adjoint** loop. This library supplies what is around it: [ranks](comm), [grids](grid), [fields](field), the
//! [halo exchange](exchange), [operators](operator) and [solvers](solver). The same program runs on threads inside one
//! process or as processes under MPI, bit for bit the same on any number of ranks.
//!
//! ```
//! use halo::prelude::*;
//!
//! /// Five-point Laplacian.
//! #[stencil(halo = 1, axes = (0, 1))]
//! fn laplacian(u: Input<f64, 2>, inv_h2: f64) -> f64 {
//!     inv_h2 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]])
//! }
//!
//! fn main() -> halo::Result {
//!     halo::launch(|comm| {
//!         let grid = Grid::new(comm, [64, 64])?; // process grid chosen, blocks balanced
//!         let lap = Laplacian { inv_h2: 1.0 }.on(&grid)?; // fn laplacian -> struct Laplacian { inv_h2 }
//!         let x = grid.field(|[i, j]| ((i * j) as f64).sin());
//!         let y = lap.forward(&x)?;
//!         let _z = lap.adjoint(&y)?;
//!         lap.exact_adjoint_test()?;
//!         lap.dot_test(1e-12)
//!     })
//! }
//! ```
//!
//! # Modules, from the ground up
//!
//! [`scalar`] and [`error`]; [`comm`], who talks to whom; [`grid`], who owns what; [`field`], where values live;
//! [`exchange`], how ghosts get theirs; [`mod@stencil`], what the macro generates and how it is run; [`operator`], what
//! users apply; [`stock`], ready-made operators; [`solver`], iterative solvers; [`io`], files.
//!
//! # Features
//!
//! None is on by default.
//!
//! * `mpi`: a program that an MPI launcher starts has processes as its ranks; needs an MPI library and libclang.
//! * `argmin`: fields have the traits of `argmin-math`, so the solvers of `argmin` take them.
//! * `zarr`: fields from and to Zarr v3 arrays; its dependencies ask for Rust 1.91.

#![deny(unsafe_code, missing_docs)]

// The macro's expansions name the crate; so do the stock operators, which are written with it.
extern crate self as halo;

pub mod comm;
pub mod error;
pub mod exchange;
pub mod field;
pub mod grid;
pub mod io;
pub mod operator;
pub mod prime;
pub mod scalar;
pub mod solver;
pub mod stencil;
pub mod stock;

pub use comm::{Comm, launch, launch_all, launch_on, launch_or};
pub use error::{Error, Result};
pub use exchange::{Exchange, Footprint, Plan};
pub use field::{ExactSum, Field, FieldSet, Layout, Values, Vector};
pub use grid::{
    Boundary, Cell, Decomposition, Face, Grid, Location, On, ProcessGrid, Region, Side, Staggering,
};
/// Makes two kernels one: see [`stencils`](macro@stencils), in whose modules it stands.
pub use halo_macros::fuse;
#[doc = include_str!("stencil/language/language.md")]
#[doc = include_str!("stencil/language/claims.md")]
#[doc = include_str!("stencil/language/derivatives.md")]
#[doc = include_str!("stencil/language/in_place.md")]
#[doc = include_str!("stencil/language/scalars.md")]
#[doc = include_str!("stencil/language/banks.md")]
#[doc = include_str!("stencil/language/boundaries.md")]
#[doc = include_str!("stencil/language/locations.md")]
#[doc = include_str!("stencil/language/adjoint.md")]
pub use halo_macros::stencil;
#[doc = include_str!("stencil/language/modules.md")]
pub use halo_macros::stencils;
pub use num_complex::Complex;
pub use operator::{LinearOperator, StencilOperator};
pub use scalar::Scalar;

/// What a program that writes stencils and applies them needs: `use halo::prelude::*;`.
pub mod prelude {
    pub use crate::comm::Comm;
    pub use crate::field::{Field, Vector};
    pub use crate::grid::{Boundary, Cell, Face, Grid, Location, On, Side};
    pub use crate::operator::{
        AlgebraExt, BlockDiagonalExt, FusionExt, HorizontalExt, LinearOperator, Operator,
        StencilExt, StencilOperator, VerticalExt,
    };
    pub use crate::scalar::Scalar;
    pub use crate::solver::{
        Cg, Cgls, Fista, Ista, Lsmr, Lsqr, Minres, PowerIteration, Solver, Stop, Threshold,
        TotalVariation,
    };
    pub use crate::stencil::{Bank, Coef, Coefficient, FilterBank, Input, Position};
    pub use halo_macros::{fuse, stencil, stencils};
    pub use num_complex::Complex;
}

/// What expansions of `#[stencil]` name; versioned, so that the contract can grow beside old expansions.
#[doc(hidden)]
pub mod __private {
    pub mod v1 {
        pub use crate::exchange::Slab;
        pub use crate::field::Field;
        pub use crate::grid::{Face, Staggering};
        pub use crate::operator::FusionExt;
        pub use crate::scalar::{Element, Lift, Scalar, conj};
        pub use crate::stencil::{
            Coefficient, CoefficientVisitor, Facts, FilterBank, Fusion, InPlace, Intermediates,
            Locations, Origin, Outputs, Pass, Points, Stencil, Symmetry, Tap, Whole, copied,
        };
    }
}
