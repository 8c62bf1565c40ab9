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
