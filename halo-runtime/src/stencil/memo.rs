//! Entries of filters along a strip of a row, kept while the rows beside it read the same ones.
//!
//! A filter that changes along a row alone is the same for all rows side by side: it is interpolated for the first of them.
//! A row body asks for its entries in an order of its own, always the same, so the first answers serve the next row in turn.

use std::cell::{Cell, RefCell};
use std::fmt;

use bytemuck::Pod;
use elsa::FrozenVec;

use crate::stencil::strip::STRIP;

/// What the reads of a row body were answered, in their order.
#[derive(Default)]
pub struct Memo {
    answers: FrozenVec<Box<Answer>>,
    /// How many this row has asked for.
    asked: Cell<usize>,
    /// Memory of answers that are no longer needed.
    #[expect(
        clippy::vec_box,
        reason = "a box moves between the lists, its values stay"
    )]
    pool: RefCell<Vec<Box<Answer>>>,
}

/// The values of a strip, of at most 8 bytes each.
#[repr(align(64))]
struct Answer([u64; STRIP]);

impl Memo {
    /// The next row reads what the last one did.
    pub(crate) fn repeat(&self) {
        self.asked.set(0);
    }

    /// The next row reads something else.
    pub(crate) fn forget(&mut self) {
        self.pool.get_mut().append(self.answers.as_mut());
        self.asked.set(0);
    }

    /// The answer to the next read of a row: `find` is called where no row has asked for it yet.
    #[inline(always)]
    pub(crate) fn recall<V: Pod>(&self, find: impl FnOnce(&mut [V])) -> &[V] {
        const { assert!(size_of::<V>() <= 8 && align_of::<V>() <= 8) };
        let number = self.asked.get();
        self.asked.set(number + 1);
        let answer = match self.answers.get(number) {
            Some(answer) => answer,
            None => {
                let unused = self.pool.borrow_mut().pop();
                let mut answer = unused.unwrap_or_else(|| Box::new(Answer([0; STRIP])));
                find(bytemuck::cast_slice_mut(&mut answer.0));
                self.answers.push_get(answer)
            }
        };
        bytemuck::cast_slice(&answer.0)
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers", self.answers.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_read_the_same_are_answered_in_the_order_of_the_first() {
        let mut memo = Memo::default();
        for first in [10.0, 20.0] {
            memo.forget();
            for row in 0..3 {
                memo.repeat();
                for read in 0..4 {
                    let expected = first + f64::from(read);
                    let answer = memo.recall(|values: &mut [f64]| {
                        assert_eq!(row, 0, "a later row finds what the first one did");
                        values.fill(expected);
                    });
                    assert_eq!(answer, [expected; STRIP]);
                }
            }
        }
        assert_eq!(memo.answers.len() + memo.pool.borrow().len(), 4);
    }
}
