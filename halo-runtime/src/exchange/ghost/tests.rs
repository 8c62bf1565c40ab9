//! Fill and fold against the definition of the ghosts, on one rank and on many, in the prime field.

use super::*;
use crate::comm::{Comm, launch_on};
use crate::exchange::{Exchange, Footprint, Slab};
use crate::field::Values;
use crate::grid::{Grid, Staggering};
use crate::prime::Prime;
use crate::scalar::Arithmetic;

/// Random numbers by position (the finalizer of SplitMix64).
#[derive(Clone, Copy)]
struct Noise(u64);

impl Noise {
    fn bits(self, position: u64) -> u64 {
        let bits = (self.0 << 32)
            .wrapping_add(position)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// A random grid with boundaries of its own on every side.
struct Case<const D: usize> {
    sizes: [Vec<usize>; D],
    periodic: [bool; D],
    kinds: [[Boundary; 2]; D],
    staggering: Staggering,
    reach: Reach<D>,
    noise: Noise,
}

impl<const D: usize> Case<D> {
    fn new(seed: u64, most_blocks: u64) -> Self {
        let noise = Noise(2 * seed);
        let mut k = 0;
        let mut below = |bound: u64| {
            k += 1;
            (noise.bits(k) >> 20) % bound
        };
        let reach = Reach {
            sides: std::array::from_fn(|_| [below(4) as usize, below(4) as usize]),
            past_end: std::array::from_fn(|_| below(5) as usize),
        };
        let staggered: Vec<usize> = (0..D).filter(|_| below(2) == 0).collect();
        Case {
            reach,
            staggering: Staggering::along(&staggered),
            sizes: std::array::from_fn(|axis| {
                let [low, high] = reach.widest()[axis];
                let least = low.max(high).max(1) + 1;
                (0..=below(most_blocks))
                    .map(|_| least + below(2) as usize)
                    .collect()
            }),
            periodic: std::array::from_fn(|_| below(4) == 0),
            kinds: std::array::from_fn(|_| [0; 2].map(|_| Boundary::ALL[below(9) as usize])),
            noise: Noise(2 * seed + 1),
        }
    }

    /// Number of cells.
    fn cells(&self) -> [usize; D] {
        std::array::from_fn(|axis| self.sizes[axis].iter().sum())
    }

    /// Number of points.
    fn extent(&self) -> [usize; D] {
        std::array::from_fn(|axis| {
            let more = self.staggering.has(axis) && !self.periodic[axis];
            self.cells()[axis] + usize::from(more)
        })
    }

    /// Zeros with room for all ghosts, and for `extra` more.
    fn zeros<S: Arithmetic>(&self, grid: &Grid<D>, extra: usize) -> Values<S, D> {
        let margin = self.reach.widest().map(|[low, high]| [low + extra, high]);
        Values::with_margin(grid, self.staggering, margin)
    }

    fn launch(&self, program: impl Fn(&Grid<D>, &PhysicalGhosts<D>) -> Result + Sync) {
        let sizes: [&[usize]; D] = std::array::from_fn(|axis| &self.sizes[axis][..]);
        launch_on(sizes.iter().map(|sizes| sizes.len()).product(), |comm| {
            let grid = Grid::builder(comm, self.cells())
                .blocks(sizes)
                .periodic(self.periodic)
                .build()?;
            let points = grid.decomposition().at(self.staggering);
            let ghosts = PhysicalGhosts::new(&points, grid.rank(), self.kinds, self.reach)?;
            program(&grid, &ghosts)
        })
        .unwrap();
    }

    /// A random number for a position inside or outside the grid.
    fn value(&self, position: [isize; D]) -> Prime {
        let key = position
            .iter()
            .fold(7, |key, &along| 1000 * key + along + 100);
        Prime::new(self.noise.bits(key as u64) >> 3)
    }

    /// The definition: the cells and weights that make up a position, the product of those along each axis.
    fn parts(&self, position: [isize; D]) -> Vec<([isize; D], Prime)> {
        let mut parts = vec![(position, Prime::ONE)];
        for axis in 0..D {
            let n = self.extent()[axis] as isize;
            let along = self.along(axis, position[axis], n);
            parts = parts
                .into_iter()
                .flat_map(|(cell, weight)| {
                    along.iter().map(move |&(index, factor)| {
                        let mut cell = cell;
                        cell[axis] = index;
                        (cell, weight * Prime::from(factor))
                    })
                })
                .collect();
        }
        parts
    }

    fn along(&self, axis: usize, index: isize, n: isize) -> Vec<(isize, i64)> {
        let weights = |side: Side, m: isize| self.kinds[axis][side.index()].ghost(m as usize);
        if self.periodic[axis] {
            vec![(index.rem_euclid(n), 1)]
        } else if index < 0 {
            weights(Side::Low, -index)
                .iter()
                .map(|&(j, w)| (j as isize, w))
                .collect()
        } else if index >= n {
            weights(Side::High, index - n + 1)
                .iter()
                .map(|&(j, w)| (n - 1 - j as isize, w))
                .collect()
        } else {
            vec![(index, 1)]
        }
    }

    fn filled(&self, position: [isize; D]) -> Prime {
        let terms = self.parts(position).into_iter();
        terms.map(|(cell, weight)| weight * self.value(cell)).sum()
    }

    /// All positions of the grid and of the ghosts outside it.
    fn positions(&self) -> impl Iterator<Item = [isize; D]> {
        let reach = std::array::from_fn(|axis| {
            if self.periodic[axis] {
                [0; 2]
            } else {
                [self.reach.sides[axis][0], self.reach.past_end[axis]]
            }
        });
        Region::of_extent(self.extent()).grow(reach).indices()
    }

    /// Runs the fill on all ranks, with ghosts of other ranks exchanged before.
    fn check_fill(&self) {
        self.launch(|grid, ghosts| {
            let mut field = self.zeros(grid, 1);
            let layout = *field.layout();
            let start = grid.block().start;
            let global = |local: [isize; D]| std::array::from_fn(|axis| start[axis] + local[axis]);
            field.cells_mut().fill(Prime::new(99));
            for local in layout.owned_region().indices() {
                field.cells_mut()[layout.offset(local)] = self.value(global(local));
            }
            Exchange::at(grid, self.staggering, &Footprint::frame(self.reach.sides))?
                .begin_values(&field, Slab::pack_any)?
                .finish()?;
            ghosts.fill_values(&field);
            let cells = field.reading();
            let last = field.block().end.map(|end| end as usize);
            let reach = std::array::from_fn(|axis| {
                let [low, high] = self.reach.sides[axis];
                match last[axis] == self.extent()[axis] && !self.periodic[axis] {
                    true => [low, self.reach.past_end[axis]],
                    false => [low, high],
                }
            });
            for local in layout.owned_region().grow(reach).indices() {
                assert_eq!(
                    cells[layout.offset(local)],
                    self.filled(global(local)),
                    "{local:?} of {ghosts:?}"
                );
            }
            Ok(())
        });
    }

    /// Runs the fold on all ranks, on random values at the owned cells and the ghosts that fold.
    fn check_fold(&self) {
        let mut expected = std::collections::BTreeMap::new();
        for position in self.positions() {
            for (cell, weight) in self.parts(position) {
                *expected.entry(cell).or_insert(Prime::ZERO) += weight * self.value(position);
            }
        }
        self.launch(|grid, ghosts| {
            let mut field = self.zeros(grid, 0);
            let layout = *field.layout();
            let start = grid.block().start;
            let global = |local: [isize; D]| std::array::from_fn(|axis| start[axis] + local[axis]);
            field.cells_mut().fill(Prime::new(99));
            for local in layout.owned_region().grow(ghosts.folded()).indices() {
                field.cells_mut()[layout.offset(local)] = self.value(global(local));
            }
            ghosts.fold_values(&mut field);
            for local in layout.owned_region().indices() {
                assert_eq!(
                    field.cells_mut()[layout.offset(local)],
                    expected[&global(local)],
                    "{local:?} of {ghosts:?}"
                );
            }
            Ok(())
        });
    }
}

/// Steps of a wave would fill them again after each fold: rows of a few ghosts, each on a cache line of its own.
#[test]
fn a_fold_without_weights_leaves_ghosts_known_to_be_zero() {
    let grid = Grid::builder(&Comm::solo(), [5, 6])
        .margin([[1, 1]; 2])
        .build()
        .unwrap();
    for (kind, known) in [(Boundary::Zero, true), (Boundary::Clamp, false)] {
        let kinds = [[kind; 2]; 2];
        let ghosts = PhysicalGhosts::new(grid.decomposition(), 0, kinds, [[1, 1]; 2]).unwrap();
        let mut field = grid.zeros::<f64>();
        ghosts.fold(&mut field);
        assert_eq!(field.values().is_zero_beyond(), known, "{kind}");
    }
}

#[test]
fn fill_and_fold_follow_the_definition() {
    for seed in 0..150 {
        Case::<1>::new(seed, 4).check_fill();
        Case::<1>::new(seed, 4).check_fold();
        Case::<2>::new(seed, 3).check_fill();
        Case::<2>::new(seed, 3).check_fold();
    }
    for seed in 0..25 {
        Case::<3>::new(seed, 2).check_fill();
        Case::<3>::new(seed, 2).check_fold();
    }
}

/// `<E x, z> == <x, Eᵀ z>` on one rank, where E extends x past the ends: with the fold, and without.
fn identities(kind: Boundary) -> (bool, bool) {
    let case = Case::<2> {
        sizes: [vec![4], vec![5]],
        periodic: [false; 2],
        kinds: [[kind; 2]; 2],
        staggering: Staggering::CELL,
        reach: [[2, 3], [1, 2]].into(),
        noise: Noise(5),
    };
    let mut answer = (false, false);
    let extended: Prime = case
        .positions()
        .map(|p| case.filled(p) * case.value([p[1], p[0]]))
        .sum();
    let grid = Grid::new(&crate::Comm::solo(), [4, 5]).unwrap();
    let ghosts = PhysicalGhosts::new(grid.decomposition(), 0, case.kinds, case.reach).unwrap();
    let mut field = Field::<_, 2>::with_margin(&grid, case.reach.widest());
    let layout = *field.layout();
    for position in case.positions() {
        field.values_mut().cells_mut()[layout.offset(position)] =
            case.value([position[1], position[0]]);
    }
    let product = |field: &Field<Prime, 2>| {
        let cells = field.values().reading();
        let owned = layout.owned_region().indices();
        owned
            .map(|cell| case.value(cell) * cells[layout.offset(cell)])
            .sum::<Prime>()
    };
    answer.1 = extended == product(&field);
    ghosts.fold(&mut field);
    answer.0 = extended == product(&field);
    answer
}

#[test]
fn the_identity_holds_with_the_fold_and_fails_where_it_is_dropped() {
    for kind in Boundary::ALL {
        assert_eq!(identities(kind), (true, !has_weights(kind)), "{kind}");
    }
}

#[test]
fn kinds_without_weights_allow_blocks_thinner_than_the_halo() {
    for kind in [Boundary::Zero, Boundary::Valid] {
        let case = Case::<2> {
            sizes: [vec![1, 1, 2], vec![1, 2]],
            periodic: [false; 2],
            kinds: [[kind; 2]; 2],
            staggering: Staggering::along(&[1]),
            reach: Reach {
                sides: [[3, 2], [2, 2]],
                past_end: [1, 3],
            },
            noise: Noise(6),
        };
        case.check_fill();
        case.check_fold();
    }
}

#[test]
fn folded_bits_do_not_depend_on_the_blocks() {
    let folded = |sizes: [&[usize]; 2]| {
        let values = launch_all_sorted(sizes);
        assert_eq!(values.len(), 8 * 9);
        values
    };
    let whole = folded([&[8], &[9]]);
    assert_eq!(folded([&[4, 4], &[3, 3, 3]]), whole);
    assert_eq!(folded([&[5, 3], &[9]]), whole);
}

/// Global indices and bits of a folded field of doubles, from all ranks.
fn launch_all_sorted(sizes: [&[usize]; 2]) -> Vec<([isize; 2], u64)> {
    let kinds = [
        [Boundary::Extrapolate, Boundary::OddReflect],
        [Boundary::Mirror, Boundary::Clamp],
    ];
    let reach = [[2, 2], [2, 2]];
    let ranks = sizes.iter().map(|sizes| sizes.len()).product();
    let parts = crate::launch_all(ranks, |comm| {
        let grid = Grid::with_blocks(comm, sizes)?;
        let ghosts = PhysicalGhosts::new(grid.decomposition(), grid.rank(), kinds, reach)?;
        let mut field = Field::<f64, 2>::with_margin(&grid, reach);
        let layout = *field.layout();
        let start = grid.block().start;
        let global = |local: [isize; 2]| [start[0] + local[0], start[1] + local[1]];
        for local in layout.owned_region().grow(ghosts.folded()).indices() {
            let [i, j] = global(local);
            field.values_mut().cells_mut()[layout.offset(local)] = ((17 * i + 5 * j) as f64).sin();
        }
        ghosts.fold(&mut field);
        let cells = field.values().reading();
        let owned = layout.owned_region().indices();
        Ok(owned
            .map(|local| (global(local), cells[layout.offset(local)].to_bits()))
            .collect::<Vec<_>>())
    });
    let mut all: Vec<_> = parts.unwrap().concat();
    all.sort();
    all
}

#[test]
fn short_axes_and_thin_blocks_are_named() {
    let check = |sizes: &[usize], kind, reach| {
        let decomposition = Decomposition::from_blocks([sizes], [false]).unwrap();
        PhysicalGhosts::check(&decomposition, [[kind; 2]], [reach])
            .map_err(|error| error.to_string())
    };
    let short = check(&[2], Boundary::Reflect, [2, 0]).unwrap_err();
    assert!(
        short.contains("axis 0 has extent 2, the boundary Reflect"),
        "{short}"
    );
    assert_eq!(check(&[3], Boundary::Reflect, [2, 2]), Ok(()));
    let thin = check(&[3, 1, 2], Boundary::Mirror, [1, 3]).unwrap_err();
    assert!(
        thin.contains("rank 2 owns a block of extent 2 along axis 0, the boundary Mirror"),
        "{thin}"
    );
    assert!(check(&[1, 3], Boundary::Clamp, [2, 0]).is_err());
    assert_eq!(check(&[1], Boundary::Clamp, [2, 0]), Ok(()));
    assert_eq!(check(&[1, 1, 1], Boundary::Zero, [2, 2]), Ok(()));
}
