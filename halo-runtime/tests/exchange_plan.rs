//! Exchange plans against brute force: all messages of all ranks are carried out on arrays of global indices, and every
//! ghost is compared with what the footprint and the decomposition say about it, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use halo::{Decomposition, Footprint, Plan, Region};
use proptest::collection::vec;
use proptest::prelude::*;

/// The number of a global index, wrapped on periodic axes; none outside the grid.
fn number<const D: usize>(decomposition: &Decomposition<D>, index: [isize; D]) -> Option<usize> {
    let extent = decomposition.extent();
    (0..D).try_fold(0, |number, axis| {
        let n = extent[axis] as isize;
        let along = match decomposition.periodic()[axis] {
            true => (index[axis] % n + n) % n,
            false => index[axis],
        };
        (0..n)
            .contains(&along)
            .then(|| number * extent[axis] + along as usize)
    })
}

/// Whether the plan promises the ghost at a local index: on each axis on which it lies outside, some offset that points
/// that way on all of these axes reaches as far.
fn is_promised<const D: usize>(
    block: &Region<D>,
    footprint: &Footprint<D>,
    ghost: [isize; D],
) -> bool {
    let outside: [isize; D] = std::array::from_fn(|axis| {
        let len = block.len(axis) as isize;
        ghost[axis].min(0) + (ghost[axis] - len + 1).max(0)
    });
    let points_there = |offset: &[isize; D]| {
        (0..D).all(|axis| outside[axis] * offset[axis] > 0 || outside[axis] == 0)
    };
    (0..D).all(|axis| {
        let reaches = |offset: &[isize; D]| offset[axis].abs() >= outside[axis].abs();
        footprint
            .offsets()
            .iter()
            .any(|offset| points_there(offset) && reaches(offset))
    })
}

fn check<const D: usize>(decomposition: &Decomposition<D>, footprint: &Footprint<D>) {
    let ranks = decomposition.ranks();
    let plans: Vec<_> = (0..ranks)
        .map(|rank| Plan::new(decomposition, rank, footprint))
        .collect();
    let global = |rank: usize, local: [isize; D]| {
        let start = decomposition.block(rank).start;
        number(
            decomposition,
            std::array::from_fn(|axis| start[axis] + local[axis]),
        )
    };

    let mut in_flight = BTreeMap::new();
    for plan in &plans {
        for message in plan.sends() {
            assert_ne!(message.peer, plan.rank());
            let owned = Region::of_extent(decomposition.block(plan.rank()).shape());
            assert!(owned.covers(&message.region) && !message.region.is_empty());
            let cells: Vec<_> = message
                .region
                .indices()
                .map(|local| global(plan.rank(), local))
                .collect();
            let earlier = in_flight.insert((plan.rank(), message.peer, message.tag), cells);
            assert!(earlier.is_none(), "tag {} is used twice", message.tag);
        }
    }
    for plan in &plans {
        let rank = plan.rank();
        let block = decomposition.block(rank);
        let owned = Region::of_extent(block.shape());
        let mut ghosts = BTreeMap::new();
        for message in plan.receives() {
            let cells = in_flight
                .remove(&(message.peer, rank, message.tag))
                .expect("a message that is sent");
            assert_eq!(cells.len(), message.region.count());
            for (local, cell) in message.region.indices().zip(cells) {
                assert!(
                    ghosts.insert(local, cell).is_none(),
                    "{local:?} is written twice"
                );
            }
        }
        for copy in plan.copies() {
            assert!(owned.covers(&copy.from));
            for (from, to) in copy.from.indices().zip(copy.to.indices()) {
                assert!(
                    ghosts.insert(to, global(rank, from)).is_none(),
                    "{to:?} is written twice"
                );
            }
        }
        for (&local, &cell) in &ghosts {
            assert!(!owned.contains(local));
            assert_eq!(cell, global(rank, local), "{local:?}");
        }
        // Everything promised is there, and nothing else.
        let padded = owned.grow(footprint.reach());
        let promised = padded.indices().filter(|&local| {
            !owned.contains(local)
                && global(rank, local).is_some()
                && is_promised(&owned, footprint, local)
        });
        let promised: BTreeSet<_> = promised.collect();
        assert_eq!(ghosts.keys().copied().collect::<BTreeSet<_>>(), promised);
        // Everything read is there.
        for cell in owned.indices() {
            for offset in footprint.offsets() {
                let read = std::array::from_fn(|axis| cell[axis] + offset[axis]);
                let known = owned.contains(read)
                    || ghosts.contains_key(&read)
                    || global(rank, read).is_none();
                assert!(known, "rank {rank} lacks {read:?}");
            }
        }
    }
    assert!(
        in_flight.is_empty(),
        "messages that nobody receives: {:?}",
        in_flight.keys()
    );
}

/// Sizes of the blocks along each axis, periodic axes, offsets.
type Case<const D: usize> = ([Vec<usize>; D], [bool; D], Vec<[isize; D]>);

fn case<const D: usize>(
    blocks: usize,
    size: usize,
    reach: isize,
) -> impl Strategy<Value = Case<D>> {
    let sizes = || vec(1..=size, 1..=blocks);
    let axes = std::array::from_fn(|_| sizes());
    let offset = std::array::from_fn(|_| -reach..=reach);
    (axes, [(); D].map(|()| any::<bool>()), vec(offset, 0..6))
}

fn run<const D: usize>((sizes, periodic, offsets): Case<D>) {
    let sizes: [&[usize]; D] = std::array::from_fn(|axis| &sizes[axis][..]);
    let decomposition = Decomposition::from_blocks(sizes, periodic).unwrap();
    check(&decomposition, &Footprint::new(offsets));
}

fn budget(cases: u32) -> ProptestConfig {
    let long = std::env::var_os("HALO_LONG").is_some();
    ProptestConfig {
        cases: if long { 20 * cases } else { cases },
        rng_seed: proptest::test_runner::RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(budget(2000))]

    #[test]
    fn one_axis(case in case::<1>(6, 5, 9)) {
        run(case);
    }

    #[test]
    fn two_axes(case in case::<2>(4, 4, 3)) {
        run(case);
    }
}

proptest! {
    #![proptest_config(budget(400))]

    #[test]
    fn three_axes(case in case::<3>(3, 3, 2)) {
        run(case);
    }

    #[test]
    fn four_axes(case in case::<4>(2, 2, 2)) {
        run(case);
    }
}

#[test]
fn a_frame_on_twenty_seven_ranks() {
    let sizes: [&[usize]; 3] = [&[3, 2, 2], &[2, 2, 2], &[1, 4, 1]];
    for periodic in [[false; 3], [true; 3], [true, false, true]] {
        let decomposition = Decomposition::from_blocks(sizes, periodic).unwrap();
        check(&decomposition, &Footprint::frame([[1, 2], [2, 1], [1, 1]]));
    }
}

/// Messages and cells that the busiest rank sends and receives, with blocks of 6 cells an axis on so many ranks an axis.
fn busiest(ranks: usize, periodic: bool, footprint: &Footprint<3>) -> [usize; 4] {
    let sizes = vec![6; ranks];
    let decomposition = Decomposition::from_blocks([&sizes[..]; 3], [periodic; 3]).unwrap();
    // All ranks of a small grid, those of one line of a large one.
    let every = if ranks <= 4 {
        1
    } else {
        ranks * ranks + ranks + 1
    };
    let counts = (0..decomposition.ranks()).step_by(every).map(|rank| {
        let plan = Plan::new(&decomposition, rank, footprint);
        [
            plan.sends().len(),
            plan.receives().len(),
            plan.cells_sent(),
            plan.cells_received(),
        ]
    });
    counts.fold([0; 4], |most, counts| {
        std::array::from_fn(|k| most[k].max(counts[k]))
    })
}

#[test]
fn no_rank_sends_more_when_ranks_are_added_with_their_blocks() {
    let star: Vec<[isize; 3]> = (0..3)
        .flat_map(|axis| [-2, 2].map(|o| std::array::from_fn(|a| if a == axis { o } else { 0 })))
        .collect();
    for (footprint, messages, cells) in [
        (Footprint::new(star), 6, 6 * 6 * 6 * 2),
        (Footprint::frame([[2; 2]; 3]), 26, 10 * 10 * 10 - 6 * 6 * 6),
    ] {
        for periodic in [false, true] {
            for ranks in [3, 4, 10, 22] {
                assert_eq!(
                    busiest(ranks, periodic, &footprint),
                    [messages, messages, cells, cells],
                    "{}^3 ranks, periodic: {periodic}",
                    ranks
                );
            }
            let [sent, received, ..] = busiest(2, periodic, &footprint);
            assert!(sent <= messages && received <= messages);
        }
    }
}
