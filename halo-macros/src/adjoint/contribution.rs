//! What reaches a value from its users, and under which conditions: kept apart by condition, so that a term of a branch
//! that is not taken is left out, and joined where that loses nothing, so that an adjoint grows as its kernel does.

use crate::ir::{
    dag::Dag,
    node::{Binary, Node, NodeId, Unary},
};

/// The conditions, outermost first, under which a contribution exists.
pub type Guard = Vec<(NodeId, bool)>;

/// What reaches one node from above: under each guard, an expression in the outputs' cotangents.
pub type Contributions = Vec<(Guard, NodeId)>;

/// One more contribution, added to one under the same guard if there is one.
pub fn add(dag: &mut Dag, contributions: &mut Contributions, guard: Guard, bar: NodeId) {
    match contributions.iter_mut().find(|(other, _)| *other == guard) {
        Some((_, sum)) => *sum = dag.add(Node::Binary(Binary::Add, *sum, bar)),
        None => contributions.push((guard, bar)),
    }
}

/// More contributions than this to one value are made one, so that a chain of conditions does not double them at each
/// of its links.
const MOST_CONTRIBUTIONS: usize = 4;

/// The same contributions under fewer guards: what comes through both branches of a condition needs none for it.
pub fn merged(dag: &mut Dag, mut contributions: Contributions) -> Contributions {
    while let Some((one, two)) = complementary(&contributions) {
        let (_, second) = contributions.remove(two);
        let (mut guard, first) = contributions.remove(one);
        let Some((condition, taken)) = guard.pop() else {
            break;
        };
        let (then, other) = if taken {
            (first, second)
        } else {
            (second, first)
        };
        let bar = select(dag, condition, then, other);
        add(dag, &mut contributions, guard, bar);
    }
    while contributions.len() > MOST_CONTRIBUTIONS {
        let (Some((guard, bar)), Some((guard_before, bar_before))) =
            (contributions.pop(), contributions.pop())
        else {
            break;
        };
        let both = dag.add(Node::Binary(Binary::Add, bar_before, bar));
        let [before, last] = [&guard_before, &guard].map(|guard| conjunction(dag, guard));
        let (guard, bar) = match (before, last) {
            (None, None) => (Guard::new(), both),
            (None, Some(last)) => (Guard::new(), select(dag, last, both, bar_before)),
            (Some(before), None) => (Guard::new(), select(dag, before, both, bar)),
            (Some(before), Some(last)) => {
                let with_before = select(dag, last, both, bar_before);
                let either = dag.add(Node::Binary(Binary::Or, before, last));
                (vec![(either, true)], select(dag, before, with_before, bar))
            }
        };
        add(dag, &mut contributions, guard, bar);
    }
    contributions
}

/// Two contributions, one through each branch of the same condition; the innermost such condition first.
fn complementary(contributions: &Contributions) -> Option<(usize, usize)> {
    let opposite = |one: &Guard, two: &Guard| match (one.split_last(), two.split_last()) {
        (Some(((condition, taken), before)), Some(((other, other_taken), other_before))) => {
            condition == other && taken != other_taken && before == other_before
        }
        _ => false,
    };
    let guards = || contributions.iter().enumerate();
    let pairs = guards().flat_map(|(one, (guard, _))| {
        guards()
            .skip(one + 1)
            .filter(move |(_, (other, _))| opposite(guard, other))
            .map(move |(two, _)| (guard.len(), one, two))
    });
    let innermost = pairs.max_by_key(|(length, ..)| *length);
    innermost.map(|(_, one, two)| (one, two))
}

fn select(dag: &mut Dag, condition: NodeId, then: NodeId, other: NodeId) -> NodeId {
    match then == other {
        true => then,
        false => dag.add(Node::Select {
            condition,
            then,
            other,
        }),
    }
}

/// All conditions of a guard as one, each asked only where those before it hold; `None` for no condition.
pub fn conjunction(dag: &mut Dag, guard: &[(NodeId, bool)]) -> Option<NodeId> {
    guard.iter().fold(None, |before, (condition, taken)| {
        let holds = match taken {
            true => *condition,
            false => dag.add(Node::Unary(Unary::Not, *condition)),
        };
        Some(match before {
            Some(before) => dag.add(Node::Binary(Binary::And, before, holds)),
            None => holds,
        })
    })
}
