//! Links of sums: the nodes that turn one partial sum into the next, under whatever conditions.
//!
//! `sum + term`, `sum - term`, and near an edge `if inside { sum + term } else { sum }`.

use crate::ir::{
    dag::Dag,
    map::Map,
    node::{Binary, Node, NodeId},
};

/// A link has no more nodes than this.
const LONGEST: usize = 16;
/// A sum is taken to grow on its right side where that is longer than the left by more than this.
const RIGHT: usize = 4;

/// From a partial sum to the next.
#[derive(Clone)]
pub struct Link {
    /// The nodes of the link that hold the sum below, the first of them the sum with the link's terms.
    pub spine: Vec<NodeId>,
    /// The sum below.
    pub base: NodeId,
}

impl Link {
    pub fn top(&self) -> NodeId {
        self.spine[0]
    }

    /// What the link adds, and under which conditions.
    pub fn terms(&self, dag: &Dag) -> Vec<NodeId> {
        let mut terms: Vec<NodeId> = (self.spine.iter())
            .flat_map(|id| dag.node(*id).operands().to_vec())
            .filter(|id| *id != self.base && !self.spine.contains(id))
            .collect();
        terms.sort();
        terms.dedup();
        terms
    }
}

/// All links of a formula, by the node on top.
pub struct Links<'a> {
    dag: &'a Dag,
    links: Map<NodeId, Link>,
    /// Links below a node that is one.
    lengths: Map<NodeId, usize>,
    users: Map<NodeId, Vec<NodeId>>,
    roots: Vec<NodeId>,
}

impl<'a> Links<'a> {
    /// The links among `nodes`, operands before their users.
    pub fn of(dag: &'a Dag, nodes: &[NodeId], roots: &[NodeId]) -> Self {
        let mut links = Links {
            dag,
            links: Map::default(),
            lengths: Map::default(),
            users: Map::default(),
            roots: roots.to_vec(),
        };
        for id in nodes {
            for operand in dag.node(*id).operands().iter() {
                links.users.entry(*operand).or_default().push(*id);
            }
            if let Some(link) = links.link(*id) {
                links.lengths.insert(*id, 1 + links.length(link.base));
                links.links.insert(*id, link);
            }
        }
        links
    }

    /// The links from `top` down, in the order in which they are added: as far as nothing else uses the sums between.
    pub fn chain(&self, top: NodeId) -> Vec<Link> {
        let mut chain: Vec<Link> = Vec::new();
        let mut next = self.links.get(&top);
        while let Some(link) = next {
            let within = |user: &NodeId| link.spine.contains(user);
            let inner = |id: &NodeId| self.users[id].iter().all(within) && !self.roots.contains(id);
            if !link.spine[1..].iter().all(inner) {
                break;
            }
            chain.push(link.clone());
            next = self.links.get(&link.base).filter(|_| inner(&link.base));
        }
        chain.reverse();
        chain
    }

    fn length(&self, id: NodeId) -> usize {
        self.lengths.get(&id).copied().unwrap_or(0)
    }

    fn link(&self, id: NodeId) -> Option<Link> {
        if !self.dag.is_active(id) {
            return None;
        }
        match *self.dag.node(id) {
            Node::Binary(op @ (Binary::Add | Binary::Sub), left, right) => {
                let grows_right = op == Binary::Add
                    && self.dag.is_active(left)
                    && self.length(right) > self.length(left) + RIGHT;
                Some(Link {
                    spine: vec![id],
                    base: if grows_right { right } else { left },
                })
            }
            Node::Select { then, other, .. } => {
                let [added, base] = [[then, other], [other, then]]
                    .into_iter()
                    .find(|[added, base]| self.spine(*added, *base).is_some())?;
                let mut spine = vec![id];
                spine.extend(self.spine(added, base)?);
                (spine.len() <= LONGEST).then_some(Link { spine, base })
            }
            _ => None,
        }
    }

    /// The nodes by which the sum `base` grows into `top`.
    fn spine(&self, top: NodeId, base: NodeId) -> Option<Vec<NodeId>> {
        let mut spine = Vec::new();
        let mut next = top;
        while next != base {
            let through = match *self.dag.node(next) {
                Node::Binary(Binary::Add, _, right) if right == base => {
                    spine.push(next);
                    right
                }
                Node::Binary(Binary::Add | Binary::Sub, left, _) => {
                    spine.push(next);
                    left
                }
                Node::Select { .. } => {
                    let link = self.links.get(&next)?;
                    spine.extend(&link.spine);
                    link.base
                }
                _ => return None,
            };
            if spine.len() > LONGEST {
                return None;
            }
            next = through;
        }
        Some(spine)
    }
}
