//! Splits a kernel into regions. A condition such as `at.from_low(0) < 1` has one truth in all of the domain's interior;
//! with it decided, the interior's rows are free of branches, and only the rows that were cut off keep the condition.

use std::collections::BTreeSet;

use crate::ir::dag::Dag;
use crate::ir::kernel::Kernel;
use crate::ir::map::Map;
use crate::ir::node::{Binary, Node, NodeId, Unary};

use super::position::Threshold;

/// A cut wider than this is no edge of a domain: the condition stays a condition.
const WIDEST_CUT: i128 = 1 << 20;

/// Rows near an end whose reads are compared.
const MOST_LOOKED_AT: usize = 64;

#[derive(Debug)]
pub struct Regions {
    /// Roots of the interior's row, one per output.
    pub roots: Vec<NodeId>,
    /// Per stencil axis, how many rows from the low and from the high end are not interior.
    pub cuts: Vec<[usize; 2]>,
    /// As `cuts`, but 0 where all of these rows read the cells that the interior's rows read.
    pub own_rows: Vec<[usize; 2]>,
    /// Per stencil axis, the roots far from the ends of this axis alone: conditions on the other axes stay.
    pub roots_along: Vec<Vec<NodeId>>,
}

/// The kernel as it is in the interior. Adds nodes to its DAG.
pub fn interior(kernel: &mut Kernel) -> Regions {
    let dag = &mut kernel.dag;
    let mut cuts = vec![[0; 2]; kernel.axes];
    let mut decided = vec![Map::default(); kernel.axes];
    let mut thresholds = vec![Vec::new(); kernel.axes];
    for id in dag.reachable(&kernel.outputs) {
        if let Some(threshold) = Threshold::of(dag, id).filter(|at| at.cut() <= WIDEST_CUT) {
            let cut = &mut cuts[threshold.axis][usize::from(threshold.from_high)];
            *cut = (*cut).max(threshold.cut() as usize);
            decided[threshold.axis].insert(id, threshold.truth_inside());
            thresholds[threshold.axis].push((id, threshold));
        }
    }
    let everywhere = decided
        .iter()
        .flatten()
        .map(|(id, truth)| (*id, *truth))
        .collect();
    let roots = simplify(dag, &kernel.outputs, &everywhere);
    let roots_along: Vec<_> = decided
        .iter()
        .map(|axis| simplify(dag, &kernel.outputs, axis))
        .collect();
    let own_rows = (0..cuts.len()).map(|axis| {
        [0, 1].map(|side: usize| {
            let rows = NearEnd {
                thresholds: &thresholds[axis],
                from_high: side == 1,
                far: &roots_along[axis],
            };
            match rows.read_otherwise(dag, &kernel.outputs, cuts[axis][side]) {
                true => cuts[axis][side],
                false => 0,
            }
        })
    });
    Regions {
        own_rows: own_rows.collect(),
        roots,
        roots_along,
        cuts,
    }
}

/// The rows near one end of an axis.
struct NearEnd<'a> {
    /// The conditions on the position along the axis.
    thresholds: &'a [(NodeId, Threshold)],
    from_high: bool,
    /// The roots far from the ends of the axis.
    far: &'a [NodeId],
}

impl NearEnd<'_> {
    /// Whether one of the rows closer to the end than `cut` reads other cells than those far from it.
    fn read_otherwise(&self, dag: &mut Dag, outputs: &[NodeId], cut: usize) -> bool {
        let far = reads(dag, self.far);
        // Further from the end than anything is read, no row leaves the grid.
        let reach = reads(dag, outputs)
            .iter()
            .flat_map(|(_, _, offset)| offset)
            .map(|along| along.unsigned_abs())
            .max();
        let rows = cut.min(reach.unwrap_or(0));
        // More of them than that are rows of their own without a look at each.
        if rows > MOST_LOOKED_AT {
            return true;
        }
        (0..rows).any(|distance| {
            let truth = |threshold: &Threshold| match threshold.from_high == self.from_high {
                true => threshold.truth_at(distance as i128),
                false => threshold.truth_inside(),
            };
            let thresholds = self.thresholds.iter();
            let decided = thresholds.map(|(id, threshold)| (*id, truth(threshold)));
            let near = simplify(dag, outputs, &decided.collect());
            reads(dag, &near) != far
        })
    }
}

/// What each output reads: output, input and offset.
fn reads(dag: &Dag, roots: &[NodeId]) -> BTreeSet<(usize, usize, Vec<isize>)> {
    let mut reads = BTreeSet::new();
    for (output, root) in roots.iter().enumerate() {
        for id in dag.reachable(&[*root]) {
            if let Node::Read { input, offset } = dag.node(id) {
                reads.insert((output, *input, offset.clone()));
            }
        }
    }
    reads
}

/// Rebuilds the roots with some conditions known, as far as that decides others and the selects on them.
fn simplify(dag: &mut Dag, roots: &[NodeId], decided: &Map<NodeId, bool>) -> Vec<NodeId> {
    let mut simplified = Map::default();
    for id in dag.reachable(roots) {
        let node = dag.node(id).clone();
        let operands: Vec<NodeId> = node.operands().iter().map(|id| simplified[id]).collect();
        let known = |position: usize| match dag.node(operands[position]) {
            Node::Bool(truth) => Some(*truth),
            _ => None,
        };
        let new = match (&node, decided.get(&id)) {
            (_, Some(truth)) => dag.add(Node::Bool(*truth)),
            (Node::Unary(Unary::Not, _), _) if known(0).is_some() => {
                let truth = known(0) == Some(false);
                dag.add(Node::Bool(truth))
            }
            (Node::Typed { .. }, _) if known(0).is_some() => operands[0],
            (Node::Binary(op @ (Binary::And | Binary::Or), ..), _) => {
                // `true && x` is x, `false && x` is false; `||` the other way round.
                let neutral = *op == Binary::And;
                match (known(0), known(1)) {
                    (Some(truth), _) if truth == neutral => operands[1],
                    (Some(_), _) => operands[0],
                    (None, Some(truth)) if truth == neutral => operands[0],
                    (None, Some(_)) => operands[1],
                    (None, None) => rebuilt(dag, id, &node, &operands),
                }
            }
            (Node::Select { .. }, _) => match known(0) {
                Some(true) => operands[1],
                Some(false) => operands[2],
                None if operands[1] == operands[2] => operands[1],
                None => rebuilt(dag, id, &node, &operands),
            },
            _ => rebuilt(dag, id, &node, &operands),
        };
        simplified.insert(id, new);
    }
    roots.iter().map(|id| simplified[id]).collect()
}

fn rebuilt(dag: &mut Dag, id: NodeId, node: &Node, operands: &[NodeId]) -> NodeId {
    let place = dag.place(id);
    dag.add_at(node.with_operands(operands), place)
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::kernel_of;
    use crate::ir::node::Query;

    use super::*;

    fn regions(condition: &str) -> (Regions, Kernel) {
        let mut kernel = kernel_of(&format!(
            "fn f(u: Input<f64, 2>, at: Position<2>, edge: bool) -> f64 {{
                if {condition} {{ u[[1, 0]] }} else {{ u[[0, 1]] }}
            }}"
        ));
        (interior(&mut kernel), kernel)
    }

    /// The offset that the interior reads, where it reads one only.
    fn taken(condition: &str) -> (Vec<[usize; 2]>, Option<Vec<isize>>) {
        let (regions, kernel) = regions(condition);
        let offset = match kernel.dag.node(regions.roots[0]) {
            Node::Read { offset, .. } => Some(offset.clone()),
            _ => None,
        };
        (regions.cuts, offset)
    }

    #[test]
    fn rows_that_read_what_others_read_are_not_rows_of_their_own() {
        let own = |body: &str| {
            let source = format!(
                "fn f(u: Input<f64, 1>, at: Position<1>) -> f64 {{
                    let w = if at.from_high(0) < 1 {{ 0.5 }} else {{ 1.0 }};
                    {body}
                }}"
            );
            let regions = interior(&mut kernel_of(&source));
            (regions.cuts, regions.own_rows)
        };
        assert_eq!(own("w * u[1]"), (vec![[0, 1]], vec![[0, 0]]));
        assert_eq!(
            own("if at.from_high(0) < 1 { w * u[0] } else { w * u[1] }"),
            (vec![[0, 1]], vec![[0, 1]])
        );
    }

    const THEN: Option<&[isize]> = Some(&[1, 0]);
    const OTHER: Option<&[isize]> = Some(&[0, 1]);

    #[test]
    fn thresholds_cut_rows_off() {
        let cases = [
            ("at.from_low(0) < 1", [[1, 0], [0, 0]], OTHER),
            ("at.from_low(1) <= 1", [[0, 0], [2, 0]], OTHER),
            ("at.from_low(0) >= 3", [[3, 0], [0, 0]], THEN),
            ("at.from_low(0) > 3", [[4, 0], [0, 0]], THEN),
            ("at.from_low(0) == 0", [[1, 0], [0, 0]], OTHER),
            ("at.from_low(0) != 2", [[3, 0], [0, 0]], THEN),
            ("at.from_high(0) < 2", [[0, 2], [0, 0]], OTHER),
            ("2 > at.from_high(1)", [[0, 0], [0, 2]], OTHER),
            ("at.index(0) < at.extent(0) - 2", [[0, 2], [0, 0]], THEN),
            ("at.index(0) == at.extent(0) - 1", [[0, 1], [0, 0]], OTHER),
            ("at.index(0) + 1 == at.extent(0)", [[0, 1], [0, 0]], OTHER),
            ("2 * at.index(0) < 5", [[3, 0], [0, 0]], OTHER),
            (
                "at.from_low(0) < 1 || at.from_high(0) < 1",
                [[1, 1], [0, 0]],
                OTHER,
            ),
            (
                "!(at.from_low(0) < 1) && at.from_high(1) > 0",
                [[1, 0], [0, 1]],
                THEN,
            ),
            ("edge && at.from_low(0) < 1", [[1, 0], [0, 0]], OTHER),
            ("at.from_low(0) < 1 && edge", [[1, 0], [0, 0]], OTHER),
            ("at.from_high(0) as usize <= 1", [[0, 2], [0, 0]], OTHER),
            (
                "{ let near: bool = at.from_low(0) < 2; near }",
                [[2, 0], [0, 0]],
                OTHER,
            ),
            (
                "match (at.index(0), at.from_high(1)) { (0 | 1, _) => true, (_, ..=2) => true, _ => false }",
                [[2, 0], [0, 3]],
                OTHER,
            ),
            ("at.from_low(0) < 0", [[0, 0], [0, 0]], OTHER),
            ("at.from_low(0) >= -3", [[0, 0], [0, 0]], THEN),
            ("at.index(0) % 2 == 0", [[0, 0], [0, 0]], None),
            ("at.index(0) < at.index(1)", [[0, 0], [0, 0]], None),
        ];
        for (condition, cuts, offset) in cases {
            let (found_cuts, found) = taken(condition);
            assert_eq!(found_cuts, cuts, "{condition}");
            assert_eq!(found.as_deref(), offset, "{condition}");
        }
    }

    #[test]
    fn a_passive_condition_stays() {
        let (regions, kernel) = regions("at.from_low(0) > 0 && edge");
        assert_eq!(regions.cuts, [[1, 0], [0, 0]]);
        let Node::Select { condition, .. } = kernel.dag.node(regions.roots[0]) else {
            panic!("the select on `edge` is gone");
        };
        assert_eq!(kernel.dag.node(*condition), &Node::Parameter(0));
    }

    #[test]
    fn the_extent_alone_decides_nothing() {
        assert_eq!(taken("at.extent(0) > 5"), (vec![[0, 0]; 2], None));
        let (regions, kernel) = regions("at.from_low(0) < at.extent(1)");
        let reachable = kernel.dag.reachable(&regions.roots);
        let extent = Node::Position {
            query: Query::Extent,
            axis: 1,
            shift: 0,
        };
        assert!(reachable.iter().any(|id| kernel.dag.node(*id) == &extent));
    }
}
