//! A bank's filters are read entry by entry, so that no point ever has a whole filter of its own.

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::Node;

/// Reports every read of a bank that is not one entry of a filter.
pub fn check_banks(kernel: &Kernel, context: &Context) {
    if kernel.banks.is_empty() {
        return;
    }
    for id in kernel.dag.reachable(&kernel.outputs) {
        let Node::Bank {
            parameter,
            offset,
            indices,
        } = kernel.dag.node(id)
        else {
            continue;
        };
        let bank = kernel.banks.iter().find(|(bank, _)| bank == parameter);
        let Some((_, axes)) = bank.filter(|(_, axes)| indices.len() != *axes) else {
            continue;
        };
        let name = &kernel.parameters[*parameter];
        let offset: Vec<String> = offset.iter().map(ToString::to_string).collect();
        let message = format!(
            "a filter of the bank `{name}` has {axes} {}, and this reads it with {}\nhelp: read one entry, for example `{name}[[{}]]{}`",
            if *axes == 1 { "axis" } else { "axes" },
            match indices.len() {
                0 => "no index".to_string(),
                1 => "1 index".to_string(),
                count => format!("{count} indices"),
            },
            offset.join(", "),
            "[0]".repeat(*axes),
        );
        context.error_once(kernel.dag.place(id), message);
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::{kernel_of, mistakes_in};
    use crate::ir::lower::testing::text;

    #[test]
    fn filters_are_read_entry_by_entry() {
        let kernel = kernel_of(
            "fn f(u: Input<f64, 1>, h: Bank<[[f64; 2]; 3], 1>, n: usize) -> f64 {
                let filter = h[[-1]];
                filter[2][n] * u[[1]]
            }",
        );
        assert_eq!(text(&kernel, kernel.outputs[0]), "(h[-1][2][n] * u[1])");
    }

    #[test]
    fn a_whole_filter_is_refused() {
        for (body, read) in [
            ("norm(h[[1]]) * u[[0]]", "no index"),
            ("h[[1]][0] * u[[0]]", "1 index"),
            ("h[[1]][0][0][0] * u[[0]]", "3 indices"),
        ] {
            let found = mistakes_in(&format!(
                "fn f(u: Input<f64, 1>, h: Bank<[[f64; 2]; 3], 1>) -> f64 {{ {body} }}"
            ));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].0.contains(read), "{found:?}");
        }
    }
}
