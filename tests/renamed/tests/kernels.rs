//! The library under another name, in the 2021 edition and under the strictest lints: kernels at the top, in modules, in
//! functions, re-exported, fused and derived.

#![deny(warnings, missing_docs, unsafe_code)]

use stencils::prelude::*;
use stencils::stencil;

/// Second difference.
#[stencil(crate = stencils, derivative = 2)]
pub fn second(u: Input<f64, 1>, inv_h2: f64) -> f64 {
    inv_h2 * (u[-1] - 2.0 * u[0] + u[1])
}

/// Kernels that other modules see.
pub mod physics {
    pub use inner::Conduction;

    mod inner {
        use stencils::prelude::*;

        /// Flux form of conduction.
        #[stencils::stencil(crate = stencils)]
        pub fn conduction<T: Scalar>(u: Input<T, 1>, k: Coef<T, 1>) -> T {
            k[0] * (u[1] - u[0]) - k[-1] * (u[0] - u[-1])
        }
    }
}

/// Kernels with what they share.
#[stencils::stencils(crate = stencils)]
pub mod waves {
    use stencils::prelude::*;

    const WEIGHTS: [f64; 2] = [4.0 / 3.0, -1.0 / 12.0];

    /// Fourth-order second difference.
    #[stencil]
    pub fn fourth(u: Input<f64, 1>) -> f64 {
        let mut sum = -2.5 * u[0];
        for (i, w) in WEIGHTS.iter().enumerate() {
            let o = i as isize + 1;
            sum += w * (u[-o] + u[o]);
        }
        sum
    }

    /// Its square.
    fuse!(pub Squared = fourth(fourth));
}

fn periodic() -> stencils::Result<Grid<1>> {
    Grid::builder(&Comm::solo(), [24]).periodic([true]).build()
}

#[test]
fn a_kernel_acts_under_another_name() -> stencils::Result {
    let grid = Grid::new(&Comm::solo(), [9])?;
    let second = Second { inv_h2: 4.0 }.on(&grid)?;
    second.exact_adjoint_test()?;
    let y = second.forward(&grid.field(|[i]| (i * i) as f64))?;
    assert_eq!(y.get([4]), Some(8.0));
    Ok(())
}

#[test]
fn modules_export_operators_and_their_derivatives() -> stencils::Result {
    let grid = periodic()?;
    let (k, u) = (grid.random::<f32>(1), grid.random::<f32>(2));
    let of_u = physics::Conduction { k: (&k).into() }.on(&grid)?;
    let of_k = physics::Conduction { k: (&k).into() }.wrt_k(&u).on(&grid)?;
    of_u.exact_adjoint_test()?;
    of_k.exact_adjoint_test()?;
    assert_eq!(of_u.forward(&u)?.view(), of_k.forward(&k)?.view());
    Ok(())
}

#[test]
fn fused_kernels_are_found() -> stencils::Result {
    let grid = periodic()?;
    let squared = waves::Squared {
        outer: waves::Fourth,
        inner: waves::Fourth,
    };
    squared.on(&grid)?.exact_adjoint_test()
}

#[test]
fn a_function_holds_a_kernel() -> stencils::Result {
    #[stencil(crate = ::stencils, visibility = pub(crate), derive(Clone))]
    fn scaled(u: Input<f64, 1>, factor: f64) -> f64 {
        factor * u[0]
    }
    let grid = periodic()?;
    let operator = Scaled { factor: 2.0 }.clone().on(&grid)?;
    assert_eq!(operator.forward(&grid.field(|_| 1.0))?.get([3]), Some(2.0));
    assert_eq!(scaled(Input::window([0], [0], |_| 3.0), 0.5), 1.5);
    Ok(())
}
