//! From what reaches every read to the adjoint's row: each term is moved to the row that it comes from, and all of an
//! input are summed.

use super::contribution::{Contributions, conjunction};
use super::sweep::Reads;
use crate::ir::{
    dag::Dag,
    map::Map,
    node::{Binary, Node, NodeId},
};

/// Shifts every contribution to the row it comes from and sums them, in the order in which the rows lie in memory.
pub fn gather(dag: &mut Dag, reads: Reads, inputs: usize, guarded: bool) -> Vec<NodeId> {
    let zero = dag.add(Node::Literal("0.0".into()));
    let mut sums: Vec<Option<NodeId>> = vec![None; inputs];
    for ((input, offset, output), contributions) in reads.into_iter().rev() {
        let row: Vec<isize> = offset.iter().map(|o| -o).collect();
        let mut memo = Map::default();
        let shifted: Contributions = contributions
            .into_iter()
            .map(|(guard, bar)| {
                let guard = guard
                    .into_iter()
                    .map(|(condition, taken)| (dag.displaced(condition, &row, &mut memo), taken))
                    .collect();
                (guard, dag.displaced(bar, &row, &mut memo))
            })
            .collect();
        let before = sums[input];
        let mut sum = before;
        if guarded {
            sum = sum.or(Some(zero));
        }
        for (guard, term) in shifted {
            sum = Some(accumulate(dag, sum, &guard, term, zero));
        }
        if let (true, Some(then)) = (guarded, sum) {
            let condition = dag.add(Node::Inside {
                output,
                offset: row,
            });
            let other = before.unwrap_or(zero);
            sum = Some(dag.add(Node::Select {
                condition,
                then,
                other,
            }));
        }
        sums[input] = sum;
    }
    sums.into_iter().map(|sum| sum.unwrap_or(zero)).collect()
}

/// `sum + term` where every condition of the guard holds, else `sum`.
fn accumulate(
    dag: &mut Dag,
    sum: Option<NodeId>,
    guard: &[(NodeId, bool)],
    term: NodeId,
    zero: NodeId,
) -> NodeId {
    // A longer chain of conditions is shared with the other terms that it guards.
    if guard.len() > 2
        && let Some(condition) = conjunction(dag, guard)
    {
        return accumulate(dag, sum, &[(condition, true)], term, zero);
    }
    let Some(((condition, taken), rest)) = guard.split_first() else {
        return match sum {
            Some(sum) => dag.add(Node::Binary(Binary::Add, sum, term)),
            None => term,
        };
    };
    let with = accumulate(dag, sum, rest, term, zero);
    let without = sum.unwrap_or(zero);
    let (then, other) = if *taken {
        (with, without)
    } else {
        (without, with)
    };
    dag.add(Node::Select {
        condition: *condition,
        then,
        other,
    })
}
