//! Holds values against patterns: under which condition a value has a pattern's form, and what the pattern's names then
//! stand for.
//!
//! Integers, truths and ranges become comparisons, so that a `match` on the position makes regions as an `if` does. Any
//! other pattern stays Rust: `matches!` is the condition, and a `match` of its own finds what a name is bound to.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{ExprRange, Pat, PatIdent, PatOr, RangeLimits};

use crate::ir::node::{Binary, Form, Node, NodeId, Unary};
use crate::ir::place::Place;

use super::environment::Binding;
use super::fold::{Folded, fold_binary, known_bool, known_integer};
use super::lowerer::{Lowerer, operand_names};
use super::pattern::{OTHER_LENGTH, is_upper, names_in, pairs};
use super::value::Value;

/// Whether a value has the form of a pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fit {
    Always,
    Never,
    When(NodeId),
}

/// What a pattern gives names to.
pub type Bindings<'a> = Vec<(&'a Ident, Value<'a>)>;

impl<'a> Lowerer<'a, '_> {
    /// Under which condition the value, written at `place`, has the pattern's form. Adds what the pattern binds.
    pub fn fit(
        &mut self,
        pattern: &'a Pat,
        value: Value<'a>,
        place: Place,
        bindings: &mut Bindings<'a>,
    ) -> Fit {
        match (pattern, value) {
            (Pat::Wild(_), _) => Fit::Always,
            (Pat::Paren(paren), value) => self.fit(&paren.pat, value, place, bindings),
            (Pat::Guard(guarded), value) => self.fit(&guarded.pat, value, place, bindings),
            (Pat::Reference(reference), Value::Reference(value)) => {
                self.fit(&reference.pat, *value, place, bindings)
            }
            (Pat::Ident(pat), value) if pat.by_ref.is_none() && !self.is_constant(pat) => {
                bindings.push((&pat.ident, value.clone()));
                match &pat.subpat {
                    Some((_, inner)) => self.fit(inner, value, place, bindings),
                    None => Fit::Always,
                }
            }
            (Pat::Tuple(tuple), value) => {
                let parts: Vec<_> = tuple.elems.iter().collect();
                self.fit_parts(pattern, &parts, value, place, bindings)
            }
            (Pat::Slice(slice), value) => {
                let parts: Vec<_> = slice.elems.iter().collect();
                self.fit_parts(pattern, &parts, value, place, bindings)
            }
            (Pat::Or(cases), value) if !binds(pattern) => {
                self.fit_cases(cases, value, place, bindings)
            }
            (pattern, value) => {
                let id = self.single(value, place);
                self.fit_number(pattern, id, place, bindings)
            }
        }
    }

    /// Whether both hold; the second is asked only where the first does.
    pub fn both(&mut self, first: Fit, second: Fit) -> Fit {
        match (first, second) {
            (Fit::Never, _) | (_, Fit::Never) => Fit::Never,
            (Fit::Always, other) | (other, Fit::Always) => other,
            (Fit::When(first), Fit::When(second)) => {
                Fit::When(self.dag.add(Node::Binary(Binary::And, first, second)))
            }
        }
    }

    pub fn fit_of(&self, condition: NodeId) -> Fit {
        match known_bool(&self.dag, condition) {
            Some(true) => Fit::Always,
            Some(false) => Fit::Never,
            None => Fit::When(condition),
        }
    }

    /// A tuple or array, element by element where the macro knows them.
    fn fit_parts(
        &mut self,
        pattern: &'a Pat,
        parts: &[&'a Pat],
        value: Value<'a>,
        place: Place,
        bindings: &mut Bindings<'a>,
    ) -> Fit {
        let known = self.spread(value.clone().behind());
        let (Value::Array(elements) | Value::Tuple(elements)) = known else {
            let id = self.single(value, place);
            return self.fit_number(pattern, id, place, bindings);
        };
        let Some(pairs) = pairs(parts, elements) else {
            self.context.error_at(Place::of(pattern), OTHER_LENGTH);
            return Fit::Never;
        };
        let mut fit = Fit::Always;
        for (part, element) in pairs {
            let element = element.part_of(&value);
            let next = self.fit(part, element, place, bindings);
            fit = self.both(fit, next);
        }
        fit
    }

    /// `a | b`, without names in it.
    fn fit_cases(
        &mut self,
        cases: &'a PatOr,
        value: Value<'a>,
        place: Place,
        bindings: &mut Bindings<'a>,
    ) -> Fit {
        let mut fit = Fit::Never;
        for case in &cases.cases {
            let next = self.fit(case, value.clone(), place, bindings);
            fit = match (fit, next) {
                (Fit::Always, _) | (_, Fit::Always) => Fit::Always,
                (Fit::Never, other) | (other, Fit::Never) => other,
                (Fit::When(first), Fit::When(second)) => {
                    Fit::When(self.dag.add(Node::Binary(Binary::Or, first, second)))
                }
            };
        }
        fit
    }

    /// One passive value.
    fn fit_number(
        &mut self,
        pattern: &'a Pat,
        value: NodeId,
        place: Place,
        bindings: &mut Bindings<'a>,
    ) -> Fit {
        if self.dag.is_active(value) {
            let message = "a pattern on a value that depends on an input is a condition on it, which is not linear\nhelp: decide on \
                parameters, coefficients or the position instead";
            self.context.error_at(place, message);
            return Fit::Always;
        }
        let compared = match pattern {
            Pat::Lit(literal) => {
                let known = self.literal(literal, Place::of(pattern));
                let known = self.single(known, Place::of(pattern));
                self.compared(Binary::Equal, value, known)
            }
            Pat::Path(path) => {
                let known = self.path(path, Place::of(pattern));
                let known = self.single(known, Place::of(pattern));
                known_integer(&self.dag, known)
                    .and_then(|_| self.compared(Binary::Equal, value, known))
            }
            Pat::Ident(pat) => self
                .known_constant(&pat.ident)
                .and_then(|known| self.compared(Binary::Equal, value, known)),
            Pat::Range(range) => self.fit_range(range, value),
            _ => None,
        };
        compared.unwrap_or_else(|| self.fit_opaque(pattern, value, place, bindings))
    }

    /// `first..=last`, where the ends are numbers.
    fn fit_range(&mut self, range: &'a ExprRange, value: NodeId) -> Option<Fit> {
        let mut fit = Fit::Always;
        let upper = match range.limits {
            RangeLimits::HalfOpen(_) => Binary::Less,
            RangeLimits::Closed(_) => Binary::LessEqual,
        };
        let ends = [(&range.start, Binary::GreaterEqual), (&range.end, upper)];
        for (end, op) in ends {
            if let Some(end) = end {
                let end = self.lower_single(end);
                let next = self.compared(op, value, end)?;
                fit = self.both(fit, next);
            }
        }
        Some(fit)
    }

    /// A comparison, where it says the same as the pattern: of numbers and truths, not of references to them.
    fn compared(&mut self, op: Binary, value: NodeId, known: NodeId) -> Option<Fit> {
        let is_value = match self.dag.node(value) {
            Node::Opaque { opaque, .. } => {
                matches!(self.dag.opaque(*opaque).form, Form::Path(_))
            }
            _ => true,
        };
        let is_number = known_integer(&self.dag, known).is_some()
            || known_bool(&self.dag, known).is_some()
            || matches!(self.dag.node(known), Node::Literal(_));
        if !is_value || !is_number {
            return None;
        }
        if let Some(truth) = known_bool(&self.dag, known).filter(|_| op == Binary::Equal) {
            let condition = match (truth, known_bool(&self.dag, value)) {
                (_, Some(value)) => self.dag.add(Node::Bool(value == truth)),
                (true, None) => value,
                (false, None) => self.dag.add(Node::Unary(Unary::Not, value)),
            };
            return Some(self.fit_of(condition));
        }
        Some(match fold_binary(&mut self.dag, op, value, known) {
            Folded::Known(id) => self.fit_of(id),
            _ => Fit::When(self.dag.add(Node::Binary(op, value, known))),
        })
    }

    /// What Rust says to the pattern; always, where the value is not Rust's to compare.
    pub fn fit_rust(&mut self, pattern: &'a Pat, value: Value<'a>, place: Place) -> Fit {
        match value.behind() {
            Value::Node(id) if !self.dag.is_active(id) => {
                self.fit_opaque(pattern, id, place, &mut Bindings::new())
            }
            _ => Fit::Always,
        }
    }

    /// A pattern that stays Rust.
    fn fit_opaque(
        &mut self,
        pattern: &'a Pat,
        value: NodeId,
        place: Place,
        bindings: &mut Bindings<'a>,
    ) -> Fit {
        bindings.extend(self.names_of(pattern, value, place));
        let names = operand_names(1);
        let own = &names[0];
        let tokens: TokenStream = quote!(::core::matches!(#own, #pattern));
        let condition = self.opaque(tokens, names, vec![value], Form::Pattern, place);
        Fit::When(self.single(condition, place))
    }

    /// Whether the name in a pattern is a constant's and not a new one: it is declared in the kernel, or written as
    /// constants and variants are.
    fn is_constant(&self, pat: &PatIdent) -> bool {
        is_upper(&pat.ident)
            || matches!(
                self.environment.find(&pat.ident.to_string()),
                Some(Binding::Constant(_))
            )
    }

    fn known_constant(&mut self, name: &Ident) -> Option<NodeId> {
        match self.environment.find(&name.to_string())?.clone() {
            Binding::Constant(constant) => match self.constant(constant) {
                Value::Node(id) => known_integer(&self.dag, id).map(|_| id),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether the pattern binds a name.
fn binds(pattern: &Pat) -> bool {
    !names_in(pattern).is_empty()
}
