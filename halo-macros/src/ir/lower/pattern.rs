//! Binds the names of a pattern to (parts of) a value.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Index, Pat};

use crate::ir::node::{Form, Node};
use crate::ir::place::Place;

use super::environment::Binding;
use super::lowerer::{Lowerer, operand_names};
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// Declares the pattern's names in the current scope; `place` is where the value is written.
    pub fn bind(&mut self, pattern: &'a Pat, value: Value<'a>, place: Place) {
        match pattern {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
                self.environment
                    .declare(pat.ident.to_string(), Binding::Variable(Some(value)));
            }
            Pat::Wild(_) => {}
            Pat::Paren(paren) => self.bind(&paren.pat, value, place),
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
        let known = match &value {
            Value::Array(elements) | Value::Tuple(elements) => Some(elements.clone()),
            _ => None,
        };
        let count = known.as_ref().map(Vec::len);
        if count.is_some_and(|count| count != patterns.len())
            || patterns.iter().any(|pat| matches!(pat, Pat::Rest(_)))
        {
            let message = "this pattern and its value have different numbers of elements\nhelp: name every element";
            self.context.error_at(place, message);
            return;
        }
        for (number, pattern) in patterns.into_iter().enumerate() {
            let part = match &known {
                Some(elements) => elements[number].clone(),
                None => element(self, &value, number, place),
            };
            self.bind(pattern, part, place);
        }
    }
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
