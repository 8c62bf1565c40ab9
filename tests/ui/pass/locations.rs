//! Locations in every place where a program may write them: types, inference, helper types and modules.

#[deny(warnings)]
mod kernels {
    /// The halves of a staggered pair, under a path of their own.
    pub mod pair {
        use halo::prelude::stencil;

        type Half = f64;

        /// Cells to faces.
        #[stencil]
        pub fn forth(u: halo::prelude::Input<f64, 1, halo::Cell>) -> halo::On<halo::Face<0>, f64> {
            let slope: Half = u[0] - u[-1];
            slope
        }

        /// Faces to cells.
        #[stencil]
        pub fn back(u: halo::prelude::Input<f64, 1, halo::Face<0>>) -> halo::On<halo::Cell, f64> {
            u[1] - u[0]
        }
    }
}

use halo::prelude::*;
use kernels::pair::{Back, Forth};

#[test]
fn located_operators_compose() {
    halo::launch_on(3, |comm| {
        let grid = Grid::new(comm, [9])?;
        let slopes = Forth
            .on(&grid)?
            .forward(&grid.field(|[i]| (i * i) as f64))?;
        let second: Field<f64, 1> = Back.on(&grid)?.forward(&slopes)?;
        assert_eq!(second.gather_all()?.to_vec()[1..8], [2.0; 7]);
        let there: Operator<Field<f64, 1>, Field<f64, 1, Face<0>>> =
            Operator::new(Forth.on(&grid)?);
        there.exact_adjoint_test()
    })
    .unwrap();
}

/// Any scalar, and a coefficient at the output's location.
#[stencil]
fn weighted<T: halo::scalar::Scalar>(u: Input<T, 1>, k: Coef<T, 1, Face<0>>) -> On<Face<0>, T> {
    k[0] * (u[0] - u[-1])
}

#[test]
fn located_kernels_may_be_generic() {
    type Complex = halo::Complex<f64>;
    halo::launch_on(2, |comm| {
        let grid = Grid::new(comm, [6])?;
        let k: Field<Complex, 1, Face<0>> = grid.field_at(|[i]| Complex::new(1.0, i as f64));
        let operator = Weighted { k: k.into() }.on(&grid)?;
        let y = operator.forward(&grid.field(|[i]| Complex::new((i * i) as f64, 0.0)))?;
        assert_eq!(y.gather_all()?[3], Complex::new(5.0, 15.0));
        operator.exact_adjoint_test()
    })
    .unwrap();
}
