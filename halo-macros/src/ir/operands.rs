//! The operands of a node, on the stack: every stage asks every node for them, and few have more than three.

use std::ops::Deref;

use super::node::NodeId;

#[derive(Clone, Default)]
pub struct Operands {
    few: [NodeId; 3],
    count: usize,
    /// All of them, where there are more.
    many: Vec<NodeId>,
}

impl<const N: usize> From<[NodeId; N]> for Operands {
    fn from(operands: [NodeId; N]) -> Self {
        let mut few = [NodeId::default(); 3];
        match few.get_mut(..N) {
            Some(few) => few.copy_from_slice(&operands),
            None => return operands.to_vec().into(),
        }
        Operands {
            few,
            count: N,
            many: Vec::new(),
        }
    }
}

impl From<Vec<NodeId>> for Operands {
    fn from(many: Vec<NodeId>) -> Self {
        Operands {
            many,
            ..Operands::default()
        }
    }
}

impl Deref for Operands {
    type Target = [NodeId];

    fn deref(&self) -> &[NodeId] {
        match self.many.is_empty() {
            true => &self.few[..self.count],
            false => &self.many,
        }
    }
}
