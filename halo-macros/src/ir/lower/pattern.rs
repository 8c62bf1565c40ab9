//! Binds the names of a pattern to (parts of) a value.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Expr, Index, Pat, PatIdent, Token};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::Binding;
use super::lowerer::{Lowerer, operand_names};
use super::matching::Bindings;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// Declares the pattern's names in the current scope; `place` is where the value is written.
    pub fn bind(&mut self, pattern: &'a Pat, value: Value<'a>, place: Place) {
        match pattern {
            Pat::Ident(pat)
                if pat.by_ref.is_none() && (pat.subpat.is_none() || rest(pattern).is_some()) =>
            {
                self.environment
                    .declare(pat.ident.to_string(), Binding::Variable(Some(value)));
            }
            Pat::Wild(_) => {}
            Pat::Paren(paren) => self.bind(&paren.pat, value, place),
            Pat::Reference(reference) => {
                let value = match value {
                    Value::Reference(value) => *value,
                    value => value,
                };
                self.bind(&reference.pat, value, place);
            }
            Pat::Type(typed) => {
                let value = self.ascribe(value, &typed.ty);
                self.bind(&typed.pat, value, place);
            }
            Pat::Tuple(tuple) => {
                self.bind_elements(tuple.elems.iter().collect(), value, place, tuple_element)
            }
            Pat::Slice(slice) => {
                self.bind_elements(slice.elems.iter().collect(), value, place, array_element)
            }
            Pat::Struct(_) | Pat::TupleStruct(_) | Pat::Path(_)
                if self.active_parts(&value).is_empty() =>
            {
                let value = self.single(value, place);
                for (name, part) in self.names_of(pattern, value, place) {
                    let part = Binding::Variable(Some(part));
                    self.environment.declare(name.to_string(), part);
                }
            }
            other => {
                let message = "the macro cannot take a value apart like this\nhelp: bind one name and pick its parts with `.0` or `[0]`";
                self.context.error_at(Place::of(other), message);
            }
        }
    }

    fn bind_elements(
        &mut self,
        patterns: Vec<&'a Pat>,
        value: Value<'a>,
        place: Place,
        element: fn(&mut Self, &Value<'a>, usize, Place) -> Value<'a>,
    ) {
        let known = self.spread(value.clone().behind());
        let pairs = match known {
            Value::Array(elements) | Value::Tuple(elements) => pairs(&patterns, elements),
            _ if patterns.iter().any(|pattern| rest(pattern).is_some()) => None,
            _ => {
                let parts = patterns.iter().enumerate();
                let parts = parts.map(|(at, pattern)| (*pattern, element(self, &value, at, place)));
                Some(parts.collect())
            }
        };
        let Some(pairs) = pairs else {
            self.context.error_at(place, OTHER_LENGTH);
            return;
        };
        for (pattern, part) in pairs {
            self.bind(pattern, part.part_of(&value), place);
        }
    }

    /// What the names of a pattern that stays Rust stand for; none where it matches.
    pub fn names_of(&mut self, pattern: &'a Pat, value: NodeId, place: Place) -> Bindings<'a> {
        let names = operand_names(1);
        let own = &names[0];
        let mut bindings = Bindings::new();
        if let Some(reference) = reference_in(pattern) {
            let message =
                "a kernel has values only, which a pattern cannot refer to\nhelp: remove the `ref`";
            self.context.error_at(Place::of(reference), message);
            return bindings;
        }
        for name in names_in(pattern) {
            let tokens = quote! {
                match #own {
                    #pattern => #name,
                    _ => ::core::unreachable!(),
                }
            };
            let part = self.opaque(tokens, names.clone(), vec![value], Form::Pattern, place);
            bindings.push((name, part));
        }
        bindings
    }
}

pub const OTHER_LENGTH: &str =
    "this pattern and its value have different numbers of elements\nhelp: name every element";

/// Every part of a tuple's or array's pattern with the element it is for; `None` where the numbers differ.
pub fn pairs<'p, 'a>(
    parts: &[&'p Pat],
    elements: Vec<Value<'a>>,
) -> Option<Vec<(&'p Pat, Value<'a>)>> {
    let Some(at) = parts.iter().position(|part| rest(part).is_some()) else {
        let equal = parts.len() == elements.len();
        return equal.then(|| parts.iter().copied().zip(elements).collect());
    };
    let spared = elements.len().checked_sub(parts.len() - 1)?;
    let mut elements = elements.into_iter();
    let mut pairs: Vec<_> = parts[..at].iter().copied().zip(elements.by_ref()).collect();
    let between: Vec<_> = elements.by_ref().take(spared).collect();
    if let Some(Some(name)) = rest(parts[at]) {
        pairs.push((name, Value::Array(between)));
    }
    pairs.extend(parts[at + 1..].iter().copied().zip(elements));
    Some(pairs)
}

/// `..`, or `name @ ..` with its name's pattern.
fn rest(pattern: &Pat) -> Option<Option<&Pat>> {
    match pattern {
        Pat::Rest(_) => Some(None),
        Pat::Ident(pat) => match &pat.subpat {
            Some((_, inner)) if matches!(**inner, Pat::Rest(_)) => Some(Some(pattern)),
            _ => None,
        },
        _ => None,
    }
}

/// The names that the pattern binds, each once.
pub fn names_in(pattern: &Pat) -> Vec<&Ident> {
    struct Names<'p>(Vec<&'p Ident>);
    impl<'p> Visit<'p> for Names<'p> {
        fn visit_pat_ident(&mut self, pat: &'p PatIdent) {
            if !is_upper(&pat.ident) && !self.0.contains(&&pat.ident) {
                self.0.push(&pat.ident);
            }
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'p Expr) {}
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}

/// A `ref` in the pattern.
fn reference_in(pattern: &Pat) -> Option<&Token![ref]> {
    struct References<'p>(Option<&'p Token![ref]>);
    impl<'p> Visit<'p> for References<'p> {
        fn visit_pat_ident(&mut self, pat: &'p PatIdent) {
            self.0 = self.0.or(pat.by_ref.as_ref());
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'p Expr) {}
    }
    let mut references = References(None);
    references.visit_pat(pattern);
    references.0
}

/// Whether the name is written as constants and variants are.
pub fn is_upper(name: &Ident) -> bool {
    let name = name.to_string();
    name.trim_start_matches("r#")
        .starts_with(|first: char| first.is_uppercase())
}

fn tuple_element<'a>(
    lowerer: &mut Lowerer<'a, '_>,
    value: &Value<'a>,
    number: usize,
    place: Place,
) -> Value<'a> {
    let tuple = lowerer.single(value.clone(), place);
    let names = operand_names(1);
    let (name, member) = (&names[0], Index::from(number));
    let tokens: TokenStream = quote!(#name.#member);
    lowerer.opaque(
        tokens,
        names,
        vec![tuple],
        Form::Other("a field access"),
        place,
    )
}

fn array_element<'a>(
    lowerer: &mut Lowerer<'a, '_>,
    value: &Value<'a>,
    number: usize,
    place: Place,
) -> Value<'a> {
    let table = lowerer.single(value.clone(), place);
    let index = lowerer.dag.add(Node::Integer(number as i128));
    lowerer.node(Node::Index { table, index }, place)
}
