//! Operators made of operators, by name: for expressions that may fail, and for what has no sign in Rust.

use std::panic::Location;

use super::{same_space::SameSpace, sum::Sign};
use crate::{
    error::Result,
    operator::{IntoOperator, LinearOperator, Operator},
};

/// What every operator can be made into. The results are lazy, cheap handles: they apply their parts when they are applied
/// themselves, and keep the vectors in between, so that nothing is allocated after the first application.
///
/// The signs `*`, `+`, `-` and a real or complex number on the left mean the same; where the spaces of two operators differ
/// only while the program runs, the operator that a sign gives returns the error from each of its verbs, and from
/// [`check`](LinearOperator::check).
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn upwind(u: Input<f64, 1>) -> f64 {
///     u[0] - u[-1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [8])?;
/// let a = Upwind.on(&grid)?;
/// let smoothed = 0.5 * (&a + a.adjoint_operator()) * &a - a.pow(2);
/// smoothed.dot_test(1e-12)?;
/// let normal = (a.adjoint_operator() * &a).self_adjoint()?; // by its formula
///
/// let elsewhere = Upwind.on(&Grid::new(&Comm::solo(), [9])?)?;
/// let error = a.compose(&elsewhere).unwrap_err().to_string();
/// assert!(error.contains("[8]") && error.contains("[9]"));
/// assert!((&a * &elsewhere).check().is_err());
/// # Ok::<(), halo::Error>(())
/// ```
pub trait AlgebraExt: LinearOperator + Clone + 'static {
    /// The operator as the one owned handle.
    fn handle(&self) -> Operator<Self::Domain, Self::Range> {
        self.to_handle()
    }

    /// This operator after another: `self * inner`. Each application is one of each.
    ///
    /// # Errors
    /// [`Error::SpaceMismatch`](crate::Error::SpaceMismatch), alike on every rank, where what `inner` gives is not what this
    /// operator is applied to.
    #[track_caller]
    fn compose<R>(&self, inner: R) -> Result<Operator<R::Domain, Self::Range>>
    where
        R: IntoOperator,
        R::Range: SameSpace<Self::Domain>,
    {
        let inner = SameSpace::to_range(inner.into_operator());
        self.handle().after(&inner, Location::caller())
    }

    /// `self + other`. Each application is one of each and one `axpy`.
    ///
    /// # Errors
    /// [`Error::SpaceMismatch`](crate::Error::SpaceMismatch), alike on every rank, where the spaces differ.
    #[track_caller]
    fn plus<R>(&self, other: R) -> Result<Operator<Self::Domain, Self::Range>>
    where
        R: IntoOperator,
        R::Domain: SameSpace<Self::Domain>,
        R::Range: SameSpace<Self::Range>,
    {
        let other = SameSpace::to_domain(SameSpace::to_range(other.into_operator()));
        self.handle().sum(Sign::Plus, &other, Location::caller())
    }

    /// `self - other`, likewise.
    ///
    /// # Errors
    /// As for [`plus`](Self::plus).
    #[track_caller]
    fn minus<R>(&self, other: R) -> Result<Operator<Self::Domain, Self::Range>>
    where
        R: IntoOperator,
        R::Domain: SameSpace<Self::Domain>,
        R::Range: SameSpace<Self::Range>,
    {
        let other = SameSpace::to_domain(SameSpace::to_range(other.into_operator()));
        self.handle().sum(Sign::Minus, &other, Location::caller())
    }

    /// The operator applied `exponent` times; 0 gives the identity.
    ///
    /// Where domain and range differ while the program runs, the result says so from each of its verbs.
    #[track_caller]
    fn pow(&self, exponent: u32) -> Operator<Self::Domain, Self::Domain>
    where
        Self: LinearOperator<Range = <Self as LinearOperator>::Domain>,
    {
        self.handle().to_the_or_refused(exponent)
    }

    /// Aᴴ as an operator of its own.
    fn adjoint_operator(&self) -> Operator<Self::Range, Self::Domain> {
        self.handle().turned()
    }

    /// Aᵀ, the adjoint without conjugation; between real spaces, the adjoint.
    fn transpose_operator(&self) -> Operator<Self::Range, Self::Domain> {
        self.handle().transposed()
    }

    /// The operator with complex conjugate weights; between real spaces, the operator itself.
    fn conjugate_operator(&self) -> Operator<Self::Domain, Self::Range> {
        self.handle().conjugated()
    }
}

impl<A: LinearOperator + Clone + 'static> AlgebraExt for A {}
