use super::*;
use crate::comm::Comm;
use crate::grid::{Boundary, Staggering};
use crate::stencil::contract::{Intermediates, Pass, Tap};

/// What `#[stencil]` says of `if from_low < 1 { u[2] - u[0] } else { u[1] - u[-1] }`.
const EDGED: Facts = Facts {
    name: "edged",
    axes: &[0],
    inputs: &["u"],
    coefficients: &[],
    outputs: 1,
    halo: &[[1, 2]],
    cuts: &[[1, 0]],
    own_rows: &[[1, 0]],
    forward: Pass {
        taps: &[
            Tap::new(0, &[-1]),
            Tap::near_ends_of(0, 0, &[0]),
            Tap::new(0, &[1]),
            Tap::near_ends_of(0, 0, &[2]),
        ],
        coefficients: &[],
        flops: 1,
        lanes: false,
        intermediates: Intermediates::NONE,
    },
    adjoint: Pass {
        taps: &[
            Tap::near_ends_of(0, 0, &[-2]),
            Tap::new(0, &[-1]),
            Tap::near_ends_of(0, 0, &[0]),
            Tap::new(0, &[1]),
        ],
        coefficients: &[],
        flops: 1,
        lanes: false,
        intermediates: Intermediates::NONE,
    },
    ..Facts::UNKNOWN
};

/// The same without the condition: `u[1] - u[-1]`.
const CENTRED: Facts = Facts {
    cuts: &[[0, 0]],
    own_rows: &[[0, 0]],
    forward: Pass {
        taps: &[Tap::new(0, &[-1]), Tap::new(0, &[1])],
        coefficients: &[],
        flops: 1,
        lanes: false,
        intermediates: Intermediates::NONE,
    },
    adjoint: Pass {
        taps: &[Tap::new(0, &[-1]), Tap::new(0, &[1])],
        coefficients: &[],
        flops: 1,
        lanes: false,
        intermediates: Intermediates::NONE,
    },
    ..EDGED
};

fn grid(extent: [usize; 2], periodic: bool) -> Grid<2> {
    let builder = Grid::builder(&Comm::solo(), extent);
    builder.periodic([periodic, false]).build().unwrap()
}

fn geometry(facts: &Facts, grid: &Grid<2>, axis: usize, boundary: Boundary) -> Geometry<2> {
    let mut boundaries = [[Boundary::Zero; 2]; 2];
    boundaries[axis] = [boundary; 2];
    let placing = Placing::new(&[axis], 1, boundaries, Boundary::Clamp).unwrap();
    Geometry::new(facts, &Locations::CELLS, grid, placing).unwrap()
}

fn along<const D: usize>(region: &Region<D>, axis: usize) -> [isize; 2] {
    [region.start[axis], region.end[axis]]
}

#[test]
fn every_row_is_interior_but_those_with_a_formula_of_their_own() {
    let grid = grid([10, 6], false);
    for axis in [0, 1] {
        let extent = grid.extent()[axis] as isize;
        let plain = geometry(&CENTRED, &grid, axis, Boundary::Mirror);
        assert_eq!(along(&plain.forward.interior, axis), [0, extent]);
        let edged = geometry(&EDGED, &grid, axis, Boundary::Mirror);
        assert_eq!(along(&edged.forward.interior, axis), [1, extent]);
        assert_eq!(along(&edged.forward.domains[0], axis), [0, extent]);
    }
}

#[test]
fn a_point_of_the_adjoint_is_interior_where_all_its_rows_are() {
    let grid = grid([10, 6], false);
    let plain = geometry(&CENTRED, &grid, 0, Boundary::Zero);
    assert_eq!(along(&plain.adjoint.interior, 0), [1, 9]);
    // Row 0 is an edge row and reads u[2]: point 2 is no interior point, point 3 is.
    let edged = geometry(&EDGED, &grid, 0, Boundary::Zero);
    assert_eq!(along(&edged.adjoint.interior, 0), [3, 9]);
    assert_eq!(along(&edged.adjoint.interior, 1), [0, 6]);
}

#[test]
fn under_valid_rows_whose_stencil_leaves_the_grid_are_outside_the_domain() {
    let grid = grid([10, 6], false);
    let valid = geometry(&CENTRED, &grid, 0, Boundary::Valid);
    assert_eq!(along(&valid.forward.domains[0], 0), [1, 9]);
    assert_eq!(along(&valid.adjoint.interior, 0), [2, 8]);
    // The kernel has a row of its own for the low end, and no other row reads u[2].
    let edged = geometry(&EDGED, &grid, 0, Boundary::Valid);
    assert_eq!(along(&edged.forward.domains[0], 0), [0, 9]);
}

#[test]
fn valid_refuses_rows_of_its_own_that_cover_a_part_of_the_reach() {
    const WIDE: Facts = Facts {
        forward: Pass {
            taps: &[Tap::new(0, &[-2]), Tap::new(0, &[1])],
            ..EDGED.forward
        },
        ..EDGED
    };
    let placing = Placing::new(&[0], 1, [[Boundary::Valid; 2]; 2], Boundary::Clamp).unwrap();
    let error =
        Geometry::new(&WIDE, &Locations::CELLS, &grid([10, 6], false), placing).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("1 rows of its own at the Low end of axis 0"),
        "{error}"
    );
}

#[test]
fn a_periodic_axis_has_no_edge_unless_the_kernel_makes_one() {
    let grid = grid([10, 6], true);
    let plain = geometry(&CENTRED, &grid, 0, Boundary::Zero);
    assert_eq!(along(&plain.adjoint.interior, 0), [0, 10]);
    let edged = geometry(&EDGED, &grid, 0, Boundary::Zero);
    assert_eq!(along(&edged.adjoint.interior, 0), [3, 9]);
}

#[test]
fn axes_shorter_than_the_stencil_have_no_interior() {
    for extent in 1..3 {
        let grid = grid([extent, 1], false);
        for boundary in [Boundary::Zero, Boundary::Valid] {
            let geometry = geometry(&EDGED, &grid, 0, boundary);
            for region in [&geometry.adjoint.interior, &geometry.forward.domains[0]] {
                let [start, end] = along(region, 0);
                assert!(0 <= start && start <= end, "{extent}: {start}..{end}");
            }
            assert!(geometry.adjoint.interior.is_empty());
        }
    }
}

#[test]
fn what_only_edge_rows_read_is_exchanged_only_where_their_block_is_thin() {
    let reach = |blocks: &[usize], forward: bool| {
        let extents: usize = blocks.iter().sum();
        let reaches = crate::launch_all(blocks.len(), |comm| {
            let grid = Grid::with_blocks(comm, [blocks, &[2]])?;
            assert_eq!(grid.extent(), [extents, 2]);
            let geometry = geometry(&EDGED, &grid, 0, Boundary::Zero);
            Ok(geometry.pass(forward).footprints[0].reach()[0])
        })
        .unwrap();
        assert!(reaches.iter().all(|reach| *reach == reaches[0]));
        reaches[0]
    };
    // Row 0 reads u[2]: it stays in a block of 3, not in one of 2.
    assert_eq!(reach(&[3, 3, 2], true), [1, 1]);
    assert_eq!(reach(&[2, 3, 2], true), [1, 2]);
    assert_eq!(reach(&[3, 3, 2], false), [1, 1]);
    assert_eq!(reach(&[2, 3, 2], false), [2, 1]);
}

/// What `#[stencil]` says of a field at cells whose differences are wanted on the faces of axis 0, and at the cells again.
const STAGGERED: Facts = Facts {
    name: "staggered",
    outputs: 2,
    forward: Pass {
        taps: &[Tap::new(0, &[-1]), Tap::new(0, &[0]), Tap::new(0, &[1])],
        ..CENTRED.forward
    },
    adjoint: Pass {
        taps: &[
            Tap::new(0, &[0]),
            Tap::new(0, &[1]),
            Tap::new(1, &[-1]),
            Tap::new(1, &[0]),
        ],
        ..CENTRED.adjoint
    },
    ..CENTRED
};
/// Output 0 is `u[0] - u[-1]` on faces, output 1 `u[1] - u[0]` at cells.
const LOCATIONS: Locations = Locations {
    inputs: &[Staggering::CELL],
    coefficients: &[],
    outputs: &[Staggering::along(&[0]), Staggering::CELL],
    readers: &[&[0], &[0, 1], &[1]],
};

fn staggered(grid: &Grid<2>, boundary: Boundary) -> Geometry<2> {
    let mut boundaries = [[Boundary::Zero; 2]; 2];
    boundaries[0] = [boundary; 2];
    let placing = Placing::new(&[0], 1, boundaries, Boundary::Clamp).unwrap();
    Geometry::new(&STAGGERED, &LOCATIONS, grid, placing).unwrap()
}

#[test]
fn every_output_has_an_extent_and_a_domain_of_its_own() {
    let of = |periodic, boundary| {
        let forward = staggered(&grid([10, 6], periodic), boundary).forward;
        [0, 1].map(|output| along(&forward.domains[output], 0))
    };
    assert_eq!(of(false, Boundary::Zero), [[0, 11], [0, 10]]);
    assert_eq!(of(true, Boundary::Zero), [[0, 10], [0, 10]]);
    // Faces 0 and 10 read a cell outside, cell 9 reads cell 10.
    assert_eq!(of(false, Boundary::Valid), [[1, 10], [0, 9]]);
}

#[test]
fn ghosts_reach_as_far_past_the_end_as_the_last_row_of_any_output() {
    let cells = staggered(&grid([10, 6], false), Boundary::Mirror);
    assert_eq!(cells.reaches[0].sides[0], [1, 1]);
    // Face 10 reads cell 10, and so does cell 9: not cell 11, which no output reads.
    assert_eq!(cells.reaches[0].past_end[0], 1);
    // The walk evaluates all outputs at once, where it reads cell 11 too.
    assert_eq!(cells.forward.margins[0][0], [1, 2]);
    assert_eq!(cells.margin()[0], [1, 2]);
}

#[test]
fn a_field_that_ends_later_is_read_past_its_end_by_less() {
    const BACK: Locations = Locations {
        inputs: &[Staggering::along(&[0])],
        coefficients: &[],
        outputs: &[Staggering::CELL],
        readers: &[],
    };
    let placing = Placing::new(&[0], 1, [[Boundary::Mirror; 2]; 2], Boundary::Clamp).unwrap();
    let geometry = Geometry::new(&CENTRED, &BACK, &grid([10, 6], false), placing).unwrap();
    assert_eq!(geometry.reaches[0].sides[0], [1, 1]);
    assert_eq!(geometry.reaches[0].past_end[0], 0);
    // Points 1 to 8 are fed by rows 0 to 9 alone; point 10 exists, and is fed by row 9.
    assert_eq!(along(&geometry.adjoint.interior, 0), [1, 9]);
}
