//! Tests of an operator without rounding: its formulas run over numbers in which both sides of an identity can be compared
//! with `==`, so that one wrong weight or one lost message shows.

use crate::{
    comm::Comm,
    error::{Error, Result},
    field::{FieldSet, Values, noise::Noise},
    grid::Grid,
    scalar::{Exact, Scalar},
    stencil::{Driver, Stencil},
};

use super::directions::{adjoint, forward};
use super::shared::{Shared, State};
use super::stencil_operator::StencilOperator;

/// The numbers in which a stencil is tested.
pub(super) type ExactOf<K> = <<K as Stencil>::Scalar as Scalar>::Exact;

impl<K: Stencil, const D: usize> StencilOperator<K, D> {
    /// Collective: ⟨A x, y⟩ == ⟨x, Aᴴ y⟩ for random x and y.
    pub(super) fn adjoint_test(&self) -> Result {
        let Shared { grid, geometry, .. } = &*self.shared;
        let [of_x, of_y] = self.shared.seeds();
        let State {
            kernel,
            coefficients,
            ..
        } = &mut *self.shared.state()?;
        let mut driver = Driver::<ExactOf<K>, D>::new(grid, geometry.clone())?;
        let x: K::Domain<ExactOf<K>, D> = drawn(grid, of_x);
        let y: K::Range<ExactOf<K>, D> = drawn(grid, of_y);
        let mut ax = K::Range::<ExactOf<K>, D>::zeros(grid);
        let mut aty = K::Domain::<ExactOf<K>, D>::zeros(grid);
        forward(&mut driver, kernel, coefficients, &x, &mut ax)?;
        adjoint(&mut driver, kernel, coefficients, &y, &mut aty)?;
        let of_forward = dot(grid.comm(), &ax, &y)?;
        let of_adjoint = dot(grid.comm(), &x, &aty)?;
        if of_forward == of_adjoint {
            return Ok(());
        }
        Err(Error::ExactAdjointTest {
            operator: K::FACTS.name.into(),
            forward: of_forward.text(),
            adjoint: of_adjoint.text(),
        })
    }
}

/// Random fields, the same however the grid is cut into blocks.
pub(super) fn drawn<F: FieldSet<E, D>, E: Exact, const D: usize>(grid: &Grid<D>, seed: u64) -> F {
    let mut fields = F::zeros(grid);
    fields.with_mut(|fields| {
        for (k, field) in fields.iter_mut().enumerate() {
            field.fill_noise(Noise::new(seed, k as u64), Exact::from_hash);
        }
    });
    fields
}

/// Collective: the sum of conj(a) * b.
pub(super) fn dot<E: Exact, const D: usize>(
    comm: &Comm,
    a: &impl FieldSet<E, D>,
    b: &impl FieldSet<E, D>,
) -> Result<E> {
    let mine = a.with(|a| b.with(|b| dot_of_rank(a, b)));
    let all = comm.all_gather(bytemuck::bytes_of(&mine))?;
    let of_ranks = all
        .iter()
        .filter_map(|bytes| bytemuck::try_pod_read_unaligned(bytes).ok());
    Ok(of_ranks.fold(E::ZERO, |sum: E, part: E| sum + part))
}

/// This rank's part of it.
fn dot_of_rank<E: Exact, const D: usize>(a: &[&Values<E, D>], b: &[&Values<E, D>]) -> E {
    let rows = a.iter().zip(b).flat_map(|(a, b)| a.rows().zip(b.rows()));
    let cells = rows.flat_map(|((_, a), (_, b))| a.iter().zip(b));
    cells.fold(E::ZERO, |sum, (a, b)| sum + a.conj() * *b)
}
