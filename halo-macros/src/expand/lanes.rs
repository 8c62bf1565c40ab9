//! Whether a formula can be evaluated on the numbers of several points side by side: arithmetic of floats can, a branch or a
//! call cannot.

use quote::ToTokens;
use syn::Type;

use crate::{
    ir::{
        kernel::Kernel,
        node::{Binary, Form, Node, NodeId, Unary},
    },
    syntax::scalar::Numbers,
};

/// Methods of floats whose value is a float again.
const OF_FLOATS: [&str; 14] = [
    "abs", "cos", "exp", "ln", "max", "min", "mul_add", "powf", "powi", "recip", "signum", "sin",
    "sqrt", "tanh",
];

/// Whether what changes from point to point in a formula is arithmetic of the kernel's scalar alone.
pub fn has_lanes(kernel: &Kernel, roots: &[NodeId]) -> bool {
    let dag = &kernel.dag;
    let invariant = dag.invariant_in_repetition();
    let floats = floats(kernel, &invariant);
    let nodes = dag.reachable(roots);
    nodes
        .into_iter()
        .filter(|id| !invariant[id.index()])
        .all(|id| match dag.node(id) {
            Node::Read { .. } | Node::Seed { .. } => true,
            // The sums of other numbers than those of vectors are taken in strips.
            Node::Repeat { .. } | Node::Running => kernel.numbers == Numbers::Real,
            Node::Varying(table) if dag.is_active(id) => dag
                .table(*table)
                .iter()
                .all(|entry| matches!(dag.node(*entry), Node::Read { .. } | Node::Seed { .. })),
            node if dag.is_active(id) => is_arithmetic(node),
            _ => floats[id.index()],
        })
}

fn is_arithmetic(node: &Node) -> bool {
    matches!(
        node,
        Node::Binary(Binary::Add | Binary::Sub | Binary::Mul | Binary::Div, ..)
            | Node::Unary(Unary::Neg | Unary::Conj, _)
    )
}

/// For every node, by index: whether it is a passive value known to be of the kernel's scalar, by value, and arithmetic of
/// such where it changes from point to point.
fn floats(kernel: &Kernel, invariant: &[bool]) -> Vec<bool> {
    let dag = &kernel.dag;
    let is_scalar = |ty: &Type| same(ty, &kernel.scalar);
    let mut floats: Vec<bool> = Vec::with_capacity(dag.len());
    // Operands come before their users.
    for (index, invariant) in invariant.iter().enumerate() {
        let is = |id: &NodeId| floats[id.index()];
        let node = dag.node(NodeId::from_index(index));
        let float = match node {
            // A complex kernel's literals are real numbers.
            Node::Literal(_) => kernel.numbers != Numbers::Complex,
            Node::Parameter(number) => is_scalar(&kernel.parameter_types[*number]),
            Node::Coefficient { field, .. } => is_scalar(&kernel.coefficient_types[*field]),
            Node::Bank { parameter, .. } => {
                is_scalar(innermost(&kernel.parameter_types[*parameter]))
            }
            Node::Typed { value, ty } => is_scalar(dag.ty(*ty)) && is(value),
            Node::Varying(table) => dag.table(*table).iter().all(is),
            Node::Index { table, .. } => match dag.node(*table) {
                Node::Parameter(number) => match &kernel.parameter_types[*number] {
                    Type::Array(array) => is_scalar(&array.elem),
                    _ => false,
                },
                _ => false,
            },
            // Of other scalars than floats a method may give another type: a modulus is real.
            Node::Opaque { opaque, operands } => match &dag.opaque(*opaque).form {
                Form::Method(name) => {
                    *invariant
                        && kernel.numbers == Numbers::Real
                        && OF_FLOATS.contains(&name.as_str())
                        && operands.first().is_some_and(is)
                }
                _ => false,
            },
            node if is_arithmetic(node) => node.operands().iter().all(is),
            _ => false,
        };
        floats.push(float);
    }
    floats
}

/// What nested arrays hold.
fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Array(array) => innermost(&array.elem),
        _ => ty,
    }
}

fn same(a: &Type, b: &Type) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}
