//! Holds what the attribute claims about the halo against what the kernel reads. Too small is an error at each read that
//! reaches further; larger than needed is a warning, since it costs messages; `halo_at_least` asks for that on purpose.

use proc_macro2::Span;

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::Node;
use crate::syntax::attr::Attr;
use crate::syntax::claim::{Claim, ClaimForm};

/// Reports reads beyond a claim; returns the span of a claim larger than `needed` and the warning about it.
pub fn check_claims(
    kernel: &Kernel,
    attr: &Attr,
    needed: &[[usize; 2]],
    context: &Context,
) -> Option<(Span, String)> {
    if let Some(claim) = &attr.halo_at_least {
        check_reads(kernel, "halo_at_least", claim, needed, context);
    }
    let claim = attr.halo.as_ref()?;
    check_reads(kernel, "halo", claim, needed, context);
    let spare = match claim.form {
        ClaimForm::Everywhere => widest(&claim.widths) > widest(needed),
        ClaimForm::PerAxis => (claim.widths.iter().zip(needed))
            .any(|(claimed, needed)| claimed[0] > needed[0].max(needed[1])),
        ClaimForm::PerSide => (claim.widths.iter().flatten().zip(needed.iter().flatten()))
            .any(|(claimed, needed)| claimed > needed),
    };
    spare.then(|| {
        let message = format!(
            "this halo is wider than what the kernel reads\nhelp: write `{}`, or `{}` to ask for a wider one",
            written("halo", claim.form, needed),
            written("halo_at_least", claim.form, &claim.widths),
        );
        (claim.place.start, message)
    })
}

/// One error per place that reads beyond the claim.
fn check_reads(
    kernel: &Kernel,
    key: &str,
    claim: &Claim,
    needed: &[[usize; 2]],
    context: &Context,
) {
    for id in kernel.dag.reachable(&kernel.outputs) {
        let Node::Read { input, offset } = kernel.dag.node(id) else {
            continue;
        };
        let beyond = (offset.iter().zip(&claim.widths).enumerate())
            .find(|(_, (along, width))| along.unsigned_abs() > width[usize::from(**along > 0)]);
        if let Some((axis, (along, width))) = beyond {
            let side = usize::from(*along > 0);
            let distance = along.unsigned_abs();
            let message = format!(
                "`{}` is read {distance} {} {} along axis {axis}, and `{key}` allows {}\nhelp: write `{}`, or leave `{key}` out",
                kernel.inputs[*input],
                if distance == 1 { "cell" } else { "cells" },
                ["below", "above"][side],
                width[side],
                written(key, claim.form, &enclosing(&claim.widths, needed, key)),
            );
            context.error_once(kernel.dag.place(id), message);
        }
    }
}

/// The smallest claim that holds: exactly what is needed, or for a lower bound no less than it was.
fn enclosing(claimed: &[[usize; 2]], needed: &[[usize; 2]], key: &str) -> Vec<[usize; 2]> {
    let mut enclosing = needed.to_vec();
    if key == "halo_at_least" {
        for (width, claimed) in enclosing.iter_mut().flatten().zip(claimed.iter().flatten()) {
            *width = (*width).max(*claimed);
        }
    }
    enclosing
}

/// A claim of these widths in the form that the user chose.
fn written(key: &str, form: ClaimForm, widths: &[[usize; 2]]) -> String {
    let per_axis = |write: fn(&[usize; 2]) -> String| {
        let axes: Vec<_> = widths.iter().map(write).collect();
        let comma = if axes.len() == 1 { "," } else { "" };
        format!("({}{comma})", axes.join(", "))
    };
    let value = match form {
        ClaimForm::Everywhere => widest(widths).to_string(),
        ClaimForm::PerAxis => per_axis(|[low, high]| low.max(high).to_string()),
        ClaimForm::PerSide => per_axis(|[low, high]| format!("({low}, {high})")),
    };
    format!("{key} = {value}")
}

fn widest(widths: &[[usize; 2]]) -> usize {
    widths.iter().flatten().copied().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::{mistakes_with, understood};

    const SOURCE: &str =
        "fn f(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 { u[[-1, 0]] + k[[9, 9]] * u[[0, 2]] }";

    fn warning(attr: &str) -> Option<String> {
        understood(attr, SOURCE)
            .2
            .halo_warning
            .map(|(_, message)| message)
    }

    #[test]
    fn an_exact_claim_says_nothing() {
        for attr in [
            "",
            "halo = 2",
            "halo = (1, 2)",
            "halo = ((1, 0), (0, 2))",
            "halo_at_least = 3",
        ] {
            assert_eq!(warning(attr), None, "{attr}");
        }
        assert_eq!(understood("", SOURCE).2.halo, [[1, 0], [0, 2]]);
    }

    #[test]
    fn a_claim_larger_than_needed_is_a_warning() {
        let cases = [
            ("halo = 3", "write `halo = 2`, or `halo_at_least = 3`"),
            (
                "halo = (2, 2)",
                "write `halo = (1, 2)`, or `halo_at_least = (2, 2)`",
            ),
            ("halo = ((1, 1), (0, 2))", "write `halo = ((1, 0), (0, 2))`"),
        ];
        for (attr, expected) in cases {
            let message = warning(attr).unwrap();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn a_read_beyond_the_claim_is_a_mistake() {
        let cases = [
            (
                "halo = 1",
                "u[[0, 2]]",
                "`u` is read 2 cells above along axis 1, and `halo` allows 1\nhelp: write `halo = 2`",
            ),
            (
                "halo = (0, 2)",
                "u[[-1, 0]]",
                "read 1 cell below along axis 0, and `halo` allows 0\nhelp: write `halo = (1, 2)`",
            ),
            (
                "halo = ((1, 0), (2, 1))",
                "u[[0, 2]]",
                "write `halo = ((1, 0), (0, 2))`",
            ),
            (
                "halo_at_least = ((2, 0), (0, 0))",
                "u[[0, 2]]",
                "write `halo_at_least = ((2, 0), (0, 2))`",
            ),
        ];
        for (attr, place, message) in cases {
            let found = mistakes_with(attr, SOURCE);
            assert_eq!(found.len(), 1, "{attr}: {found:?}");
            assert!(found[0].0.contains(message), "{attr}: {found:?}");
            assert_eq!(found[0].1, place);
        }
        assert_eq!(mistakes_with("halo = 0", SOURCE).len(), 2);
    }

    #[test]
    fn a_loop_reads_beyond_the_claim_once() {
        let source =
            "fn f(u: Input<f64, 1>) -> f64 { let mut s = 0.0; for i in -3..=3 { s += u[i]; } s }";
        assert_eq!(mistakes_with("halo = 1", source).len(), 1);
    }
}
