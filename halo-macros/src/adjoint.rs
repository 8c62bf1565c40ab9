//! The exact adjoint of a linear formula: one reverse sweep over the DAG, then a shift of every term so that the
//! adjoint is a gather.
//!
//! The forward row is `y[i] = sum_k c_k(i) x[i + o_k]`. The sweep finds each `conj(c_k(i)) ybar[i]` as an expression at
//! row `i`; shifting it by `-o_k` makes it the contribution of row `j - o_k` to `xbar[j]`. Contributions under a
//! condition keep the condition outermost: a term whose branch is not taken is left out, never multiplied by zero
//! (a coefficient of the other branch may be infinite there).

use std::collections::{BTreeMap, HashMap};

use crate::{
    analysis::analyse::Analysis,
    ir::{
        dag::Dag,
        kernel::Kernel,
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

pub fn adjoint(kernel: &mut Kernel, analysis: &Analysis) -> Adjoint {
    let (inputs, axes) = (kernel.inputs.len(), kernel.axes);
    let interior = reverse(&mut kernel.dag, &analysis.interior, axes);
    let edge = reverse(&mut kernel.dag, &analysis.outputs, axes);
    Adjoint {
        interior: gather(&mut kernel.dag, interior, inputs, false),
        edge: gather(&mut kernel.dag, edge, inputs, true),
    }
}

/// Reverse sweep: what reaches every read, keyed by (input, offset).
fn reverse(
    dag: &mut Dag,
    outputs: &[NodeId],
    axes: usize,
) -> BTreeMap<(usize, Vec<isize>), Contributions> {
    let mut bars: HashMap<NodeId, Contributions> = HashMap::new();
    let mut reads = BTreeMap::new();
    for (output, root) in outputs.iter().enumerate() {
        let seed = dag.add(Node::Seed {
            output,
            offset: vec![0; axes],
        });
        contribute(dag, &mut bars, *root, Guard::new(), seed);
    }
    // Operands have smaller ids than their users: descending order meets every user first.
    for id in dag.reachable(outputs).into_iter().rev() {
        let Some(contributions) = bars.remove(&id) else {
            continue;
        };
        let node = dag.node(id).clone();
        if let Node::Read { input, offset } = node {
            reads.insert((input, offset), contributions);
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
                    let negated = dag.add(Node::Unary(Unary::Neg, bar));
                    push(dag, a, guard, negated);
                }
                Node::Binary(Binary::Add, a, b) => {
                    push(dag, a, guard.clone(), bar);
                    push(dag, b, guard, bar);
                }
                Node::Binary(Binary::Sub, a, b) => {
                    push(dag, a, guard.clone(), bar);
                    let negated = dag.add(Node::Unary(Unary::Neg, bar));
                    push(dag, b, guard, negated);
                }
                Node::Binary(Binary::Mul, a, b) => {
                    let (factor, operand) = if dag.is_active(a) { (b, a) } else { (a, b) };
                    let scaled = dag.add(Node::Binary(Binary::Mul, factor, bar));
                    push(dag, operand, guard, scaled);
                }
                Node::Binary(Binary::Div, a, b) => {
                    let scaled = dag.add(Node::Binary(Binary::Div, bar, b));
                    push(dag, a, guard, scaled);
                }
                Node::Select {
                    condition,
                    then,
                    other,
                } => {
                    for (branch, taken) in [(then, true), (other, false)] {
                        let mut inner = guard.clone();
                        inner.push((condition, taken));
                        push(dag, branch, inner, bar);
                    }
                }
                // Linearity was checked: no other node is active.
                _ => {}
            }
        }
    }
    reads
}

fn contribute(
    dag: &mut Dag,
    bars: &mut HashMap<NodeId, Contributions>,
    node: NodeId,
    guard: Guard,
    bar: NodeId,
) {
    let contributions = bars.entry(node).or_default();
    match contributions.iter_mut().find(|(other, _)| *other == guard) {
        Some((_, sum)) => *sum = dag.add(Node::Binary(Binary::Add, *sum, bar)),
        None => contributions.push((guard, bar)),
    }
}

/// Shifts every contribution to the row it comes from and sums them, in the order in which the rows lie in memory.
fn gather(
    dag: &mut Dag,
    reads: BTreeMap<(usize, Vec<isize>), Contributions>,
    inputs: usize,
    guarded: bool,
) -> Vec<NodeId> {
    let zero = dag.add(Node::Literal("0.0".into()));
    let mut sums: Vec<Option<NodeId>> = vec![None; inputs];
    for ((input, offset), contributions) in reads.into_iter().rev() {
        let row: Vec<isize> = offset.iter().map(|o| -o).collect();
        let mut memo = HashMap::new();
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
            let condition = dag.add(Node::Inside { offset: row });
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
fn shift(dag: &mut Dag, root: NodeId, row: &[isize], memo: &mut HashMap<NodeId, NodeId>) -> NodeId {
    let moved = |offset: &[isize]| offset.iter().zip(row).map(|(o, r)| o + r).collect();
    let mut leaf = |node: &Node| match node {
        Node::Coefficient { field, offset } => Some(Node::Coefficient {
            field: *field,
            offset: moved(offset),
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
    fn near_an_edge_every_term_is_guarded_by_its_row() {
        let (_, edge) = transposed("fn f(u: Input<f64, 1>) -> f64 { u[1] - u[0] }");
        let first = "if inside[-1] { (0.0 + y0[-1]) } else { 0.0 }";
        let both = format!("if inside[0] {{ ({first} + -y0[0]) }} else {{ {first} }}");
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
