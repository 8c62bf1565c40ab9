//! Whether a stencil on a grid is its own adjoint: which boundary kinds keep the symmetry that its formula has in the
//! interior, and the exact test where that is not known.
//!
//! # Which boundary kinds keep it
//!
//! In the interior a row i weighs the cell j = i + o with c(i, o), and symmetry says c(i, o) = c(j, -o). Between cells inside
//! the grid that stays so whatever the boundary: under `Zero` nothing else is there, so **`Zero` keeps it at any reach**, and
//! so does a periodic axis, which has no ends. Along an axis in which nothing is read there are no ghosts: **any kind keeps it at reach
//! 0**. The other kinds add the weight of a ghost to that of cells inside. Let an end lie below j = 0, and let the formula
//! read along one axis at a time (so that a ghost is never beyond two ends), with real weights, one input and one output.
//!
//! * Reach 1. Only row 0 reads the ghost, at m = 1. `Clamp` and `Mirror` add c(0, -1) to the weight of cell 0 in row 0,
//!   `Antisymmetric` subtracts it: on the diagonal, which is its own transpose. `Odd` has no ghost there and also keeps a skew
//!   formula skew.
//! * Any reach, where all rows are the same, c(i, o) = c(o). Row i reads the ghost m with o = -(i + m). `Mirror` takes it from the
//!   cell j = m - 1: the weight of j in row i grows by c(-(i + j + 1)), which does not change when i and j are exchanged. So
//!   for `Antisymmetric`, and for `Odd`, where j = m - 2, with c(-(i + j + 2)).
//! * `Clamp` beyond reach 1, `Reflect`, `OddReflect` and `Extrapolate` add to a column of cell 0 or 1 what they do not add to its
//!   row; `Valid` makes rows zero and leaves their columns. Such operators may still be symmetric for some weights: the test decides.

use crate::{
    error::{Error, Result},
    field::FieldSet,
    grid::{Boundary, Side},
    scalar::Scalar,
    stencil::{Driver, Facts, Geometry, Stencil, Symmetry},
};

use super::directions::forward;
use super::exact_test::{ExactOf, dot, drawn};
use super::shared::{Shared, State};
use super::stencil_operator::StencilOperator;

/// One end of an axis of the array.
type End = (usize, Side);

impl<K: Stencil, const D: usize> StencilOperator<K, D> {
    /// Whether A = Aᴴ, by what is known of formula and boundaries, else by the exact test.
    pub(super) fn symmetric(&self) -> Result {
        let facts = &K::FACTS;
        let geometry = &self.shared.geometry;
        let doubtful = self.doubtful_ends();
        let formula = facts.symmetry == Symmetry::SelfAdjoint;
        let own_rows = facts.cuts.iter().any(|cut| *cut != [0, 0]);
        // The rows of a coefficient's operator are cut off where its frozen inputs say.
        let whole = facts.origin.is_none();
        if formula && !own_rows && whole && doubtful.is_empty() {
            return Ok(());
        }
        let square = facts.inputs.len() == facts.outputs
            && geometry.forward.sources == geometry.forward.targets;
        if square && self.is_symmetric(geometry.clone())? {
            return Ok(());
        }
        let breaks = |end: &&End| Ok(!self.is_symmetric(self.only(**end)?)?);
        let reason = match () {
            () if !formula => "its formula is not, with these parameters and coefficients".into(),
            () if own_rows => {
                "its rows near the ends of an axis have a formula of their own".into()
            }
            () if !whole => "its formula is, but not with these boundaries".into(),
            () => {
                let mut guilty = Vec::new();
                for end in &doubtful {
                    if breaks(&end)? {
                        guilty.push(*end);
                    }
                }
                let named = if guilty.is_empty() { doubtful } else { guilty };
                let ends = named.iter().map(|(axis, side)| {
                    let kind = geometry.input_boundaries()[*axis][side.index()];
                    format!("{kind} at the {side} end of axis {axis}")
                });
                format!(
                    "its formula is, but not with {}",
                    ends.collect::<Vec<_>>().join(" and ")
                )
            }
        };
        Err(Error::NotSelfAdjoint {
            operator: facts.name.into(),
            reason,
        })
    }

    /// The ends whose boundary kind is not known to keep the symmetry of the formula.
    fn doubtful_ends(&self) -> Vec<End> {
        let Shared { grid, geometry, .. } = &*self.shared;
        let placing = &geometry.placing;
        let mut doubtful = Vec::new();
        for (k, &axis) in placing.axes().iter().enumerate() {
            for side in Side::BOTH {
                let kind = geometry.input_boundaries()[axis][side.index()];
                if !grid.periodic()[axis]
                    && !keeps_symmetry(&K::FACTS, !K::Scalar::COMPLEX, k, kind)
                {
                    doubtful.push((axis, side));
                }
            }
        }
        doubtful
    }

    /// The operator's geometry with zeros beyond all ends but one.
    fn only(&self, (axis, side): End) -> Result<Geometry<D>> {
        let Shared { grid, geometry, .. } = &*self.shared;
        let mut placing = geometry.placing;
        let kind = placing.boundaries[axis][side.index()];
        placing.boundaries = [[Boundary::Zero; 2]; D];
        placing.boundaries[axis][side.index()] = kind;
        Geometry::new(&K::FACTS, &K::LOCATIONS, grid, placing)
    }

    /// Collective: ⟨A x, y⟩ == ⟨x, A y⟩ for random x and y, in exact arithmetic.
    fn is_symmetric(&self, geometry: Geometry<D>) -> Result<bool> {
        let grid = &self.shared.grid;
        let [of_x, of_y] = self.shared.seeds();
        let State {
            kernel,
            coefficients,
            ..
        } = &mut *self.shared.state()?;
        let mut driver = Driver::<ExactOf<K>, D>::new(grid, geometry)?;
        let [x, y]: [K::Domain<ExactOf<K>, D>; 2] = [of_x, of_y].map(|seed| drawn(grid, seed));
        let mut ax = K::Range::<ExactOf<K>, D>::zeros(grid);
        let mut ay = K::Range::<ExactOf<K>, D>::zeros(grid);
        forward(&mut driver, kernel, coefficients, &x, &mut ax)?;
        forward(&mut driver, kernel, coefficients, &y, &mut ay)?;
        Ok(dot(grid.comm(), &ax, &y)? == dot(grid.comm(), &x, &ay)?)
    }
}

/// Whether a boundary kind at an end of stencil axis `k` is known to keep a self-adjoint formula so: the rules above.
fn keeps_symmetry(facts: &Facts, real: bool, k: usize, kind: Boundary) -> bool {
    let [low, high] = facts.forward.reach(k);
    let reach = low.max(high);
    let one = real && facts.inputs.len() == 1 && facts.outputs == 1;
    let alone =
        |offset: &[isize]| (offset.iter().enumerate()).all(|(other, o)| other == k || *o == 0);
    let star = facts
        .forward
        .taps
        .iter()
        .all(|tap| tap.offset[k] == 0 || alone(tap.offset));
    match kind {
        _ if reach == 0 => true,
        Boundary::Zero => true,
        Boundary::Odd if reach == 1 => true,
        Boundary::Clamp => reach == 1 && one && star,
        Boundary::Mirror | Boundary::Antisymmetric | Boundary::Odd => {
            one && star && (reach == 1 || facts.uniform)
        }
        _ => false,
    }
}
