//! The forward has the bits of the plain kernel called point by point, the adjoint is exact, and neither shows the ranks.

use halo::{Error, Vector};
use ndarray::IntoDimension;

use super::situation::Situation;
use super::zoo::*;
use crate::common::case::deal_out;
use crate::common::deadline::within;
use crate::common::random::{Random, cases};

fn check<K: Specimen<N, D>, const N: usize, const D: usize>(most: usize)
where
    K::Domain<f64, D>: Vector,
    K::Range<f64, D>: Vector,
    [usize; D]: IntoDimension,
{
    let mut random = Random::new(31);
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..cases(25) {
        let situation = Situation::<D>::draw::<K, N>(most, &mut random);
        let expected = situation.forward::<K, N>(&situation.arrays(K::INPUTS, 2));
        let mut whole = None;
        for ranks in [1, 2, 3, 4, 8] {
            let process_grid: [usize; D] = deal_out(&mut random, ranks);
            if (0..D).any(|axis| process_grid[axis] > situation.cells[axis]) {
                continue;
            }
            let name = K::FACTS.name;
            let place = format!("{name} on {process_grid:?}\n{situation:?}");
            let found = match within(60, || situation.run::<K, N>(process_grid, &mut random)) {
                Ok(found) => found,
                Err(Error::AxisTooShort { .. }) => {
                    refused += 1;
                    continue;
                }
                Err(Error::ThinBlock { .. }) if ranks > 1 => {
                    refused += 1;
                    continue;
                }
                Err(error) => panic!("{error}\n{place}"),
            };
            assert_eq!(found.forward, expected, "forward of {place}");
            let whole = whole.get_or_insert_with(|| found.clone());
            assert_eq!(found, *whole, "{place}");
            compared += 1;
        }
    }
    assert!(
        compared > refused,
        "{compared} runs compared, {refused} refused"
    );
}

macro_rules! zoo {
    ($($test:ident: $name:ident<$n:literal, $d:literal> up to $most:literal;)+) => {
        $(
            #[test]
            fn $test() {
                check::<$name, $n, $d>($most);
            }
        )+
    };
}

zoo! {
    gradients: Gradient<2, 2> up to 7;
    divergences: Divergence<2, 2> up to 7;
    curls: Curl<2, 2> up to 7;
    rotated_gradients: Rotated<2, 2> up to 7;
    stresses: Stress<3, 3> up to 4;
    accelerations: Acceleration<3, 3> up to 4;
    averages: Average<2, 2> up to 7;
    diffusions: Diffusion<2, 2> up to 7;
    one_sided_differences: OneSided<1, 1> up to 12;
    rows_of_their_own: Starting<2, 2> up to 7;
    wide_differences: Fourth<1, 1> up to 16;
    leaning_footprints: Leaning<1, 1> up to 16;
    values_for_several_locations: Scattered<2, 2> up to 7;
    turned_axes: Turned<2, 3> up to 5;
    no_neighbours: Pointwise<1, 1> up to 9;
}
