//! The inner products of one step of a method, all reduced in one message: a solver waits for its ranks once, not once
//! per product.

use crate::comm::Comm;
use crate::error::Result;
use crate::field::ExactSum;

const WORDS: usize = ExactSum::WORDS;
/// Products of one message, at most.
const MOST: usize = 5;

/// Collective: the sums that `add` fills on each rank, totalled over all ranks; exact until they are read. Allocates
/// nothing.
pub(super) fn totals<const N: usize>(
    comm: &Comm,
    add: impl FnOnce(&mut [ExactSum; N]) -> Result,
) -> Result<[ExactSum; N]> {
    const { assert!(N <= MOST) }
    let mut sums = std::array::from_fn(|_| ExactSum::new());
    add(&mut sums)?;
    let mut words = [0; MOST * WORDS];
    let words = &mut words[..N * WORDS];
    for (sum, words) in sums.iter().zip(words.chunks_exact_mut(WORDS)) {
        words.copy_from_slice(&sum.words());
    }
    comm.all_reduce_sum(words)?;
    for (sum, words) in sums.iter_mut().zip(words.chunks_exact(WORDS)) {
        let mut all = [0; WORDS];
        all.copy_from_slice(words);
        *sum = ExactSum::from_words(&all);
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_on;
    use crate::field::Vector;
    use crate::grid::Grid;

    #[test]
    fn one_message_gives_what_several_give() {
        launch_on(3, |comm| {
            let grid = Grid::new(comm, [17])?;
            let (x, y) = (grid.random::<f64>(1), grid.random::<f64>(2));
            let [xx, xy] = totals(comm, |[xx, xy]| {
                x.add_dot(&x, xx)?;
                x.add_dot(&y, xy)
            })?;
            assert_eq!(xx.root(), x.norm()?);
            assert_eq!(xy.value(), x.dot(&y)?);
            Ok(())
        })
        .unwrap();
    }
}
