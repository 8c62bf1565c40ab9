//! The ghosts of one direction, cut along one axis by who owns them.
//!
//! A message is one piece per axis, for blocks and their ghosts are boxes. Sender and receiver look at the same pieces,
//! the one for those it owns, the other for those it lacks.

use super::footprint::Direction;
use crate::grid::{Decomposition, Region};

/// Cells along one axis that are ghosts of one block and owned by one block, contiguous in both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// Place along the axis of the block that owns the cells.
    pub from: usize,
    /// Place along the axis of the block whose ghosts they are.
    pub to: usize,
    /// The first cell, counted from the first cell of `from`.
    pub source: isize,
    /// The first ghost, counted from the first cell of `to`.
    pub ghost: isize,
    pub len: usize,
}

/// All pieces of all blocks along an axis for the ghosts of one direction, sorted by `to`, then by `ghost`.
pub(super) fn pieces<const D: usize>(
    decomposition: &Decomposition<D>,
    axis: usize,
    direction: &Direction<D>,
) -> Vec<Piece> {
    let extent = decomposition.extent()[axis] as isize;
    let width = direction.widths[axis] as isize;
    let mut pieces = Vec::new();
    for to in 0..decomposition.process_grid().dims[axis] {
        let block = decomposition.range(axis, to);
        let (start, end) = (block.start as isize, block.end as isize);
        let (mut next, mut stop) = match direction.signs[axis] {
            0 => (start, end),
            sign if sign < 0 => (start - width, start),
            _ => (end, end + width),
        };
        if !decomposition.periodic()[axis] {
            next = next.max(0);
            stop = stop.min(extent);
        }
        while next < stop {
            let cell = next.rem_euclid(extent);
            let from = decomposition.owner_along(axis, cell as usize);
            let owner = decomposition.range(axis, from);
            let len = (stop - next).min(owner.end as isize - cell);
            pieces.push(Piece {
                from,
                to,
                source: cell - owner.start as isize,
                ghost: next - start,
                len: len as usize,
            });
            next += len;
        }
    }
    pieces
}

/// Calls `visit` with every choice of one wanted piece per axis, in row-major order.
pub(super) fn for_each_choice<const D: usize>(
    pieces: &[Vec<Piece>; D],
    wanted: impl Fn(usize, &Piece) -> bool,
    mut visit: impl FnMut([Piece; D]),
) {
    let wanted: [Vec<Piece>; D] = std::array::from_fn(|axis| {
        let along = pieces[axis].iter();
        along.filter(|piece| wanted(axis, piece)).copied().collect()
    });
    let choices = Region::<D>::of_extent(std::array::from_fn(|axis| wanted[axis].len()));
    for choice in choices.indices() {
        visit(std::array::from_fn(|axis| {
            wanted[axis][choice[axis] as usize]
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Footprint;

    fn low_pieces(sizes: &[usize], periodic: bool, width: usize, to: usize) -> Vec<Piece> {
        let decomposition = Decomposition::from_blocks([sizes], [periodic]).unwrap();
        let footprint = Footprint::new([[-(width as isize)]]);
        let direction = footprint.directions().next().unwrap();
        let mut found = pieces(&decomposition, 0, &direction);
        found.retain(|piece| piece.to == to);
        found
    }

    #[test]
    fn a_wide_halo_is_cut_by_all_who_own_it() {
        let expected = [(0, 1, -3, 1), (1, 0, -2, 1), (2, 0, -1, 1)];
        let expected = expected.map(|(from, source, ghost, len)| Piece {
            from,
            to: 3,
            source,
            ghost,
            len,
        });
        assert_eq!(low_pieces(&[2, 1, 1, 4], false, 3, 3), expected);
    }

    #[test]
    fn nobody_owns_what_lies_outside() {
        assert_eq!(low_pieces(&[2, 3], false, 4, 0), []);
        assert_eq!(low_pieces(&[2, 3], false, 4, 1)[0].ghost, -2);
    }

    #[test]
    fn a_periodic_halo_may_go_round_more_than_once() {
        let found = low_pieces(&[2], true, 5, 0);
        let cut: Vec<_> = found
            .iter()
            .map(|piece| (piece.source, piece.ghost, piece.len))
            .collect();
        assert_eq!(cut, [(1, -5, 1), (0, -4, 2), (0, -2, 2)]);
    }
}
