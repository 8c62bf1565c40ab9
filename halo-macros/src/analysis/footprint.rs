//! Which neighbours a kernel reads: the offsets of every read that its outputs are made of.

use std::collections::BTreeSet;

use crate::ir::kernel::Kernel;
use crate::ir::node::{Node, NodeId};

/// Per input, the sorted distinct offsets.
pub type Footprint = Vec<Vec<Vec<isize>>>;

/// The offsets that the roots read.
pub fn footprint_of(kernel: &Kernel, roots: &[NodeId]) -> Footprint {
    let mut offsets = vec![BTreeSet::new(); kernel.inputs.len()];
    for id in kernel.dag.reachable(roots) {
        if let Node::Read { input, offset } = kernel.dag.node(id) {
            offsets[*input].insert(offset.clone());
        }
    }
    offsets
        .into_iter()
        .map(|offsets| offsets.into_iter().collect())
        .collect()
}

/// Low and high width per axis that the footprint reaches.
pub fn widths(footprint: &Footprint, axes: usize) -> Vec<[usize; 2]> {
    let mut widths = vec![[0; 2]; axes];
    for offset in footprint.iter().flatten() {
        for (width, along) in widths.iter_mut().zip(offset) {
            let side = usize::from(*along > 0);
            width[side] = width[side].max(along.unsigned_abs());
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_per_side() {
        let footprint = vec![vec![vec![-2, 0], vec![0, 1]], vec![vec![1, 3], vec![0, 0]]];
        assert_eq!(widths(&footprint, 2), [[2, 1], [0, 3]]);
        assert_eq!(widths(&vec![Vec::new()], 1), [[0, 0]]);
    }
}
