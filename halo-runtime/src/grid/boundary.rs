//! What a stencil sees beyond the end of a grid: ghost values as weighted sums of the cells near that end.
//!
//! Each kind is a small table of integer weights. The fill of the ghosts and its exact transpose, the fold, both
//! read this one table, so they cannot disagree.

use std::fmt;
use std::ops::Deref;

/// How the cells past an end of a non-periodic axis get their values; chosen per axis and [`Side`].
///
/// A ghost at the distance m >= 1 past an end of the axis is the sum of w * x\[j\], where j counts inward from that
/// end (j = 0 is the last cell inside). Periodic is not listed here: it is a property of the grid's axis.
///
/// ```
/// use halo::Boundary;
///
/// // The second ghost of a linear extrapolation is 3 x[0] - 2 x[1].
/// assert_eq!(*Boundary::Extrapolate.ghost(2), [(0, 3), (1, -2)]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Boundary {
    /// Ghosts are zero.
    #[default]
    Zero,
    /// Ghosts repeat the last cell.
    Clamp,
    /// Even about the cell face at the end (half-sample symmetric): the last cell is seen twice.
    Mirror,
    /// Even about the last cell (whole-sample symmetric): the last cell is seen once.
    Reflect,
    /// Odd about the cell face at the end (half-sample antisymmetric).
    Antisymmetric,
    /// Odd about the value of the last cell: 2 x\[0\] - x\[m\].
    OddReflect,
    /// Odd about a node just outside, whose value is zero (a Dirichlet wall on the grid's nodes).
    Odd,
    /// The straight line through the last two cells.
    Extrapolate,
    /// No ghosts: the output is zero where the stencil leaves the grid.
    Valid,
}

impl Boundary {
    /// Every kind.
    pub const ALL: [Boundary; 9] = [
        Boundary::Zero,
        Boundary::Clamp,
        Boundary::Mirror,
        Boundary::Reflect,
        Boundary::Antisymmetric,
        Boundary::OddReflect,
        Boundary::Odd,
        Boundary::Extrapolate,
        Boundary::Valid,
    ];

    /// The weights (j, w) of the ghost at the distance `m` >= 1 past the end.
    ///
    /// `Zero` and `Valid` have none. The weights are integers, so they are exact in every scalar type.
    pub fn ghost(self, m: usize) -> GhostWeights {
        debug_assert!(m >= 1, "the distance past the end counts from 1");
        let distance = m as i64;
        match self {
            Boundary::Zero | Boundary::Valid => GhostWeights::NONE,
            Boundary::Clamp => GhostWeights::one(0, 1),
            Boundary::Mirror => GhostWeights::one(m - 1, 1),
            Boundary::Reflect => GhostWeights::one(m, 1),
            Boundary::Antisymmetric => GhostWeights::one(m - 1, -1),
            Boundary::OddReflect => GhostWeights::two((0, 2), (m, -1)),
            Boundary::Odd if m == 1 => GhostWeights::NONE,
            Boundary::Odd => GhostWeights::one(m - 2, -1),
            Boundary::Extrapolate => GhostWeights::two((0, distance + 1), (1, -distance)),
        }
    }

    /// How much of a wall's value the ghost at the distance `m` >= 1 past the end has in it, beside the cells of
    /// [`ghost`](Boundary::ghost); none for kinds without walls. See [`Wall`](super::Wall).
    pub fn wall_weight(self, m: usize) -> Option<i64> {
        debug_assert!(m >= 1, "the distance past the end counts from 1");
        let distance = m as i64;
        match self {
            Boundary::Zero => Some(1),
            Boundary::Odd if m == 1 => Some(1),
            Boundary::Odd | Boundary::Antisymmetric => Some(2),
            Boundary::Clamp => Some(distance),
            Boundary::Mirror => Some(2 * distance - 1),
            Boundary::Reflect => Some(2 * distance),
            Boundary::OddReflect | Boundary::Extrapolate | Boundary::Valid => None,
        }
    }

    /// The shortest axis on which ghosts up to the distance `reach` can be computed.
    ///
    /// The same number of cells must lie in one block at that end of the axis.
    pub fn cells_needed(self, reach: usize) -> usize {
        match self {
            _ if reach == 0 => 0,
            Boundary::Zero | Boundary::Valid => 0,
            Boundary::Clamp => 1,
            Boundary::Mirror | Boundary::Antisymmetric => reach,
            Boundary::Reflect | Boundary::OddReflect => reach + 1,
            Boundary::Odd => reach - 1,
            Boundary::Extrapolate => 2,
        }
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The at most two weights (j, w) of one ghost: a slice without allocation.
#[derive(Clone, Copy, Debug)]
pub struct GhostWeights {
    entries: [(usize, i64); 2],
    count: usize,
}

impl GhostWeights {
    const NONE: Self = GhostWeights {
        entries: [(0, 0); 2],
        count: 0,
    };

    fn one(j: usize, weight: i64) -> Self {
        GhostWeights {
            entries: [(j, weight), (0, 0)],
            count: 1,
        }
    }

    fn two(first: (usize, i64), second: (usize, i64)) -> Self {
        GhostWeights {
            entries: [first, second],
            count: 2,
        }
    }
}

impl Deref for GhostWeights {
    type Target = [(usize, i64)];

    fn deref(&self) -> &Self::Target {
        &self.entries[..self.count]
    }
}

/// An end of an axis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Where indices begin.
    Low,
    /// Where indices end.
    High,
}

impl Side {
    /// Both ends, in the order in which `[low, high]` pairs are stored.
    pub const BOTH: [Side; 2] = [Side::Low, Side::High];

    /// The end's place in a `[low, high]` pair.
    pub fn index(self) -> usize {
        match self {
            Side::Low => 0,
            Side::High => 1,
        }
    }

    /// The other end.
    pub fn opposite(self) -> Side {
        match self {
            Side::Low => Side::High,
            Side::High => Side::Low,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Low => "low",
            Side::High => "high",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ghosts at the distances 1, 2, 3 past the end of cells 10, 12, 15, 19 (counted inward).
    fn ghosts(boundary: Boundary) -> [i64; 3] {
        let cells = [10, 12, 15, 19];
        [1, 2, 3].map(|m| {
            boundary
                .ghost(m)
                .iter()
                .map(|&(j, weight)| weight * cells[j])
                .sum()
        })
    }

    #[test]
    fn ghost_values_by_hand() {
        assert_eq!(ghosts(Boundary::Zero), [0, 0, 0]);
        assert_eq!(ghosts(Boundary::Clamp), [10, 10, 10]);
        assert_eq!(ghosts(Boundary::Mirror), [10, 12, 15]);
        assert_eq!(ghosts(Boundary::Reflect), [12, 15, 19]);
        assert_eq!(ghosts(Boundary::Antisymmetric), [-10, -12, -15]);
        assert_eq!(ghosts(Boundary::OddReflect), [8, 5, 1]);
        assert_eq!(ghosts(Boundary::Odd), [0, -10, -12]);
        assert_eq!(ghosts(Boundary::Extrapolate), [8, 6, 4]);
        assert_eq!(ghosts(Boundary::Valid), [0, 0, 0]);
    }

    #[test]
    fn walls_are_where_their_kinds_say() {
        // A straight line of slope 3 with its last cell at 0, beside a wall: ghosts go on with the line.
        let line = |m: i64| 3 * m;
        for m in 1..5 {
            let past_end = |boundary: Boundary, wall: i64| -> i64 {
                let cells = boundary.ghost(m as usize);
                let cells: i64 = cells.iter().map(|&(j, w)| w * line(-(j as i64))).sum();
                cells + boundary.wall_weight(m as usize).unwrap() * wall
            };
            // Values: of the node past the end; of the face, half a cell past it (counted twice).
            assert_eq!(past_end(Boundary::Odd, 3), line(m));
            assert_eq!(
                2 * past_end(Boundary::Antisymmetric, 0) + 2 * 3,
                2 * line(m)
            );
            // Slopes.
            for boundary in [Boundary::Clamp, Boundary::Mirror, Boundary::Reflect] {
                assert_eq!(past_end(boundary, 3), line(m), "{boundary}");
            }
            assert_eq!(past_end(Boundary::Zero, 7), 7);
        }
        assert_eq!(Boundary::Extrapolate.wall_weight(1), None);
    }

    #[test]
    fn cells_needed_is_the_deepest_cell_read() {
        for boundary in Boundary::ALL {
            for reach in 0..6 {
                let deepest = (1..=reach)
                    .flat_map(|m| {
                        boundary
                            .ghost(m)
                            .iter()
                            .map(|&(j, _)| j + 1)
                            .collect::<Vec<_>>()
                    })
                    .max();
                assert_eq!(
                    boundary.cells_needed(reach),
                    deepest.unwrap_or(0),
                    "{boundary} {reach}"
                );
            }
        }
    }

    #[test]
    fn sides_index_low_high_pairs() {
        assert_eq!(Side::BOTH.map(Side::index), [0, 1]);
        assert_eq!(Side::Low.opposite().to_string(), "high");
    }
}
