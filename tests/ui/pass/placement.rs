//! Kernels stand anywhere an item may: in functions, in modules, public or not, documented or not, and warn of nothing.

#![deny(warnings, missing_docs, unsafe_code)]

use halo::prelude::*;

pub mod library {
    use halo::prelude::*;

    /// Seen from outside.
    #[stencil(halo_at_least = 3)]
    pub fn difference(u: Input<f64, 1>, inv_h: f64) -> f64 {
        inv_h * (u[1] - u[0])
    }

    #[stencil(halo = ((0, 1)))]
    pub(crate) fn inner(u: Input<f64, 1>) -> f64 {
        u[1] - u[0]
    }
}

// Never called, and the struct never used.
#[stencil]
fn unused(u: Input<f64, 2>, dt: f64) -> f64 {
    dt * u[[0, 1]]
}

#[test]
fn kernels_stand_anywhere() -> halo::Result {
    #[stencil]
    fn local(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
        let mut sum = 0.0;
        for i in (-2..=2).step_by(2) {
            if i != 0 {
                sum += k[[0, 0]] * u[[i, -i]]
            }
        }
        sum
    }

    let grid = Grid::new(&Comm::solo(), [6, 7])?;
    Local { k: 2.0.into() }
        .boundary(Boundary::Reflect)
        .on(&grid)?
        .exact_adjoint_test()?;
    library::Difference { inv_h: 2.0 }
        .along([1])
        .on(&grid)?
        .exact_adjoint_test()?;
    library::Inner.on(&grid)?.exact_adjoint_test()?;
    // The facts of a stencil are constants of its struct.
    assert_eq!(library::Difference::HALO, [[3, 3]]);
    assert_eq!(library::Inner::HALO, [[0, 1]]);
    assert_eq!(Local::FOOTPRINT, [[-2, 2], [2, -2]]);
    // The function stays what it was.
    assert_eq!(
        library::difference(Input::window([0], [1], |[i]| i as f64), 0.5),
        0.5
    );
    Ok(())
}
