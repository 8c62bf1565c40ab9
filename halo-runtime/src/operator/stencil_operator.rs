//! A stencil on a grid: the distributed linear operator that users apply.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::{
    error::{Error, Result},
    exchange::{Exchange, PhysicalGhosts, Slab},
    field::{Field, FieldSet, Vector, noise::Noise},
    grid::{Boundary, Grid},
    operator::LinearOperator,
    prime::Prime,
    scalar::Lift,
    stencil::{Adjoint, Application, Driver, Forward, Geometry, InstructionSet, Placing, Stencil},
};

/// The operator of a stencil on a grid: `Laplacian { inv_h2 }.on(&grid)?`.
///
/// A cheap handle: clones share parameters, messages and workspaces. Each application costs one message per neighbour
/// that the footprint touches, and allocates nothing after the first.
pub struct StencilOperator<K: Stencil, const D: usize> {
    shared: Rc<Shared<K, D>>,
}

struct Shared<K: Stencil, const D: usize> {
    grid: Grid<D>,
    geometry: Geometry<D>,
    state: RefCell<State<K, D>>,
    /// How an exact test differs from the last one: a seed that all ranks count alike.
    tests: Cell<u64>,
}

struct State<K: Stencil, const D: usize> {
    kernel: K,
    coefficients: Vec<Field<K::Scalar, D>>,
    /// How the ghosts of each coefficient get their values: those inside the grid, those beyond its ends.
    coefficient_ghosts: Vec<(Exchange<K::Scalar, D>, PhysicalGhosts<D>)>,
    driver: Driver<K::Scalar, D>,
}

impl<K: Stencil, const D: usize> StencilOperator<K, D> {
    pub(crate) fn new(
        kernel: K,
        grid: &Grid<D>,
        placing: Placing<D>,
        coefficient_boundary: Boundary,
    ) -> Result<Self> {
        let geometry = Geometry::new(&K::FACTS, grid, placing);
        let walls = [[coefficient_boundary; 2]; D];
        let coefficient_ghosts: Result<Vec<_>> = geometry
            .coefficient_footprints
            .iter()
            .map(|footprint| {
                let ghosts = PhysicalGhosts::new(
                    grid.decomposition(),
                    grid.rank(),
                    walls,
                    footprint.reach(),
                )?;
                Ok((Exchange::new(grid, footprint)?, ghosts))
            })
            .collect();
        let mut state = State {
            kernel,
            coefficients: Vec::new(),
            coefficient_ghosts: coefficient_ghosts?,
            driver: Driver::new(grid, geometry.clone())?,
        };
        grid.request_margin(geometry.margin());
        state.place_coefficients(grid, &geometry)?;
        Ok(StencilOperator {
            shared: Rc::new(Shared {
                grid: grid.clone(),
                geometry,
                state: RefCell::new(state),
                tests: Cell::new(0),
            }),
        })
    }

    /// The grid the operator is on.
    pub fn grid(&self) -> &Grid<D> {
        &self.shared.grid
    }

    /// Changes parameters or replaces coefficient fields, for all handles of this operator; messages are kept.
    /// Collective.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn scaled(u: Input<f64, 1>, k: Coef<f64, 1>, factor: f64) -> f64 {
    ///     factor * k[0] * u[0]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [3])?;
    /// let operator = Scaled { k: 1.0.into(), factor: 2.0 }.on(&grid)?;
    /// operator.update(|scaled| scaled.k = grid.field(|[i]| i as f64).into())?;
    /// let y = operator.forward(&grid.field(|_| 1.0))?;
    /// assert_eq!(y.view().to_vec(), [0.0, 2.0, 4.0]);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// A coefficient that does not fit the grid; the operator keeps the old one.
    pub fn update(&self, change: impl FnOnce(&mut K)) -> Result {
        let Shared {
            grid,
            geometry,
            state,
            ..
        } = &*self.shared;
        let mut state = state.borrow_mut();
        change(&mut state.kernel);
        state.place_coefficients(grid, geometry)
    }

    /// Chooses instruction set, worker threads per rank, and whether messages overlap the core: speed only, the result's
    /// bits never depend on it. The defaults come from `HALO_ISA` and `HALO_THREADS`.
    pub fn tune(&self, instruction_set: InstructionSet, threads: usize, overlap: bool) {
        self.shared
            .state
            .borrow_mut()
            .driver
            .tune(instruction_set, threads.max(1), overlap);
    }

    fn check<F: FieldSet<K::Scalar, D>>(&self, what: &str, fields: &F) -> Result {
        let grid = &self.shared.grid;
        fields.with(
            |fields| match fields.iter().find(|field| !field.grid().same_as(grid)) {
                None => Ok(()),
                Some(field) => Err(Error::GridMismatch {
                    what: format!("the {what} of `{}`", K::FACTS.name),
                    expected: grid.to_string(),
                    found: field.grid().to_string(),
                }),
            },
        )
    }
}

impl<K: Stencil, const D: usize> State<K, D> {
    /// Moves new coefficients in and fetches their ghosts; if one does not fit on some rank, none is replaced on any.
    fn place_coefficients(&mut self, grid: &Grid<D>, geometry: &Geometry<D>) -> Result {
        let names = K::FACTS.coefficients;
        if names.is_empty() {
            return Ok(());
        }
        let mut coefficients = self.kernel.coefficients();
        let fit = coefficients
            .iter_mut()
            .zip(names)
            .try_for_each(|(k, name)| k.check(name, grid));
        if let Err(error) = grid.comm().agree(fit) {
            coefficients
                .into_iter()
                .for_each(|coefficient| coefficient.discard());
            return Err(error);
        }
        for (k, coefficient) in coefficients.into_iter().enumerate() {
            let reach = geometry.coefficient_footprints[k].reach();
            let Some(field) = coefficient.take(grid, reach)? else {
                continue;
            };
            let (exchange, outside) = &mut self.coefficient_ghosts[k];
            exchange.begin(&field, Slab::pack_any)?.finish()?;
            outside.fill(&field);
            match self.coefficients.get_mut(k) {
                Some(old) => *old = field,
                None => self.coefficients.push(field),
            }
        }
        Ok(())
    }
}

/// y = A x on fields of any scalar the kernel's can be lifted to.
fn forward<K, S, const D: usize>(
    driver: &mut Driver<S, D>,
    kernel: &K,
    coefficients: &[Field<K::Scalar, D>],
    x: &impl FieldSet<S, D>,
    y: &mut impl FieldSet<S, D>,
) -> Result
where
    K: Stencil,
    S: Lift<K::Scalar>,
{
    let rows = &Forward(kernel);
    let application = Application {
        forward: true,
        rows,
        coefficients,
    };
    x.with(|inputs| y.with_mut(|outputs| driver.apply(&application, inputs, outputs)))
}

/// x = Aᵀ y, likewise.
fn adjoint<K, S, const D: usize>(
    driver: &mut Driver<S, D>,
    kernel: &K,
    coefficients: &[Field<K::Scalar, D>],
    y: &impl FieldSet<S, D>,
    x: &mut impl FieldSet<S, D>,
) -> Result
where
    K: Stencil,
    S: Lift<K::Scalar>,
{
    let rows = &Adjoint(kernel);
    let application = Application {
        forward: false,
        rows,
        coefficients,
    };
    y.with(|inputs| x.with_mut(|outputs| driver.apply(&application, inputs, outputs)))
}

fn dot<const D: usize>(a: &[&Field<Prime, D>], b: &[&Field<Prime, D>]) -> Result<Prime> {
    a.iter()
        .zip(b)
        .try_fold(Prime::default(), |sum, (a, b)| Ok(sum + a.dot(b)?))
}

impl<K, const D: usize> LinearOperator for StencilOperator<K, D>
where
    K: Stencil,
    Prime: Lift<K::Scalar>,
    K::Domain<K::Scalar, D>: Vector,
    K::Range<K::Scalar, D>: Vector,
{
    type Domain = K::Domain<K::Scalar, D>;
    type Range = K::Range<K::Scalar, D>;

    fn name(&self) -> &str {
        K::FACTS.name
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.check("input", x)?;
        self.check("output", y)?;
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state.borrow_mut();
        forward(driver, kernel, coefficients, x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.check("output", y)?;
        self.check("input", x)?;
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state.borrow_mut();
        adjoint(driver, kernel, coefficients, y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        Self::Domain::zeros(&self.shared.grid)
    }

    fn zero_range(&self) -> Self::Range {
        Self::Range::zeros(&self.shared.grid)
    }

    fn exact_adjoint_test(&self) -> Result {
        let Shared {
            grid,
            geometry,
            state,
            tests,
        } = &*self.shared;
        let seed = 2 * tests.get();
        tests.set(tests.get() + 1);
        let state = state.borrow();
        let mut driver = Driver::<Prime, D>::new(grid, geometry.clone())?;
        let mut x = K::Domain::<Prime, D>::zeros(grid);
        let mut y = K::Range::<Prime, D>::zeros(grid);
        let mut ax = K::Range::<Prime, D>::zeros(grid);
        let mut aty = K::Domain::<Prime, D>::zeros(grid);
        let draw = |fields: &mut [&mut Field<Prime, D>], seed: u64| {
            for (k, field) in fields.iter_mut().enumerate() {
                field.fill_noise(Noise::new(seed, k as u64), Prime::new);
            }
        };
        x.with_mut(|fields| draw(fields, seed));
        y.with_mut(|fields| draw(fields, seed + 1));
        forward(&mut driver, &state.kernel, &state.coefficients, &x, &mut ax)?;
        adjoint(
            &mut driver,
            &state.kernel,
            &state.coefficients,
            &y,
            &mut aty,
        )?;
        let of_forward = ax.with(|a| y.with(|b| dot(a, b)))?;
        let of_adjoint = x.with(|a| aty.with(|b| dot(a, b)))?;
        if of_forward == of_adjoint {
            return Ok(());
        }
        Err(Error::ExactAdjointTest {
            operator: K::FACTS.name.into(),
            forward: of_forward.to_string(),
            adjoint: of_adjoint.to_string(),
        })
    }
}

impl<K: Stencil, const D: usize> Clone for StencilOperator<K, D> {
    fn clone(&self) -> Self {
        StencilOperator {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<K: Stencil, const D: usize> fmt::Display for StencilOperator<K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state.borrow();
        let [forward, adjoint] = state.driver.exchanges();
        let messages = |exchanges: &[Exchange<K::Scalar, D>]| -> usize {
            exchanges.iter().map(Exchange::messages).sum()
        };
        write!(
            f,
            "{} on {}: {} messages forward, {} adjoint on this rank",
            K::FACTS.name,
            self.shared.grid,
            messages(forward),
            messages(adjoint)
        )
    }
}
