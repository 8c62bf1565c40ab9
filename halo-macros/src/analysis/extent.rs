//! The rule of the position where outputs lie at different locations: along an axis on which they have different numbers
//! of points there is no one last point to count from.

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::{Node, Query};
use crate::syntax::attr::Attr;

/// Reports every question for an extent that the outputs do not agree on.
pub fn check_extents(kernel: &Kernel, attr: &Attr, context: &Context) {
    for id in kernel.dag.reachable(&kernel.outputs) {
        let Node::Position {
            query: query @ (Query::Extent | Query::FromHigh),
            axis,
            ..
        } = kernel.dag.node(id)
        else {
            continue;
        };
        let Some(along) = attr.axes.get(*axis) else {
            continue;
        };
        if kernel.locations.outputs_differ_along(*along) {
            let outputs = kernel.locations.outputs.iter();
            let names: Vec<_> = outputs
                .map(|output| format!("`{}`", output.name()))
                .collect();
            let asked = match query {
                Query::Extent => "extent",
                _ => "last point",
            };
            context.error_once(
                kernel.dag.place(id),
                format!(
                    "the outputs lie at {}, so that axis {axis} has no one {asked} here\nhelp: count from the low end, or \
                     write a kernel for each of the outputs",
                    names.join(", ")
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_in;

    fn mistakes(condition: &str) -> Vec<(String, String)> {
        mistakes_in(&format!(
            "fn f(u: Input<f64, 2>, at: Position<2>) -> (On<Face<0>, f64>, On<(Face<0>, Face<1>), f64>) {{
                if {condition} {{ (u[[0, 0]], 0.0 * u[[0, 0]]) }} else {{ (u[[0, 1]], u[[1, 0]]) }}
            }}"
        ))
    }

    #[test]
    fn an_axis_on_which_the_outputs_differ_has_no_last_point() {
        assert_eq!(mistakes("at.from_high(0) < 2 && at.from_low(1) < 1"), []);
        let found = mistakes("at.from_high(1) < 2");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0.contains("axis 1 has no one last point"),
            "{found:?}"
        );
        assert!(mistakes("at.extent(1) > 2")[0].0.contains("no one extent"));
    }
}
