//! Values that a formula needs at many points: one expression at many offsets, which a row need not compute at each of them.
//!
//! The adjoint of `c[0] * laplacian` gathers `c * y` from as many points as the Laplacian reads. Such an expression is computed
//! once a point, and what the formula reads is its value: of a field behind the kernel's own. Values stay the same to the last
//! bit, for they are those of the same expression. Devito calls it cross-iteration redundancy elimination (Luporini et al.,
//! ACM TOMS 46, 2020).

use std::cmp::Reverse;

use super::lanes::has_lanes;
use crate::ir::{
    dag::Dag,
    kernel::Kernel,
    map::Map,
    node::{Node, NodeId},
};

/// Intermediate fields of one formula at most.
const MOST: usize = 4;

/// Points that must share an expression for it to be kept.
const FEWEST: usize = 4;

/// Reads and operations of a point that a field more must save, beside a quarter of all: its value is stored and read again.
/// Measured on adjoints of `c[0]` times a star: with the field, 25 points along three axes take 0.5 to 0.8 times as long, 13
/// points 0.7 to 0.9 times, 7 points 1.1 to 1.2 times; 17 points along two axes 0.8 to 0.95 times, 13 points 0.9 to 1.1 times.
/// Along one axis, where reads beside each other lie in the same lines of the cache, 9 to 17 points take 1.1 to 1.6 times as long.
fn least(axes: usize) -> usize {
    match axes {
        0 | 1 => usize::MAX,
        2 => 28,
        _ => 16,
    }
}

/// Larger expressions are not looked at.
const LARGEST: usize = 64;

/// Expressions of a formula that are tried, those at most points first.
const TRIED: usize = 8;

/// Longer formulas are not looked at.
const LONGEST: usize = 4096;

/// Replaces what the formula of the roots needs at many points by reads of fields from number `fields` on; the expression of
/// each of these fields is returned.
pub fn intermediates(kernel: &mut Kernel, roots: &mut Vec<NodeId>, fields: usize) -> Vec<NodeId> {
    let mut expressions = Vec::new();
    if !kernel.banks.is_empty() || !has_lanes(kernel, roots) {
        return expressions;
    }
    while expressions.len() < MOST {
        let Some((rest, expression)) = best(kernel, roots, fields, expressions.len()) else {
            break;
        };
        *roots = rest;
        expressions.push(expression);
    }
    expressions
}

/// The roots without the expression that saves most, and the expression, if one is worth it.
fn best(
    kernel: &mut Kernel,
    roots: &[NodeId],
    fields: usize,
    number: usize,
) -> Option<(Vec<NodeId>, NodeId)> {
    let before = cost(&kernel.dag, roots);
    let mut best: Option<(usize, Vec<NodeId>, NodeId)> = None;
    for instances in alike(&mut kernel.dag, roots, fields) {
        let nearest = instances.iter().min_by_key(|(offset, _)| {
            let distance: isize = offset.iter().map(|o| o.abs()).sum();
            (distance, offset.clone())
        });
        let (origin, expression) = nearest?.clone();
        let mut memo = Map::default();
        for (offset, id) in &instances {
            let offset = offset.iter().zip(&origin).map(|(o, own)| o - own).collect();
            let read = read_like(&kernel.dag, *id, fields + number, offset)?;
            memo.insert(*id, kernel.dag.add(read));
        }
        let dag = &mut kernel.dag;
        let rest: Vec<NodeId> = roots
            .iter()
            .map(|root| dag.rewrite(*root, &mut |_| None, &|_| None, &mut memo))
            .collect();
        // The value is stored once a point.
        let after = cost(dag, &rest) + cost(dag, &[expression]) + 1;
        if best.as_ref().is_none_or(|(least, ..)| after < *least) {
            best = Some((after, rest, expression));
        }
    }
    let (after, rest, expression) = best?;
    let worth = 4 * after <= 3 * before && after.saturating_add(least(kernel.axes)) <= before;
    worth.then_some((rest, expression))
}

/// Reads and arithmetic of a point.
fn cost(dag: &Dag, roots: &[NodeId]) -> usize {
    let invariant = dag.invariant();
    let nodes = dag.reachable(roots);
    nodes.iter().filter(|id| !invariant[id.index()]).count()
}

/// An expression at an offset.
type Instance = (Vec<isize>, NodeId);

/// The active expressions that are the same but for an offset, of each the points at which there are several.
fn alike(dag: &mut Dag, roots: &[NodeId], fields: usize) -> Vec<Vec<Instance>> {
    let nodes = dag.reachable(roots);
    if nodes.len() > LONGEST {
        return Vec::new();
    }
    let sizes = dag.sizes();
    let own = is_own(dag, &nodes, fields);
    let mut memos: Map<Vec<isize>, Map<NodeId, NodeId>> = Map::default();
    let mut groups: Map<NodeId, usize> = Map::default();
    let mut alike: Vec<Vec<Instance>> = Vec::new();
    for id in nodes {
        let is_leaf = dag.node(id).operands().is_empty();
        if is_leaf || !dag.is_active(id) || !own[id.index()] || sizes[id.index()] > LARGEST {
            continue;
        }
        let offset = first_read(dag, id);
        let back: Vec<isize> = offset.iter().map(|o| -o).collect();
        let memo = memos.entry(offset.clone()).or_default();
        let at_origin = dag.displaced(id, &back, memo);
        let group = *groups.entry(at_origin).or_insert(alike.len());
        if group == alike.len() {
            alike.push(Vec::new());
        }
        alike[group].push((offset, id));
    }
    alike.retain(|instances| instances.len() >= FEWEST);
    alike.sort_by_key(|instances| Reverse(instances.len()));
    alike.truncate(TRIED);
    alike
}

/// By index: whether a value is made of the kernel's own fields alone.
fn is_own(dag: &Dag, nodes: &[NodeId], fields: usize) -> Vec<bool> {
    let mut own = vec![false; dag.len()];
    // Operands come before their users.
    for id in nodes {
        let node = dag.node(*id);
        own[id.index()] = match node {
            Node::Read { input, .. } => *input < fields,
            Node::Seed { output, .. } => *output < fields,
            node => node.operands().iter().all(|operand| own[operand.index()]),
        };
    }
    own
}

/// The offset of the first read in an active value.
fn first_read(dag: &Dag, mut id: NodeId) -> Vec<isize> {
    loop {
        let node = dag.node(id);
        if let Node::Read { offset, .. } | Node::Seed { offset, .. } = node {
            return offset.clone();
        }
        let operands = node.operands();
        match operands.iter().find(|operand| dag.is_active(**operand)) {
            Some(operand) => id = *operand,
            None => return Vec::new(),
        }
    }
}

/// A read of a field at an offset, of the kind that the value is made of: cotangents in an adjoint.
fn read_like(dag: &Dag, mut id: NodeId, field: usize, offset: Vec<isize>) -> Option<Node> {
    loop {
        match dag.node(id) {
            Node::Read { .. } => {
                return Some(Node::Read {
                    input: field,
                    offset,
                });
            }
            Node::Seed { .. } => {
                return Some(Node::Seed {
                    output: field,
                    offset,
                });
            }
            node => {
                let operands = node.operands();
                id = *operands.iter().find(|operand| dag.is_active(**operand))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::understood;
    use crate::expand::instance::Instance;

    /// How many intermediate fields the forward and the adjoint have.
    fn fields(attr: &str, kernel: &str) -> [usize; 2] {
        let (_, kernel, analysis) = understood(attr, kernel);
        let instance = Instance::new((kernel, analysis));
        [
            instance.forward_intermediates.len(),
            instance.adjoint_intermediates.len(),
        ]
    }

    /// A star of reach `r` along three axes, of `u` times `inside`, times `outside`.
    fn star(r: usize, inside: &str, outside: &str) -> String {
        let along = |axis: usize| {
            let at = |o: &str| {
                let mut offset = ["0"; 3];
                offset[axis] = o;
                let offset = offset.join(", ");
                let factor = inside.replace('@', &format!("[[{offset}]]"));
                format!("{factor} u[[{offset}]]")
            };
            format!("{} + {}", at("-d"), at("d"))
        };
        let sum: Vec<String> = (0..3).map(along).collect();
        format!(
            "fn f(u: Input<f64, 3>, v: Input<f64, 3>, c: Coef<f64, 3>, w: [f64; 5]) -> f64 {{
                let mut sum = w[0] * {} u[[0, 0, 0]];
                for d in 1..={r} {{ sum = sum + w[d as usize] * ({}); }}
                {outside} sum - v[[0, 0, 0]]
            }}",
            inside.replace('@', "[[0, 0, 0]]"),
            sum.join(" + ")
        )
    }

    #[test]
    fn products_that_many_points_share_are_computed_once() {
        assert_eq!(fields("", &star(4, "", "c[[0, 0, 0]] *")), [0, 1]);
        assert_eq!(fields("", &star(4, "c@ *", "")), [1, 0]);
        assert_eq!(fields("", &star(2, "", "c[[0, 0, 0]] *")), [0, 1]);
    }

    #[test]
    fn what_saves_little_is_computed_where_it_is_needed() {
        assert_eq!(fields("", &star(1, "", "c[[0, 0, 0]] *")), [0, 0]);
        assert_eq!(fields("", &star(4, "", "")), [0, 0]);
        assert_eq!(fields("", &star(4, "", "w[3] *")), [0, 0]);
    }

    #[test]
    fn an_intermediate_field_may_be_a_difference() {
        let kernel = "fn f(u: Input<f64, 2>, k: Coef<f64, 2>, w: [f64; 8]) -> f64 {
            let mut sum = 0.0;
            for i in 0..8 {
                sum = sum + w[i as usize] * (k[[i, 0]] * (u[[i + 1, 0]] - u[[i - 1, 0]] + u[[i, 1]]));
            }
            sum
        }";
        assert_eq!(fields("", kernel), [1, 0]);
    }

    #[test]
    fn along_one_axis_none_pays() {
        let kernel = "fn f(u: Input<f64, 1>, c: Coef<f64, 1>, w: [f64; 9]) -> f64 {
            let mut sum = w[0] * u[0];
            for d in 1..=8 { sum = sum + w[d as usize] * (u[-d] + u[d]); }
            c[0] * sum
        }";
        assert_eq!(fields("", kernel), [0, 0]);
    }
}
