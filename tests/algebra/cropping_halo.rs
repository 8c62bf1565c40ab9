//! The mistake this library was made to avoid: a halo whose "adjoint" drops the ghosts, as PyLops-MPI's does.

use halo::field::Blocks;
use halo::operator::{Block, Crop, Halo, Operator, Part};
use halo::prelude::*;
use halo::{Error, Result, launch_on};

/// Forward a [`Halo`]; as its adjoint, a [`Crop`]. Wrong from two ranks on.
#[derive(Clone)]
struct CroppingHalo {
    halo: Halo<f64, 1>,
    crop: Crop<f64, 1>,
}

impl CroppingHalo {
    fn new(halo: &Halo<f64, 1>) -> Self {
        CroppingHalo {
            halo: halo.clone(),
            crop: Crop::of(halo),
        }
    }
}

impl LinearOperator for CroppingHalo {
    type Domain = Field<f64, 1>;
    type Range = Blocks<f64, 1>;

    fn name(&self) -> &str {
        "CroppingHalo"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.halo.forward_into(x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.crop.forward_into(y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        self.halo.zero_domain()
    }

    fn zero_range(&self) -> Self::Range {
        self.halo.zero_range()
    }
}

/// Crop * centred difference * halo.
fn chain(
    halo: &Halo<f64, 1>,
    first: Operator<Field<f64, 1>, Blocks<f64, 1>>,
) -> Operator<Field<f64, 1>, Field<f64, 1>> {
    let blocks = halo.blocks();
    let centred = Block::new(
        &blocks,
        &blocks,
        |x, mut y| (1..x.len() - 1).for_each(|i| y[i] = 0.5 * (x[i + 1] - x[i - 1])),
        |y, mut x| {
            for i in 1..y.len() - 1 {
                x[i + 1] += 0.5 * y[i];
                x[i - 1] -= 0.5 * y[i];
            }
        },
    );
    Crop::of(halo) * centred * first
}

#[test]
fn the_dot_test_refuses_a_crop_as_adjoint_and_names_it() {
    for ranks in [1, 2, 3, 4, 8] {
        let tested = launch_on(ranks, |comm| {
            let grid = Grid::new(comm, [40])?;
            let halo = Halo::new(&grid, 1)?;
            let right = chain(&halo, halo.handle());
            right.dot_test(1e-12)?;
            chain(&halo, Operator::new(CroppingHalo::new(&halo))).dot_test(1e-12)
        });
        if ranks == 1 {
            tested.unwrap();
            continue;
        }
        let Err(Error::Within { whole, error }) = tested else {
            panic!("{ranks} ranks: {tested:?}");
        };
        assert_eq!(whole, "Crop * Block * CroppingHalo");
        let Error::AdjointTest {
            operator,
            difference,
            ..
        } = *error
        else {
            panic!("{error}");
        };
        assert_eq!(operator, "CroppingHalo");
        assert!(difference > 1e-3, "{difference:e}");
    }
}

#[test]
fn a_chain_shows_its_parts_in_their_order() {
    launch_on(2, |comm| {
        let grid = Grid::new(comm, [10])?;
        let halo = Halo::new(&grid, 1)?;
        let mut parts = 0;
        chain(&halo, halo.handle()).for_each_part(&mut |_: &dyn Part| {
            parts += 1;
            Ok(())
        })?;
        assert_eq!(parts, 3);
        Ok(())
    })
    .unwrap();
}
