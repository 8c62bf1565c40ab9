//! Two kernels as one: every read of the outer's inputs becomes the inner's formula at that offset. The forward evaluates
//! the same operations on the same values as applying them in turn, so it gives the same bits.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Item;

use super::dag::Dag;
use super::kernel::{Kernel, Locations, Members};
use super::node::{Node, NodeId};
use crate::syntax::scalar::Numbers;

/// Nodes of a fused formula: more of them than a compiler takes.
const MOST_NODES: usize = 20_000;

/// The kernel that applies `inner` and then `outer`, or why there is none.
pub fn fuse(outer: &Kernel, inner: &Kernel) -> Result<Kernel, String> {
    check(outer, inner)?;
    let mut fusion = Substitution {
        dag: Dag::default(),
        outer,
        inner,
        shifted: HashMap::new(),
    };
    let outputs = outer
        .outputs
        .iter()
        .map(|root| fusion.outer(*root))
        .collect::<Result<_, _>>()?;
    let both = |of_outer: &[Ident], of_inner: &[Ident]| -> Vec<Ident> {
        let outer = of_outer.iter().map(|name| format_ident!("outer_{}", name));
        let inner = of_inner.iter().map(|name| format_ident!("inner_{}", name));
        outer.chain(inner).collect()
    };
    let members = |of_outer: &[Ident], of_inner: &[Ident]| -> Vec<TokenStream> {
        let outer = of_outer.iter().map(|name| quote!(outer.#name));
        let inner = of_inner.iter().map(|name| quote!(inner.#name));
        outer.chain(inner).collect()
    };
    Ok(Kernel {
        frozen: Vec::new(),
        overwritten: Vec::new(),
        inputs: inner.inputs.clone(),
        coefficients: both(&outer.coefficients, &inner.coefficients),
        parameters: both(&outer.parameters, &inner.parameters),
        banks: outer
            .banks
            .iter()
            .copied()
            .chain((inner.banks.iter()).map(|(bank, axes)| (outer.parameters.len() + bank, *axes)))
            .collect(),
        members: Some(Members {
            parameters: members(&outer.parameters, &inner.parameters),
            coefficients: members(&outer.coefficients, &inner.coefficients),
        }),
        parameter_types: [&outer.parameter_types[..], &inner.parameter_types].concat(),
        coefficient_types: [&outer.coefficient_types[..], &inner.coefficient_types].concat(),
        real_parameters: [&outer.real_parameters[..], &inner.real_parameters].concat(),
        real_coefficients: [&outer.real_coefficients[..], &inner.real_coefficients].concat(),
        scalar: outer.scalar.clone(),
        numbers: outer.numbers,
        locations: Locations {
            inputs: inner.locations.inputs.clone(),
            coefficients: [
                &outer.locations.coefficients[..],
                &inner.locations.coefficients,
            ]
            .concat(),
            outputs: outer.locations.outputs.clone(),
        },
        axes: outer.axes,
        dag: fusion.dag,
        outputs,
        output_places: outer.output_places.clone(),
        constants: Vec::new(),
        items: items(outer, inner)?,
    })
}

/// What the two must have in common.
fn check(outer: &Kernel, inner: &Kernel) -> Result<(), String> {
    let fields = |count: usize| match count {
        1 => "1 field".to_string(),
        _ => format!("{count} fields"),
    };
    let axes = |count: usize| match count {
        1 => "1 stencil axis".to_string(),
        _ => format!("{count} stencil axes"),
    };
    if outer.inputs.len() != inner.outputs.len() {
        return Err(format!(
            "the inner kernel gives {} and the outer one takes {}\nhelp: fuse kernels of which one takes what the other gives",
            fields(inner.outputs.len()),
            fields(outer.inputs.len()),
        ));
    }
    let taken = outer.inputs.iter().zip(&outer.locations.inputs);
    for ((name, taken), given) in taken.zip(&inner.locations.outputs) {
        if !taken.is(given) {
            return Err(format!(
                "the inner kernel gives a field at `{}`, which the outer one takes at `{}` as `{name}`\nhelp: fuse kernels of \
                 which one takes what the other gives",
                given.name(),
                taken.name(),
            ));
        }
    }
    if outer.axes != inner.axes {
        return Err(format!(
            "the inner kernel has {} and the outer one {}\nhelp: fuse kernels on the same axes",
            axes(inner.axes),
            axes(outer.axes),
        ));
    }
    if [outer, inner]
        .iter()
        .any(|kernel| kernel.numbers == Numbers::Generic)
    {
        return Err(
            "a kernel over any scalar cannot be fused\nhelp: write the scalar out, for example `Input<f64, 2>`".into(),
        );
    }
    let [first, second] = [outer, inner].map(|kernel| kernel.scalar.to_token_stream().to_string());
    if first != second {
        return Err(format!(
            "the inner kernel gives {second} and the outer one takes {first}\nhelp: fuse kernels over the same scalar"
        ));
    }
    if [outer, inner]
        .iter()
        .any(|kernel| !kernel.constants.is_empty())
    {
        return Err(
            "a kernel with generic constants is many kernels\nhelp: fuse one that has none".into(),
        );
    }
    Ok(())
}

/// Items of both bodies, those that they share once.
fn items(outer: &Kernel, inner: &Kernel) -> Result<Vec<Item>, String> {
    let mut items = outer.items.clone();
    for item in &inner.items {
        if items.contains(item) {
            continue;
        }
        if !matches!(item, Item::Use(_)) && !outer.items.is_empty() {
            return Err("both kernels declare items in their bodies, whose names may collide\nhelp: declare them beside the kernels, in the module".into());
        }
        items.push(item.clone());
    }
    Ok(items)
}

struct Substitution<'k> {
    dag: Dag,
    outer: &'k Kernel,
    inner: &'k Kernel,
    /// The inner's outputs at the offsets that the outer reads.
    shifted: HashMap<(usize, Vec<isize>), NodeId>,
}

impl Substitution<'_> {
    fn outer(&mut self, root: NodeId) -> Result<NodeId, String> {
        let outer = self.outer;
        let mut new = HashMap::new();
        for id in outer.dag.reachable(&[root]) {
            let copy = match outer.dag.node(id) {
                Node::Read { input, offset } => self.inner(*input, offset)?,
                node => {
                    let node = self.copied(&outer.dag, node, &new)?;
                    self.dag.add_at(node, outer.dag.place(id))
                }
            };
            new.insert(id, copy);
        }
        Ok(new[&root])
    }

    /// An output of the inner kernel at an offset.
    fn inner(&mut self, output: usize, offset: &[isize]) -> Result<NodeId, String> {
        if let Some(id) = self.shifted.get(&(output, offset.to_vec())) {
            return Ok(*id);
        }
        let inner = self.inner;
        let root = inner.outputs[output];
        let moved = |own: &[isize]| -> Vec<isize> {
            own.iter().zip(offset).map(|(one, two)| one + two).collect()
        };
        let (parameters, coefficients) =
            (self.outer.parameters.len(), self.outer.coefficients.len());
        let mut new = HashMap::new();
        for id in inner.dag.reachable(&[root]) {
            let node = match inner.dag.node(id) {
                Node::Read { input, offset } => Node::Read {
                    input: *input,
                    offset: moved(offset),
                },
                Node::Coefficient { field, offset } => Node::Coefficient {
                    field: coefficients + field,
                    offset: moved(offset),
                },
                Node::Parameter(number) => Node::Parameter(parameters + number),
                Node::Bank {
                    parameter,
                    offset,
                    indices,
                } => Node::Bank {
                    parameter: parameters + parameter,
                    offset: moved(offset),
                    indices: indices.iter().map(|id| new[id]).collect(),
                },
                node => self.copied(&inner.dag, node, &new)?,
            };
            new.insert(id, self.dag.add_at(node, inner.dag.place(id)));
        }
        if self.dag.len() > MOST_NODES {
            return Err("the fused formula is too large\nhelp: apply the kernels in turn, they are operators too".into());
        }
        self.shifted.insert((output, offset.to_vec()), new[&root]);
        Ok(new[&root])
    }

    /// A node of another DAG, whose operands are here already.
    fn copied(
        &mut self,
        from: &Dag,
        node: &Node,
        new: &HashMap<NodeId, NodeId>,
    ) -> Result<Node, String> {
        if let Node::Position { .. } = node {
            return Err("a kernel that asks for its position has other formulas near the ends, which a fused one does not\nhelp: \
                apply the kernels in turn, they are operators too"
                .into());
        }
        let operands: Vec<NodeId> = node.operands().iter().map(|id| new[id]).collect();
        Ok(match node.with_operands(&operands) {
            Node::Cast { value, ty } => Node::Cast {
                value,
                ty: self.dag.add_type(from.ty(ty)),
            },
            Node::Typed { value, ty } => Node::Typed {
                value,
                ty: self.dag.add_type(from.ty(ty)),
            },
            Node::Opaque { opaque, operands } => Node::Opaque {
                opaque: self.dag.add_opaque(from.opaque(opaque).clone()),
                operands,
            },
            node => node,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::analysis::footprint::footprint_of;
    use crate::compile::tests::kernel_of;
    use crate::ir::lower::testing::text;

    /// All sums of an offset that the outer reads and one that the inner reads.
    fn minkowski(outer: &[Vec<isize>], inner: &[Vec<isize>]) -> BTreeSet<Vec<isize>> {
        let sum = |one: &Vec<isize>, two: &Vec<isize>| -> Vec<isize> {
            one.iter().zip(two).map(|(one, two)| one + two).collect()
        };
        let sums = outer
            .iter()
            .flat_map(|one| inner.iter().map(move |two| sum(one, two)));
        sums.collect()
    }

    #[test]
    fn reads_become_the_inner_formula_at_their_offset() {
        let outer = kernel_of(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, a: f64) -> f64 { a * u[1] - k[0] * u[0] }",
        );
        let inner = kernel_of(
            "fn g(v: Input<f64, 1>, k: Coef<f64, 1>, a: f64) -> f64 { a * k[1] * v[-1] }",
        );
        let fused = fuse(&outer, &inner).unwrap();
        assert_eq!(
            text(&fused, fused.outputs[0]),
            "((outer_a * ((inner_a * inner_k[2]) * v[0])) - (outer_k[0] * ((inner_a * inner_k[1]) * v[-1])))"
        );
    }

    #[test]
    fn the_footprint_is_the_sum_of_both() {
        let outer =
            kernel_of("fn f(u: Input<f64, 2>) -> f64 { u[[1, 0]] + u[[0, -1]] + u[[0, 0]] }");
        let inner = kernel_of(
            "fn g(u: Input<f64, 2>, w: [f64; 2]) -> f64 { w[0] * u[[-2, 1]] - w[1] * u[[0, 3]].powi(1) }",
        );
        let fused = fuse(&outer, &inner).unwrap();
        let offsets = |kernel: &Kernel| footprint_of(kernel, &kernel.outputs).concat();
        let found: BTreeSet<_> = offsets(&fused).into_iter().collect();
        assert_eq!(found, minkowski(&offsets(&outer), &offsets(&inner)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let kernel = kernel_of("fn f(u: Input<f64, 1>) -> f64 { u[1] }");
        for (source, message) in [
            (
                "fn g(u: Input<f64, 1>) -> (f64, f64) { (u[0], u[1]) }",
                "gives 2 fields",
            ),
            (
                "fn g(u: Input<f64, 2>) -> f64 { u[[0, 1]] }",
                "2 stencil axes",
            ),
            ("fn g(u: Input<f32, 1>) -> f32 { u[1] }", "gives f32"),
            (
                "fn g(u: Input<f64, 1>) -> On<Face<0>, f64> { u[0] - u[-1] }",
                "gives a field at `Face<0>`, which the outer one takes at `Cell` as `u`",
            ),
            (
                "fn g(u: Input<f64, 1>, at: Position<1>) -> f64 { at.index(0) as f64 * u[1] }",
                "its position",
            ),
        ] {
            let Err(found) = fuse(&kernel, &kernel_of(source)) else {
                panic!("{source} was fused");
            };
            assert!(found.contains(message), "{source}: {found}");
        }
    }
}
