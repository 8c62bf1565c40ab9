//! The adjoint of a kernel: the sweep from its outputs to its reads, gathered.

use super::{gather::gather, sweep::reverse};
use crate::{
    analysis::analyse::Analysis,
    ir::{kernel::Kernel, node::NodeId},
};

/// The adjoint's formulas, one root per input of the kernel.
pub struct Adjoint {
    /// For points all of whose rows are interior rows of the domain.
    pub interior: Vec<NodeId>,
    /// For every point: each term is guarded by its row being inside the domain.
    pub edge: Vec<NodeId>,
}

pub fn adjoint(kernel: &mut Kernel, analysis: &Analysis) -> Adjoint {
    let (inputs, axes) = (kernel.inputs.len(), kernel.axes);
    let apart = kernel.locations.outputs_differ();
    let mut sweep = |outputs: &[NodeId]| {
        let outputs: Vec<_> = outputs.iter().copied().enumerate().collect();
        if !apart {
            return reverse(kernel, &outputs, None, axes);
        }
        let each = outputs
            .iter()
            .flat_map(|output| reverse(kernel, &[*output], Some(output.0), axes));
        each.collect()
    };
    let (interior, edge) = (sweep(&analysis.interior), sweep(&analysis.outputs));
    Adjoint {
        interior: gather(&mut kernel.dag, interior, inputs, false),
        edge: gather(&mut kernel.dag, edge, inputs, true),
    }
}

#[cfg(test)]
mod tests {
    use super::adjoint;
    use crate::compile::tests::understood;
    use crate::ir::lower::testing::text;

    /// The adjoint of each input in the interior and near the edge, as text.
    fn transposed(source: &str) -> (Vec<String>, Vec<String>) {
        let (_, mut kernel, analysis) = understood("", source);
        let adjoint = adjoint(&mut kernel, &analysis);
        let texts = |roots: &[_]| roots.iter().map(|root| text(&kernel, *root)).collect();
        (texts(&adjoint.interior), texts(&adjoint.edge))
    }

    fn interior(source: &str) -> Vec<String> {
        transposed(source).0
    }

    #[test]
    fn offsets_turn_round_and_terms_are_sorted_by_the_row_they_come_from() {
        let adjoint = interior("fn f(u: Input<f64, 1>, a: f64) -> f64 { u[2] * a - u[-1] }");
        assert_eq!(adjoint, ["((a * y0[-2]) + -y0[1])"]);
    }

    #[test]
    fn coefficients_and_positions_are_taken_at_the_row_a_term_comes_from() {
        let adjoint = interior(
            "fn f(u: Input<f64, 2>, k: Coef<f64, 2>, at: Position<2>) -> f64 {
                k[[0, 1]] * u[[1, 0]] / (at.index(0) as f64)
            }",
        );
        assert_eq!(
            adjoint,
            ["(k[-1, 1] * (y0[-1, 0] / (index(0, -1) as f64)))"]
        );
    }

    #[test]
    fn a_shared_value_gets_the_sum_of_what_reaches_it() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, a: f64) -> f64 { let d = u[1] - u[0]; d * a + d / a }",
        );
        assert_eq!(
            adjoint,
            ["(((y0[-1] / a) + (a * y0[-1])) + -((y0[0] / a) + (a * y0[0])))"]
        );
    }

    #[test]
    fn a_condition_stays_outermost_so_that_the_other_branch_is_left_out() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
                let flux = u[0] / k[0];
                if k[0] > 0.5 { flux } else { 0.0 }
            }",
        );
        // Not `(if .. { y } else { 0.0 }) / k`, which is 0 / 0 where k is 0.
        assert_eq!(adjoint, ["if (k[0] > 0.5) { (y0[0] / k[0]) } else { 0.0 }"]);
    }

    #[test]
    fn what_comes_through_both_branches_needs_no_condition() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
                let mut sum = u[0];
                if k[0] > 0.5 { sum += u[1]; }
                sum
            }",
        );
        assert_eq!(
            adjoint,
            ["if (k[-1] > 0.5) { y0[-1] } else { 0.0 }"].map(|first| format!("({first} + y0[0])"))
        );
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, a: f64, edge: bool) -> f64 {
                let d = u[0] / a;
                if edge { 2.0 * d } else { -d }
            }",
        );
        assert_eq!(adjoint, ["(if edge { (2.0 * y0[0]) } else { -y0[0] } / a)"]);
    }

    /// Nodes of the adjoint near the edge, for a loop of that many iterations.
    fn size(body: &str, iterations: usize) -> usize {
        let source = format!(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, w: [f64; 99]) -> f64 {{
                let mut sum = u[0];
                for i in 0..{iterations} {{ {body} }}
                sum
            }}"
        );
        let (_, mut kernel, analysis) = understood("", &source);
        let adjoint = adjoint(&mut kernel, &analysis);
        kernel.dag.reachable(&adjoint.edge).len()
    }

    #[test]
    fn conditions_in_a_loop_grow_the_adjoint_linearly() {
        for body in [
            "if w[i] > 0.5 { sum += u[i as isize]; }",
            "if k[i as isize] > 0.5 { sum += w[i] * u[i as isize]; } else { sum -= u[-(i as isize)]; }",
            "match (w[i] > 0.5, w[i] > 0.7) { (true, _) => sum += u[i as isize], (_, true) => sum -= u[0], _ => {} }",
        ] {
            let sizes = [8, 16, 32].map(|iterations| size(body, iterations));
            let growth = [sizes[1] - sizes[0], sizes[2] - sizes[1]];
            assert!(growth[1] <= 2 * growth[0] + 8, "{body}: {sizes:?}");
        }
    }

    /// Each of the n terms passes through up to n factors at a row of its own.
    #[test]
    fn conditions_on_all_of_a_sum_grow_it_as_factors_do() {
        for body in [
            "sum = w[i] * sum + u[i as isize];",
            "if w[i] > 0.5 { sum *= w[i]; } else if w[i] < 0.1 { sum = u[i as isize] - sum; }",
            "if w[i] > 0.5 { sum = u[i as isize]; }",
            "sum = (if w[i] > 0.5 { sum } else { 0.0 }) + (if w[i] < 0.7 { 2.0 * sum } else { u[i as isize] });",
        ] {
            let sizes = [8, 16, 32].map(|iterations| size(body, iterations));
            assert!(sizes[2] < 5 * sizes[1], "{body}: {sizes:?}");
        }
    }

    #[test]
    fn near_an_edge_every_term_is_guarded_by_its_row() {
        let (_, edge) = transposed("fn f(u: Input<f64, 1>) -> f64 { u[1] - u[0] }");
        let first = "if inside[-1] { (0.0 + y0[-1]) } else { 0.0 }";
        let both = format!("if inside[0] {{ ({first} + -y0[0]) }} else {{ {first} }}");
        assert_eq!(edge, [both]);
    }

    #[test]
    fn outputs_at_different_locations_are_guarded_one_by_one() {
        let (interior, edge) = transposed(
            "fn f(u: Input<f64, 1>) -> (f64, On<Face<0>, f64>) { let a = 2.0 * u[0]; (a, a) }",
        );
        assert_eq!(interior, ["((2.0 * y1[0]) + (2.0 * y0[0]))"]);
        let first = "if inside[0] { (0.0 + (2.0 * y1[0])) } else { 0.0 }";
        let both = format!("if inside[0] {{ ({first} + (2.0 * y0[0])) }} else {{ {first} }}");
        assert_eq!(edge, [both]);
    }

    #[test]
    fn outputs_are_summed_and_unread_inputs_get_zero() {
        let adjoint = interior(
            "fn f(u: Input<f64, 1>, v: Input<f64, 1>) -> (f64, f64) { (u[1], 3.0 * u[1]) }",
        );
        assert_eq!(adjoint, ["(y0[-1] + (3.0 * y1[-1]))", "0.0"]);
    }
}
