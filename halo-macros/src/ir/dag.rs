//! The kernel's formula as a hash-consed DAG of expressions at one grid point.
//!
//! Passive values (no input in them) keep the types Rust infers for them and are re-emitted as Rust; active values
//! are the stencil's arithmetic. Equal expressions are one node, so the generated loops compute them once. Nodes
//! carry no spans; the DAG remembers beside them where each was first written.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

/// A node of one [`Dag`]; operands always have smaller ids than the nodes that use them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
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
    Read { input: usize, offset: Vec<isize> },
    /// `k[[0, 1]]`.
    Coefficient { field: usize, offset: Vec<isize> },
    /// A query of the position of the point shifted by `shift` along `axis`.
    Position { query: Query, axis: usize, shift: isize },
    /// The cotangent of an output at an offset: the active leaf of an adjoint formula.
    Seed { output: usize, offset: Vec<isize> },
    Unary(Unary, NodeId),
    Binary(Binary, NodeId, NodeId),
    /// `if condition { then } else { other }`; only the branch taken is evaluated.
    Select { condition: NodeId, then: NodeId, other: NodeId },
    /// `table[index]` of passive values.
    Index { table: NodeId, index: NodeId },
    /// An opaque passive value, by its number in [`Dag::opaques`].
    Opaque { opaque: usize, operands: Vec<NodeId> },
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
            | Node::Seed { .. } => Vec::new(),
            Node::Unary(_, a) => vec![*a],
            Node::Binary(_, a, b) => vec![*a, *b],
            Node::Select { condition, then, other } => vec![*condition, *then, *other],
            Node::Index { table, index } => vec![*table, *index],
            Node::Opaque { operands, .. } => operands.clone(),
        }
    }

    /// The same node over other operands, given in the order of [`Node::operands`].
    pub fn with_operands(&self, operands: &[NodeId]) -> Node {
        match self {
            Node::Unary(op, _) => Node::Unary(*op, operands[0]),
            Node::Binary(op, _, _) => Node::Binary(*op, operands[0], operands[1]),
            Node::Select { .. } => {
                Node::Select { condition: operands[0], then: operands[1], other: operands[2] }
            }
            Node::Index { .. } => Node::Index { table: operands[0], index: operands[1] },
            Node::Opaque { opaque, .. } => {
                Node::Opaque { opaque: *opaque, operands: operands.to_vec() }
            }
            leaf => leaf.clone(),
        }
    }
}

/// From the first to the last token of something the user wrote: where an error about it points.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub start: Span,
    pub end: Span,
}

impl Place {
    pub fn of(tokens: &impl ToTokens) -> Place {
        let mut spans = tokens.to_token_stream().into_iter().map(|tree| tree.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        Place { start, end: spans.last().unwrap_or(start) }
    }

    /// An error that underlines the place.
    pub fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        let tokens = [self.start, self.end].map(|span| Ident::new("_place", span));
        syn::Error::new_spanned(quote::quote!(#(#tokens)*), message)
    }
}

#[derive(Default)]
pub struct Dag {
    nodes: Vec<Node>,
    ids: HashMap<Node, NodeId>,
    places: Vec<Option<Place>>,
    opaques: Vec<Opaque>,
    opaque_ids: HashMap<String, usize>,
}

impl Dag {
    /// The node's id, new or the one it already has. Passive integer and boolean operations on constants are the
    /// caller's to fold.
    pub fn add(&mut self, node: Node) -> NodeId {
        self.insert(node, None)
    }

    /// [`Dag::add`], remembering where the user wrote it.
    pub fn add_at(&mut self, node: Node, place: Place) -> NodeId {
        self.insert(node, Some(place))
    }

    fn insert(&mut self, node: Node, place: Option<Place>) -> NodeId {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.places.push(place);
        self.ids.insert(node, id);
        id
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
        self.places[id.index()].unwrap_or(Place { start: Span::call_site(), end: Span::call_site() })
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
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
        (0..self.nodes.len()).filter(|i| seen[*i]).map(|i| NodeId(i as u32)).collect()
    }

    /// Rebuilds `root` with every leaf replaced by what `leaf` makes of it (`None`: kept) and every condition for which
    /// `decide` knows the answer decided.
    pub fn rewrite(
        &mut self,
        root: NodeId,
        leaf: &mut dyn FnMut(&Node) -> Option<Node>,
        decide: &dyn Fn(NodeId) -> Option<bool>,
        memo: &mut HashMap<NodeId, NodeId>,
    ) -> NodeId {
        if let Some(done) = memo.get(&root) {
            return *done;
        }
        let node = self.node(root).clone();
        let new = match &node {
            Node::Select { condition, then, other } => match decide(*condition) {
                Some(true) => self.rewrite(*then, leaf, decide, memo),
                Some(false) => self.rewrite(*other, leaf, decide, memo),
                None => self.rewrite_operands(&node, leaf, decide, memo),
            },
            _ => self.rewrite_operands(&node, leaf, decide, memo),
        };
        memo.insert(root, new);
        new
    }

    fn rewrite_operands(
        &mut self,
        node: &Node,
        leaf: &mut dyn FnMut(&Node) -> Option<Node>,
        decide: &dyn Fn(NodeId) -> Option<bool>,
        memo: &mut HashMap<NodeId, NodeId>,
    ) -> NodeId {
        let operands = node.operands();
        if operands.is_empty() {
            let new = leaf(node).unwrap_or_else(|| node.clone());
            return self.add(new);
        }
        let operands: Vec<_> =
            operands.into_iter().map(|id| self.rewrite(id, leaf, decide, memo)).collect();
        self.add(node.with_operands(&operands))
    }
}
