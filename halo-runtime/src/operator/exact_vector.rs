//! The test ⟨A x, y⟩ == ⟨x, Aᴴ y⟩ in exact arithmetic, of operators that are no stencils.
//!
//! Each of them runs the same code on floats and on the prime field; this is what remains: draw, apply, compare.

use crate::{
    comm::Comm,
    error::{Error, Result},
    field::{Blocks, Field, Replicated, noise::Noise},
    grid::Location,
    scalar::Exact,
};

/// What a vector over exact numbers can do.
pub(super) trait ExactVector<E> {
    /// Random numbers that depend on the seed and the global index alone.
    fn draw(&mut self, seed: u64);

    /// Collective: the sum of conj(self) * other.
    fn exact_dot(&self, other: &Self) -> Result<E>;
}

/// Two vectors of a domain and two of a range, all zero at first.
pub(super) struct Spaces<X, Y> {
    pub domain: [X; 2],
    pub range: [Y; 2],
}

/// Collective: draws x and y, applies both directions and compares the products.
pub(super) fn test<E, X, Y>(
    operator: &str,
    spaces: Spaces<X, Y>,
    forward: impl FnOnce(&X, &mut Y) -> Result,
    adjoint: impl FnOnce(&Y, &mut X) -> Result,
) -> Result
where
    E: Exact,
    X: ExactVector<E>,
    Y: ExactVector<E>,
{
    let ([mut x, mut aty], [mut y, mut ax]) = (spaces.domain, spaces.range);
    x.draw(1);
    y.draw(2);
    forward(&x, &mut ax)?;
    adjoint(&y, &mut aty)?;
    let (of_forward, of_adjoint) = (ax.exact_dot(&y)?, x.exact_dot(&aty)?);
    if of_forward == of_adjoint {
        return Ok(());
    }
    Err(Error::ExactAdjointTest {
        operator: operator.into(),
        forward: of_forward.text(),
        adjoint: of_adjoint.text(),
    })
}

/// Collective: the sum of this rank's numbers and those of all others.
pub(super) fn total<E: Exact>(comm: &Comm, mine: E) -> Result<E> {
    let all = comm.all_gather(bytemuck::bytes_of(&mine))?;
    let of_ranks = all
        .iter()
        .filter_map(|bytes| bytemuck::try_pod_read_unaligned(bytes).ok());
    Ok(of_ranks.fold(E::ZERO, |sum: E, part: E| sum + part))
}

impl<E: Exact, const D: usize, L: Location> ExactVector<E> for Field<E, D, L> {
    fn draw(&mut self, seed: u64) {
        self.fill_noise(Noise::new(seed, 0), Exact::from_hash);
    }

    fn exact_dot(&self, other: &Self) -> Result<E> {
        let rows = self.rows().zip(other.rows());
        let pairs = rows.flat_map(|((_, a), (_, b))| a.iter().zip(b));
        let mine = pairs.fold(E::ZERO, |sum, (a, b)| sum + a.conj() * *b);
        total(self.grid().comm(), mine)
    }
}

impl<E: Exact, const D: usize> ExactVector<E> for Blocks<E, D> {
    fn draw(&mut self, seed: u64) {
        self.fill_noise(Noise::new(seed, 0), Exact::from_hash);
    }

    fn exact_dot(&self, other: &Self) -> Result<E> {
        let pairs = self.cells().iter().zip(other.cells());
        let mine = pairs.fold(E::ZERO, |sum, (a, b)| sum + a.conj() * *b);
        total(self.layout().grid().comm(), mine)
    }
}

impl<E: Exact, const D: usize> ExactVector<E> for Replicated<E, D> {
    fn draw(&mut self, seed: u64) {
        self.fill_noise(Noise::new(seed, 0), Exact::from_hash);
    }

    /// One rank speaks for all.
    fn exact_dot(&self, other: &Self) -> Result<E> {
        let pairs = self.cells().iter().zip(other.cells());
        let all = pairs.fold(E::ZERO, |sum, (a, b)| sum + a.conj() * *b);
        let mine = if self.comm().rank() == 0 {
            all
        } else {
            E::ZERO
        };
        total(self.comm(), mine)
    }
}
