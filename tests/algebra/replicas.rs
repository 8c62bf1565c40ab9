//! Samples and broadcasts: exact adjoints, and the same bits on any ranks.

use halo::field::Replicated;
use halo::operator::{Broadcast, Diagonal, Mask, Sampling};
use halo::prelude::*;
use halo::{Result, launch_all, launch_on};

use crate::random::{Random, cases};

/// The bits of samples of a broadcast, and of its way back.
fn there_and_back(comm: &Comm, seed: u64) -> Result<Vec<u32>> {
    let random = &mut Random::new(seed);
    let extent = [random.between(8, 12), random.between(8, 12)];
    let grid = Grid::new(comm, extent)?;
    let shape = extent.map(|n| if random.chance(50) { n } else { 1 });
    let mut point = || {
        [
            random.between(0, extent[0] - 1),
            random.between(0, extent[1] - 1),
        ]
    };
    let mut points: Vec<_> = (0..9).map(|_| point()).collect();
    points.push(points[0]);
    let spread = Broadcast::<f32, 2>::new(&grid, shape)?;
    let samples = Sampling::new(&grid, points)?;
    let weights = Diagonal::new(grid.random::<f32>(seed));
    let chain = &samples * (&weights + Mask::new(&grid, |[i, _]| i != 3)) * &spread;
    chain.exact_adjoint_test()?;
    chain.dot_test(1e-6)?;
    let mut x = chain.zero_domain();
    x.randomize(seed);
    let seen = chain.forward(&x)?;
    // Sums over all points, of terms that no two process grids add in the same order.
    let sums = spread.adjoint(&weights.forward(&spread.forward(&x)?)?)?;
    let back = chain.adjoint(&seen)?;
    let all = [seen.cells(), sums.cells(), back.cells()].concat();
    Ok(all.into_iter().map(f32::to_bits).collect())
}

#[test]
fn every_rank_gets_the_same_bits() {
    for seed in 0..cases(20) as u64 {
        let expected = launch_all(1, |comm| there_and_back(comm, seed)).unwrap();
        for ranks in [2, 3, 4, 8] {
            let found = launch_all(ranks, |comm| there_and_back(comm, seed)).unwrap();
            assert!(
                found.iter().all(|bits| *bits == expected[0]),
                "{ranks} ranks, seed {seed}"
            );
        }
    }
}

#[test]
fn faces_and_complex_numbers_are_sampled_and_broadcast() {
    launch_on(3, |comm| {
        let grid = Grid::new(comm, [5, 4])?;
        let last = Sampling::<Complex<f32>, 2, Face<1>>::at(&grid, vec![[4, 4], [0, 4], [4, 4]])?;
        last.exact_adjoint_test()?;
        let column = Broadcast::<Complex<f32>, 2, Face<1>>::at(&grid, [5, 1])?;
        column.exact_adjoint_test()?;
        let ramp = ndarray::Array2::from_shape_fn((5, 1), |(i, _)| Complex::new(i as f32, 1.0));
        let ramp = Replicated::new(comm, ramp);
        let seen = (&last * &column).forward(&ramp)?;
        assert_eq!(
            seen.cells()[..2],
            [Complex::new(4.0, 1.0), Complex::new(0.0, 1.0)]
        );
        Ok(())
    })
    .unwrap();
}

#[test]
fn what_does_not_fit_is_refused_on_every_rank() {
    let told = launch_all(2, |comm| {
        let grid = Grid::new(comm, [5, 4])?;
        let outside = Sampling::<f64, 2>::new(&grid, vec![[1, 1], [5, 0]]).err();
        let differing = Sampling::<f64, 2>::new(&grid, vec![[comm.rank(), 1]]).err();
        let shape = Broadcast::<f64, 2>::new(&grid, [5, 2]).err();
        let foreign = Sampling::<f64, 2>::new(&grid, vec![[1, 1]])?
            .adjoint(&Replicated::zeros(comm, [2]))
            .err();
        let all = [outside, differing, shape, foreign];
        Ok(all.map(|error| error.map(|error| error.to_string()).unwrap_or_default()))
    })
    .unwrap();
    assert_eq!(told[0], told[1]);
    for (error, part) in told[0].iter().zip([
        "the point [5, 0] lies outside",
        "rank 1 samples at other points",
        "[5, 4] is needed here",
        "the array of samples has shape [2]",
    ]) {
        assert!(error.contains(part), "{error}");
    }
}
