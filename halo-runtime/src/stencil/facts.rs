//! What follows from the facts that the macro writes down: how far a stencil reaches, what it sends, whether it is its own
//! adjoint. All of it is known while the program is compiled, so it can stand in constants and assertions there.

use crate::stencil::{Pass, row::MAX_FIELDS};

/// Whether a formula is its own adjoint, in the interior of any grid.
///
/// Known to the macro, for every value of parameters and coefficients. What boundaries make of it is known to the operator:
/// [`LinearOperator::self_adjoint`](crate::LinearOperator::self_adjoint).
///
/// ```
/// use halo::{prelude::*, stencil::Symmetry};
///
/// #[stencil]
/// fn diffusion(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
///     k[0] * (u[1] - u[0]) - k[-1] * (u[0] - u[-1])
/// }
///
/// #[stencil]
/// fn centred(u: Input<f64, 1>, inv_2h: f64) -> f64 {
///     inv_2h * (u[1] - u[-1])
/// }
///
/// const _: () = assert!(matches!(Diffusion::FACTS.symmetry, Symmetry::SelfAdjoint));
/// assert_eq!(Centred::FACTS.symmetry, Symmetry::SkewAdjoint);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// Aᴴ = A.
    SelfAdjoint,
    /// Aᴴ = -A.
    SkewAdjoint,
    /// Neither, for some parameters and coefficients at least.
    None,
}

impl Pass {
    /// How many cells below and above a point are read along a stencil axis.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn upwind(u: Input<f64, 2>) -> f64 {
    ///     3.0 * u[[0, 0]] - 4.0 * u[[0, -1]] + u[[0, -2]]
    /// }
    ///
    /// assert_eq!(Upwind::FACTS.forward.reach(1), [2, 0]);
    /// assert_eq!(Upwind::FACTS.adjoint.reach(1), [0, 2]);
    /// ```
    pub const fn reach(&self, axis: usize) -> [usize; 2] {
        let mut reach = [0, 0];
        let mut k = 0;
        while k < self.taps.len() {
            let along = self.taps[k].offset[axis];
            let side = (along > 0) as usize;
            if along.unsigned_abs() > reach[side] {
                reach[side] = along.unsigned_abs();
            }
            k += 1;
        }
        reach
    }

    /// The messages that a block with neighbours on all sides receives in one application, where no block is narrower than the
    /// reach: one for each field and direction that is read, over faces, edges and corners.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn north_east(u: Input<f64, 2>) -> f64 {
    ///     u[[1, 1]] - u[[0, 0]]
    /// }
    ///
    /// assert_eq!(NorthEast::FACTS.forward.messages(), 3); // two faces and the corner between them
    /// ```
    pub const fn messages(&self) -> usize {
        // One bit per direction: the signs of an offset as digits to the base of three.
        let mut directions = [0_u128; MAX_FIELDS];
        let mut k = 0;
        while k < self.taps.len() {
            let tap = &self.taps[k];
            // A diagonal offset also reaches over each face and edge of its corner.
            let mut subset = 1;
            while subset < 1 << tap.offset.len() {
                if let Some(direction) = direction(tap.offset, subset) {
                    directions[tap.field] |= 1 << direction;
                }
                subset += 1;
            }
            k += 1;
        }
        let mut messages = 0;
        let mut field = 0;
        while field < MAX_FIELDS {
            messages += directions[field].count_ones() as usize;
            field += 1;
        }
        messages
    }
}

/// The number of the direction in which an offset lies along the axes of `subset`; none where it is zero along one of them.
const fn direction(offset: &[isize], subset: usize) -> Option<usize> {
    let mut number = 0;
    let mut axis = 0;
    while axis < offset.len() {
        let chosen = subset >> axis & 1 == 1;
        if chosen && offset[axis] == 0 {
            return None;
        }
        let sign = if chosen { offset[axis].signum() } else { 0 };
        number = 3 * number + (sign + 1) as usize;
        axis += 1;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use crate::stencil::{Intermediates, Pass, Tap};

    const fn pass(taps: &'static [Tap]) -> Pass {
        Pass {
            taps,
            coefficients: &[],
            flops: 0,
            lanes: false,
            intermediates: Intermediates::NONE,
        }
    }

    #[test]
    fn one_side_may_reach_further() {
        const TAPS: Pass = pass(&[Tap::new(0, &[-3, 0]), Tap::new(1, &[1, 2])]);
        assert_eq!([TAPS.reach(0), TAPS.reach(1)], [[3, 1], [0, 2]]);
    }

    #[test]
    fn messages_are_counted_once_per_field_and_direction() {
        const CENTRE: Pass = pass(&[Tap::new(0, &[0, 0])]);
        assert_eq!(CENTRE.messages(), 0);
        const STAR: Pass = pass(&[
            Tap::new(0, &[-2, 0]),
            Tap::new(0, &[-1, 0]),
            Tap::new(0, &[0, 1]),
            Tap::new(1, &[-1, 0]),
        ]);
        assert_eq!(STAR.messages(), 3);
        const CUBE: Pass = pass(&[Tap::new(0, &[1, 1, 1]), Tap::new(0, &[1, 0, -1])]);
        // A corner with its 3 faces and 3 edges; of the other tap, one face and one edge are new.
        assert_eq!(CUBE.messages(), 9);
    }
}
