//! Whether a formula is its own adjoint: the weights of the forward row held against those of the adjoint's gather.
//!
//! In the interior only, where both are one formula; what boundaries make of it is known when the operator is built.

use crate::adjoint::Adjoint;
use crate::analysis::analyse::Analysis;
use crate::identity::{Number, Residue, Weights, weights};
use crate::ir::kernel::Kernel;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Symmetry {
    SelfAdjoint,
    SkewAdjoint,
    /// Neither, and why.
    None(String),
}

/// Sets of random numbers that have to agree.
const SEEDS: [u64; 2] = [1, 2];

pub fn symmetry(kernel: &Kernel, analysis: &Analysis, adjoint: &Adjoint) -> Symmetry {
    let (inputs, outputs) = (kernel.inputs.len(), kernel.outputs.len());
    if inputs != outputs {
        let counted = |count, one| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        let (inputs, outputs) = (counted(inputs, "input"), counted(outputs, "output"));
        return Symmetry::None(format!("it makes {outputs} of {inputs}"));
    }
    let locations = &kernel.locations;
    let mut moved = locations.inputs.iter().zip(&locations.outputs);
    if let Some((from, to)) = moved.find(|(from, to)| !from.is(to)) {
        let (from, to) = (from.name(), to.name());
        return Symmetry::None(format!("it leads from `{from}` to `{to}`"));
    }
    let mut same = None;
    let mut opposite = true;
    for (output, (forward, backward)) in analysis.interior.iter().zip(&adjoint.interior).enumerate()
    {
        for seed in SEEDS {
            let forward = weights::<Residue>(&kernel.dag, *forward, seed);
            let backward = weights::<Residue>(&kernel.dag, *backward, seed);
            if same.is_none() {
                same = difference(&forward, &backward).map(|read| (output, read));
            }
            opposite &= difference(&forward, &negated(&backward)).is_none();
        }
    }
    match same {
        None => Symmetry::SelfAdjoint,
        Some(_) if opposite => Symmetry::SkewAdjoint,
        Some((output, read)) => Symmetry::None(unequal(kernel, output, &read)),
    }
}

type Read = (usize, Vec<isize>);

/// A read that counts differently in the two.
fn difference(one: &Weights<Residue>, other: &Weights<Residue>) -> Option<Read> {
    let differs = |read: &&Read| one.get(*read) != other.get(*read);
    one.keys().chain(other.keys()).find(differs).cloned()
}

fn negated(weights: &Weights<Residue>) -> Weights<Residue> {
    let negated = weights
        .iter()
        .map(|(read, weight)| (read.clone(), weight.negated()));
    negated.collect()
}

/// `output` weighs the read otherwise than the row it reads weighs this row.
fn unequal(kernel: &Kernel, output: usize, (input, offset): &Read) -> String {
    let read = |input: usize, sign: isize| {
        let offset: Vec<String> = offset.iter().map(|o| (sign * o).to_string()).collect();
        let offset = match offset.len() {
            1 => format!("[{}]", offset[0]),
            _ => format!("[[{}]]", offset.join(", ")),
        };
        format!("`{}{offset}`", kernel.inputs[input])
    };
    let (there, back) = (read(*input, 1), read(output, -1));
    match kernel.outputs.len() {
        1 => format!("a row weighs {there} otherwise than the row there weighs its {back}"),
        _ => format!(
            "output {output} weighs {there} otherwise than output {input} there weighs its {back}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjoint::adjoint;
    use crate::compile::tests::understood;

    fn of(arguments: &str, output: &str, body: &str) -> Symmetry {
        let source = format!("fn f({arguments}) -> {output} {{ {body} }}");
        let (_, mut kernel, analysis) = understood("", &source);
        let adjoint = adjoint(&mut kernel, &analysis);
        symmetry(&kernel, &analysis, &adjoint)
    }

    fn one(body: &str) -> Symmetry {
        of(
            "u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, dt: f64, edge: bool",
            "f64",
            body,
        )
    }

    #[test]
    fn symmetric_formulas_are_known() {
        for body in [
            "u[0]",
            "dt * (u[-1] - 2.0 * u[0] + u[1])",
            "k[0] * u[0] / 3.0",
            "k[0] * (u[1] - u[0]) - k[-1] * (u[0] - u[-1])",
            "0.5 * ((k[0] + k[1]) * (u[1] - u[0]) - (k[0] + k[-1]) * (u[0] - u[-1]))",
            "2.0 / (1.0 / k[0] + 1.0 / k[1]) * u[1] + 2.0 / (1.0 / k[-1] + 1.0 / k[0]) * u[-1]",
            "k[0].sqrt() * k[1].sqrt() * u[1] + k[-1].sqrt() * k[0].sqrt() * u[-1]",
            "if edge { u[-1] + u[1] } else { dt * u[0] }",
            "if k[0] > dt { u[0] } else { k[0] * u[0] }",
            "if at.from_low(0) < 1 { u[1] } else { u[-1] + u[1] }",
        ] {
            assert_eq!(one(body), Symmetry::SelfAdjoint, "{body}");
        }
    }

    #[test]
    fn skew_formulas_are_known() {
        for body in [
            "dt * (u[1] - u[-1])",
            "(k[0] + k[1]) * u[1] - (k[0] + k[-1]) * u[-1]",
            "if edge { u[1] - u[-1] } else { u[-2] - u[2] }",
        ] {
            assert_eq!(one(body), Symmetry::SkewAdjoint, "{body}");
        }
    }

    #[test]
    fn the_others_say_why_not() {
        for (body, why) in [
            (
                "u[1] - u[0]",
                "a row weighs `u[1]` otherwise than the row there weighs its `u[-1]`",
            ),
            ("k[0] * (u[1] + u[-1])", "`u[-1]`"),
            ("if k[0] > dt { u[1] + u[-1] } else { u[0] }", "`u[-1]`"),
            ("u[1] - u[-1] + u[0]", "`u[-1]`"),
        ] {
            let Symmetry::None(reason) = one(body) else {
                panic!("{body}");
            };
            assert!(reason.contains(why), "{body}: {reason}");
        }
    }

    #[test]
    fn systems_are_held_against_their_transpose() {
        let arguments = "u: Input<f64, 1>, v: Input<f64, 1>, c: f64";
        let of = |body| of(arguments, "(f64, f64)", body);
        assert_eq!(
            of("(c * v[0] + u[1] + u[-1], c * u[0])"),
            Symmetry::SelfAdjoint
        );
        assert_eq!(of("(v[1] - v[0], u[0] - u[-1])"), Symmetry::SkewAdjoint);
        let Symmetry::None(why) = of("(v[0], 2.0 * u[0])") else {
            panic!("not symmetric");
        };
        assert!(
            why.starts_with("output 0 weighs `v[0]` otherwise than output 1"),
            "{why}"
        );
    }

    #[test]
    fn what_leads_elsewhere_has_no_symmetry() {
        let why = of("u: Input<f64, 1>", "On<Face<0>, f64>", "u[0] - u[-1]");
        assert_eq!(
            why,
            Symmetry::None("it leads from `Cell` to `Face<0>`".into())
        );
    }

    #[test]
    fn another_number_of_outputs_is_no_symmetry() {
        let why = of("u: Input<f64, 1>", "(f64, f64)", "(u[0], u[1])");
        assert_eq!(why, Symmetry::None("it makes 2 outputs of 1 input".into()));
    }
}
