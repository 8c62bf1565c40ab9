//! The kernel's formula as a hash-consed DAG of expressions at one grid point.
//!
//! Passive values (no input in them) keep the types Rust infers for them and are re-emitted as Rust; active values
//! are the stencil's arithmetic. Equal expressions are one node, so the generated loops compute them once. Nodes
//! carry no spans; the DAG remembers beside them where each was first written.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::Type;

use super::place::Place;

/// A node of one [`Dag`]; operands always have smaller ids than the nodes that use them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The inverse of [`NodeId::index`].
    pub fn from_index(index: usize) -> NodeId {
        NodeId(index as u32)
    }
}

/// What a `Position` argument is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Query {
    /// `at.index(axis)`, also `at.from_low(axis)`.
    Index,
    /// `at.extent(axis)`.
    Extent,
    /// `at.from_high(axis)`: extent - 1 - index.
    FromHigh,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unary {
    Neg,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// Rust that the macro does not look into: a pure expression of passive values, re-emitted as
/// `{ let a = <operand>; ... <tokens> }`.
#[derive(Clone, Debug)]
pub struct Opaque {
    pub tokens: TokenStream,
    /// The names that `tokens` uses for the operands, in the operands' order.
    pub names: Vec<Ident>,
    pub form: Form,
}

/// What an [`Opaque`] was in the user's eyes: how a message about it names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// `x.sqrt()`, by the method's name.
    Method(String),
    /// `f64::max(x, y)`, by the function as written.
    Call(String),
    /// `name!(..)`.
    Macro(String),
    /// A constant or static from outside the kernel, as written.
    Path(String),
    /// `match`, `if let`, a reference, a field: in words.
    Other(&'static str),
    /// `[a, b]` or `(a, b)`, built from its operands.
    Aggregate,
    /// Something about which an error has been reported already: nothing more is said about what is made of it.
    Mistake,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A float literal, its decimal text as written (suffix included).
    Literal(String),
    /// An integer known to the macro: a literal, a constant, a loop index.
    Integer(i128),
    Bool(bool),
    /// A scalar or table parameter, by its number among the kernel's parameters.
    Parameter(usize),
    /// `u[[-1, 0]]`: the only active leaf of a forward formula.
    Read {
        input: usize,
        offset: Vec<isize>,
    },
    /// `k[[0, 1]]`.
    Coefficient {
        field: usize,
        offset: Vec<isize>,
    },
    /// A query of the position of the point shifted by `shift` along `axis`.
    Position {
        query: Query,
        axis: usize,
        shift: isize,
    },
    /// The cotangent of an output at an offset: the active leaf of an adjoint formula.
    Seed {
        output: usize,
        offset: Vec<isize>,
    },
    /// Whether the row at an offset belongs to the operator's domain: guards the terms of an adjoint near an edge.
    Inside {
        offset: Vec<isize>,
    },
    Unary(Unary, NodeId),
    Binary(Binary, NodeId, NodeId),
    /// `if condition { then } else { other }`; only the branch taken is evaluated.
    Select {
        condition: NodeId,
        then: NodeId,
        other: NodeId,
    },
    /// `table[index]` of passive values.
    Index {
        table: NodeId,
        index: NodeId,
    },
    /// `value as ty` of a passive value, by the type's number in [`Dag::ty`]. Known integers are folded instead.
    Cast {
        value: NodeId,
        ty: usize,
    },
    /// A passive value whose type the user wrote down (`let value: ty`, `const`, a suffix): the same value.
    Typed {
        value: NodeId,
        ty: usize,
    },
    /// An opaque passive value, by its number in [`Dag::opaques`].
    Opaque {
        opaque: usize,
        operands: Vec<NodeId>,
    },
}

impl Node {
    /// The nodes this one is computed from, in evaluation order.
    pub fn operands(&self) -> Vec<NodeId> {
        match self {
            Node::Literal(_)
            | Node::Integer(_)
            | Node::Bool(_)
            | Node::Parameter(_)
            | Node::Read { .. }
            | Node::Coefficient { .. }
            | Node::Position { .. }
            | Node::Seed { .. }
            | Node::Inside { .. } => Vec::new(),
            Node::Unary(_, a) => vec![*a],
            Node::Cast { value, .. } | Node::Typed { value, .. } => vec![*value],
            Node::Binary(_, a, b) => vec![*a, *b],
            Node::Select {
                condition,
                then,
                other,
            } => vec![*condition, *then, *other],
            Node::Index { table, index } => vec![*table, *index],
            Node::Opaque { operands, .. } => operands.clone(),
        }
    }

    /// The same node over other operands, given in the order of [`Node::operands`].
    pub fn with_operands(&self, operands: &[NodeId]) -> Node {
        match self {
            Node::Unary(op, _) => Node::Unary(*op, operands[0]),
            Node::Binary(op, _, _) => Node::Binary(*op, operands[0], operands[1]),
            Node::Select { .. } => Node::Select {
                condition: operands[0],
                then: operands[1],
                other: operands[2],
            },
            Node::Index { .. } => Node::Index {
                table: operands[0],
                index: operands[1],
            },
            Node::Cast { ty, .. } => Node::Cast {
                value: operands[0],
                ty: *ty,
            },
            Node::Typed { ty, .. } => Node::Typed {
                value: operands[0],
                ty: *ty,
            },
            Node::Opaque { opaque, .. } => Node::Opaque {
                opaque: *opaque,
                operands: operands.to_vec(),
            },
            leaf => leaf.clone(),
        }
    }
}

#[derive(Default)]
pub struct Dag {
    nodes: Vec<Node>,
    ids: HashMap<Node, NodeId>,
    active: Vec<bool>,
    places: Vec<Option<Place>>,
    operand_places: Vec<Vec<Place>>,
    opaques: Vec<Opaque>,
    opaque_ids: HashMap<String, usize>,
    types: Vec<Type>,
    type_ids: HashMap<String, usize>,
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
        let id = NodeId(self.nodes.len() as u32);
        let leaf = matches!(node, Node::Read { .. } | Node::Seed { .. });
        self.active
            .push(leaf || node.operands().iter().any(|id| self.is_active(*id)));
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
        self.made_only_of(|node| {
            !matches!(
                node,
                Node::Read { .. }
                    | Node::Seed { .. }
                    | Node::Coefficient { .. }
                    | Node::Inside { .. }
                    | Node::Position { .. }
            )
        })
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

    fn made_only_of(&self, allowed: impl Fn(&Node) -> bool) -> Vec<bool> {
        let mut made = vec![false; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            made[i] = allowed(node) && node.operands().iter().all(|id| made[id.index()]);
        }
        made
    }

    /// All ids, operands before users.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// All nodes that the roots are made of, operands before users.
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = roots.to_vec();
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut seen[id.index()], true) {
                stack.extend(self.node(id).operands());
            }
        }
        self.ids().filter(|id| seen[id.index()]).collect()
    }

    /// Rebuilds `root` with every leaf replaced by what `leaf` makes of it (`None`: kept) and every condition for which
    /// `decide` knows the answer decided. An explicit stack: an unrolled sum may be thousands of nodes deep.
    pub fn rewrite(
        &mut self,
        root: NodeId,
        leaf: &mut dyn FnMut(&Node) -> Option<Node>,
        decide: &dyn Fn(NodeId) -> Option<bool>,
        memo: &mut HashMap<NodeId, NodeId>,
    ) -> NodeId {
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            if memo.contains_key(&id) {
                stack.pop();
                continue;
            }
            let node = self.node(id).clone();
            let branch = decided_branch(&node, decide);
            let needed = branch.map_or_else(|| node.operands(), |branch| vec![branch]);
            let before = stack.len();
            stack.extend(needed.iter().rev().filter(|id| !memo.contains_key(id)));
            if stack.len() > before {
                continue;
            }
            let place = self.places[id.index()];
            let new = match branch {
                Some(branch) => memo[&branch],
                None if needed.is_empty() => self.insert(leaf(&node).unwrap_or(node), place, &[]),
                None => {
                    let operands: Vec<_> = needed.iter().map(|id| memo[id]).collect();
                    self.insert(node.with_operands(&operands), place, &[])
                }
            };
            memo.insert(id, new);
            stack.pop();
        }
        memo[&root]
    }
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
