//! The arguments of `#[stencil(halo = 1, axes = (0, 1))]`. Values keep the place where they were written, so that
//! later stages can point at the claim they refute.

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::appearance::{Appearance, root, struct_name};
use super::claim::{Claim, WrittenClaim};
use super::constants::Enumeration;
use super::derivative::{DerivativeClaim, Order, WrittenDerivative};
use super::setting::{Setting, Value};
use super::suggest::did_you_mean;
use super::tuple::{counted, elements, names, number};

/// What the attribute says, in terms of the kernel's stencil axes.
#[derive(Clone, Debug)]
pub struct Attr {
    /// The array axis that each stencil axis acts on.
    pub axes: Vec<usize>,
    /// `halo = ..`: must be exactly what the kernel reads.
    pub halo: Option<Claim>,
    /// `halo_at_least = ..`: may be wider than what the kernel reads.
    pub halo_at_least: Option<Claim>,
    /// `R in [1, 2]`: the values of each generic constant.
    pub constants: Vec<Enumeration>,
    pub appearance: Appearance,
    /// `derivative = .., order = ..`: what the kernel approximates.
    pub derivative: Option<DerivativeClaim>,
    /// `wrt = ..`: the coefficients that are to have operators, where not all that can.
    pub wrt: Option<Vec<Ident>>,
    /// `overwrite = v`: the input that each output may take the place of.
    pub overwrite: Vec<Ident>,
}

impl Attr {
    /// The same axes and appearance, with nothing claimed of the formula.
    pub fn without_claims(&self) -> Attr {
        Attr {
            halo: None,
            halo_at_least: None,
            derivative: None,
            wrt: None,
            overwrite: Vec::new(),
            ..self.clone()
        }
    }
}

/// The attribute as written, before the number of stencil axes is known.
#[derive(Default)]
pub struct WrittenAttr {
    axes: Option<(Vec<usize>, Place)>,
    halo: Option<WrittenClaim>,
    halo_at_least: Option<WrittenClaim>,
    constants: Vec<Enumeration>,
    appearance: Appearance,
    derivative: Option<WrittenDerivative>,
    order: Option<Order>,
    wrt: Option<Vec<Ident>>,
    overwrite: Vec<Ident>,
}

const KEYS: [&str; 11] = [
    "halo",
    "halo_at_least",
    "axes",
    "name",
    "visibility",
    "derive",
    "crate",
    "derivative",
    "order",
    "wrt",
    "overwrite",
];
const HIGHEST_RANK: usize = 4;

impl WrittenAttr {
    pub fn parse(tokens: TokenStream, context: &Context) -> WrittenAttr {
        let settings = match Punctuated::<Setting, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(settings) => settings,
            Err(error) => {
                context.error(error);
                return WrittenAttr::default();
            }
        };
        let mut attr = WrittenAttr::default();
        let mut seen: Vec<String> = Vec::new();
        for Setting { key, value } in settings {
            let name = key.to_string();
            if let Value::OneOf(values) = value {
                let read = Enumeration::parse(key.clone(), &values);
                let enumeration = read.unwrap_or_else(|error| {
                    context.error(error);
                    Enumeration::unknown(key)
                });
                if seen.contains(&name) {
                    let message = format!("`{name}` is given twice\nhelp: keep one of them");
                    context.error_at(Place::of(&enumeration.name), message);
                }
                attr.constants.push(enumeration);
                seen.push(name);
                continue;
            }
            if !KEYS.contains(&name.as_str()) {
                let hint = did_you_mean(&name, &KEYS).unwrap_or_else(|| {
                    "the keys are `halo`, `halo_at_least`, `axes`, `derivative`, `order`, `wrt`, `overwrite`, `name`, `visibility`, `derive` and `crate`"
                        .into()
                });
                context.error_at(
                    Place::of(&key),
                    format!("unknown key `{name}`\nhelp: {hint}"),
                );
                continue;
            }
            if seen.contains(&name) {
                let message = format!("`{name}` is given twice\nhelp: keep one of them");
                context.error_at(Place::of(&key), message);
                continue;
            }
            let value = match value {
                Value::Is(value) | Value::OneOf(value) => value,
                Value::Visibility(visibility) => {
                    attr.appearance.visibility = Some(visibility);
                    seen.push(name);
                    continue;
                }
                Value::Derives(derives) => {
                    attr.appearance.derives = derives;
                    seen.push(name);
                    continue;
                }
            };
            let read = match name.as_str() {
                "halo" => WrittenClaim::parse("halo", &value).map(|claim| attr.halo = Some(claim)),
                "halo_at_least" => WrittenClaim::parse("halo_at_least", &value)
                    .map(|claim| attr.halo_at_least = Some(claim)),
                "axes" => axes(&value).map(|axes| attr.axes = Some((axes, Place::of(&value)))),
                "crate" => root(&value).map(|root| attr.appearance.root = Some(root)),
                "derivative" => WrittenDerivative::parse(&value)
                    .map(|derivative| attr.derivative = Some(derivative)),
                "order" => Order::parse(&key, &value).map(|order| attr.order = Some(order)),
                "wrt" => names(&value, WRT).map(|names| attr.wrt = Some(names)),
                "overwrite" => names(&value, OVERWRITE).map(|names| attr.overwrite = names),
                _ => struct_name(&value).map(|name| attr.appearance.name = Some(name)),
            };
            if let Err(error) = read {
                context.error(error);
            }
            seen.push(name);
        }
        if let (Some(_), Some(claim)) = (&attr.halo, &attr.halo_at_least) {
            context.error_at(
                claim.place,
                "`halo` says exactly how wide the halo is, so `halo_at_least` beside it says nothing\nhelp: keep one of them",
            );
        }
        attr
    }

    /// `R in [1, 2]`, each.
    pub fn constants(&self) -> &[Enumeration] {
        &self.constants
    }

    /// How the struct looks.
    pub fn appearance(&self) -> &Appearance {
        &self.appearance
    }

    /// The attribute of a kernel with `count` stencil axes.
    pub fn settle(self, count: usize, context: &Context) -> Attr {
        if let Some((axes, place)) = &self.axes
            && axes.len() != count
        {
            let message = format!(
                "`axes` names {}, but the inputs are `Input<_, {count}>`, with {count} stencil {}\nhelp: name {count}",
                counted(axes.len(), "axis", "axes"),
                if count == 1 { "axis" } else { "axes" },
            );
            context.error_at(*place, message);
        }
        let derivative = DerivativeClaim::settle(self.derivative, self.order, count, context);
        let settle = |claim: Option<WrittenClaim>| {
            claim.and_then(|claim| match claim.settle(count) {
                Ok(claim) => Some(claim),
                Err(error) => {
                    context.error(error);
                    None
                }
            })
        };
        Attr {
            axes: self
                .axes
                .map(|(axes, _)| axes)
                .filter(|axes| axes.len() == count)
                .unwrap_or_else(|| (0..count).collect()),
            constants: self.constants,
            appearance: self.appearance,
            halo: settle(self.halo),
            halo_at_least: settle(self.halo_at_least),
            derivative,
            wrt: self.wrt,
            overwrite: self.overwrite,
        }
    }
}

const WRT: &str = "the coefficients that are to have operators are named here\nhelp: write for example `wrt = k`, `wrt = (k, rho)` or \
    `wrt = ()`";
const OVERWRITE: &str = "the inputs that the outputs take the place of are named here\nhelp: write for example `overwrite = v`, or one \
    for each output: `overwrite = (v, w)`";

fn axes(value: &Expr) -> syn::Result<Vec<usize>> {
    let mut axes: Vec<usize> = Vec::new();
    for element in elements(value).unwrap_or_else(|| vec![value]) {
        let axis = number(element, "an axis")?;
        if axis >= HIGHEST_RANK {
            let message =
                format!("there is no axis {axis}\nhelp: the axes of an array are 0, 1, 2 and 3");
            return Err(Place::of(element).error(message));
        }
        if axes.contains(&axis) {
            let message =
                format!("axis {axis} is named twice\nhelp: name one array axis per stencil axis");
            return Err(Place::of(element).error(message));
        }
        axes.push(axis);
    }
    Ok(axes)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn settled(tokens: TokenStream, count: usize) -> Result<Attr, Vec<String>> {
        let context = Context::new();
        let attr = WrittenAttr::parse(tokens, &context).settle(count, &context);
        match context.check() {
            Ok(()) => Ok(attr),
            Err(errors) => Err(errors.into_iter().map(|error| error.to_string()).collect()),
        }
    }

    #[test]
    fn an_empty_attribute_acts_on_the_first_axes() {
        let attr = settled(quote!(), 2).unwrap();
        assert_eq!(attr.axes, [0, 1]);
        assert!(attr.halo.is_none() && attr.halo_at_least.is_none());
    }

    #[test]
    fn every_form_of_claim_is_read() {
        let widths = |tokens, count| settled(tokens, count).unwrap().halo.unwrap().widths;
        assert_eq!(widths(quote!(halo = 2), 2), [[2, 2], [2, 2]]);
        assert_eq!(widths(quote!(halo = (1, 2)), 2), [[1, 1], [2, 2]]);
        assert_eq!(widths(quote!(halo = ((1, 0), (2, 2))), 2), [[1, 0], [2, 2]]);
        assert_eq!(widths(quote!(halo = (3)), 1), [[3, 3]]);
        assert_eq!(widths(quote!(halo = (3,)), 1), [[3, 3]]);
        assert_eq!(widths(quote!(halo = ((1, 0))), 1), [[1, 0]]);
        assert_eq!(widths(quote!(halo = ((1, 0),)), 1), [[1, 0]]);
        assert_eq!(widths(quote!(halo = [1, 2]), 2), [[1, 1], [2, 2]]);
    }

    #[test]
    fn axes_and_name_are_read() {
        let context = Context::new();
        let tokens = quote!(axes = (2, 0), name = Step, halo_at_least = 3);
        let written = WrittenAttr::parse(tokens, &context);
        assert_eq!(written.appearance().name.as_ref().unwrap(), "Step");
        let attr = written.settle(2, &context);
        assert!(context.check().is_ok());
        assert_eq!(attr.axes, [2, 0]);
        assert_eq!(attr.halo_at_least.unwrap().widths, [[3, 3], [3, 3]]);
        assert_eq!(settled(quote!(axes = (1)), 1).unwrap().axes, [1]);
        assert_eq!(settled(quote!(axes = 1), 1).unwrap().axes, [1]);
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let cases = [
            (quote!(hallo = 1), "did you mean `halo`?"),
            (quote!(axis = (0, 1)), "did you mean `axes`?"),
            (quote!(step = 2), "the keys are"),
            (quote!(halo = 1, halo = 2), "given twice"),
            (quote!(halo = -1), "cannot be negative"),
            (quote!(halo = (1, -1)), "cannot be negative"),
            (quote!(halo = (1, 2, 3)), "does not fit 2 stencil axes"),
            (
                quote!(halo = ((1, 2, 3), (1, 1))),
                "does not fit 2 stencil axes",
            ),
            (quote!(halo = (1, (1, 1))), "does not fit 2 stencil axes"),
            (quote!(halo = WIDTH), "must be a number written here"),
            (quote!(halo = 99999999999999999999999), "out of range"),
            (quote!(halo), "needs a value"),
            (quote!(halo = 1, halo_at_least = 2), "keep one of them"),
            (quote!(axes = (0, 4)), "there is no axis 4"),
            (quote!(axes = (1, 1)), "named twice"),
            (quote!(axes = (0)), "`axes` names 1 axis"),
            (quote!(name = "Step"), "write `name = MyStencil`"),
            (quote!(visibility = 3), "no visibility"),
            (quote!(visibility = pub, visibility = pub), "given twice"),
            (quote!(derive = Clone), "stand in parentheses"),
            (quote!(crate = 7), "write for example `crate = my::halo`"),
            (quote!(halo 1), "needs a value"),
        ];
        for (tokens, expected) in cases {
            let text = tokens.to_string();
            let messages = settled(tokens, 2).unwrap_err();
            assert_eq!(messages.len(), 1, "{text}: {messages:?}");
            assert!(messages[0].contains(expected), "{text}: {messages:?}");
        }
    }

    #[test]
    fn all_mistakes_are_reported() {
        let messages = settled(quote!(hallo = 1, axes = (7), name = 3, halo = -2), 1).unwrap_err();
        assert_eq!(messages.len(), 4, "{messages:?}");
    }
}
