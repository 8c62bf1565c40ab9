//! Prints the DAG as Rust: the formula of one point, in two worlds.
//!
//! Passive values are plain Rust of the kernel's own types; active values are arithmetic in the generic scalar, into
//! which a passive value is lifted where the two meet. That is what lets the very same code run over the prime field.
//! What is computed where is the schedule's business.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Lit;

use super::literal::{conversion, converted_tokens};
use super::names::{self, Names};
use super::paths;
use super::repeat::Tables;
use super::schedule::{Schedule, Value, World};
use crate::ir::dag::Dag;
use crate::ir::kernel::Kernel;
use crate::ir::map::Map;
use crate::ir::node::{Binary, Form, Node, NodeId, Query, Unary};
use crate::syntax::scalar::Numbers;

/// How reads are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As shifted slices of the whole row.
    Interior,
    /// Point by point, each only where its branch is taken.
    Edge,
}

/// Values that are computed already: a name, or an element of what has a name.
pub type Bound = Map<Value, TokenStream>;

/// Operator precedence, loosest first; decides where parentheses are needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
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
    pub kernel: &'a Kernel,
    pub dag: &'a Dag,
    pub names: &'a Names<'a>,
    pub mode: Mode,
    pub schedule: Schedule<'a>,
    pub tables: Tables,
}

/// The formula of several roots, ready to be put around a loop.
pub struct Printed {
    /// Statements in front of the loop: what does not change from point to point.
    pub before: Vec<TokenStream>,
    /// Statements of a strip of points, in front of the loop over its points: long sums.
    pub strip: Vec<TokenStream>,
    /// Statements of one point.
    pub point: Vec<TokenStream>,
    /// One value per root.
    pub values: Vec<TokenStream>,
}

impl<'a> Formula<'a> {
    pub fn print(
        kernel: &'a Kernel,
        names: &'a Names<'a>,
        mode: Mode,
        roots: &[NodeId],
    ) -> Printed {
        let dag = &kernel.dag;
        let tables = Tables::of(dag, names, roots);
        let roots: Vec<Value> = roots.iter().map(|root| (*root, World::Active)).collect();
        let formula = Formula {
            kernel,
            dag,
            names,
            mode,
            schedule: Schedule::new(kernel, &roots),
            tables,
        };
        let mut bound = Bound::default();
        let mut before = formula.tables();
        before.extend(formula.before(&roots, &mut bound));
        let strip = match mode {
            Mode::Interior => formula.strip(&roots, &mut bound),
            Mode::Edge => Vec::new(),
        };
        let (point, values) = formula.block(&roots, &mut bound);
        let values = values.into_iter().map(|(tokens, _)| tokens).collect();
        Printed {
            before,
            strip,
            point,
            values,
        }
    }

    /// What is computed in front of the loop.
    pub fn before(&self, roots: &[Value], bound: &mut Bound) -> Vec<TokenStream> {
        let mut values = self.schedule.before_the_loop(roots);
        values.retain(|value| !bound.contains_key(value));
        values
            .into_iter()
            .map(|value| self.bind(value, bound))
            .collect()
    }

    /// One block: a statement for each shared value, then the roots' own expressions.
    pub fn block(
        &self,
        roots: &[Value],
        bound: &mut Bound,
    ) -> (Vec<TokenStream>, Vec<(TokenStream, Precedence)>) {
        let mut statements = Vec::new();
        for value in self.schedule.before_the_block(roots) {
            // A slice's element is as short as a name for it.
            let element = self.is_element(value.0);
            if !bound.contains_key(&value) && !element {
                statements.push(self.bind(value, bound));
            }
        }
        let values = roots
            .iter()
            .map(|root| self.expression(*root, bound))
            .collect();
        (statements, values)
    }

    /// Whether the value is an element of a slice.
    pub fn is_element(&self, id: NodeId) -> bool {
        let read = match self.dag.node(id) {
            Node::Varying(table) => self.dag.table(*table)[0],
            Node::Bank { .. } => return false,
            _ => id,
        };
        let is_read = matches!(
            self.dag.node(read),
            Node::Read { .. } | Node::Seed { .. } | Node::Coefficient { .. } | Node::Bank { .. }
        );
        self.mode == Mode::Interior && is_read
    }

    fn bind(&self, value: Value, bound: &mut Bound) -> TokenStream {
        let (tokens, _) = self.expression(value, bound);
        let name = match (self.dag.node(value.0), value.1) {
            (Node::Parameter(parameter), _) => self.names.parameter_value(*parameter),
            _ => names::temporary(bound.len()),
        };
        bound.insert(value, quote!(#name));
        quote!(let #name = #tokens;)
    }

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
            let lifted = match self.kernel.is_mixed() {
                // Of a real or of a complex value, whichever it is.
                true => quote!(#scalar::ONE.scale(#passive)),
                false => quote!(#scalar::lift(#passive)),
            };
            return (self.dag.place(id).locate(lifted), Precedence::Atom);
        }
        if let Some((factor, operand)) = self.schedule.factor(value) {
            let operand = self.operand((operand, world), bound, Precedence::Atom);
            let (factor, _) = self.expression((factor, World::Passive), bound);
            let product = match self.dag.node(id) {
                Node::Binary(Binary::Div, ..) => quote!(#operand.divide(#factor)),
                _ => quote!(#operand.scale(#factor)),
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
            Node::Unary(Unary::Conj, a) => {
                let runtime = paths::runtime();
                let (value, _) = self.expression((*a, world), bound);
                atom(quote!(#runtime::conj(#value)))
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
        let indices = indices
            .iter()
            .map(|index| self.expression((*index, World::Passive), bound).0);
        (quote!([#(#offset),*]), quote!([#(#indices),*]))
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
        let symbol = match op {
            Binary::Add => quote!(+),
            Binary::Sub => quote!(-),
            Binary::Mul => quote!(*),
            Binary::Div => quote!(/),
            Binary::Rem => quote!(%),
            Binary::Less => quote!(<),
            Binary::LessEqual => quote!(<=),
            Binary::Greater => quote!(>),
            Binary::GreaterEqual => quote!(>=),
            Binary::Equal => quote!(==),
            Binary::NotEqual => quote!(!=),
            Binary::And => quote!(&&),
            Binary::Or => quote!(||),
        };
        // Not `quote!(#a + #b)`, which would copy a long sum once for every term.
        let mut tokens = a;
        tokens.extend([symbol, b]);
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

#[cfg(test)]
mod tests {
    use proc_macro2::Ident;

    use super::*;
    use crate::compile::tests::understood;

    /// The general formula of a kernel's first output, printed for a mode.
    fn printed(mode: Mode, source: &str) -> [String; 3] {
        let (_, kernel, analysis) = understood("", source);
        let fields = kernel.inputs.iter().map(Ident::to_string).collect();
        let names = Names::new(&kernel, fields, &analysis.outputs, |_| None);
        let printed = Formula::print(&kernel, &names, mode, &analysis.outputs);
        [printed.before, printed.point, printed.values]
            .map(|tokens| quote!(#(#tokens)*).to_string())
    }

    #[test]
    fn parentheses_stand_only_where_they_are_needed() {
        let [.., value] = printed(
            Mode::Interior,
            "fn f(u: Input<f64, 1>) -> f64 { (u[0] - (u[1] - u[2])) * 2.0 + (u[3] + u[4]) / 3.0 }",
        );
        let expected = "(u_0 [i] - (u_1 [i] - u_2 [i])) * __S :: lift (2.0) \
                        + (u_3 [i] + u_4 [i]) / __S :: lift (3.0)";
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_shared_is_computed_once_and_what_is_invariant_before_the_loop() {
        let [before, point, value] = printed(
            Mode::Interior,
            "fn f(u: Input<f64, 1>, a: f64) -> f64 { let d = u[1] - u[0]; let b = a.sqrt(); d * b + d / b }",
        );
        assert!(
            before.contains("a . sqrt ()") && before.contains("__S :: lift"),
            "{before}"
        );
        assert_eq!(point.matches("u_1 [i]").count(), 1, "{point}");
        assert!(!value.contains("sqrt") && !value.contains("u_1"), "{value}");
    }

    #[test]
    fn what_only_a_branch_needs_is_computed_in_the_branch() {
        let [before, point, value] = printed(
            Mode::Edge,
            "fn f(u: Input<f64, 1>, at: Position<1>, w: [f64; 4]) -> f64 {
                if at.index(0) < 4 { let k = w[at.index(0) as usize]; k * u[0] + k * u[1] } else { u[0] }
            }",
        );
        // The table lookup would be out of bounds elsewhere; u[0] is read in both branches.
        assert!(
            !before.contains("self . w") && !point.contains("self . w"),
            "{before} {point}"
        );
        assert_eq!(value.matches("self . w").count(), 1, "{value}");
        assert!(
            point.contains("tap_at") && value.contains("if t0 < 4"),
            "{point} {value}"
        );
    }
}
