//! The kernel's formula as a hash-consed DAG of expressions at one grid point.
//!
//! Equal expressions are one node, so the generated loops compute them once. Nodes carry no spans; the DAG remembers
//! beside them where each was first written.

use quote::ToTokens;
use syn::Type;

use super::map::Map;
use super::node::{Node, NodeId, Opaque};
use super::operands::Operands;
use super::place::Place;

#[derive(Default)]
pub struct Dag {
    nodes: Vec<Node>,
    ids: Map<Node, NodeId>,
    active: Vec<bool>,
    places: Vec<Option<Place>>,
    operand_places: Vec<Vec<Place>>,
    opaques: Vec<Opaque>,
    opaque_ids: Map<String, usize>,
    types: Vec<Type>,
    type_ids: Map<String, usize>,
    tables: Vec<Vec<NodeId>>,
    table_ids: Map<Vec<NodeId>, usize>,
}

impl Dag {
    /// The node's id, new or the one it already has. Passive integer and boolean operations on constants are the
    /// caller's to fold.
    pub fn add(&mut self, node: Node) -> NodeId {
        self.insert(node, None, &[])
    }

    /// [`Dag::add`], remembering where the user wrote it.
    pub fn add_at(&mut self, node: Node, place: Place) -> NodeId {
        self.insert(node, Some(place), &[])
    }

    /// [`Dag::add_at`], remembering also where each operand is written in this use of it: a value may be written
    /// in many places, and only one of them may be the mistake.
    pub fn add_with(&mut self, node: Node, place: Place, operands: &[Place]) -> NodeId {
        self.insert(node, Some(place), operands)
    }

    fn insert(&mut self, node: Node, place: Option<Place>, operands: &[Place]) -> NodeId {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = NodeId::from_index(self.nodes.len());
        let active = match &node {
            Node::Read { .. } | Node::Seed { .. } | Node::Running => true,
            Node::Varying(table) => self.is_active(self.tables[*table][0]),
            _ => node.operands().iter().any(|id| self.is_active(*id)),
        };
        self.active.push(active);
        self.nodes.push(node.clone());
        self.places.push(place);
        self.operand_places.push(operands.to_vec());
        self.ids.insert(node, id);
        id
    }

    /// Whether the value depends on an input (or, in an adjoint formula, on a cotangent).
    pub fn is_active(&self, id: NodeId) -> bool {
        self.active[id.index()]
    }

    /// Interns a type; equal tokens are one type.
    pub fn add_type(&mut self, ty: &Type) -> usize {
        let key = ty.to_token_stream().to_string();
        let next = self.types.len();
        let number = *self.type_ids.entry(key).or_insert(next);
        if number == next {
            self.types.push(ty.clone());
        }
        number
    }

    pub fn ty(&self, number: usize) -> &Type {
        &self.types[number]
    }

    /// Interns opaque Rust; equal tokens are one opaque.
    pub fn add_opaque(&mut self, opaque: Opaque) -> usize {
        let key = format!("{:?} {}", opaque.names, opaque.tokens);
        let next = self.opaques.len();
        let number = *self.opaque_ids.entry(key).or_insert(next);
        if number == next {
            self.opaques.push(opaque);
        }
        number
    }

    pub fn opaque(&self, number: usize) -> &Opaque {
        &self.opaques[number]
    }

    /// Whether there is Rust that the macro did not look into.
    pub fn has_opaques(&self) -> bool {
        !self.opaques.is_empty()
    }

    /// Interns the nodes that one place of a repeated formula stands for, one per repetition.
    pub fn add_table(&mut self, entries: Vec<NodeId>) -> usize {
        let next = self.tables.len();
        let number = *self.table_ids.entry(entries.clone()).or_insert(next);
        if number == next {
            self.tables.push(entries);
        }
        number
    }

    pub fn table(&self, number: usize) -> &[NodeId] {
        &self.tables[number]
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Where the node was first written; the macro's call site for nodes the macro made.
    pub fn place(&self, id: NodeId) -> Place {
        self.places[id.index()].unwrap_or_else(Place::call_site)
    }

    /// Where the `position`-th operand is written in this node, as far as that is known.
    pub fn operand_place(&self, id: NodeId, position: usize) -> Place {
        let written = self.operand_places[id.index()].get(position).copied();
        written.unwrap_or_else(|| self.place(self.node(id).operands()[position]))
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// For every node, by index: whether it has the same value at every point of a sweep.
    pub fn invariant(&self) -> Vec<bool> {
        self.made_only_of(|node| !varies(node) && !matches!(node, Node::Varying(_)))
    }

    /// For every node, by index: whether one repetition of a sum gives it the same value at every point of a sweep.
    pub fn invariant_in_repetition(&self) -> Vec<bool> {
        self.made_only_of(|node| match node {
            Node::Varying(table) => !varies(self.node(self.tables[*table][0])),
            _ => !varies(node),
        })
    }

    /// For every node, by index: whether it is the same in every repetition of a sum.
    pub fn fixed(&self) -> Vec<bool> {
        self.made_only_of(|node| !matches!(node, Node::Running | Node::Varying(_)))
    }

    /// For every node, by index: whether it is made of literals alone.
    pub fn constant(&self) -> Vec<bool> {
        let invariant = self.invariant();
        let known =
            self.made_only_of(|node| !matches!(node, Node::Parameter(_) | Node::Opaque { .. }));
        invariant
            .into_iter()
            .zip(known)
            .map(|(a, b)| a && b)
            .collect()
    }

    /// For every node, by index: how many nodes its expression has when nothing in it is shared.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let operands = node.operands();
            let below = operands.iter().map(|id| sizes[id.index()]);
            sizes.push(below.fold(1, usize::saturating_add));
        }
        sizes
    }

    fn made_only_of(&self, allowed: impl Fn(&Node) -> bool) -> Vec<bool> {
        let mut made = vec![false; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            made[i] = allowed(node) && node.operands().iter().all(|id| made[id.index()]);
        }
        made
    }

    /// All nodes that the roots are made of, operands before users.
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let last = roots.iter().map(|root| root.index());
        let mut seen = vec![false; last.max().map_or(0, |last| last + 1)];
        roots.iter().for_each(|root| seen[root.index()] = true);
        // Users have larger ids than their operands, so one pass down meets all of them.
        let mut reachable = Vec::new();
        for index in (0..seen.len()).rev() {
            if seen[index] {
                let operands = self.nodes[index].operands();
                operands.iter().for_each(|id| seen[id.index()] = true);
                reachable.push(NodeId::from_index(index));
            }
        }
        reachable.reverse();
        reachable
    }

    /// The same expression at the point that lies so far away.
    pub fn displaced(
        &mut self,
        root: NodeId,
        by: &[isize],
        memo: &mut Map<NodeId, NodeId>,
    ) -> NodeId {
        let mut leaf = |node: &Node| {
            let mut node = node.clone();
            match &mut node {
                Node::Read { offset, .. }
                | Node::Seed { offset, .. }
                | Node::Coefficient { offset, .. }
                | Node::Bank { offset, .. } => {
                    offset.iter_mut().zip(by).for_each(|(o, by)| *o += by);
                }
                Node::Position { axis, shift, .. } => *shift += by[*axis],
                _ => return None,
            }
            Some(node)
        };
        self.rewrite(root, &mut leaf, &|_| None, memo)
    }

    /// Rebuilds `root` with every node replaced by what `displaced` makes of it (`None`: kept) and every condition for which
    /// `decide` knows the answer decided. An explicit stack: an unrolled sum may be thousands of nodes deep.
    pub fn rewrite(
        &mut self,
        root: NodeId,
        displaced: &mut dyn FnMut(&Node) -> Option<Node>,
        decide: &dyn Fn(NodeId) -> Option<bool>,
        memo: &mut Map<NodeId, NodeId>,
    ) -> NodeId {
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            if memo.contains_key(&id) {
                stack.pop();
                continue;
            }
            let node = self.node(id).clone();
            let branch = decided_branch(&node, decide);
            let needed = branch.map_or_else(|| node.operands(), |branch| Operands::from([branch]));
            let before = stack.len();
            stack.extend(needed.iter().rev().filter(|id| !memo.contains_key(id)));
            if stack.len() > before {
                continue;
            }
            let place = self.places[id.index()];
            let new = match branch {
                Some(branch) => memo[&branch],
                None => {
                    let operands: Vec<_> = needed.iter().map(|id| memo[id]).collect();
                    let node = node.with_operands(&operands);
                    self.insert(displaced(&node).unwrap_or(node), place, &[])
                }
            };
            memo.insert(id, new);
            stack.pop();
        }
        memo[&root]
    }
}

/// Whether the leaf depends on the point.
fn varies(node: &Node) -> bool {
    matches!(
        node,
        Node::Read { .. }
            | Node::Seed { .. }
            | Node::Coefficient { .. }
            | Node::Inside { .. }
            | Node::Bank { .. }
            | Node::Position { .. }
            | Node::Running
    )
}

fn decided_branch(node: &Node, decide: &dyn Fn(NodeId) -> Option<bool>) -> Option<NodeId> {
    match node {
        Node::Select {
            condition,
            then,
            other,
        } => decide(*condition).map(|truth| if truth { *then } else { *other }),
        _ => None,
    }
}
