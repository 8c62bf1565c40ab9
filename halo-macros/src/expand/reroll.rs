//! Finds sums of very many like terms, which an unrolled loop of the body has become, and rolls them up again: loops
//! over tables keep the expansion of a wide stencil small.
//!
//! A sum is a chain of links, each of which adds one term to the sum below it. Links that differ only in offsets and
//! constants become one [`Node::Repeat`]. The order of the terms stays, and so do the bits.

use std::collections::HashSet;

use super::link::{Link, Links};
use crate::ir::{
    dag::Dag,
    map::Map,
    node::{Node, NodeId},
};

/// Sums of at most so many reads stay unrolled.
const MOST_READS: usize = 64;
/// The same where a bank of filters is read, each entry of which is computed for many points at once.
const MOST_READS_OF_BANKS: usize = 8;
/// Fewer like links in a row than this make no loop.
const FEWEST_LINKS: usize = 8;
/// A term nested deeper than this is left as it is.
const DEEPEST: usize = 200;

/// The roots with their long sums as loops; the same roots if they have none.
pub fn reroll(dag: &mut Dag, roots: &[NodeId]) -> Vec<NodeId> {
    let nodes = dag.reachable(roots);
    let count =
        |wanted: fn(&Node) -> bool| nodes.iter().filter(|id| wanted(dag.node(**id))).count();
    let most = match count(|node| matches!(node, Node::Bank { .. })) {
        0 => MOST_READS,
        _ => MOST_READS_OF_BANKS,
    };
    if count(is_read) <= most {
        return roots.to_vec();
    }
    let runs = Survey::of(dag, &nodes, roots).runs(most);
    if runs.is_empty() {
        return roots.to_vec();
    }
    Rewrite::new(dag, runs).roots(&nodes, roots)
}

/// The shape of every constant, the first shape of all.
const CONSTANT: Node = Node::Varying(0);

fn is_read(node: &Node) -> bool {
    matches!(node, Node::Read { .. } | Node::Seed { .. })
}

/// Like links in the order in which they are added.
struct Run {
    links: Vec<Link>,
}

/// What is known of every node, by index, to find the runs.
struct Survey<'a> {
    dag: &'a Dag,
    links: Links<'a>,
    nodes: &'a [NodeId],
    /// Of two nodes it is the same if they differ only in offsets and constants.
    shapes: Vec<usize>,
    reads: Vec<usize>,
    depths: Vec<usize>,
    numbers: Map<Node, usize>,
}

impl<'a> Survey<'a> {
    fn of(dag: &'a Dag, nodes: &'a [NodeId], roots: &[NodeId]) -> Self {
        let mut survey = Survey {
            dag,
            links: Links::of(dag, nodes, roots),
            nodes,
            shapes: vec![0; dag.len()],
            reads: vec![0; dag.len()],
            depths: vec![0; dag.len()],
            numbers: Map::default(),
        };
        survey.number(CONSTANT);
        let constant = dag.constant();
        for id in nodes {
            let node = dag.node(*id);
            let operands = node.operands();
            let below = |of: &[usize]| operands.iter().map(|id| of[id.index()]).collect::<Vec<_>>();
            let shape = match constant[id.index()] {
                true => CONSTANT,
                false => skeleton(node, &below(&survey.shapes)),
            };
            let depth = 1 + below(&survey.depths).into_iter().max().unwrap_or(0);
            let reads = below(&survey.reads)
                .into_iter()
                .fold(0, usize::saturating_add);
            survey.shapes[id.index()] = survey.number(shape);
            survey.depths[id.index()] = depth;
            survey.reads[id.index()] = reads + usize::from(is_read(node));
        }
        survey
    }

    fn number(&mut self, shape: Node) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(shape).or_insert(next)
    }

    /// The longest runs of like links in long sums.
    fn runs(mut self, most: usize) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut absorbed = HashSet::new();
        for id in self.nodes.iter().rev() {
            if absorbed.contains(id) {
                continue;
            }
            let chain = self.links.chain(*id);
            absorbed.extend(chain.iter().flat_map(|link| &link.spine).copied());
            let reads = chain.iter().map(|link| self.reads_added(link));
            if reads.fold(0, usize::saturating_add) > most {
                self.cut(chain, &mut runs);
            }
        }
        runs
    }

    fn reads_added(&self, link: &Link) -> usize {
        let added = link.terms(self.dag).into_iter();
        added
            .map(|id| self.reads[id.index()])
            .fold(0, usize::saturating_add)
    }

    /// Cuts a chain where its links change their shape.
    fn cut(&mut self, chain: Vec<Link>, runs: &mut Vec<Run>) {
        let mut links: Vec<Link> = Vec::new();
        let mut shape = None;
        for link in chain {
            let deep = |id: &NodeId| self.depths[id.index()] > DEEPEST;
            let rollable = !link.terms(self.dag).iter().any(deep);
            let found = rollable.then(|| self.shape(&link, link.top()));
            if found != shape || found.is_none() {
                keep(std::mem::take(&mut links), runs);
                shape = found;
            }
            if rollable {
                links.push(link);
            }
        }
        keep(links, runs);
    }

    /// The shape of a link, in which the sum below is [`Node::Running`].
    fn shape(&mut self, link: &Link, id: NodeId) -> usize {
        let skeleton = if id == link.base {
            Node::Running
        } else if link.spine.contains(&id) {
            let operands = self.dag.node(id).operands();
            let operands: Vec<_> = operands.iter().map(|id| self.shape(link, *id)).collect();
            skeleton(self.dag.node(id), &operands)
        } else {
            return self.shapes[id.index()];
        };
        self.number(skeleton)
    }
}

fn keep(links: Vec<Link>, runs: &mut Vec<Run>) {
    if links.len() >= FEWEST_LINKS {
        runs.push(Run { links });
    }
}

/// The node over the shapes of its operands, without its offset.
fn skeleton(node: &Node, operands: &[usize]) -> Node {
    let offset = Vec::new();
    match *node {
        Node::Read { input, .. } => Node::Read { input, offset },
        Node::Seed { output, .. } => Node::Seed { output, offset },
        Node::Coefficient { field, .. } => Node::Coefficient { field, offset },
        Node::Inside { output, .. } => Node::Inside { output, offset },
        // Computed indices are part of the shape, and then so is the offset.
        Node::Bank { parameter, .. } if operands.iter().all(|shape| *shape == 0) => Node::Bank {
            parameter,
            offset,
            indices: operands.iter().copied().map(NodeId::from_index).collect(),
        },
        Node::Position { query, axis, .. } => Node::Position {
            query,
            axis,
            shift: 0,
        },
        _ => {
            let operands: Vec<_> = operands.iter().copied().map(NodeId::from_index).collect();
            node.with_operands(&operands)
        }
    }
}

/// Rebuilds the roots around the loops.
struct Rewrite<'a> {
    dag: &'a mut Dag,
    runs: Map<NodeId, Run>,
    rewritten: Map<NodeId, NodeId>,
    constant: Vec<bool>,
}

impl<'a> Rewrite<'a> {
    fn new(dag: &'a mut Dag, runs: Vec<Run>) -> Self {
        let top = |run: &Run| run.links.last().map(Link::top);
        Rewrite {
            constant: dag.constant(),
            dag,
            runs: runs
                .into_iter()
                .filter_map(|run| Some((top(&run)?, run)))
                .collect(),
            rewritten: Map::default(),
        }
    }

    fn roots(mut self, nodes: &[NodeId], roots: &[NodeId]) -> Vec<NodeId> {
        let spines = self.runs.values().flat_map(|run| &run.links);
        let inner: HashSet<NodeId> = spines.flat_map(|link| link.spine.iter().copied()).collect();
        for id in nodes {
            let new = match self.runs.remove(id) {
                Some(run) => self.repeat(&run),
                None if inner.contains(id) => continue,
                None => {
                    let node = self.dag.node(*id).clone();
                    let operands = node.operands();
                    let operands: Vec<_> = operands.iter().map(|id| self.rewritten[id]).collect();
                    self.dag
                        .add_at(node.with_operands(&operands), self.dag.place(*id))
                }
            };
            self.rewritten.insert(*id, new);
        }
        roots.iter().map(|root| self.rewritten[root]).collect()
    }

    fn repeat(&mut self, run: &Run) -> NodeId {
        let bases: Vec<NodeId> = run.links.iter().map(|link| link.base).collect();
        let tops = run.links.iter().map(Link::top).collect();
        let mut steps = Map::from_iter([(bases.clone(), self.dag.add(Node::Running))]);
        let step = self.together(tops, &mut steps);
        self.dag.add(Node::Repeat {
            start: self.rewritten[&bases[0]],
            step,
            count: bases.len(),
        })
    }

    /// One node for what each repetition has in the same place.
    fn together(&mut self, column: Vec<NodeId>, steps: &mut Map<Vec<NodeId>, NodeId>) -> NodeId {
        if let Some(step) = steps.get(&column) {
            return *step;
        }
        let first = column[0];
        let node = self.dag.node(first).clone();
        let constant = |id: &NodeId| self.constant[id.index()];
        let step = if column.iter().all(|id| *id == first) {
            self.rewritten[&first]
        } else if node.operands().is_empty()
            || matches!(node, Node::Bank { .. }) && node.operands().iter().all(constant)
            || column.iter().all(constant)
        {
            let table = self.dag.add_table(column.clone());
            self.dag.add(Node::Varying(table))
        } else {
            let operands = (0..node.operands().len()).map(|position| {
                let column = column.iter();
                let operands = column
                    .map(|id| self.dag.node(*id).operands()[position])
                    .collect();
                self.together(operands, steps)
            });
            let operands: Vec<_> = operands.collect();
            self.dag.add(node.with_operands(&operands))
        };
        steps.insert(column, step);
        step
    }
}
