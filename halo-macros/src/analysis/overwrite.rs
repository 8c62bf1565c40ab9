//! The rule that lets an output take the place of an input: where a row is written, nothing of the old row is needed any
//! more but by that row itself.

use proc_macro2::Ident;

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::Node;
use crate::ir::place::Place;

/// Settles which output takes the place of which input, and reports what stands against it.
pub fn check_overwrite(kernel: &mut Kernel, names: &[Ident], context: &Context) {
    let Some(first) = names.first() else {
        return;
    };
    let (outputs, before) = (kernel.outputs.len(), context.count());
    if names.len() != outputs {
        let message = format!(
            "`overwrite` names {} for {}\nhelp: name one input for each output, in the outputs' order",
            counted(names.len(), "input"),
            counted(outputs, "output")
        );
        context.error_at(Place::of(first), message);
    }
    for (k, name) in names.iter().enumerate() {
        if names[..k].contains(name) {
            let message = format!(
                "`{name}` cannot make room for two outputs\nhelp: name another input for one of them"
            );
            context.error_at(Place::of(name), message);
        }
        match kernel.inputs.iter().position(|input| input == name) {
            Some(input) => kernel.overwritten.push(input),
            None => {
                let message = format!(
                    "`{name}` is no input of this kernel\nhelp: name an argument of the form `{name}: Input<_, _>`"
                );
                context.error_at(Place::of(name), message);
            }
        }
    }
    if context.count() > before {
        kernel.overwritten.clear();
        return;
    }
    check_locations(kernel, names, context);
    check_reads(kernel, context);
}

/// An output lies where the input lay.
fn check_locations(kernel: &Kernel, names: &[Ident], context: &Context) {
    let locations = &kernel.locations;
    for (output, (input, name)) in kernel.overwritten.iter().zip(names).enumerate() {
        let (from, to) = (&locations.inputs[*input], &locations.outputs[output]);
        if !from.is(to) {
            let message = format!(
                "`{name}` lies at `{}` and output {output} at `{}`\nhelp: an output takes the place of an input at its own location",
                from.name(),
                to.name()
            );
            context.error_at(Place::of(name), message);
        }
    }
}

/// What is overwritten is read at its own point only, and by outputs that lie there.
fn check_reads(kernel: &Kernel, context: &Context) {
    let locations = &kernel.locations;
    for (root, output) in kernel.outputs.iter().zip(&locations.outputs) {
        for id in kernel.dag.reachable(&[*root]) {
            let Node::Read { input, offset } = kernel.dag.node(id) else {
                continue;
            };
            if !kernel.overwritten.contains(input) {
                continue;
            }
            let name = &kernel.inputs[*input];
            let location = &locations.inputs[*input];
            if offset.iter().any(|along| *along != 0) {
                let centre = vec!["0"; kernel.axes].join(", ");
                let message = format!(
                    "`{name}` is overwritten, so a neighbour may be a new value already\nhelp: read it at its own point, \
                     `{name}[[{centre}]]`, or leave `overwrite` out"
                );
                context.error_once(kernel.dag.place(id), message);
            } else if !location.is(output) {
                let message = format!(
                    "`{name}` is overwritten at `{}`, and an output at `{}` reads it\nhelp: leave `overwrite` out",
                    location.name(),
                    output.name()
                );
                context.error_once(kernel.dag.place(id), message);
            }
        }
    }
}

fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::{mistakes_with, understood};

    const LEAPFROG: &str = "fn f(u: Input<f64, 1>, v: Input<f64, 1>, c: f64) -> f64 {
        2.0 * u[0] - v[0] + c * (u[1] - 2.0 * u[0] + u[-1])
    }";

    #[test]
    fn an_input_read_at_its_own_point_may_be_overwritten() {
        assert_eq!(understood("overwrite = v", LEAPFROG).1.overwritten, [1]);
        assert_eq!(understood("", LEAPFROG).1.overwritten, []);
        let two =
            "fn f(a: Input<f64, 1>, b: Input<f64, 1>) -> (f64, f64) { (a[0] + b[0], a[0] - b[0]) }";
        assert_eq!(understood("overwrite = (b, a)", two).1.overwritten, [1, 0]);
    }

    #[test]
    fn anything_else_is_refused() {
        let two = "fn f(a: Input<f64, 1, Face<0>>, b: Input<f64, 1>) -> (On<Face<0>, f64>, f64) { (a[0] + b[0], a[0] - b[0]) }";
        for (attr, source, place, message) in [
            (
                "overwrite = u",
                LEAPFROG,
                "u[1]",
                "read it at its own point, `u[[0]]`",
            ),
            (
                "overwrite = (u, v)",
                LEAPFROG,
                "u",
                "names 2 inputs for 1 output",
            ),
            ("overwrite = c", LEAPFROG, "c", "`c` is no input"),
            (
                "overwrite = 1",
                LEAPFROG,
                "1",
                "write for example `overwrite = v`",
            ),
            (
                "overwrite = (b, b)",
                two,
                "b",
                "cannot make room for two outputs",
            ),
            (
                "overwrite = (b, a)",
                two,
                "b",
                "lies at `Cell` and output 0 at `Face<0>`",
            ),
            (
                "overwrite = (a, b)",
                two,
                "b[0]",
                "an output at `Face<0>` reads it",
            ),
        ] {
            let found = mistakes_with(attr, source);
            assert!(!found.is_empty(), "{attr}");
            assert!(found[0].0.contains(message), "{attr}: {found:?}");
            assert_eq!(found[0].1, place, "{attr}: {found:?}");
        }
    }
}
