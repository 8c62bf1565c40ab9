//! Exchanges on one to twenty-seven thread ranks: every ghost of the plan, and no other, holds the number of its cell.

use super::*;
use crate::comm::{Comm, launch_on};
use crate::grid::{Cell, Face};
use crate::prime::Prime;
use crate::scalar::Arithmetic;
use std::collections::BTreeSet;

/// What a cell outside every owned block holds before an exchange.
const STALE: i64 = -1;

/// The number of the point at a local index, wrapped on periodic axes; none outside the grid.
fn number<const D: usize, L: Location>(grid: &Grid<D>, local: [isize; D]) -> Option<i64> {
    let (start, extent) = (grid.block().start, grid.extent_at::<L>());
    (0..D).try_fold(0, |number, axis| {
        let (n, index) = (extent[axis] as isize, start[axis] + local[axis]);
        let index = if grid.periodic()[axis] {
            index.rem_euclid(n)
        } else {
            index
        };
        (0..n)
            .contains(&index)
            .then_some(number * n as i64 + index as i64)
    })
}

/// A field whose cells hold their numbers, within a stale margin.
fn numbered<S: Arithmetic, const D: usize, L: Location>(
    grid: &Grid<D>,
    margin: [[usize; 2]; D],
) -> Field<S, D, L> {
    let mut field = Field::with_margin(grid, margin);
    let layout = *field.layout();
    let cells = field.values_mut().cells_mut();
    cells.fill(S::integer(STALE));
    for local in layout.owned_region().indices() {
        cells[layout.offset(local)] = S::integer(number::<D, L>(grid, local).unwrap());
    }
    field
}

/// Asserts that exactly the ghosts of the plan were written, and that all that is read is right.
fn assert_exchanged<S: Arithmetic, const D: usize, L: Location>(
    field: &Field<S, D, L>,
    footprint: &Footprint<D>,
    plan: &Plan<D>,
) {
    let (grid, layout) = (field.grid(), field.layout());
    let cells = field.values().reading();
    let received = plan.receives().iter().map(|message| message.region);
    let copied = plan.copies().iter().map(|copy| copy.to);
    let written: BTreeSet<_> = received
        .chain(copied)
        .flat_map(|region| region.indices())
        .collect();
    let owned = layout.owned_region();
    for local in layout.padded_region().indices() {
        let known = owned.contains(local) || written.contains(&local);
        let expected = if known {
            number::<D, L>(grid, local).unwrap()
        } else {
            STALE
        };
        assert_eq!(
            cells[layout.offset(local)],
            S::integer(expected),
            "rank {} at {local:?}",
            grid.rank()
        );
    }
    for (cell, offset) in owned
        .indices()
        .flat_map(|cell| footprint.offsets().iter().map(move |o| (cell, o)))
    {
        let read = std::array::from_fn(|axis| cell[axis] + offset[axis]);
        let expected = number::<D, L>(grid, read).unwrap_or(STALE);
        assert_eq!(
            cells[layout.offset(read)],
            S::integer(expected),
            "rank {} reads {read:?}",
            grid.rank()
        );
    }
}

/// Packs as generated code does.
fn pack<S: Element>(slab: &Slab, cells: &[S], out: &mut [S]) {
    match slab.width() {
        1 => slab.pack::<S, 1>(cells, out),
        2 => slab.pack::<S, 2>(cells, out),
        _ => slab.pack_any(cells, out),
    }
}

fn exchange_on<S: Arithmetic, const D: usize>(
    sizes: [&[usize]; D],
    periodic: [bool; D],
    footprint: &Footprint<D>,
) {
    exchange_at::<S, D, Cell>(sizes, periodic, footprint);
    exchange_at::<S, D, Face<0>>(sizes, periodic, footprint);
}

fn exchange_at<S: Arithmetic, const D: usize, L: Location>(
    sizes: [&[usize]; D],
    periodic: [bool; D],
    footprint: &Footprint<D>,
) {
    let ranks = sizes.iter().map(|sizes| sizes.len()).product();
    launch_on(ranks, |comm| {
        let extent = sizes.map(|sizes| sizes.iter().sum());
        let grid = Grid::builder(comm, extent)
            .blocks(sizes)
            .periodic(periodic)
            .build()?;
        let mut exchange = Exchange::<S, D>::at(&grid, L::STAGGERING, footprint)?;
        // Margins that fit and wider ones take turns; ranks run ahead of each other between the rounds.
        for extra in [0, 3, 1, 0] {
            let margin = footprint
                .reach()
                .map(|[low, high]| [low + extra, high + 2 * extra]);
            let field = numbered::<S, D, L>(&grid, margin);
            let mut flight = exchange.begin(&field, pack)?;
            if extra == 1 {
                flight.progress()?;
            }
            flight.finish()?;
            assert_exchanged(&field, footprint, exchange.plan());
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn lines_on_one_to_eight_ranks() {
    for sizes in [
        &[7][..],
        &[4, 3],
        &[1, 3, 2],
        &[2, 1, 1, 3],
        &[2, 2, 2, 2, 2, 1, 1, 1],
    ] {
        for offsets in [&[-1, 0, 1][..], &[0, 2], &[-3, 1], &[-5, 4], &[0]] {
            for periodic in [false, true] {
                let footprint = Footprint::new(offsets.iter().map(|&offset| [offset]));
                exchange_on::<f64, 1>([sizes], [periodic], &footprint);
            }
        }
    }
}

#[test]
fn planes_with_and_without_corners() {
    let footprints = [
        Footprint::new([[-1, 0], [1, 0], [0, -1], [0, 1], [0, 0]]),
        Footprint::frame([[1, 2], [2, 1]]),
        Footprint::new([[-1, 2], [0, -3]]),
    ];
    let splits: [[&[usize]; 2]; 5] = [
        [&[5], &[6]],
        [&[3, 2], &[4]],
        [&[4], &[1, 5]],
        [&[2, 3], &[3, 2]],
        [&[3, 1, 2], &[2, 2, 3]],
    ];
    for (footprint, sizes) in footprints
        .iter()
        .flat_map(|f| splits.map(|sizes| (f, sizes)))
    {
        for periodic in [[false, false], [true, false], [true, true]] {
            exchange_on::<f32, 2>(sizes, periodic, footprint);
            exchange_at::<f32, 2, (Face<0>, Face<1>)>(sizes, periodic, footprint);
        }
    }
}

#[test]
fn cubes_on_up_to_twenty_seven_ranks() {
    let splits: [[&[usize]; 3]; 3] = [
        [&[3], &[2], &[4]],
        [&[3, 2], &[2, 2], &[3, 3]],
        [&[2, 1, 2], &[2, 2, 1], &[3, 2, 2]],
    ];
    let star = Footprint::new([[-1, 0, 0], [0, 2, 0], [0, 0, -2], [0, 0, 1]]);
    for sizes in splits {
        exchange_on::<Prime, 3>(sizes, [true; 3], &star);
        exchange_at::<Prime, 3, (Face<0>, Face<2>)>(sizes, [true, false, false], &star);
        exchange_on::<Prime, 3>(
            sizes,
            [false, true, false],
            &Footprint::frame([[1, 1], [2, 0], [1, 2]]),
        );
    }
}

#[test]
fn four_axes() {
    let sizes: [&[usize]; 4] = [&[2, 1], &[2], &[1, 2], &[3]];
    exchange_on::<f64, 4>(
        sizes,
        [true, false, false, true],
        &Footprint::frame([[1, 1]; 4]),
    );
}

#[test]
fn a_dropped_flight_is_brought_to_its_end() {
    launch_on(3, |comm| {
        let grid = Grid::builder(comm, [9]).periodic([true]).build()?;
        let footprint = Footprint::new([[-1], [2]]);
        let mut exchange = Exchange::<f64, 1>::new(&grid, &footprint)?;
        let field = numbered::<f64, 1, Cell>(&grid, [[1, 2]]);
        let zeros = Field::<_, 1>::with_margin(&grid, [[1, 2]]);
        for round in 0..3 {
            let mut flight = exchange.begin(&zeros, pack)?;
            if round + comm.rank() == 2 {
                flight.progress()?;
            }
            drop(flight);
        }
        exchange.begin(&field, pack)?.finish()?;
        assert_exchanged(&field, &footprint, exchange.plan());
        Ok(())
    })
    .unwrap();
}

#[test]
fn the_margin_is_written_when_the_flight_ends_and_the_field_may_be_read_until_then() {
    let grid = Grid::builder(&Comm::solo(), [4])
        .periodic([true])
        .build()
        .unwrap();
    let mut exchange = Exchange::<f64, 1>::new(&grid, &Footprint::new([[-1]])).unwrap();
    let field = numbered::<f64, 1, Cell>(&grid, [[1, 0]]);
    let before = field.layout().offset([-1]);
    let cells = field.values().reading();
    let flight = exchange.begin(&field, pack).unwrap();
    assert_eq!(cells[before], -1.0);
    drop(cells);
    flight.finish().unwrap();
    assert_eq!(field.values().reading()[before], 3.0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let comm = Comm::solo();
    let grid = Grid::new(&comm, [4, 4]).unwrap();
    let mut exchange = Exchange::<f64, 2>::new(&grid, &Footprint::new([[0, 2]])).unwrap();
    let narrow = Field::<_, 2>::with_margin(&grid, [[1, 1], [1, 1]]);
    assert!(matches!(
        exchange.begin(&narrow, pack),
        Err(Error::Invalid(_))
    ));
    let faces = grid.zeros_at::<Face<0>, f64>();
    let refused = exchange.begin(&faces, pack).map(drop).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("lies at Face<0>, the exchange was built for Cell"),
        "{refused}"
    );
    let elsewhere = Grid::new(&comm, [4, 5]).unwrap().zeros();
    assert!(matches!(
        exchange.begin(&elsewhere, pack),
        Err(Error::GridMismatch { .. })
    ));
}

#[test]
fn counts_its_messages() {
    launch_on(4, |comm| {
        let grid = Grid::with_blocks(comm, [&[3, 3], &[4, 4]])?;
        let star = Footprint::new([[-1, 0], [1, 0], [0, -1], [0, 1]]);
        let exchange = Exchange::<f32, 2>::new(&grid, &star)?;
        assert_eq!((exchange.messages(), exchange.bytes()), (2, 4 * (3 + 4)));
        let frame = Exchange::<f32, 2>::new(&grid, &Footprint::frame([[1, 1]; 2]))?;
        assert_eq!((frame.messages(), frame.bytes()), (3, 4 * (3 + 4 + 1)));
        assert_eq!(
            Exchange::<f64, 2>::new(&grid, &Footprint::new([[0, 0]]))?.messages(),
            0
        );
        Ok(())
    })
    .unwrap();
}
