//! Entries of filters along a strip of a row, kept while the rows beside it read the same ones.
//!
//! A filter that changes along a row alone is the same for all rows side by side: it is interpolated for the first of them.
//! A row body asks for its entries in an order of its own, always the same, so the first answers serve the next row in turn.

use std::cell::{Cell, RefCell};
use std::fmt;

use bytemuck::Pod;
use elsa::FrozenVec;

use crate::stencil::dispatch::LINE;

/// What the reads of a row body were answered, in their order.
#[derive(Default)]
pub struct Memo {
    answers: FrozenVec<Vec<u64>>,
    /// The first answer of a part of the rows.
    first: Cell<usize>,
    /// How many this row has asked for, those of the parts before among them.
    asked: Cell<usize>,
    /// Memory of answers that are no longer needed.
    pool: RefCell<Vec<Vec<u64>>>,
}

impl Memo {
    /// The next row reads what the last one did.
    pub(crate) fn repeat(&self) {
        self.asked.set(self.first.get());
    }

    /// The next rows read what the part of them in front of theirs did not.
    pub(crate) fn go_on(&self) {
        self.first.set(self.answers.len());
        self.repeat();
    }

    /// The next row reads something else.
    pub(crate) fn forget(&mut self) {
        self.pool.get_mut().append(self.answers.as_mut());
        self.go_on();
    }

    /// So many values, the answer to the next read of a row: `find` is called where no row has asked for it yet.
    #[inline(always)]
    pub(crate) fn recall<V: Pod>(&self, count: usize, find: impl FnOnce(&mut [V])) -> &[V] {
        let number = self.asked.get();
        self.asked.set(number + 1);
        let answer = match self.answers.get(number) {
            Some(answer) => answer,
            None => {
                let mut answer = self.pool.borrow_mut().pop().unwrap_or_default();
                let bytes = count * size_of::<V>() + LINE;
                answer.resize(bytes.div_ceil(size_of::<u64>()), 0);
                let first = first::<V>(&answer);
                find(&mut bytemuck::cast_slice_mut(&mut answer)[first..][..count]);
                self.answers.push_get(answer)
            }
        };
        &bytemuck::cast_slice(answer)[first::<V>(answer)..][..count]
    }
}

/// The value that begins the first whole cache line.
fn first<V>(words: &[u64]) -> usize {
    let past = words.as_ptr().addr() % LINE;
    (LINE - past) % LINE / size_of::<V>()
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
            for part in [0.0, 100.0] {
                memo.go_on();
                for row in 0..3 {
                    memo.repeat();
                    for read in 0..4 {
                        let expected = first + part + f64::from(read);
                        let answer = memo.recall(5, |values: &mut [f64]| {
                            assert_eq!(row, 0, "a later row finds what the first one did");
                            values.fill(expected);
                        });
                        assert_eq!(answer, [expected; 5]);
                    }
                }
            }
        }
        assert_eq!(memo.answers.len() + memo.pool.borrow().len(), 8);
    }
}
