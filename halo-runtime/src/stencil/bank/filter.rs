//! The filters that a bank holds: arrays of real numbers, nested as deep as a filter has axes.

use bytemuck::Pod;

use crate::scalar::RealScalar;

/// A filter of a bank: an array of f32 or f64, or an array of such arrays.
pub trait Filter: Pod {
    /// What its entries are.
    type Value: RealScalar;
    /// How many entries it has.
    const ENTRIES: usize;

    /// Extents of its axes.
    fn shape() -> Vec<usize>;

    /// The place of an entry among all of them.
    ///
    /// # Panics
    /// For an index beyond the filter, as an array does.
    fn place(indices: &[usize]) -> usize;
}

macro_rules! single_entry {
    ($float:ident) => {
        impl Filter for $float {
            type Value = $float;
            const ENTRIES: usize = 1;

            fn shape() -> Vec<usize> {
                Vec::new()
            }

            #[inline(always)]
            fn place(_: &[usize]) -> usize {
                0
            }
        }
    };
}

single_entry!(f32);
single_entry!(f64);

impl<F: Filter, const K: usize> Filter for [F; K] {
    type Value = F::Value;
    const ENTRIES: usize = K * F::ENTRIES;

    fn shape() -> Vec<usize> {
        [vec![K], F::shape()].concat()
    }

    #[inline(always)]
    fn place(indices: &[usize]) -> usize {
        let (first, rest) = (indices[0], &indices[1..]);
        assert!(first < K, "index {first} is beyond a filter of {K} entries");
        first * F::ENTRIES + F::place(rest)
    }
}
