//! Generic constants: `#[stencil(R in [1, 2, 4])] fn star<const R: usize>`. Offsets and bounds made of them are known only
//! when they are, so the kernel is lowered once for every value in the attribute.

use std::collections::HashSet;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{
    ConstParam, Expr, ExprRange, GenericParam, Generics, ItemConst, Lit, RangeLimits, UnOp,
    parse_quote,
};

use crate::diagnostics::Context;
use crate::ir::place::Place;

/// Instances of one kernel.
const MOST_INSTANCES: usize = 64;

/// `R in [1, 2, 4]`
#[derive(Clone, Debug)]
pub struct Enumeration {
    pub name: Ident,
    values: Vec<i128>,
}

impl Enumeration {
    /// Reads an array of numbers, or a range.
    pub fn parse(name: Ident, written: &Expr) -> syn::Result<Enumeration> {
        let values = match written {
            Expr::Array(array) => array
                .elems
                .iter()
                .map(number)
                .collect::<syn::Result<Vec<_>>>()?,
            Expr::Range(range) => numbers(range)?,
            Expr::Paren(paren) => return Enumeration::parse(name, &paren.expr),
            Expr::Group(group) => return Enumeration::parse(name, &group.expr),
            other => {
                let message = format!(
                    "the values of `{name}` are written out\nhelp: write for example `{name} in [1, 2, 4]`"
                );
                return Err(Place::of(other).error(message));
            }
        };
        let mut seen = HashSet::new();
        if values.is_empty() {
            let message =
                format!("`{name}` has no value\nhelp: write for example `{name} in [1, 2, 4]`");
            return Err(Place::of(written).error(message));
        }
        match values.iter().find(|value| !seen.insert(**value)) {
            Some(value) => {
                let message =
                    format!("`{name}` has the value {value} twice\nhelp: remove one of them");
                Err(Place::of(written).error(message))
            }
            None => Ok(Enumeration { name, values }),
        }
    }

    /// Stands in where the values are a mistake.
    pub fn unknown(name: Ident) -> Enumeration {
        Enumeration {
            name,
            values: vec![1],
        }
    }

    /// `1, 2, 4`
    pub fn listed(&self) -> String {
        let values = self.values.iter().map(ToString::to_string);
        values.collect::<Vec<_>>().join(", ")
    }
}

/// One choice of all generic constants, in the order of the generics; a kernel without any has one, without constants.
pub type Choice = Vec<ItemConst>;

/// Every choice, or none where the generics and their enumerations do not fit.
pub fn choices(
    generics: &Generics,
    enumerations: &[Enumeration],
    context: &Context,
) -> Option<Vec<Choice>> {
    let parameters: Vec<&ConstParam> = generics.const_params().collect();
    let errors = context.count();
    for enumeration in enumerations {
        if !parameters.iter().any(|own| own.ident == enumeration.name) {
            let message = format!(
                "the kernel has no generic constant `{}`\nhelp: declare it, `fn name<const {}: usize>(..)`",
                enumeration.name, enumeration.name
            );
            context.error_at(Place::of(&enumeration.name), message);
        }
    }
    let mut choices: Vec<Choice> = vec![Vec::new()];
    for parameter in parameters {
        let ConstParam { ident, ty, .. } = parameter;
        let Some(enumeration) = enumerations.iter().find(|own| own.name == *ident) else {
            let message = format!(
                "a kernel is lowered once for each value of a generic constant, and those of `{ident}` are not known\nhelp: \
                 enumerate them, `#[stencil({ident} in [1, 2, 4])]`"
            );
            context.error_at(Place::of(ident), message);
            continue;
        };
        let extended = choices.iter().flat_map(|choice| {
            enumeration.values.iter().map(move |value| {
                let value = literal(*value);
                let mut choice = choice.clone();
                choice.push(parse_quote!(const #ident: #ty = #value;));
                choice
            })
        });
        choices = extended.take(MOST_INSTANCES + 1).collect();
    }
    if choices.len() > MOST_INSTANCES {
        let message = format!(
            "these generic constants make more than {MOST_INSTANCES} kernels\nhelp: enumerate fewer values"
        );
        context.error_at(Place::of(generics), message);
    }
    (context.count() == errors).then_some(choices)
}

/// The arguments that make the struct the one of a choice: all generics by their names, but constants by their values.
pub fn arguments<'g>(
    generics: &'g Generics,
    choice: &'g [ItemConst],
) -> Vec<proc_macro2::TokenStream> {
    let of = |parameter: &GenericParam| match parameter {
        GenericParam::Const(parameter) => {
            let chosen = choice
                .iter()
                .find(|constant| constant.ident == parameter.ident);
            match chosen {
                Some(constant) => match &*constant.expr {
                    Expr::Unary(negative) => quote::quote!({ #negative }),
                    value => value.to_token_stream(),
                },
                None => parameter.ident.to_token_stream(),
            }
        }
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
    };
    generics.params.iter().map(of).collect()
}

fn literal(value: i128) -> Expr {
    let digits = proc_macro2::Literal::u128_unsuffixed(value.unsigned_abs());
    match value < 0 {
        true => parse_quote!(-#digits),
        false => parse_quote!(#digits),
    }
}

fn number(written: &Expr) -> syn::Result<i128> {
    let whole = || {
        Place::of(written).error("a value of a generic constant is a whole number, written out\nhelp: write for example `R in [1, 2, 4]`")
    };
    match written {
        Expr::Paren(paren) => number(&paren.expr),
        Expr::Group(group) => number(&group.expr),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().map_err(|_| whole()),
            _ => Err(whole()),
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Ok(-number(&unary.expr)?),
        _ => Err(whole()),
    }
}

fn numbers(range: &ExprRange) -> syn::Result<Vec<i128>> {
    let (Some(start), Some(end)) = (&range.start, &range.end) else {
        let message = "a range of values has two ends\nhelp: write for example `1..=4`";
        return Err(Place::of(range).error(message));
    };
    let past = match range.limits {
        RangeLimits::HalfOpen(_) => number(end)?,
        RangeLimits::Closed(_) => number(end)?.saturating_add(1),
    };
    Ok((number(start)?..past).take(MOST_INSTANCES + 1).collect())
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::{mistakes_with, understood};
    use crate::ir::lower::testing::text;

    const STAR: &str = "fn star<const R: usize>(u: Input<f64, 1>, w: [f64; R]) -> f64 {
        let mut s = 0.0;
        for (k, c) in w.iter().enumerate() { s += c * u[k as isize + 1]; }
        s + u[-(R as isize)]
    }";

    #[test]
    fn the_kernel_is_lowered_for_its_values() {
        let (_, kernel, _) = understood("R in [2]", STAR);
        assert_eq!(
            text(&kernel, kernel.outputs[0]),
            "(((0.0 + (w[0] * u[1])) + (w[1] * u[2])) + u[-2])"
        );
        assert_eq!(mistakes_with("R in 1..=3", STAR), []);
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let cases = [
            ("", STAR, "R", "R in [1, 2, 4]"),
            ("R in [1, 1]", STAR, "[1, 1]", "twice"),
            ("R in []", STAR, "[]", "has no value"),
            ("R in 3..", STAR, "3..", "two ends"),
            ("R in [x]", STAR, "x", "whole number"),
            ("R in 0..1000", STAR, "<const R: usize>", "fewer values"),
            ("R in [1], S in [2]", STAR, "S", "no generic constant `S`"),
            (
                "S in [2]",
                "fn f(u: Input<f64, 1>) -> f64 { u[0] }",
                "S",
                "no generic constant `S`",
            ),
        ];
        for (attr, source, place, message) in cases {
            let found = mistakes_with(attr, source);
            assert_eq!(found.len(), 1, "{attr}: {found:?}");
            assert!(found[0].0.contains(message), "{attr}: {found:?}");
            assert_eq!(found[0].1, place, "{attr}: {found:?}");
        }
    }
}
