//! What a run has measured, iteration by iteration: convergence curves come from here, and so do decisions to stop.

use std::ops::Deref;

/// What a solver knows of its iterate x. Every number has the same bits on every rank and on any number of ranks.
///
/// A method documents what `objective` and `optimality` are for its problem; until a tolerance is met they may come from
/// the method's recurrences, in the last iteration of a converged run they are computed from x itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// The norm of what is left to explain: ‖b − A x‖, with the rows of regularising operators, without damping.
    pub residual: f64,
    /// ‖x‖.
    pub model_norm: f64,
    /// The value of what is minimised.
    pub objective: f64,
    /// How far x is from a solution, zero there: the norm of the residual where that vanishes at a solution, else of the
    /// gradient. Relative and absolute tolerances bound this number.
    pub optimality: f64,
}

impl Measures {
    /// Of x = 0, where that is the solution.
    pub const ZERO: Measures = Measures {
        residual: 0.0,
        model_norm: 0.0,
        objective: 0.0,
        optimality: 0.0,
    };

    pub(super) fn are_finite(&self) -> bool {
        let Measures {
            residual,
            model_norm,
            objective,
            optimality,
        } = *self;
        [residual, model_norm, objective, optimality]
            .iter()
            .all(|number| number.is_finite())
    }
}

/// An iteration's number, 0 for the start, and its [`Measures`], to which it dereferences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iteration {
    /// Iterations done, this one included.
    pub number: usize,
    /// What is known of x after it.
    pub measures: Measures,
}

impl Deref for Iteration {
    type Target = Measures;

    fn deref(&self) -> &Measures {
        &self.measures
    }
}

/// All iterations of a run, the start first; a slice of [`Iteration`]s, never empty.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn slope(u: Input<f64, 1>) -> f64 {
///     u[0] - u[-1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [20])?;
/// let slope = Slope.on(&grid)?;
/// let solution = Cgls::new(&slope, &grid.field(|[i]| i as f64)).solve()?;
/// let residuals = solution.history.residuals();
/// assert!(residuals.windows(2).all(|pair| pair[1] <= pair[0]));
/// assert_eq!(residuals.len(), solution.history.last().number + 1);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    iterations: Vec<Iteration>,
}

impl History {
    /// The history of a start, with room for the iterations to come.
    pub(super) fn new(start: Measures, room: usize) -> Self {
        let mut iterations = Vec::with_capacity(room + 1);
        iterations.push(Iteration {
            number: 0,
            measures: start,
        });
        History { iterations }
    }

    /// Those read from a file.
    pub(super) fn replace(&mut self, measures: impl IntoIterator<Item = Measures>) {
        let numbered = measures.into_iter().enumerate();
        self.iterations.clear();
        self.iterations
            .extend(numbered.map(|(number, measures)| Iteration { number, measures }));
    }

    pub(super) fn push(&mut self, measures: Measures) {
        let number = self.iterations.len();
        self.iterations.push(Iteration { number, measures });
    }

    /// Puts what was computed from x in the place of what a recurrence had said of it.
    pub(super) fn correct(&mut self, measures: Measures) {
        if let Some(last) = self.iterations.last_mut() {
            last.measures = measures;
        }
    }

    /// The last iteration, the start if there was none.
    pub fn last(&self) -> Iteration {
        let last = self.iterations.len() - 1;
        self.iterations[last]
    }

    /// ‖b − A x‖ of every iteration.
    pub fn residuals(&self) -> Vec<f64> {
        self.iter().map(|now| now.residual).collect()
    }

    /// ‖x‖ of every iteration.
    pub fn model_norms(&self) -> Vec<f64> {
        self.iter().map(|now| now.model_norm).collect()
    }

    /// The value of what is minimised, of every iteration.
    pub fn objectives(&self) -> Vec<f64> {
        self.iter().map(|now| now.objective).collect()
    }

    /// The distance from a solution, of every iteration.
    pub fn optimalities(&self) -> Vec<f64> {
        self.iter().map(|now| now.optimality).collect()
    }
}

impl Deref for History {
    type Target = [Iteration];

    fn deref(&self) -> &[Iteration] {
        &self.iterations
    }
}
