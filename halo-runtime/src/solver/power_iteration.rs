//! The largest eigenvalue, by applying the operator again and again: from it comes the step of gradient methods.

use std::cell::RefCell;
use std::ops::ControlFlow;

use super::products::totals;
use super::{
    Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status, Stop,
};
use crate::error::{Error, Result};
use crate::field::Vector;
use crate::operator::{LinearOperator, SelfAdjoint};

/// The eigenvalue of largest modulus of a self-adjoint operator and its eigenvector, by power iteration; of AᴴA, it is ‖A‖².
///
/// x is the eigenvector, of norm 1, and the *objective* the eigenvalue ⟨x, B x⟩ of an operator B. The *residual* is ‖B x − λ x‖,
/// the *optimality* the same over |λ|; the eigenvalue itself is off by at most that, and by the order of its square where it is
/// well apart from the next one. The default is to stop at
/// 1e-3, or after 1000 iterations. Without a start it begins with random numbers, the same on any ranks.
///
/// Where two eigenvalues share the largest modulus with opposite signs it does not converge; those of AᴴA never do.
///
/// One application, of AᴴA two, and two messages per iteration; three vectors.
///
/// Source: G. H. Golub and C. F. Van Loan, *Matrix computations* (2013), section 8.2.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn difference(u: Input<f64, 1>) -> f64 {
///     u[1] - u[0]
/// }
///
/// let grid = Grid::builder(&Comm::solo(), [32]).periodic([true]).build()?;
/// let found = PowerIteration::of_normal(&Difference.on(&grid)?)
///     .stop(Stop::after(5000).relative(1e-4))
///     .solve()?;
/// assert!((found.measures().objective - 4.0).abs() < 1e-4); // the fastest wave, + - + -
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct PowerIteration<'a, X> {
    apply: Apply<'a, X>,
    zero: Box<dyn Fn() -> X + 'a>,
    options: Options<'a, X>,
}

/// y = B x.
type Apply<'a, X> = Box<dyn Fn(&X, &mut X) -> Result + 'a>;

impl<'a, X: Vector> PowerIteration<'a, X> {
    /// Of A.
    pub fn new<A>(operator: &'a SelfAdjoint<A>) -> Self
    where
        A: LinearOperator<Domain = X, Range = X>,
    {
        Self::of(
            |x, y| operator.forward_into(x, y),
            || operator.zero_domain(),
        )
    }

    /// Of AᴴA.
    pub fn of_normal<A>(operator: &'a A) -> Self
    where
        A: LinearOperator<Domain = X> + ?Sized,
    {
        let image = RefCell::new(operator.zero_range());
        let apply = move |x: &X, y: &mut X| {
            let mut image = image.try_borrow_mut().map_err(|_| {
                Error::Invalid("a power iteration is run within its own operator".into())
            })?;
            operator.forward_into(x, &mut image)?;
            operator.adjoint_into(&image, y)
        };
        Self::of(apply, || operator.zero_domain())
    }

    fn of(apply: impl Fn(&X, &mut X) -> Result + 'a, zero: impl Fn() -> X + 'a) -> Self {
        let options = Options {
            stop: Stop::after(1000).relative(1e-3),
            ..Options::default()
        };
        PowerIteration {
            apply: Box::new(apply),
            zero: Box::new(zero),
            options,
        }
    }

    /// The image of x, the eigenvalue, and what is left of it.
    fn measure(&self, now: &mut PowerState<X>) -> Result<Measures> {
        (self.apply)(&now.x, &mut now.image)?;
        let [xy, yy] = totals(now.x.comm(), |[xy, yy]| {
            now.x.add_dot(&now.image, xy)?;
            now.image.add_dot(&now.image, yy)
        })?;
        let eigenvalue = xy.value();
        now.norm = yy.root();
        now.rest.copy_from(&now.image)?;
        now.rest.axpy(-eigenvalue, &now.x)?;
        let [rr, xx] = totals(now.x.comm(), |[rr, xx]| {
            now.rest.add_dot(&now.rest, rr)?;
            now.x.add_dot(&now.x, xx)
        })?;
        let residual = rr.root();
        // Of the zero operator, any vector is an eigenvector.
        let optimality = if residual == 0.0 {
            0.0
        } else {
            residual / eigenvalue.abs()
        };
        Ok(Measures {
            residual,
            model_norm: xx.root(),
            objective: eigenvalue,
            optimality,
        })
    }
}

impl<'a, X: Vector> Solver<'a> for PowerIteration<'a, X> {
    type Unknown = X;
    type State = PowerState<X>;
    const NAME: &'static str = "power iteration";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<PowerState<X>>> {
        let x = start.unwrap_or_else(|| {
            let mut x = (self.zero)();
            x.randomize(1);
            x
        });
        let norm = x.norm()?;
        if norm == 0.0 {
            return Err(Error::Invalid(
                "a power iteration that starts at zero stays there; start from anything else"
                    .into(),
            ));
        }
        let mut state = PowerState {
            image: (self.zero)(),
            rest: (self.zero)(),
            x,
            norm,
        };
        state.x.scale(1.0 / norm);
        Ok(Beginning {
            measures: self.measure(&mut state)?,
            state,
            reference: 1.0,
            zero_data: false,
        })
    }

    fn advance(&self, now: &mut PowerState<X>) -> Result<ControlFlow<Status, Measures>> {
        if now.norm == 0.0 {
            let quantity = "the image of x";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        if !(1.0 / now.norm).is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.x.copy_from(&now.image)?;
        now.x.scale(1.0 / now.norm);
        Ok(ControlFlow::Continue(self.measure(now)?))
    }
}

/// What a power iteration keeps from step to step.
pub struct PowerState<X> {
    x: X,
    /// B x, and its norm.
    image: X,
    norm: f64,
    /// B x − λ x.
    rest: X,
}

impl<X: Vector> State for PowerState<X> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist> Checkpoint for PowerState<X> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("image", &mut self.image)?;
        ledger.number("norm", &mut self.norm)
    }
}
