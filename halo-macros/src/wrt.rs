//! The operators of a kernel's coefficients. Where a kernel is linear in a coefficient field too, with its inputs held fixed, the
//! same function with the roles exchanged is the formula of that field's operator: the derivative with respect to it.

use proc_macro2::Ident;

use crate::analysis::analyse::Analysis;
use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::place::Place;
use crate::kernels::kernels;
use crate::syntax::kind::Kind;
use crate::syntax::stencil::Stencil;
use crate::syntax::surroundings::Surroundings;

/// A coefficient, with its operator or why it has none.
pub struct Derivative {
    pub coefficient: Ident,
    pub outcome: Result<(Stencil, Vec<(Kernel, Analysis)>), String>,
}

/// Of every coefficient, or of those that the attribute names; what it names and cannot be is reported.
pub fn derivatives(
    stencil: &Stencil,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Vec<Derivative> {
    let mut derivatives = all(stencil, surroundings);
    let Some(wanted) = &stencil.attr.wrt else {
        return derivatives;
    };
    for name in wanted {
        let derivative = (derivatives.iter()).find(|derivative| derivative.coefficient == *name);
        let message = match derivative.map(|derivative| &derivative.outcome) {
            Some(Ok(_)) => continue,
            Some(Err(why)) => {
                format!("`{name}` has no operator: {why}\nhelp: leave it out of `wrt`")
            }
            None => format!(
                "`{name}` is no coefficient of this kernel\nhelp: name an argument of the form `{name}: Coef<_, _>`"
            ),
        };
        context.error_at(Place::of(name), message);
    }
    derivatives.retain(|derivative| wanted.contains(&derivative.coefficient));
    derivatives
}

fn all(stencil: &Stencil, surroundings: Surroundings<'_>) -> Vec<Derivative> {
    let mut names = Vec::new();
    let coefficients = stencil.signature.arguments_of(Kind::Coefficient);
    let wanted = |name: &Ident| match &stencil.attr.wrt {
        Some(wanted) => wanted.contains(name),
        None => true,
    };
    coefficients
        .filter(|argument| wanted(&argument.name))
        .map(|argument| {
            let coefficient = argument.name.clone();
            let exchanged = stencil.with_respect_to(&coefficient);
            let name = exchanged.signature.structure.clone();
            let outcome = match () {
                () if !stencil.holds_scalars(&coefficient) => {
                    Err("its elements are not the kernel's scalar".to_string())
                }
                () if names.contains(&name) => Err("another one is called the same".to_string()),
                () => linear_in(exchanged, surroundings),
            };
            names.push(name);
            Derivative {
                coefficient,
                outcome,
            }
        })
        .collect()
}

/// The stencil with its kernels, if they are linear in what is its input now.
fn linear_in(
    exchanged: Stencil,
    surroundings: Surroundings<'_>,
) -> Result<(Stencil, Vec<(Kernel, Analysis)>), String> {
    let context = Context::new();
    let kernels = kernels(&exchanged, surroundings, &context);
    match (context.check(), kernels) {
        (Ok(()), Ok(kernels)) => Ok((exchanged, kernels)),
        (Err(errors), _) => Err(reason(&errors)),
        (Ok(()), Err(_)) => Err("the macro cannot tell".into()),
    }
}

/// The first thing that was found, of a coefficient that is no input.
fn reason(errors: &syn::Error) -> String {
    let first = errors.clone().into_iter().next();
    let message = first.map_or_else(String::new, |error| error.to_string());
    let found = message.lines().next().unwrap_or_default();
    let found = found.replace(
        "reads no input, so it is no linear operator",
        "does not depend on it",
    );
    found.replace("an input", "it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::tests::{mistakes_with, understood};

    /// The reads of `k`'s operator and of its coefficients, or why there is none.
    fn with_respect_to_k(body: &str) -> Result<Vec<String>, String> {
        let source = format!(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, rho: Coef<f64, 1>, dt: f64) -> f64 {{ {body} }}"
        );
        let (stencil, ..) = understood("halo = 1", &source);
        let mut derivatives = all(&stencil, Surroundings::default()).into_iter();
        let k = derivatives.find(|derivative| derivative.coefficient == "k");
        let (stencil, kernels) = k.unwrap().outcome?;
        assert_eq!(stencil.signature.structure, "FWrtK");
        let (kernel, _) = &kernels[0];
        assert_eq!(kernel.inputs, ["k"]);
        assert_eq!(kernel.coefficients, ["u", "rho"]);
        let roots = kernel.outputs.iter();
        Ok(roots
            .map(|root| crate::ir::lower::testing::text(kernel, *root))
            .collect())
    }

    #[test]
    fn linear_coefficients_have_an_operator() {
        assert_eq!(
            with_respect_to_k("k[0] * (u[1] - u[0]) / rho[0]").unwrap(),
            ["((k[0] * (u[1] - u[0])) / rho[0])"]
        );
        assert_eq!(
            with_respect_to_k(
                "fn mean(a: f64, b: f64) -> f64 { 0.5 * (a + b) } mean(k[0], k[1]) * (u[1] - u[-1])"
            )
            .unwrap(),
            ["((0.5 * (k[0] + k[1])) * (u[1] - u[-1]))"]
        );
    }

    #[test]
    fn the_attribute_may_name_them() {
        let of = |attr: &str| {
            let source = "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, rho: Coef<f64, 1>) -> f64 { k[0] * u[0] / rho[0] }";
            let expansion = crate::compile::compile(attr.parse().unwrap(), source.parse().unwrap());
            expansion.to_string().contains("struct FWrtK")
        };
        assert!(of("") && of("wrt = k") && of("wrt = (k)") && of("wrt = (k,)"));
        assert!(!of("wrt = ()"));
        let source = "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, rho: Coef<f64, 1>) -> f64 { k[0] * u[0] / rho[0] }";
        for (attr, place, message) in [
            (
                "wrt = (k, rho)",
                "rho",
                "`rho` has no operator: division by a value that depends on it",
            ),
            ("wrt = c", "c", "`c` is no coefficient of this kernel"),
            ("wrt = 1", "1", "write for example `wrt = k`"),
        ] {
            let found = mistakes_with(attr, source);
            assert_eq!(found.len(), 1, "{attr}: {found:?}");
            assert!(
                found[0].0.contains(message) && found[0].1 == place,
                "{found:?}"
            );
        }
    }

    #[test]
    fn the_others_say_why_not() {
        for (body, why) in [
            (
                "u[0] / k[0]",
                "division by a value that depends on it is not linear",
            ),
            (
                "k[0].sqrt() * u[0]",
                "`.sqrt(..)` is applied to a value that depends on it",
            ),
            (
                "k[0] * k[1] * u[0]",
                "two values that both depend on it are multiplied",
            ),
            ("k[0] * u[0] - u[1]", "makes the kernel affine"),
            (
                "if k[0] > dt { u[0] } else { k[0] * u[1] }",
                "a condition on it is not linear",
            ),
            ("rho[0] * u[0] + u[1]", "this output does not depend on it"),
        ] {
            let reason = with_respect_to_k(body).unwrap_err();
            assert!(reason.contains(why), "{body}: {reason}");
        }
    }
}
