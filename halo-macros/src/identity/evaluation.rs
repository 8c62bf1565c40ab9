//! A linear formula at random values of everything it is made of: how much each read counts in it.
//!
//! Every leaf (a parameter, a coefficient at an offset, a position) gets a random number, made from what it is. So does
//! everything that is no arithmetic: a call, a table's entry, a cast, by what it is and by the numbers of its operands. A
//! condition is a free number h, and `if` is h * then + (1 - h) * other. What holds for all such numbers holds for the
//! formula.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::number::Number;
use crate::ir::dag::Dag;
use crate::ir::node::{Binary, Node, NodeId, Query, Unary};

/// What each read, or in an adjoint each cotangent, is multiplied with, by field and offset.
pub type Weights<N> = BTreeMap<(usize, Vec<isize>), N>;

/// The weights of one root: a reverse sweep with numbers. Other seeds are other random numbers.
pub fn weights<N: Number>(dag: &Dag, root: NodeId, seed: u64) -> Weights<N> {
    let evaluation = Evaluation::new(dag, root, seed);
    let mut weights = Weights::new();
    let mut bars: Vec<Option<N>> = vec![None; root.index() + 1];
    bars[root.index()] = Some(N::integer(1));
    let mut active: Vec<NodeId> = dag.reachable(&[root]);
    active.retain(|id| dag.is_active(*id));
    for id in active.into_iter().rev() {
        let Some(bar) = bars[id.index()] else {
            continue;
        };
        let mut push = |operand: NodeId, bar: N| {
            if dag.is_active(operand) {
                let sum = &mut bars[operand.index()];
                *sum = Some(sum.map_or(bar, |sum| sum.plus(bar)));
            }
        };
        match dag.node(id) {
            Node::Read {
                input: field,
                offset,
            }
            | Node::Seed {
                output: field,
                offset,
            } => {
                weights.insert((*field, offset.clone()), bar);
            }
            Node::Unary(Unary::Neg, a) => push(*a, bar.negated()),
            Node::Typed { value, .. } => push(*value, bar),
            Node::Binary(Binary::Add, a, b) => {
                push(*a, bar);
                push(*b, bar);
            }
            Node::Binary(Binary::Sub, a, b) => {
                push(*a, bar);
                push(*b, bar.negated());
            }
            Node::Binary(Binary::Mul, a, b) => {
                let (factor, operand) = if dag.is_active(*a) {
                    (*b, *a)
                } else {
                    (*a, *b)
                };
                push(operand, bar.times(evaluation.value(factor)));
            }
            Node::Binary(Binary::Div, a, b) => {
                push(*a, evaluation.quotient(bar, evaluation.value(*b)));
            }
            Node::Select {
                condition,
                then,
                other,
            } => {
                let taken = evaluation.value(*condition);
                push(*then, bar.times(taken));
                push(*other, bar.times(not(taken)));
            }
            // Linearity was checked: no other node is active.
            _ => {}
        }
    }
    let zero = N::integer(0);
    weights.retain(|_, weight| *weight != zero);
    weights
}

/// The numbers of all passive values that a root is made of.
struct Evaluation<N> {
    seed: u64,
    values: Vec<Option<N>>,
    /// Whether the value is surely a float, whose quotients are fractions.
    floats: Vec<bool>,
}

impl<N: Number> Evaluation<N> {
    fn new(dag: &Dag, root: NodeId, seed: u64) -> Self {
        let count = root.index() + 1;
        let mut evaluation = Evaluation {
            seed,
            values: vec![None; count],
            floats: vec![false; count],
        };
        for id in dag.reachable(&[root]) {
            if !dag.is_active(id) {
                evaluation.floats[id.index()] = evaluation.is_float(dag.node(id));
                evaluation.values[id.index()] = Some(evaluation.passive(id, dag.node(id)));
            }
        }
        evaluation
    }

    fn value(&self, id: NodeId) -> N {
        self.values[id.index()].unwrap_or_else(|| self.atom(("unknown", id.index())))
    }

    /// A random number, the same for equal keys.
    fn atom(&self, key: impl Hash) -> N {
        let mut hasher = DefaultHasher::new();
        (self.seed, key).hash(&mut hasher);
        N::random(hasher.finish())
    }

    fn quotient(&self, a: N, b: N) -> N {
        a.over(b)
            .unwrap_or_else(|| self.atom(("infinity", a.bits())))
    }

    fn passive(&self, id: NodeId, node: &Node) -> N {
        let value = |id: &NodeId| self.value(*id);
        match node {
            Node::Literal(text) => N::literal(text),
            Node::Integer(number) => N::integer(*number),
            Node::Bool(truth) => N::integer(i128::from(*truth)),
            Node::Unary(Unary::Neg, a) => value(a).negated(),
            Node::Unary(Unary::Not, a) => not(value(a)),
            Node::Unary(Unary::Conj, a) => self.atom(("conjugate", value(a).bits())),
            Node::Typed { value: same, .. } => value(same),
            Node::Binary(operator, a, b) => self.binary(id, *operator, value(a), value(b)),
            Node::Select {
                condition,
                then,
                other,
            } => {
                let taken = value(condition);
                taken
                    .times(value(then))
                    .plus(not(taken).times(value(other)))
            }
            // The distance to the high end follows from the other two.
            Node::Position {
                query: Query::FromHigh,
                axis,
                shift,
            } => {
                let of = |query, shift| self.atom((query_name(query), *axis, shift));
                of(Query::Extent, 0)
                    .plus(of(Query::Index, *shift).negated())
                    .plus(N::integer(-1))
            }
            Node::Position { query, axis, shift } => {
                let shift = if *query == Query::Extent { 0 } else { *shift };
                self.atom((query_name(*query), *axis, shift))
            }
            Node::Opaque { operands, opaque } => {
                let operands: Vec<u64> = operands.iter().map(|id| value(id).bits()).collect();
                self.atom(("opaque", *opaque, operands))
            }
            Node::Index { table, index } => {
                self.atom(("index", value(table).bits(), value(index).bits()))
            }
            Node::Cast { value: from, ty } => self.atom(("cast", value(from).bits(), *ty)),
            Node::Parameter(_)
            | Node::Read { .. }
            | Node::Coefficient { .. }
            | Node::Bank { .. }
            | Node::Seed { .. }
            | Node::Inside { .. }
            // Sums are rolled up into loops after all questions have been asked.
            | Node::Repeat { .. }
            | Node::Running
            | Node::Varying(_) => self.atom(node),
        }
    }

    fn binary(&self, id: NodeId, operator: Binary, a: N, b: N) -> N {
        let compare = |name: &str, a: N, b: N| self.atom((name, a.bits(), b.bits()));
        match operator {
            Binary::Add => a.plus(b),
            Binary::Sub => a.plus(b.negated()),
            Binary::Mul => a.times(b),
            Binary::Div if self.floats[id.index()] => self.quotient(a, b),
            Binary::Div => compare("whole quotient", a, b),
            Binary::Rem => compare("remainder", a, b),
            Binary::Less => compare("less", a, b),
            Binary::Greater => compare("less", b, a),
            Binary::LessEqual => compare("at most", a, b),
            Binary::GreaterEqual => compare("at most", b, a),
            Binary::Equal => self.equal(a, b),
            Binary::NotEqual => not(self.equal(a, b)),
            Binary::And => a.times(b),
            Binary::Or => not(not(a).times(not(b))),
        }
    }

    fn equal(&self, a: N, b: N) -> N {
        let (a, b) = (a.bits(), b.bits());
        self.atom(("equal", a.min(b), a.max(b)))
    }

    /// Arithmetic is among equals: one operand that is surely a float makes the result one.
    fn is_float(&self, node: &Node) -> bool {
        let float = |id: &NodeId| self.floats[id.index()];
        match node {
            Node::Literal(_) | Node::Coefficient { .. } | Node::Bank { .. } => true,
            Node::Unary(_, a) | Node::Typed { value: a, .. } => float(a),
            Node::Binary(_, a, b) => float(a) || float(b),
            Node::Select { then, other, .. } => float(then) || float(other),
            _ => false,
        }
    }
}

fn not<N: Number>(truth: N) -> N {
    N::integer(1).plus(truth.negated())
}

fn query_name(query: Query) -> &'static str {
    match query {
        Query::Index => "index",
        Query::Extent => "extent",
        Query::FromHigh => "from the high end",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::tests::kernel_of;
    use crate::identity::Residue;

    const ARGUMENTS: &str = "u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, dt: f64, n: i32, edge: bool, w: [f64; 3]";

    fn of(body: &str) -> Weights<Residue> {
        let kernel = kernel_of(&format!("fn f({ARGUMENTS}) -> f64 {{ {body} }}"));
        weights(&kernel.dag, kernel.outputs[0], 1)
    }

    #[test]
    fn equal_formulas_have_equal_weights() {
        for (one, other) in [
            ("dt * (u[1] - u[0])", "u[1] * dt - dt * u[0]"),
            ("0.1 * u[0] + 0.2 * u[0]", "u[0] * 3.0 / 10.0"),
            ("u[0] / k[1] * k[0]", "k[0] / k[1] * u[0]"),
            ("(k[0] / dt * dt) * u[0]", "k[0] * u[0]"),
            (
                "if k[0] > dt { u[0] } else { u[1] }",
                "if dt < k[0] { u[0] } else { u[1] }",
            ),
            (
                "if !edge { u[0] } else { u[1] }",
                "if edge { u[1] } else { u[0] }",
            ),
            (
                "(at.from_high(0) + at.index(0)) as f64 * u[0]",
                "(at.extent(0) - 1) as f64 * u[0]",
            ),
        ] {
            assert_eq!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn other_formulas_have_other_weights() {
        for (one, other) in [
            ("k[0] * u[0]", "k[1] * u[0]"),
            ("k[0].sqrt() * u[0]", "k[1].sqrt() * u[0]"),
            ("w[0] * u[0]", "w[1] * u[0]"),
            ("(n / 2 * 2) as f64 * u[0]", "n as f64 * u[0]"),
            ("k[0] as f32 as f64 * u[0]", "k[0] * u[0]"),
            (
                "if k[0] < dt { u[0] } else { u[1] }",
                "if k[0] <= dt { u[0] } else { u[1] }",
            ),
            ("u[0] / 0.0", "0.0 * u[0]"),
        ] {
            assert_ne!(of(one), of(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_cancels_has_no_weight() {
        assert_eq!(of("u[1] + u[0] - u[1]").len(), 1);
    }
}
