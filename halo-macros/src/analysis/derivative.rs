//! Holds a claim such as `derivative = 2, order = 4` against the moments of the kernel's weights.
//!
//! By Taylor's formula, weights w at the distances o applied to a smooth function give the sum over all a of
//! h^|a| / a! * M_a * D^a u, where M_a = sum of w * o^a. The derivative D^d is approximated to order p where M_d is not zero
//! and all other moments of a degree below |d| + p are.

use std::fmt::Write;

use crate::diagnostics::Context;
use crate::identity::{Number, Residue, Weights, weights};
use crate::ir::kernel::Kernel;
use crate::ir::node::{Node, NodeId};
use crate::ir::place::Place;
use crate::syntax::derivative::{DerivativeClaim, HIGHEST_DEGREE, written};

/// A decimal such as 0.0833333333333333 stands for 1/12: what is this small beside its terms is zero.
const NEGLIGIBLE: f64 = 1e-12;

/// Reports a claim that the interior's formula does not keep.
pub fn check_derivative(
    kernel: &Kernel,
    interior: &[NodeId],
    axes: &[usize],
    claim: &DerivativeClaim,
    context: &Context,
) {
    if let Err((place, message)) = refuted(kernel, interior, axes, claim) {
        context.error_at(place, message);
    }
}

type Refutation = (Place, String);

fn refuted(
    kernel: &Kernel,
    interior: &[NodeId],
    axes: &[usize],
    claim: &DerivativeClaim,
) -> Result<(), Refutation> {
    let ([root], [_]) = (interior, &kernel.inputs[..]) else {
        let message = "weights are those of one input in one output, and this kernel has more\nhelp: leave `derivative` out, or \
            split the kernel";
        return Err((claim.place, message.into()));
    };
    if let Some(what) = varies_with(kernel, *root) {
        let message = format!(
            "a derivative is approximated by the same weights at every point, and these depend on {what}\nhelp: leave \
             `derivative` out, or claim it for a kernel without {what}"
        );
        return Err((claim.place, message));
    }
    let moments = Moments::new(kernel, *root, axes);
    let degree = claim.derivatives[0].iter().sum::<usize>();
    let powers = (0..degree + claim.order.value).flat_map(|total| powers(kernel.axes, total));
    for power in powers {
        let claimed = claim.derivatives.contains(&power);
        let zero = moments.vanishes(&power);
        if claimed != zero {
            continue;
        }
        let (moment, total) = (sum(&power), power.iter().sum::<usize>());
        if total > degree {
            let order = total - degree;
            let message = format!(
                "{moment} is not zero, so the derivative is approximated to order {order} only\nhelp: write `order = {order}`, or \
                 correct the weights"
            );
            return Err((claim.order.place, message));
        }
        let found = if zero { "zero" } else { "not zero" };
        let message = format!(
            "{moment} is {found}, so this is not what the kernel approximates\nhelp: {}",
            moments.remedy(kernel.axes)
        );
        return Err((claim.place, message));
    }
    Ok(())
}

/// What of the grid the weights depend on.
fn varies_with(kernel: &Kernel, root: NodeId) -> Option<String> {
    let nodes = kernel.dag.reachable(&[root]).into_iter();
    nodes
        .map(|id| kernel.dag.node(id))
        .find_map(|node| match node {
            Node::Coefficient { field, .. } => Some(format!("`{}`", kernel.coefficients[*field])),
            Node::Bank { parameter, .. } => Some(format!("`{}`", kernel.parameters[*parameter])),
            Node::Position { .. } => Some("the position".into()),
            _ => None,
        })
}

/// The weights, in the two kinds of numbers.
struct Moments {
    exact: Weights<Residue>,
    rounded: Weights<f64>,
}

impl Moments {
    fn new(kernel: &Kernel, root: NodeId, axes: &[usize]) -> Self {
        let (from, to) = (&kernel.locations.inputs[0], &kernel.locations.outputs[0]);
        // A face lies half a cell below the cell of its number.
        let between =
            |axis| isize::from(to.axes.contains(axis)) - isize::from(from.axes.contains(axis));
        let shift: Vec<isize> = axes.iter().map(between).collect();
        Moments {
            exact: about_the_point(weights(&kernel.dag, root, 1), &shift),
            rounded: about_the_point(weights(&kernel.dag, root, 1), &shift),
        }
    }

    fn vanishes(&self, power: &[usize]) -> bool {
        let exact = self
            .exact
            .iter()
            .fold(Residue::integer(0), |sum, ((_, offset), weight)| {
                sum.plus(weight.times(monomial(offset, power)))
            });
        let terms = self
            .rounded
            .iter()
            .map(|((_, offset), weight)| weight * monomial::<f64>(offset, power));
        let (sum, size) = terms.fold((0.0, 0.0), |(sum, size), term: f64| {
            (sum + term, size + term.abs())
        });
        exact == Residue::integer(0) || sum.abs() <= NEGLIGIBLE * size
    }

    /// What the weights do approximate.
    fn remedy(&self, axes: usize) -> String {
        let lowest = (0..=HIGHEST_DEGREE).find_map(|total| {
            let mut powers = powers(axes, total);
            powers.retain(|power| !self.vanishes(power));
            (!powers.is_empty()).then_some(powers)
        });
        match lowest {
            Some(lowest) if lowest[0].iter().all(|degree| *degree == 0) => {
                "correct the weights: those of a derivative add up to zero".into()
            }
            Some(lowest) => format!(
                "write `derivative = {}`, or correct the weights",
                written(&lowest)
            ),
            None => "correct the weights".into(),
        }
    }
}

/// The weights by how far from the output's point they are read, in halves of a cell.
fn about_the_point<N>(weights: Weights<N>, shift: &[isize]) -> Weights<N> {
    let moved = |((field, offset), weight): ((usize, Vec<isize>), N)| {
        let distance = offset.iter().zip(shift).map(|(o, shift)| 2 * o + shift);
        ((field, distance.collect()), weight)
    };
    weights.into_iter().map(moved).collect()
}

/// o^a, a product over the axes.
fn monomial<N: Number>(offset: &[isize], power: &[usize]) -> N {
    let factors = offset.iter().zip(power);
    factors.fold(N::integer(1), |product, (along, power)| {
        let along = N::integer(*along as i128);
        (0..*power).fold(product, |product, _| product.times(along))
    })
}

/// All ways to share a total degree among the axes.
fn powers(axes: usize, total: usize) -> Vec<Vec<usize>> {
    if axes == 1 {
        return vec![vec![total]];
    }
    let first = (0..=total).rev();
    first
        .flat_map(|first| {
            let rest = powers(axes - 1, total - first).into_iter();
            rest.map(move |rest| [vec![first], rest].concat())
        })
        .collect()
}

/// A moment in words.
fn sum(power: &[usize]) -> String {
    let mut term = "weight".to_string();
    for (axis, degree) in power.iter().enumerate().filter(|(_, degree)| **degree > 0) {
        term.push_str(" * offset");
        if power.len() > 1 {
            let _ = write!(term, "{axis}");
        }
        if *degree > 1 {
            let _ = write!(term, "^{degree}");
        }
    }
    format!("the sum of {term} over all reads")
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_with;

    fn along_one(attr: &str, body: &str) -> Vec<(String, String)> {
        mistakes_with(
            attr,
            &format!(
                "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, h: f64, c: f64) -> f64 {{ {body} }}"
            ),
        )
    }

    fn on_two(attr: &str, body: &str) -> Vec<(String, String)> {
        mistakes_with(
            attr,
            &format!("fn f(u: Input<f64, 2>, a: f64, b: f64) -> f64 {{ {body} }}"),
        )
    }

    const FOURTH: &str =
        "(-u[-2] + 16.0 * u[-1] - 30.0 * u[0] + 16.0 * u[1] - u[2]) / (12.0 * h * h)";

    #[test]
    fn what_holds_says_nothing() {
        for (attr, body) in [
            ("derivative = 2, order = 4", FOURTH),
            ("derivative = 2", FOURTH),
            (
                "derivative = 2, order = 2",
                "(u[1] - 2.0 * u[0] + u[-1]) / h.powi(2)",
            ),
            ("derivative = 1, order = 1", "(u[1] - u[0]) * c.sqrt()"),
            ("derivative = 1, order = 2", "0.5 / h * (u[1] - u[-1])"),
            (
                "derivative = 0, order = 2",
                "(u[-1] + 2.0 * u[0] + u[1]) / 4.0",
            ),
            (
                "derivative = [1], order = 1",
                "if c > h { u[1] - u[0] } else { 2.0 * (u[0] - u[-1]) }",
            ),
            (
                "derivative = 1, order = 2",
                "if at.from_low(0) < 1 { u[1] - u[0] } else { 0.5 * (u[1] - u[-1]) }",
            ),
            (
                "derivative = 1, order = 4",
                "0.0833333333333333 * u[-2] - 0.666666666666667 * u[-1] + 0.666666666666667 * u[1] - 0.0833333333333333 * u[2]",
            ),
        ] {
            assert_eq!(along_one(attr, body), [], "{attr}: {body}");
        }
        for (attr, body) in [
            (
                "derivative = [(2, 0), (0, 2)], order = 2",
                "a * (u[[1, 0]] - 2.0 * u[[0, 0]] + u[[-1, 0]]) + b * (u[[0, 1]] - 2.0 * u[[0, 0]] + u[[0, -1]])",
            ),
            (
                "derivative = (1, 1), order = 2",
                "a * b * (u[[1, 1]] - u[[1, -1]] - u[[-1, 1]] + u[[-1, -1]])",
            ),
            (
                "derivative = (0, 1), order = 1",
                "a * u[[0, 1]] - a * u[[0, 0]]",
            ),
        ] {
            assert_eq!(on_two(attr, body), [], "{attr}: {body}");
        }
    }

    #[test]
    fn what_does_not_hold_names_the_moment_and_what_does() {
        for (attr, body, place, message) in [
            (
                "derivative = 2, order = 6",
                FOURTH,
                "6",
                "the sum of weight * offset^6 over all reads is not zero, so the derivative is approximated to order 4 \
                 only\nhelp: write `order = 4`",
            ),
            (
                "derivative = 1, order = 2",
                "u[1] - u[0]",
                "2",
                "weight * offset^2 over all reads is not zero",
            ),
            (
                "derivative = 2",
                "u[1] - u[-1]",
                "2",
                "weight * offset over all reads is not zero, so this is not what the kernel approximates\nhelp: write \
                 `derivative = 1`",
            ),
            (
                "derivative = 1",
                "u[1] - 2.0 * u[0] + u[-1]",
                "1",
                "weight * offset over all reads is zero, so this is not what the kernel approximates\nhelp: write `derivative = 2`",
            ),
            (
                "derivative = 1",
                "u[1] - 0.999 * u[-1]",
                "1",
                "the sum of weight over all reads is not zero",
            ),
            (
                "derivative = 1",
                "u[1] - u[-1] + u[0] - u[0] * c / h",
                "1",
                "help: correct the weights: those of a derivative add up to zero",
            ),
            (
                "derivative = 1, order = 4",
                "0.08333333333 * u[-2] - 0.66666666667 * u[-1] + 0.66666666667 * u[1] - 0.08333333333 * u[2]",
                "4",
                "to order 2 only",
            ),
            (
                "derivative = 2",
                "u[0] - u[0]",
                "2",
                "help: correct the weights",
            ),
            (
                "derivative = 1",
                "k[0] * (u[1] - u[0])",
                "1",
                "depend on `k`\nhelp: leave `derivative` out",
            ),
            (
                "derivative = 1",
                "at.index(0) as f64 * (u[1] - u[0])",
                "1",
                "depend on the position",
            ),
        ] {
            let found = along_one(attr, body);
            assert_eq!(found.len(), 1, "{attr}: {body}: {found:?}");
            assert!(found[0].0.contains(message), "{attr}: {body}: {found:?}");
            assert_eq!(found[0].1, place, "{attr}: {body}");
        }
        for (attr, body, message) in [
            (
                "derivative = (2, 0)",
                "u[[1, 0]] + u[[-1, 0]] + u[[0, 1]] + u[[0, -1]] - 4.0 * u[[0, 0]]",
                "weight * offset1^2 over all reads is not zero, so this is not what the kernel approximates\nhelp: write \
                 `derivative = [(2, 0), (0, 2)]`",
            ),
            (
                "derivative = (1, 1)",
                "u[[1, 1]] - u[[0, 0]]",
                "help: write `derivative = [(1, 0), (0, 1)]`",
            ),
        ] {
            let found = on_two(attr, body);
            assert!(
                found.len() == 1 && found[0].0.contains(message),
                "{body}: {found:?}"
            );
        }
    }

    #[test]
    fn moments_are_taken_about_the_point_of_the_output() {
        let face = "fn f(u: Input<f64, 1>) -> On<Face<0>, f64> { u[0] - u[-1] }";
        assert_eq!(mistakes_with("derivative = 1, order = 2", face), []);
        assert_eq!(mistakes_with("derivative = 1, order = 4", face).len(), 1);
        let back = "fn f(u: Input<f64, 2, Face<1>>) -> f64 { u[[0, 1]] - u[[0, 0]] }";
        assert_eq!(mistakes_with("derivative = (0, 1), order = 2", back), []);
        let mean = "fn f(u: Input<f64, 1, Face<3>>) -> f64 { 0.5 * (u[1] + u[0]) }";
        assert_eq!(
            mistakes_with("axes = 3, derivative = 0, order = 2", mean),
            []
        );
    }

    #[test]
    fn systems_have_no_one_derivative() {
        let source = "fn f(u: Input<f64, 1>) -> (f64, f64) { (u[1] - u[0], u[0] - u[-1]) }";
        let found = mistakes_with("derivative = 1", source);
        assert!(
            found.len() == 1 && found[0].0.contains("one input in one output"),
            "{found:?}"
        );
    }

    #[test]
    fn other_mistakes_come_first() {
        let found = along_one("derivative = 2", "u[1] * u[0]");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
