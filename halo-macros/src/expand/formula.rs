//! Prints the DAG as Rust: the formula of one point, in two worlds.
//!
//! Passive values are plain Rust of the kernel's own types; active values are arithmetic in the generic scalar, into
//! which a passive value is lifted where the two meet. That is what lets the very same code run over the prime field.
//! Inside a branch everything is computed in the branch: a value that the plain kernel would not have computed is never
//! computed here either. What a block needs on every path is computed once, in front.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::{self, Names};
use crate::ir::dag::{Binary, Dag, Node, NodeId, Query, Unary};

/// How reads are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As shifted slices of the whole row.
    Interior,
    /// Point by point, each only where its branch is taken.
    Edge,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum World {
    Passive,
    Active,
}

/// A value as one of the two worlds sees it.
type Value = (NodeId, World);

type Bound = HashMap<Value, Ident>;

/// A set of values, as bits: sets of everything that large kernels need are many.
#[derive(Clone, Default)]
struct Values {
    bits: Vec<u64>,
}

impl Values {
    fn insert(&mut self, (id, world): Value) {
        let bit = 2 * id.index() + usize::from(world == World::Active);
        if self.bits.len() <= bit / 64 {
            self.bits.resize(bit / 64 + 1, 0);
        }
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    fn unite(&mut self, other: &Values) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        self.bits
            .iter_mut()
            .zip(&other.bits)
            .for_each(|(a, b)| *a |= b);
    }

    fn intersection(&self, other: &Values) -> Values {
        Values {
            bits: self
                .bits
                .iter()
                .zip(&other.bits)
                .map(|(a, b)| a & b)
                .collect(),
        }
    }

    /// In order, so operands come before their users.
    fn iter(&self) -> impl Iterator<Item = Value> {
        (0..64 * self.bits.len())
            .filter(|bit| self.bits[bit / 64] >> (bit % 64) & 1 == 1)
            .map(|bit| {
                let world = if bit % 2 == 1 {
                    World::Active
                } else {
                    World::Passive
                };
                (NodeId::from_index(bit / 2), world)
            })
    }
}

/// Operator precedence, loosest first; decides where parentheses are needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Block,
    Or,
    And,
    Compare,
    Sum,
    Product,
    Prefix,
    Atom,
}

pub struct Formula<'a> {
    dag: &'a Dag,
    names: &'a Names<'a>,
    mode: Mode,
    invariant: Vec<bool>,
    constant: Vec<bool>,
    uses: HashMap<Value, usize>,
    always: HashMap<Value, Values>,
}

/// The formula of several roots, ready to be put around a loop.
pub struct Printed {
    /// Statements in front of the loop: what does not change from point to point.
    pub before: Vec<TokenStream>,
    /// Statements of one point.
    pub point: Vec<TokenStream>,
    /// One value per root.
    pub values: Vec<TokenStream>,
}

impl<'a> Formula<'a> {
    pub fn print(dag: &'a Dag, names: &'a Names<'a>, mode: Mode, roots: &[NodeId]) -> Printed {
        let mut formula = Formula {
            dag,
            names,
            mode,
            invariant: dag.invariant(),
            constant: dag.constant(),
            uses: HashMap::new(),
            always: HashMap::new(),
        };
        let roots: Vec<Value> = roots.iter().map(|root| (*root, World::Active)).collect();
        formula.count_uses(&roots);
        formula.collect_needs();
        let mut bound = Bound::new();
        let before = formula.bind_invariants(&roots, &mut bound);
        let (point, values) = formula.block(&roots, &mut bound);
        Printed {
            before,
            point,
            values: values.into_iter().map(|(tokens, _)| tokens).collect(),
        }
    }

    /// The values that `value` is made of, those that every evaluation needs first, then those that only a branch needs.
    fn operands(&self, (id, world): Value) -> (Vec<Value>, Vec<Value>) {
        let node = self.dag.node(id);
        if world == World::Active && !self.dag.is_active(id) {
            return (vec![(id, World::Passive)], Vec::new());
        }
        match node {
            Node::Select {
                condition,
                then,
                other,
            } => (
                vec![(*condition, World::Passive)],
                vec![(*then, world), (*other, world)],
            ),
            Node::Binary(Binary::And | Binary::Or, a, b) => (vec![(*a, world)], vec![(*b, world)]),
            _ => (
                node.operands().into_iter().map(|id| (id, world)).collect(),
                Vec::new(),
            ),
        }
    }

    fn count_uses(&mut self, roots: &[Value]) {
        let mut stack = roots.to_vec();
        while let Some(value) = stack.pop() {
            let count = self.uses.entry(value).or_insert(0);
            *count += 1;
            if *count == 1 {
                let (always, sometimes) = self.operands(value);
                stack.extend(always.into_iter().chain(sometimes));
            }
        }
    }

    /// For every value, what evaluating it needs whichever branches are taken: what both branches need, too.
    fn collect_needs(&mut self) {
        let mut values: Vec<Value> = self.uses.keys().copied().collect();
        values.sort();
        for value in values {
            let mut needs = Values::default();
            needs.insert(value);
            let (always, sometimes) = self.operands(value);
            always
                .iter()
                .for_each(|operand| needs.unite(&self.always[operand]));
            if let [then, other] = sometimes[..] {
                needs.unite(&self.always[&then].intersection(&self.always[&other]));
            }
            self.always.insert(value, needs);
        }
    }

    /// Everything the roots need on every path and that has no name yet, operands before users.
    fn always_needed(&self, roots: &[Value], bound: &Bound) -> Vec<Value> {
        let mut needed = Values::default();
        roots
            .iter()
            .for_each(|root| needed.unite(&self.always[root]));
        needed
            .iter()
            .filter(|value| !bound.contains_key(value))
            .collect()
    }

    /// Names what is the same at every point: parameters as the loop's scalar, and what several values share.
    fn bind_invariants(&self, roots: &[Value], bound: &mut Bound) -> Vec<TokenStream> {
        let needed = self.always_needed(roots, bound);
        // Lifting a parameter is harmless even where only a branch uses it; anything else may panic there.
        let lifted = |value: &Value| value.1 == World::Active && self.is_trivial(value.0);
        let mut values: Vec<Value> = self.uses.keys().copied().filter(lifted).collect();
        values.extend(needed);
        values.sort();
        values.dedup();
        let mut before = Vec::new();
        for value in values {
            let (id, world) = value;
            if !self.invariant[id.index()] || self.is_constant(id) {
                continue;
            }
            let shared = self.uses[&value] > 1 && !self.is_trivial(id);
            if world == World::Active || shared {
                before.push(self.bind(value, bound));
            }
        }
        before
    }

    /// One block: a statement for each shared value, then the roots' own expressions.
    fn block(
        &self,
        roots: &[Value],
        bound: &mut Bound,
    ) -> (Vec<TokenStream>, Vec<(TokenStream, Precedence)>) {
        let mut statements = Vec::new();
        for value in self.always_needed(roots, bound) {
            let slice = self.mode == Mode::Interior && self.dag.node(value.0).operands().is_empty();
            let plain = slice || self.is_constant(value.0) || self.is_trivial(value.0);
            if self.uses[&value] > 1 && !plain {
                statements.push(self.bind(value, bound));
            }
        }
        let values = roots
            .iter()
            .map(|root| self.expression(*root, bound))
            .collect();
        (statements, values)
    }

    fn bind(&self, value: Value, bound: &mut Bound) -> TokenStream {
        let (tokens, _) = self.expression(value, bound);
        let name = match (self.dag.node(value.0), value.1) {
            (Node::Parameter(parameter), World::Active) => self.names.parameter_value(*parameter),
            _ => names::local(&format!("t{}", bound.len())),
        };
        bound.insert(value, name.clone());
        quote!(let #name = #tokens;)
    }

    /// Made of literals alone: rustc folds it, and its type is inferred afresh at each use.
    fn is_constant(&self, id: NodeId) -> bool {
        self.constant[id.index()]
    }

    /// Not worth a name: a parameter is a field of `self`.
    fn is_trivial(&self, id: NodeId) -> bool {
        matches!(self.dag.node(id), Node::Parameter(_))
    }

    fn expression(&self, value: Value, bound: &Bound) -> (TokenStream, Precedence) {
        if let Some(name) = bound.get(&value) {
            return (quote!(#name), Precedence::Atom);
        }
        let (id, world) = value;
        let scalar = names::scalar();
        if world == World::Active && !self.dag.is_active(id) {
            if self.dag.node(id) == &Node::Literal("0.0".into()) {
                return (quote!(#scalar::ZERO), Precedence::Atom);
            }
            let (passive, _) = self.expression((id, World::Passive), bound);
            return (quote!(#scalar::lift(#passive)), Precedence::Atom);
        }
        let i = names::local("i");
        let row = names::local("row");
        let atom = |tokens| (tokens, Precedence::Atom);
        match self.dag.node(id) {
            Node::Literal(text) => atom(literal(text)),
            Node::Integer(value) => {
                let digits = Literal::u128_unsuffixed(value.unsigned_abs());
                match value.is_negative() {
                    true => (quote!(-#digits), Precedence::Prefix),
                    false => atom(quote!(#digits)),
                }
            }
            Node::Bool(value) => atom(quote!(#value)),
            Node::Parameter(parameter) => {
                let field = self.names.parameter(*parameter);
                atom(quote!(self.#field))
            }
            Node::Read {
                input: field,
                offset,
            }
            | Node::Seed {
                output: field,
                offset,
            } => atom(match self.mode {
                Mode::Interior => {
                    let slice = self.names.tap(*field, offset);
                    quote!(#slice[#i])
                }
                Mode::Edge => {
                    let tap = Literal::usize_unsuffixed(self.names.tap_number(*field, offset));
                    let field = Literal::usize_unsuffixed(*field);
                    quote!(#row.tap_at(#field, #tap, #i))
                }
            }),
            Node::Coefficient { field, offset } => atom(match self.mode {
                Mode::Interior => {
                    let slice = self.names.coefficient(*field, offset);
                    quote!(#slice[#i])
                }
                Mode::Edge => {
                    let number = self.names.coefficient_number(*field, offset);
                    let tap = Literal::usize_unsuffixed(number);
                    let field = Literal::usize_unsuffixed(*field);
                    quote!(#row.coefficient_at(#field, #tap, #i))
                }
            }),
            Node::Position { query, axis, shift } => {
                let axis = Literal::usize_unsuffixed(*axis);
                atom(match query {
                    Query::Index => quote!(#row.index(#axis, #shift, #i)),
                    Query::Extent => quote!(#row.extent(#axis)),
                    Query::FromHigh => quote!(#row.from_high(#axis, #shift, #i)),
                })
            }
            Node::Inside { offset } => {
                let offset = offset.iter().map(|o| Literal::isize_unsuffixed(*o));
                atom(quote!(#row.inside([#(#offset),*], #i)))
            }
            Node::Unary(op, a) => {
                let a = self.operand((*a, world), bound, Precedence::Prefix);
                let tokens = match op {
                    Unary::Neg => quote!(-#a),
                    Unary::Not => quote!(!#a),
                };
                (tokens, Precedence::Prefix)
            }
            Node::Binary(op, a, b) => self.binary(*op, (*a, world), (*b, world), bound),
            Node::Select {
                condition,
                then,
                other,
            } => {
                let (condition, _) = self.expression((*condition, World::Passive), bound);
                let then = self.branch((*then, world), bound);
                let other = self.branch((*other, world), bound);
                (
                    quote!(if #condition { #then } else { #other }),
                    Precedence::Block,
                )
            }
            Node::Cast { value, ty } => {
                let (value, ty) = (
                    self.operand((*value, world), bound, Precedence::Atom),
                    self.dag.ty(*ty),
                );
                // `a as usize < b` would read `<` as the start of generics: a cast is always set apart.
                (quote!(#value as #ty), Precedence::Block)
            }
            Node::Typed { value, ty } => {
                let (value, _) = self.expression((*value, world), bound);
                let (name, ty) = (names::local("value"), self.dag.ty(*ty));
                (
                    quote!({ let #name: #ty = #value; #name }),
                    Precedence::Block,
                )
            }
            Node::Index { table, index } => {
                let table = self.operand((*table, world), bound, Precedence::Atom);
                let (index, _) = self.expression((*index, world), bound);
                atom(quote!(#table[#index]))
            }
            Node::Opaque { opaque, operands } => {
                let opaque = self.dag.opaque(*opaque);
                let tokens = &opaque.tokens;
                let captures = opaque.names.iter().zip(operands).map(|(name, operand)| {
                    let (value, _) = self.expression((*operand, World::Passive), bound);
                    quote!(let #name = #value;)
                });
                (quote!({ #(#captures)* #tokens }), Precedence::Block)
            }
        }
    }

    fn binary(&self, op: Binary, a: Value, b: Value, bound: &Bound) -> (TokenStream, Precedence) {
        use Precedence::*;
        // The precedence of the result, and how tight each operand must be.
        let (own, left, right) = match op {
            Binary::Add | Binary::Sub => (Sum, Sum, Product),
            Binary::Mul | Binary::Div | Binary::Rem => (Product, Product, Prefix),
            Binary::And => (And, And, Compare),
            Binary::Or => (Or, Or, And),
            _ => (Compare, Sum, Sum),
        };
        let a = self.operand(a, bound, left);
        let lazy = matches!(op, Binary::And | Binary::Or);
        let b = if lazy {
            let (statements, mut values) = self.block(&[b], &mut bound.clone());
            let value = values.pop().map(|value| parenthesised(value, right));
            if statements.is_empty() {
                quote!(#value)
            } else {
                quote!({ #(#statements)* #value })
            }
        } else {
            self.operand(b, bound, right)
        };
        let tokens = match op {
            Binary::Add => quote!(#a + #b),
            Binary::Sub => quote!(#a - #b),
            Binary::Mul => quote!(#a * #b),
            Binary::Div => quote!(#a / #b),
            Binary::Rem => quote!(#a % #b),
            Binary::Less => quote!(#a < #b),
            Binary::LessEqual => quote!(#a <= #b),
            Binary::Greater => quote!(#a > #b),
            Binary::GreaterEqual => quote!(#a >= #b),
            Binary::Equal => quote!(#a == #b),
            Binary::NotEqual => quote!(#a != #b),
            Binary::And => quote!(#a && #b),
            Binary::Or => quote!(#a || #b),
        };
        (tokens, own)
    }

    fn operand(&self, value: Value, bound: &Bound, least: Precedence) -> TokenStream {
        parenthesised(self.expression(value, bound), least)
    }

    fn branch(&self, root: Value, bound: &Bound) -> TokenStream {
        let (statements, values) = self.block(&[root], &mut bound.clone());
        let values = values.into_iter().map(|(tokens, _)| tokens);
        quote!(#(#statements)* #(#values)*)
    }
}

fn parenthesised((tokens, own): (TokenStream, Precedence), least: Precedence) -> TokenStream {
    if own >= least {
        tokens
    } else {
        quote!((#tokens))
    }
}

/// The decimal text as it was written; a suffix goes, the type comes from where the value is used.
fn literal(text: &str) -> TokenStream {
    match text.parse::<TokenStream>() {
        Ok(tokens) => tokens,
        Err(_) => {
            let name = format_ident!("literal");
            quote!(#name)
        }
    }
}
