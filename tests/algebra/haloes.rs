//! Halo against its definition, ghost by ghost, for all forms of widths, boundary kinds and ranks.

use halo::operator::{Crop, Halo};
use halo::prelude::*;
use halo::{Error, Result, launch_on};

use crate::deadline::within;
use crate::pool::{grid, whole};
use crate::random::{Random, cases};

/// The cells that the point at `index` past the ends of an axis is made of, with their weights.
fn terms(index: isize, extent: usize, periodic: bool, kinds: [Boundary; 2]) -> Vec<(usize, f64)> {
    let n = extent as isize;
    if periodic {
        return vec![(index.rem_euclid(n) as usize, 1.0)];
    }
    let (kind, distance, low) = match index {
        i if i < 0 => (kinds[0], -i, true),
        i if i >= n => (kinds[1], i - n + 1, false),
        i => return vec![(i as usize, 1.0)],
    };
    let place = |j: usize| if low { j } else { extent - 1 - j };
    let weights = kind.ghost(distance as usize);
    weights.iter().map(|&(j, w)| (place(j), w as f64)).collect()
}

fn check(comm: &Comm, seed: u64) -> Result {
    let random = &mut Random::new(seed);
    let grid = grid(comm, random)?;
    let sides = [
        [random.between(0, 2), random.between(0, 2)],
        [random.between(0, 2), random.between(0, 2)],
    ];
    let mut halo = Halo::<f64, 2>::new(&grid, sides)?;
    let mut kinds = [[Boundary::Valid; 2]; 2];
    for (axis, sides) in kinds.iter_mut().enumerate() {
        for side in Side::BOTH {
            let kind = random.pick(&Boundary::ALL);
            // A kind that the blocks at hand are too thin for is refused, on every rank.
            match halo.keep_at(axis, side, kind) {
                Ok(kept) => {
                    halo = kept;
                    sides[side.index()] = kind;
                }
                Err(Error::ThinBlock { .. } | Error::AxisTooShort { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let x = whole(&grid, seed);
    let (all, y) = (x.gather_all()?, halo.forward(&x)?);
    let (extent, periodic, layout) = (grid.extent(), grid.periodic(), halo.blocks());
    let at_end = |axis: usize, side: usize| match side {
        0 => layout.owned().start[axis] == 0,
        _ => layout.owned().end[axis] == extent[axis] as isize,
    };
    for axis in 0..2 {
        for side in 0..2 {
            let trimmed =
                at_end(axis, side) && !periodic[axis] && kinds[axis][side] == Boundary::Valid;
            let expected = if trimmed { 0 } else { sides[axis][side] };
            assert_eq!(layout.ghosts()[axis][side], expected);
        }
    }
    for ((i, j), found) in y.view().indexed_iter() {
        let [row, column] = layout.start();
        let rows = terms(row + i as isize, extent[0], periodic[0], kinds[0]);
        let columns = terms(column + j as isize, extent[1], periodic[1], kinds[1]);
        let pairs = rows
            .iter()
            .flat_map(|r| columns.iter().map(move |c| (r, c)));
        let expected: f64 = pairs.map(|(r, c)| r.1 * c.1 * all[[r.0, c.0]]).sum();
        assert_eq!(
            *found, expected,
            "({i}, {j}) of {layout}, {kinds:?}, seed {seed}"
        );
    }
    halo.exact_adjoint_test()?;
    Crop::of(&halo).exact_adjoint_test()?;
    assert_eq!((Crop::of(&halo) * &halo).forward(&x)?.view(), x.view());
    // Fields made before the halo have no margin, those made after it have; both are served.
    let after = whole(&grid, seed);
    assert_eq!(halo.forward(&after)?.view(), y.view());
    assert_eq!(
        halo.adjoint(&y)?.view(),
        halo.adjoint(&halo.forward(&after)?)?.view()
    );
    Ok(())
}

#[test]
fn ghosts_are_what_boundaries_and_neighbours_say() {
    for seed in 0..cases(30) as u64 {
        for ranks in [1, 2, 3, 4, 8] {
            within(60, || launch_on(ranks, |comm| check(comm, seed))).unwrap();
        }
    }
}

#[test]
fn points_of_faces_have_haloes_too() {
    for ranks in [1, 2, 3] {
        launch_on(ranks, |comm| {
            let grid = Grid::new(comm, [9, 4])?;
            let halo = Halo::<Complex<f64>, 2, Face<0>>::at(&grid, [[1, 2], [0, 1]])?;
            halo.exact_adjoint_test()?;
            halo.keep(Boundary::Extrapolate)?.exact_adjoint_test()?;
            Crop::of(&halo).exact_adjoint_test()
        })
        .unwrap();
    }
}

#[test]
fn a_halo_wider_than_a_block_is_refused_on_every_rank() {
    let refused = |thin: usize, widths: [usize; 2]| {
        halo::launch_all(4, |comm| {
            let blocks = [0, 1, 2, 3].map(|block| if block == thin { 1 } else { 4 });
            let grid = Grid::with_blocks(comm, [&blocks])?;
            Ok(Halo::<f64, 1>::new(&grid, [widths]).err())
        })
        .unwrap()
    };
    let too_wide = |side: &str, rank: usize| Error::WideHalo {
        axis: 0,
        side: side.into(),
        width: 2,
        rank,
        extent: 1,
    };
    assert_eq!(refused(3, [2, 2]), vec![Some(too_wide("high", 3)); 4]);
    assert_eq!(refused(1, [0, 2]), vec![Some(too_wide("high", 1)); 4]);
    assert_eq!(refused(1, [2, 1]), vec![Some(too_wide("low", 1)); 4]);
    // No block sees the last one on its low side, nor the first on its high side.
    assert_eq!(refused(3, [4, 1]), vec![None; 4]);
    assert_eq!(refused(0, [1, 4]), vec![None; 4]);
    assert!(
        too_wide("low", 1)
            .to_string()
            .contains("wider than the block")
    );
}
