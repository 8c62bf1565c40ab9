//! Prints the DAG as Rust: the formula of one point, in two worlds, as statements and values.
//!
//! Passive values are plain Rust of the kernel's own types; active values are arithmetic in the generic scalar, into
//! which a passive value is lifted where the two meet. That is what lets the very same code run over the prime field.
//! What is computed where is the schedule's business.
//!
//! A formula of arithmetic alone is printed for several points at a time: the generic scalar then stands for the numbers of all of
//! them, and a passive value that changes from point to point for as many.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{self, Names};
use super::precedence::Precedence;
use super::repeat::Tables;
use super::schedule::{Schedule, Value, World};
use crate::ir::dag::Dag;
use crate::ir::kernel::Kernel;
use crate::ir::map::Map;
use crate::ir::node::{Node, NodeId};

/// How reads are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As shifted slices of the whole row; of the numbers of several points at a time if the formula can be evaluated so.
    Interior { lanes: bool },
    /// Point by point, each only where its branch is taken.
    Edge,
}

/// Values that are computed already: a name, or an element of what has a name.
pub type Bound = Map<Value, TokenStream>;

pub struct Formula<'a> {
    pub kernel: &'a Kernel,
    pub dag: &'a Dag,
    pub names: &'a Names<'a>,
    pub mode: Mode,
    pub schedule: Schedule<'a>,
    pub tables: Tables,
}

/// The formula of several roots, ready to be put around a loop.
pub struct Printed {
    /// Statements in front of the loop: what does not change from point to point.
    pub before: Vec<TokenStream>,
    /// Statements of a strip of points, in front of the loop over its points: long sums, or what they read.
    pub strip: Vec<TokenStream>,
    /// Statements of one point.
    pub point: Vec<TokenStream>,
    /// One value per root.
    pub values: Vec<TokenStream>,
}

impl<'a> Formula<'a> {
    pub fn print(
        kernel: &'a Kernel,
        names: &'a Names<'a>,
        mode: Mode,
        roots: &[NodeId],
    ) -> Printed {
        let dag = &kernel.dag;
        let tables = Tables::of(dag, names, roots);
        let roots: Vec<Value> = roots.iter().map(|root| (*root, World::Active)).collect();
        let formula = Formula {
            kernel,
            dag,
            names,
            mode,
            schedule: Schedule::new(kernel, &roots),
            tables,
        };
        let mut bound = Bound::default();
        let mut before = formula.tables();
        before.extend(formula.before(&roots, &mut bound));
        let strip = match mode {
            Mode::Interior { lanes: true } => formula.reads_of_sums(&roots, &mut bound),
            Mode::Interior { lanes: false } => formula.strip(&roots, &mut bound),
            Mode::Edge => Vec::new(),
        };
        let (point, values) = formula.block(&roots, &mut bound);
        let values = values.into_iter().map(|(tokens, _)| tokens).collect();
        Printed {
            before,
            strip,
            point,
            values,
        }
    }

    /// What is computed in front of the loop.
    pub fn before(&self, roots: &[Value], bound: &mut Bound) -> Vec<TokenStream> {
        let mut values = self.schedule.before_the_loop(roots);
        values.retain(|value| !bound.contains_key(value));
        values
            .into_iter()
            .map(|value| self.bind(value, bound))
            .collect()
    }

    /// One block: a statement for each shared value, then the roots' own expressions.
    pub fn block(
        &self,
        roots: &[Value],
        bound: &mut Bound,
    ) -> (Vec<TokenStream>, Vec<(TokenStream, Precedence)>) {
        let mut statements = Vec::new();
        for value in self.schedule.before_the_block(roots) {
            // A slice's element is as short as a name for it.
            let element = self.is_element(value.0);
            if !bound.contains_key(&value) && !element {
                statements.push(self.bind(value, bound));
            }
        }
        let values = roots
            .iter()
            .map(|root| self.expression(*root, bound))
            .collect();
        (statements, values)
    }

    /// Whether the value is an element of a slice.
    pub fn is_element(&self, id: NodeId) -> bool {
        let read = match self.dag.node(id) {
            Node::Varying(table) => self.dag.table(*table)[0],
            Node::Bank { .. } => return false,
            _ => id,
        };
        let is_read = matches!(
            self.dag.node(read),
            Node::Read { .. } | Node::Seed { .. } | Node::Coefficient { .. } | Node::Bank { .. }
        );
        self.mode != Mode::Edge && is_read
    }

    fn bind(&self, value: Value, bound: &mut Bound) -> TokenStream {
        let (tokens, _) = self.expression(value, bound);
        let name = match (self.dag.node(value.0), value.1) {
            (Node::Parameter(parameter), _) => self.names.parameter_value(*parameter),
            _ => names::temporary(bound.len()),
        };
        bound.insert(value, quote!(#name));
        quote!(let #name = #tokens;)
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Ident;

    use super::*;
    use crate::compile::tests::understood;

    /// The general formula of a kernel's first output, printed for a mode.
    fn printed(mode: Mode, source: &str) -> [String; 3] {
        let (_, kernel, analysis) = understood("", source);
        let fields = kernel.inputs.iter().map(Ident::to_string).collect();
        let names = Names::new(&kernel, fields, &analysis.outputs, |_| None);
        let printed = Formula::print(&kernel, &names, mode, &analysis.outputs);
        [printed.before, printed.point, printed.values]
            .map(|tokens| quote!(#(#tokens)*).to_string())
    }

    #[test]
    fn parentheses_stand_only_where_they_are_needed() {
        let [.., value] = printed(
            Mode::Interior { lanes: true },
            "fn f(u: Input<f64, 1>) -> f64 { (u[0] - (u[1] - u[2])) * 2.0 + (u[3] + u[4]) / 3.0 }",
        );
        let expected = "(u_0 . at (i) - (u_1 . at (i) - u_2 . at (i))) * __S :: lift (2.0) \
                        + (u_3 . at (i) + u_4 . at (i)) / __S :: lift (3.0)";
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_shared_is_computed_once_and_what_is_invariant_before_the_loop() {
        let [before, point, value] = printed(
            Mode::Interior { lanes: true },
            "fn f(u: Input<f64, 1>, a: f64) -> f64 { let d = u[1] - u[0]; let b = a.sqrt(); d * b + d / b }",
        );
        assert!(
            before.contains("a . sqrt ()") && before.contains("__S :: lift"),
            "{before}"
        );
        assert_eq!(point.matches("u_1 . at (i)").count(), 1, "{point}");
        assert!(!value.contains("sqrt") && !value.contains("u_1"), "{value}");
    }

    #[test]
    fn what_only_a_branch_needs_is_computed_in_the_branch() {
        let [before, point, value] = printed(
            Mode::Edge,
            "fn f(u: Input<f64, 1>, at: Position<1>, w: [f64; 4]) -> f64 {
                if at.index(0) < 4 { let k = w[at.index(0) as usize]; k * u[0] + k * u[1] } else { u[0] }
            }",
        );
        // The table lookup would be out of bounds elsewhere; u[0] is read in both branches.
        assert!(
            !before.contains("self . w") && !point.contains("self . w"),
            "{before} {point}"
        );
        assert_eq!(value.matches("self . w").count(), 1, "{value}");
        assert!(
            point.contains("tap_at") && value.contains("if t0 < 4"),
            "{point} {value}"
        );
    }
}
