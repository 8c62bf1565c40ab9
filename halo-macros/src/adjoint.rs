//! The exact adjoint of a linear formula: one reverse sweep over the DAG, then a shift of every term so that the
//! adjoint is a gather.
//!
//! The forward row is `y[i] = sum_k c_k(i) x[i + o_k]`. The sweep finds each `conj(c_k(i)) ybar[i]` as an expression at
//! row `i`; shifting it by `-o_k` makes it the contribution of row `j - o_k` to `xbar[j]`. Contributions under a
//! condition keep the condition outermost: a term whose branch is not taken is left out, never multiplied by zero
//! (a coefficient of the other branch may be infinite there).

use std::collections::BTreeMap;

use crate::{
    analysis::analyse::Analysis,
    ir::{
        dag::Dag,
        kernel::Kernel,
        map::Map,
        node::{Binary, Node, NodeId, Unary},
    },
};

/// The adjoint's formulas, one root per input of the kernel.
pub struct Adjoint {
    /// For points all of whose rows are interior rows of the domain.
    pub interior: Vec<NodeId>,
    /// For every point: each term is guarded by its row being inside the domain.
    pub edge: Vec<NodeId>,
}

/// The conditions, outermost first, under which a contribution exists.
type Guard = Vec<(NodeId, bool)>;

/// What reaches one node from above: under each guard, an expression in the outputs' cotangents.
type Contributions = Vec<(Guard, NodeId)>;

/// What reaches every read, keyed by input and offset; and by the output that it comes from, where the outputs lie at
/// different locations: then a row may be inside the domain of one and outside that of another.
type Reads = BTreeMap<(usize, Vec<isize>, Option<usize>), Contributions>;

pub fn adjoint(kernel: &mut Kernel, analysis: &Analysis) -> Adjoint {
    let (inputs, axes) = (kernel.inputs.len(), kernel.axes);
    let apart = kernel.locations.outputs_differ();
    let mut sweep = |outputs: &[NodeId]| {
        let outputs: Vec<_> = outputs.iter().copied().enumerate().collect();
        if !apart {
            return reverse(kernel, &outputs, None, axes);
        }
        let each = outputs
            .iter()
            .flat_map(|output| reverse(kernel, &[*output], Some(output.0), axes));
        each.collect()
    };
    let (interior, edge) = (sweep(&analysis.interior), sweep(&analysis.outputs));
    Adjoint {
        interior: gather(&mut kernel.dag, interior, inputs, false),
        edge: gather(&mut kernel.dag, edge, inputs, true),
    }
}

/// Reverse sweep from some outputs, given by number and root, whose reads are filed under `source`.
fn reverse(
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
        contribute(&mut kernel.dag, &mut bars, *root, Guard::new(), seed);
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
                    contribute(dag, &mut bars, operand, guard, bar);
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

fn contribute(
    dag: &mut Dag,
    bars: &mut Map<NodeId, Contributions>,
    node: NodeId,
    guard: Guard,
    bar: NodeId,
) {
    let contributions = bars.entry(node).or_default();
    add(dag, contributions, guard, bar);
}

fn add(dag: &mut Dag, contributions: &mut Contributions, guard: Guard, bar: NodeId) {
    match contributions.iter_mut().find(|(other, _)| *other == guard) {
        Some((_, sum)) => *sum = dag.add(Node::Binary(Binary::Add, *sum, bar)),
        None => contributions.push((guard, bar)),
    }
}

/// More contributions than this to one value are made one, so that a chain of conditions does not double them at each
/// of its links.
const MOST_CONTRIBUTIONS: usize = 4;

/// The same contributions under fewer guards: what comes through both branches of a condition needs none for it.
fn merged(dag: &mut Dag, mut contributions: Contributions) -> Contributions {
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
fn conjunction(dag: &mut Dag, guard: &[(NodeId, bool)]) -> Option<NodeId> {
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

/// Shifts every contribution to the row it comes from and sums them, in the order in which the rows lie in memory.
fn gather(dag: &mut Dag, reads: Reads, inputs: usize, guarded: bool) -> Vec<NodeId> {
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
                    .map(|(condition, taken)| (shift(dag, condition, &row, &mut memo), taken))
                    .collect();
                (guard, shift(dag, bar, &row, &mut memo))
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

/// The same expression at the row displaced by `row`.
fn shift(dag: &mut Dag, root: NodeId, row: &[isize], memo: &mut Map<NodeId, NodeId>) -> NodeId {
    let moved = |offset: &[isize]| offset.iter().zip(row).map(|(o, r)| o + r).collect();
    let mut leaf = |node: &Node| match node {
        Node::Coefficient { field, offset } => Some(Node::Coefficient {
            field: *field,
            offset: moved(offset),
        }),
        Node::Bank {
            parameter,
            offset,
            indices,
        } => Some(Node::Bank {
            parameter: *parameter,
            offset: moved(offset),
            indices: indices.clone(),
        }),
        Node::Seed { output, offset } => Some(Node::Seed {
            output: *output,
            offset: moved(offset),
        }),
        Node::Position { query, axis, shift } => Some(Node::Position {
            query: *query,
            axis: *axis,
            shift: shift + row[*axis],
        }),
        _ => None,
    };
    dag.rewrite(root, &mut leaf, &|_| None, memo)
}

#[cfg(test)]
mod tests {
    use super::adjoint;
    use crate::compile::tests::understood;
    use crate::ir::lower::testing::text;

    /// The adjoint of each input in the interior and near the edge, as text.
    fn transposed(source: &str) -> (Vec<String>, Vec<String>) {
        let (_, mut kernel, analysis) = understood("", source);
        let adjoint = adjoint(&mut kernel, &analysis);
        let texts = |roots: &[_]| roots.iter().map(|root| text(&kernel, *root)).collect();
        (texts(&adjoint.interior), texts(&adjoint.edge))
    }

    fn interior(source: &str) -> Vec<String> {
        transposed(source).0
    }

    #[test]
    fn offsets_turn_round_and_terms_are_sorted_by_the_row_they_come_from() {
        let adjoint = interior("fn f(u: Input<f64, 1>, a: f64) -> f64 { u[2] * a - u[-1] }");
        assert_eq!(adjoint, ["((a * y0[-2]) + -y0[1])"]);
    }

    #[test]
    fn coefficients_and_positions_are_taken_at_the_row_a_term_comes_from() {
        let adjoint = interior(
            "fn f(u: Input<f64, 2>, k: Coef<f64, 2>, at: Position<2>) -> f64 {
                k[[0, 1]] * u[[1, 0]] / (at.index(0) as f64)
            }",
        );
        assert_eq!(
            adjoint,
            ["(k[-1, 1] * (y0[-1, 0] / (index(0, -1) as f64)))"]
        );
    }

    #[test]
    fn a_shared_value_gets_the_sum_of_what_reaches_it() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, a: f64) -> f64 { let d = u[1] - u[0]; d * a + d / a }",
        );
        assert_eq!(
            adjoint,
            ["(((y0[-1] / a) + (a * y0[-1])) + -((y0[0] / a) + (a * y0[0])))"]
        );
    }

    #[test]
    fn a_condition_stays_outermost_so_that_the_other_branch_is_left_out() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
                let flux = u[0] / k[0];
                if k[0] > 0.5 { flux } else { 0.0 }
            }",
        );
        // Not `(if .. { y } else { 0.0 }) / k`, which is 0 / 0 where k is 0.
        assert_eq!(adjoint, ["if (k[0] > 0.5) { (y0[0] / k[0]) } else { 0.0 }"]);
    }

    #[test]
    fn what_comes_through_both_branches_needs_no_condition() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
                let mut sum = u[0];
                if k[0] > 0.5 { sum += u[1]; }
                sum
            }",
        );
        assert_eq!(
            adjoint,
            ["if (k[-1] > 0.5) { y0[-1] } else { 0.0 }"].map(|first| format!("({first} + y0[0])"))
        );
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, a: f64, edge: bool) -> f64 {
                let d = u[0] / a;
                if edge { 2.0 * d } else { -d }
            }",
        );
        assert_eq!(adjoint, ["(if edge { (2.0 * y0[0]) } else { -y0[0] } / a)"]);
    }

    /// Nodes of the adjoint near the edge, for a loop of that many iterations.
    fn size(body: &str, iterations: usize) -> usize {
        let source = format!(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, w: [f64; 99]) -> f64 {{
                let mut sum = u[0];
                for i in 0..{iterations} {{ {body} }}
                sum
            }}"
        );
        let (_, mut kernel, analysis) = understood("", &source);
        let adjoint = adjoint(&mut kernel, &analysis);
        kernel.dag.reachable(&adjoint.edge).len()
    }

    #[test]
    fn conditions_in_a_loop_grow_the_adjoint_linearly() {
        for body in [
            "if w[i] > 0.5 { sum += u[i as isize]; }",
            "if k[i as isize] > 0.5 { sum += w[i] * u[i as isize]; } else { sum -= u[-(i as isize)]; }",
            "match (w[i] > 0.5, w[i] > 0.7) { (true, _) => sum += u[i as isize], (_, true) => sum -= u[0], _ => {} }",
        ] {
            let sizes = [8, 16, 32].map(|iterations| size(body, iterations));
            let growth = [sizes[1] - sizes[0], sizes[2] - sizes[1]];
            assert!(growth[1] <= 2 * growth[0] + 8, "{body}: {sizes:?}");
        }
    }

    /// Each of the n terms passes through up to n factors at a row of its own.
    #[test]
    fn conditions_on_all_of_a_sum_grow_it_as_factors_do() {
        for body in [
            "sum = w[i] * sum + u[i as isize];",
            "if w[i] > 0.5 { sum *= w[i]; } else if w[i] < 0.1 { sum = u[i as isize] - sum; }",
            "if w[i] > 0.5 { sum = u[i as isize]; }",
            "sum = (if w[i] > 0.5 { sum } else { 0.0 }) + (if w[i] < 0.7 { 2.0 * sum } else { u[i as isize] });",
        ] {
            let sizes = [8, 16, 32].map(|iterations| size(body, iterations));
            assert!(sizes[2] < 5 * sizes[1], "{body}: {sizes:?}");
        }
    }

    #[test]
    fn near_an_edge_every_term_is_guarded_by_its_row() {
        let (_, edge) = transposed("fn f(u: Input<f64, 1>) -> f64 { u[1] - u[0] }");
        let first = "if inside[-1] { (0.0 + y0[-1]) } else { 0.0 }";
        let both = format!("if inside[0] {{ ({first} + -y0[0]) }} else {{ {first} }}");
        assert_eq!(edge, [both]);
    }

    #[test]
    fn outputs_at_different_locations_are_guarded_one_by_one() {
        let (interior, edge) = transposed(
            "fn f(u: Input<f64, 1>) -> (f64, On<Face<0>, f64>) { let a = 2.0 * u[0]; (a, a) }",
        );
        assert_eq!(interior, ["((2.0 * y1[0]) + (2.0 * y0[0]))"]);
        let first = "if inside[0] { (0.0 + (2.0 * y1[0])) } else { 0.0 }";
        let both = format!("if inside[0] {{ ({first} + (2.0 * y0[0])) }} else {{ {first} }}");
        assert_eq!(edge, [both]);
    }

    #[test]
    fn outputs_are_summed_and_unread_inputs_get_zero() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, v: Input<f64, 1>) -> (f64, f64) { (u[1], 3.0 * u[1]) }",
        );
        assert_eq!(adjoint, ["(y0[-1] + (3.0 * y1[-1]))", "0.0"]);
    }
}
