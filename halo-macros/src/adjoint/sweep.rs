//! The reverse sweep: from the outputs down to the reads, each value hands on to its operands what has reached it.

use std::collections::BTreeMap;

use super::contribution::{Contributions, Guard, add, merged};
use crate::ir::{
    dag::Dag,
    kernel::Kernel,
    map::Map,
    node::{Binary, Node, NodeId, Unary},
};

/// What reaches every read, keyed by input and offset; and by the output that it comes from, where the outputs lie at
/// different locations: then a row may be inside the domain of one and outside that of another.
pub type Reads = BTreeMap<(usize, Vec<isize>, Option<usize>), Contributions>;

/// Reverse sweep from some outputs, given by number and root, whose reads are filed under `source`.
pub fn reverse(
    kernel: &mut Kernel,
    outputs: &[(usize, NodeId)],
    source: Option<usize>,
    axes: usize,
) -> Reads {
    let mut bars: Map<NodeId, Contributions> = Map::default();
    let mut reads = Reads::new();
    for (output, root) in outputs {
        let seed = kernel.dag.add(Node::Seed {
            output: *output,
            offset: vec![0; axes],
        });
        let contributions = bars.entry(*root).or_default();
        add(&mut kernel.dag, contributions, Guard::new(), seed);
    }
    let roots: Vec<_> = outputs.iter().map(|(_, root)| *root).collect();
    // Operands have smaller ids than their users: descending order meets every user first.
    for id in kernel.dag.reachable(&roots).into_iter().rev() {
        let Some(contributions) = bars.remove(&id) else {
            continue;
        };
        let contributions = merged(&mut kernel.dag, contributions);
        let node = kernel.dag.node(id).clone();
        if let Node::Read { input, offset } = node {
            reads.insert((input, offset, source), contributions);
            continue;
        }
        for (guard, bar) in contributions {
            let mut push = |dag: &mut Dag, operand: NodeId, guard: Guard, bar: NodeId| {
                if dag.is_active(operand) {
                    add(dag, bars.entry(operand).or_default(), guard, bar);
                }
            };
            match node {
                Node::Unary(Unary::Neg, a) => {
                    let negated = kernel.dag.add(Node::Unary(Unary::Neg, bar));
                    push(&mut kernel.dag, a, guard, negated);
                }
                Node::Binary(Binary::Add, a, b) => {
                    push(&mut kernel.dag, a, guard.clone(), bar);
                    push(&mut kernel.dag, b, guard, bar);
                }
                Node::Binary(Binary::Sub, a, b) => {
                    push(&mut kernel.dag, a, guard.clone(), bar);
                    let negated = kernel.dag.add(Node::Unary(Unary::Neg, bar));
                    push(&mut kernel.dag, b, guard, negated);
                }
                Node::Binary(Binary::Mul, a, b) => {
                    let (factor, operand) = if kernel.dag.is_active(a) {
                        (b, a)
                    } else {
                        (a, b)
                    };
                    let factor = conjugate(kernel, factor);
                    let scaled = kernel.dag.add(Node::Binary(Binary::Mul, factor, bar));
                    push(&mut kernel.dag, operand, guard, scaled);
                }
                Node::Binary(Binary::Div, a, b) => {
                    let divisor = conjugate(kernel, b);
                    let scaled = kernel.dag.add(Node::Binary(Binary::Div, bar, divisor));
                    push(&mut kernel.dag, a, guard, scaled);
                }
                Node::Select {
                    condition,
                    then,
                    other,
                } => {
                    for (branch, taken) in [(then, true), (other, false)] {
                        let mut inner = guard.clone();
                        inner.push((condition, taken));
                        push(&mut kernel.dag, branch, inner, bar);
                    }
                }
                // Linearity was checked: no other node is active.
                _ => {}
            }
        }
    }
    reads
}

/// The factor of the adjoint; a real number is its own conjugate.
fn conjugate(kernel: &mut Kernel, factor: NodeId) -> NodeId {
    match kernel.is_real(factor) {
        true => factor,
        false => kernel.dag.add(Node::Unary(Unary::Conj, factor)),
    }
}
