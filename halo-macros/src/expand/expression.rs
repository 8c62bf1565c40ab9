//! One value of the DAG as a Rust expression, down to what is computed already.
//!
//! Here a node meets its spelling, in either world and in either body; which values have names, and where those are
//! computed, is the formula's business.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;
use syn::Lit;

use super::formula::{Bound, Formula, Mode};
use super::literal::{conversion, converted_tokens};
use super::precedence::{Precedence, parenthesised, precedences, symbol};
use super::schedule::{Value, World};
use super::{names, paths};
use crate::ir::node::{Binary, Form, Node, NodeId, Query, Unary};
use crate::syntax::scalar::Numbers;

impl Formula<'_> {
    /// The tokens of a value, and how tightly they bind.
    pub fn expression(&self, value: Value, bound: &Bound) -> (TokenStream, Precedence) {
        if let Some(computed) = bound.get(&value) {
            return (computed.clone(), Precedence::Atom);
        }
        let (id, world) = value;
        let (scalar, row, i) = (&self.names.scalar, &self.names.row, &self.names.i);
        if world == World::Active && !self.dag.is_active(id) {
            if self.is_zero(id) {
                return (quote!(#scalar::ZERO), Precedence::Atom);
            }
            let (passive, _) = self.expression((id, World::Passive), bound);
            let each = self.is_each((id, World::Passive));
            let lifted = match (self.kernel.is_mixed(), each) {
                // Of a real or of a complex value, whichever it is.
                (true, false) => quote!(#scalar::ONE.scale(#passive)),
                (true, true) => quote!(#scalar::ONE.scale_each(#passive)),
                (false, false) => quote!(#scalar::lift(#passive)),
                (false, true) => quote!(#scalar::lift_each(#passive)),
            };
            return (self.dag.place(id).locate(lifted), Precedence::Atom);
        }
        if let Some((factor, operand)) = self.schedule.factor(value) {
            let operand = self.operand((operand, world), bound, Precedence::Atom);
            let each = self.is_each((factor, World::Passive));
            let (factor, _) = self.expression((factor, World::Passive), bound);
            let product = match (self.dag.node(id), each) {
                (Node::Binary(Binary::Div, ..), false) => quote!(#operand.divide(#factor)),
                (Node::Binary(Binary::Div, ..), true) => quote!(#operand.divide_each(#factor)),
                (_, false) => quote!(#operand.scale(#factor)),
                (_, true) => quote!(#operand.scale_each(#factor)),
            };
            return (product, Precedence::Atom);
        }
        let atom = |tokens| (tokens, Precedence::Atom);
        match self.dag.node(id) {
            Node::Literal(text) => atom(self.literal(text)),
            Node::Integer(value) => {
                let digits = Literal::u128_unsuffixed(value.unsigned_abs());
                match value.is_negative() {
                    true => (quote!(-#digits), Precedence::Prefix),
                    false => atom(quote!(#digits)),
                }
            }
            Node::Bool(value) => atom(quote!(#value)),
            Node::Parameter(parameter) => {
                let field = self.parameter(*parameter);
                let place = self.dag.place(id);
                atom(match self.names.own_type(*parameter) {
                    None => place.locate(field),
                    Some(ty) => {
                        let runtime = paths::runtime();
                        let copied = place.locate(quote!(#runtime::copied));
                        let field = place.locate(quote!(&#field));
                        let argument = place.locate(quote!((#field)));
                        quote!(#copied::<#ty>#argument)
                    }
                })
            }
            Node::Read {
                input: field,
                offset,
            }
            | Node::Seed {
                output: field,
                offset,
            } => atom(match self.mode {
                Mode::Interior { .. } => {
                    let slice = self.names.tap(*field, offset);
                    quote!(#slice.at(#i))
                }
                Mode::Edge => {
                    let tap = Literal::usize_unsuffixed(self.names.tap_number(*field, offset));
                    let out = self.names.is_replaced(*field).then_some(&self.names.out);
                    let field = Literal::usize_unsuffixed(*field);
                    match out {
                        Some(out) => quote!(#row.own_at(#out, #field, #tap, #i)),
                        None => quote!(#row.tap_at(#field, #tap, #i)),
                    }
                }
            }),
            Node::Coefficient { field, offset } => atom(match self.mode {
                Mode::Interior { lanes } => {
                    let slice = self.names.coefficient(*field, offset);
                    match lanes {
                        true => quote!(#slice.at(#i)),
                        false => quote!(#slice[#i]),
                    }
                }
                Mode::Edge => {
                    let number = self.names.coefficient_number(*field, offset);
                    let tap = Literal::usize_unsuffixed(number);
                    let ty = self.names.coefficient_type(*field);
                    let field = Literal::usize_unsuffixed(*field);
                    quote!(#row.coefficient_at::<#ty>(#field, #tap, #i))
                }
            }),
            Node::Position { query, axis, shift } => {
                let shift = Literal::isize_unsuffixed(*shift);
                atom(self.position(*query, *axis, quote!(#shift)))
            }
            Node::Inside { output, offset } => {
                let offset = offset.iter().map(|o| Literal::isize_unsuffixed(*o));
                atom(match output.map(Literal::usize_unsuffixed) {
                    None => quote!(#row.inside([#(#offset),*], #i)),
                    Some(output) => quote!(#row.inside_of(#output, [#(#offset),*], #i)),
                })
            }
            Node::Unary(Unary::Conj, a) if self.is_each(value) => {
                let (value, _) = self.expression((*a, world), bound);
                atom(quote!(#scalar::conj_each(#value)))
            }
            Node::Unary(Unary::Conj, a) => {
                let runtime = paths::runtime();
                let (value, _) = self.expression((*a, world), bound);
                atom(quote!(#runtime::conj(#value)))
            }
            Node::Binary(op, a, b) if self.is_each(value) => {
                let (own, left, right) = precedences(*op);
                let [a, b] =
                    [(*a, left), (*b, right)].map(|(id, least)| self.each(id, bound, least));
                let op = symbol(*op);
                (quote!(#a #op #b), own)
            }
            Node::Typed { value: inner, .. } if self.is_each(value) => {
                self.expression((*inner, world), bound)
            }
            Node::Unary(op, a) => {
                let a = self.operand((*a, world), bound, Precedence::Prefix);
                let tokens = match op {
                    Unary::Neg => quote!(-#a),
                    Unary::Not | Unary::Conj => quote!(!#a),
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
            Node::Bank { parameter, .. } => {
                let bank = self.names.parameter(*parameter);
                let (offset, entry) = self.bank_entry(id, bound);
                atom(quote!(#row.bank_at(&self.#bank, #offset, #entry, #i)))
            }
            Node::Index { table, index } => {
                let table = self.behind(*table, bound, Precedence::Atom);
                let (index, _) = self.expression((*index, world), bound);
                atom(quote!(#table[#index]))
            }
            Node::Opaque { opaque, operands } => {
                let opaque = self.dag.opaque(*opaque);
                let tokens = match self.kernel.numbers {
                    Numbers::Generic => converted_tokens(&opaque.tokens, &self.kernel.scalar),
                    _ => opaque.tokens.clone(),
                };
                let captures = opaque.names.iter().zip(operands).map(|(own, operand)| {
                    let name = &own.name;
                    if own.borrowed {
                        let value = self.behind(*operand, bound, Precedence::Prefix);
                        return quote!(let #name = &#value;);
                    }
                    let (value, _) = self.expression((*operand, World::Passive), bound);
                    quote!(let #name = #value;)
                });
                (quote!({ #(#captures)* #tokens }), Precedence::Block)
            }
            Node::Repeat { start, step, count } => (
                self.repeat((*start, world), (*step, world), *count, bound),
                Precedence::Block,
            ),
            Node::Running => {
                let sum = names::local("sum");
                atom(quote!(#sum))
            }
            Node::Varying(table) => atom(self.entry(*table)),
        }
    }

    /// The offset and the indices of a bank's entry, each as an array.
    pub fn bank_entry(&self, id: NodeId, bound: &Bound) -> (TokenStream, TokenStream) {
        let Node::Bank {
            offset, indices, ..
        } = self.dag.node(id)
        else {
            return Default::default();
        };
        let offset = offset.iter().map(|o| Literal::isize_unsuffixed(*o));
        let indices = indices.iter().map(|index| match self.known_index(*index) {
            Some(index) => TokenStream::from(TokenTree::from(Literal::usize_unsuffixed(index))),
            None => self.expression((*index, World::Passive), bound).0,
        });
        (quote!([#(#offset),*]), quote!([#(#indices),*]))
    }

    /// An index as a bare number: a table of them is a constant, where one of numbers that state their type is built anew for
    /// every row.
    fn known_index(&self, id: NodeId) -> Option<usize> {
        let value = match self.dag.node(id) {
            Node::Typed { value, .. } => *value,
            _ => id,
        };
        match self.dag.node(value) {
            Node::Integer(index) => usize::try_from(*index).ok(),
            _ => None,
        }
    }

    fn parameter(&self, number: usize) -> TokenStream {
        let field = self.names.parameter(number);
        quote!(self.#field)
    }

    /// What is indexed or borrowed: a parameter is not copied for that.
    fn behind(&self, id: NodeId, bound: &Bound, least: Precedence) -> TokenStream {
        match self.dag.node(id) {
            Node::Parameter(parameter) => self.dag.place(id).locate(self.parameter(*parameter)),
            _ => self.operand((id, World::Passive), bound, least),
        }
    }

    pub fn position(&self, query: Query, axis: usize, shift: TokenStream) -> TokenStream {
        let (row, i) = (&self.names.row, &self.names.i);
        let axis = Literal::usize_unsuffixed(axis);
        match query {
            Query::Index => quote!(#row.index(#axis, #shift, #i)),
            Query::Extent => quote!(#row.extent(#axis)),
            Query::FromHigh => quote!(#row.from_high(#axis, #shift, #i)),
        }
    }

    /// The decimal text as it was written; in a kernel over any scalar, a number of it unless it has a suffix.
    fn literal(&self, text: &str) -> TokenStream {
        match syn::parse_str::<Lit>(text) {
            Ok(Lit::Float(number))
                if self.kernel.numbers == Numbers::Generic && number.suffix().is_empty() =>
            {
                conversion(&number, &self.kernel.scalar, paths::runtime())
            }
            Ok(number) => quote!(#number),
            Err(_) => quote!(),
        }
    }

    fn is_zero(&self, id: NodeId) -> bool {
        match self.dag.node(id) {
            Node::Literal(text) => text == "0.0",
            Node::Opaque { opaque, .. } => self.dag.opaque(*opaque).form == Form::Zero,
            _ => false,
        }
    }

    fn binary(&self, op: Binary, a: Value, b: Value, bound: &Bound) -> (TokenStream, Precedence) {
        let (own, left, right) = precedences(op);
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
        // Not `quote!(#a + #b)`, which would copy a long sum once for every term.
        let mut tokens = a;
        tokens.extend([symbol(op), b]);
        (tokens, own)
    }

    /// Whether the value is a passive one for each of several points.
    fn is_each(&self, (id, world): Value) -> bool {
        let lanes = self.mode == Mode::Interior { lanes: true };
        lanes && world == World::Passive && !self.schedule.is_invariant(id)
    }

    /// An operand of passive values of several points: one for each of them.
    fn each(&self, id: NodeId, bound: &Bound, least: Precedence) -> TokenStream {
        let value = (id, World::Passive);
        if self.is_each(value) {
            return self.operand(value, bound, least);
        }
        let scalar = &self.names.scalar;
        let (one, _) = self.expression(value, bound);
        quote!(#scalar::passive(#one))
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
