//! The direction of a directional derivative: the same everywhere, or one at each point.

use crate::{
    error::{Error, Result},
    field::Field,
};

/// The components of a direction along the axes of a grid, made with `.into()` from an array of numbers or of fields.
///
/// It is taken as it is given: a direction of unit length makes a derivative per unit of length.
#[derive(Debug)]
pub enum Direction<const D: usize> {
    /// The same everywhere.
    Constant([f64; D]),
    /// A field per axis, on the operator's grid.
    Fields([Field<f64, D>; D]),
}

impl<const D: usize> Direction<D> {
    /// # Errors
    /// A constant component that is not finite.
    pub(super) fn check(&self, operator: &str) -> Result {
        match self {
            Direction::Constant(components) if !components.iter().all(|v| v.is_finite()) => {
                Err(Error::Invalid(format!(
                    "`{operator}` is given the direction {components:?}; its components are to be finite"
                )))
            }
            Direction::Constant(_) | Direction::Fields(_) => Ok(()),
        }
    }
}

impl<const D: usize> From<[f64; D]> for Direction<D> {
    fn from(components: [f64; D]) -> Self {
        Direction::Constant(components)
    }
}

impl<const D: usize> From<[Field<f64, D>; D]> for Direction<D> {
    fn from(components: [Field<f64, D>; D]) -> Self {
        Direction::Fields(components)
    }
}
