//! What all handles of a stencil's operator share, and the rule of its use: one application or update at a time, anything
//! from within is an error and no panic.

use std::cell::{Cell, RefCell, RefMut};

use crate::{
    error::{Error, Result},
    grid::Grid,
    stencil::{Driver, Geometry, Stencil},
};

use super::coefficients::Coefficients;

pub(super) struct Shared<K: Stencil, const D: usize> {
    pub grid: Grid<D>,
    pub geometry: Geometry<D>,
    state: RefCell<State<K, D>>,
    /// How an exact test differs from the last one: a seed that all ranks count alike.
    tests: Cell<u64>,
}

/// What an application or an update needs for itself.
pub(super) struct State<K: Stencil, const D: usize> {
    pub kernel: K,
    pub coefficients: Coefficients<D>,
    pub driver: Driver<K::Scalar, D>,
    /// What steps in place keep between applications.
    pub workspace: Option<K::Domain<K::Scalar, D>>,
}

impl<K: Stencil, const D: usize> Shared<K, D> {
    pub fn new(grid: Grid<D>, geometry: Geometry<D>, state: State<K, D>) -> Self {
        Shared {
            grid,
            geometry,
            state: RefCell::new(state),
            tests: Cell::new(0),
        }
    }

    /// The state, for one application or update.
    ///
    /// # Errors
    /// An application or update from within the closure of an update.
    pub fn state(&self) -> Result<RefMut<'_, State<K, D>>> {
        self.state.try_borrow_mut().map_err(|_| {
            Error::Invalid(format!(
                "`{}` is used within its own `update`; compute what the update needs before it",
                K::FACTS.name
            ))
        })
    }

    /// The seeds of the two sides of an exact test; no two tests draw alike.
    pub fn seeds(&self) -> [u64; 2] {
        let seed = 2 * self.tests.get();
        self.tests.set(self.tests.get() + 1);
        [seed, seed + 1]
    }
}
