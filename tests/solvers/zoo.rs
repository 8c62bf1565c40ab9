//! Every solver on a problem of its own, in all kinds of vectors, for tests that hold for all of them.

use halo::prelude::*;
use halo::solver::{Checkpoint, Run};
use halo::stock::{Gradient, Kind, Laplacian};
use halo::{Result, Vector};

pub const EXTENT: [usize; 2] = [11, 9];

/// What is done with each solver.
pub trait Visitor {
    fn visit<'a, S>(&mut self, name: &str, solver: S) -> Result
    where
        S: Solver<'a>,
        S::Unknown: Whole,
        S::State: Checkpoint;
}

/// The bits of a vector on all ranks, in global order.
pub trait Whole: Vector {
    fn bits(&self) -> Result<Vec<u64>>;
}

impl<T: Scalar> Whole for Field<T, 2> {
    fn bits(&self) -> Result<Vec<u64>> {
        use halo::scalar::RealScalar;
        let whole = self.gather_all()?;
        let parts = whole.iter().flat_map(|value| [value.re(), value.im()]);
        Ok(parts.map(|part| part.to_f64().to_bits()).collect())
    }
}

impl<A: Whole, B: Whole> Whole for (A, B) {
    fn bits(&self) -> Result<Vec<u64>> {
        Ok([self.0.bits()?, self.1.bits()?].concat())
    }
}

/// The bits of all that is known of a run.
pub fn bits_of<'a, S: Solver<'a>>(run: &Run<'a, S>) -> Result<Vec<u64>>
where
    S::Unknown: Whole,
{
    let mut bits = run.x().bits()?;
    for now in run.history().iter() {
        let numbers = [now.residual, now.model_norm, now.objective, now.optimality];
        bits.extend(numbers.map(f64::to_bits));
    }
    Ok(bits)
}

#[stencil]
fn elastic<T: Scalar>(u: Input<T, 2>, k: Coef<T, 2>) -> T {
    k[[0, 0]] * u[[0, 0]] + 4.0 * u[[0, 0]] - u[[-1, 0]] - u[[1, 0]] - u[[0, -1]] - u[[0, 1]]
}

#[stencil]
fn jacobi(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    u[[0, 0]] / (4.0 + k[[0, 0]])
}

#[stencil]
fn indefinite(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[1, 0]] + 0.3 * u[[0, 0]]
}

#[stencil]
fn blur(u: Input<f64, 2>) -> f64 {
    0.4 * u[[0, 0]] + 0.2 * u[[-1, 0]] + 0.15 * u[[1, 1]] + 0.25 * u[[0, -2]]
}

#[stencil]
fn turn(u: Input<Complex<f64>, 2>, phase: Complex<f64>) -> Complex<f64> {
    phase * u[[0, 0]] + 0.5 * u[[1, 0]] - phase * phase * u[[0, -1]]
}

#[stencil]
fn meet(u: Input<f64, 2>, v: Input<f64, 2>) -> f64 {
    u[[0, 0]] - 0.5 * u[[0, 1]] + 0.7 * v[[-1, 0]]
}

/// x less twice its part along v: orthonormal, and no two cells of it are independent.
pub struct Reflection {
    pub along: Field<f64, 2>,
}

impl LinearOperator for Reflection {
    type Domain = Field<f64, 2>;
    type Range = Field<f64, 2>;

    fn name(&self) -> &str {
        "reflection"
    }

    fn forward_into(&self, x: &Field<f64, 2>, y: &mut Field<f64, 2>) -> Result {
        y.set_from(x)?;
        let part = self.along.dot(x)? / self.along.dot(&self.along)?;
        y.axpy(-2.0 * part, &self.along)
    }

    fn adjoint_into(&self, y: &Field<f64, 2>, x: &mut Field<f64, 2>) -> Result {
        self.forward_into(y, x)
    }

    fn zero_domain(&self) -> Field<f64, 2> {
        self.along.zeros_like()
    }

    fn zero_range(&self) -> Field<f64, 2> {
        self.along.zeros_like()
    }
}

/// Shows every solver to the visitor; the stop is of a run of some 20 iterations.
pub fn visit_all(grid: &Grid<2>, visitor: &mut impl Visitor) -> Result {
    let stop = Stop::after(24).relative(1e-10);
    let b = grid.random::<f64>(1);
    let k = || grid.field(|[i, j]| 0.1 + ((3 * i + j) % 4) as f64);

    let elastic = Elastic { k: k().into() }.on(grid)?.assume_self_adjoint();
    let jacobi = Jacobi { k: k().into() }.on(grid)?.self_adjoint()?;
    visitor.visit("cg", Cg::new(&elastic, &b).stop(stop))?;
    let preconditioned = Cg::new(&elastic, &b).preconditioner(&jacobi);
    visitor.visit(
        "cg-preconditioned",
        preconditioned.start(grid.random(5)).stop(stop),
    )?;
    let single = Elastic {
        k: k().map(|k| k as f32).into(),
    };
    let single = single.on(grid)?.assume_self_adjoint();
    let single_data = grid.random(2);
    visitor.visit("cg-single", Cg::new(&single, &single_data).stop(stop))?;
    let indefinite = Indefinite.on(grid)?.self_adjoint()?;
    visitor.visit("minres", Minres::new(&indefinite, &b).stop(stop))?;

    let blur = Blur.boundary(Boundary::Mirror).on(grid)?;
    let (smooth, gradient) = (
        Laplacian::new([0, 1]).on(grid)?,
        Gradient::new().kind(Kind::Forward).on(grid)?,
    );
    let cgls = Cgls::new(&blur, &b).regularise(0.3, &smooth).damping(0.1);
    visitor.visit("cgls", cgls.stop(stop))?;
    let lsqr = Lsqr::new(&blur, &b).regularise(0.3, &gradient).damping(0.1);
    visitor.visit("lsqr", lsqr.start(grid.random(6)).stop(stop))?;
    let lsmr = Lsmr::new(&blur, &b).damping(0.1).regularise(0.3, &smooth);
    visitor.visit("lsmr", lsmr.stop(stop))?;
    let phase = Complex::new(0.6, 0.8);
    let turn = Turn { phase }.on(grid)?;
    let data = grid.random(3);
    visitor.visit("cgls-complex", Cgls::new(&turn, &data).stop(stop))?;
    let meet = Meet.on(grid)?;
    visitor.visit("lsmr-tuple", Lsmr::new(&meet, &b).stop(stop))?;

    visitor.visit("ista", Ista::new(&blur, &b, 0.1).stop(stop))?;
    visitor.visit("fista", Fista::new(&blur, &b, 0.1).stop(stop))?;
    let half = Fista::new(&turn, &data, 0.1).threshold(Threshold::Half);
    visitor.visit("fista-half-complex", half.stop(stop))?;
    let reflection = Reflection {
        along: grid.random(8),
    };
    let hard = Ista::new(&blur, &b, 0.01)
        .threshold(Threshold::Hard)
        .sparsifying(&reflection);
    visitor.visit("ista-hard-sparsifying", hard.step_size(5.0).stop(stop))?;

    let isotropic = TotalVariation::isotropic(&blur, &b, &gradient, 0.2);
    visitor.visit("total-variation", isotropic.stop(stop))?;
    let anisotropic = TotalVariation::anisotropic(&blur, &b, &gradient, 0.2);
    visitor.visit(
        "total-variation-anisotropic",
        anisotropic.parameter(0.5).stop(stop),
    )?;
    visitor.visit("power", PowerIteration::of_normal(&blur).stop(stop))?;
    visitor.visit(
        "power-self-adjoint",
        PowerIteration::new(&elastic).stop(stop),
    )
}
