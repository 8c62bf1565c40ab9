//! Whether a formula can be evaluated on the numbers of several points side by side: arithmetic of floats can, a branch or a
//! call cannot.

use quote::ToTokens;
use syn::Type;

use crate::ir::{
    kernel::Kernel,
    node::{Binary, Form, Node, NodeId, Unary},
};

/// Methods of floats whose value is a float again.
const OF_FLOATS: [&str; 14] = [
    "abs", "cos", "exp", "ln", "max", "min", "mul_add", "powf", "powi", "recip", "signum", "sin",
    "sqrt", "tanh",
];

/// Whether what changes from point to point in a formula is arithmetic of the kernel's scalar alone.
pub fn has_lanes(kernel: &Kernel, roots: &[NodeId]) -> bool {
    let dag = &kernel.dag;
    let invariant = dag.invariant();
    let nodes = dag.reachable(roots);
    nodes
        .into_iter()
        .filter(|id| !invariant[id.index()])
        .all(|id| match dag.node(id) {
            Node::Read { .. } | Node::Seed { .. } => true,
            Node::Binary(..) | Node::Unary(..) if dag.is_active(id) => is_arithmetic(dag.node(id)),
            _ => is_float(kernel, id),
        })
}

fn is_arithmetic(node: &Node) -> bool {
    matches!(
        node,
        Node::Binary(Binary::Add | Binary::Sub | Binary::Mul | Binary::Div, ..)
            | Node::Unary(Unary::Neg | Unary::Conj, _)
    )
}

/// Whether a passive value is known to be of the kernel's scalar, by value. Where it changes from point to point, it is
/// arithmetic of such.
fn is_float(kernel: &Kernel, id: NodeId) -> bool {
    let dag = &kernel.dag;
    let is_scalar = |ty: &Type| same(ty, &kernel.scalar);
    let is = |id: NodeId| is_float(kernel, id);
    match dag.node(id) {
        Node::Literal(_) => true,
        Node::Parameter(number) => is_scalar(&kernel.parameter_types[*number]),
        Node::Coefficient { field, .. } => is_scalar(&kernel.coefficient_types[*field]),
        Node::Typed { value, ty } => is_scalar(dag.ty(*ty)) && is(*value),
        Node::Index { table, .. } => match dag.node(*table) {
            Node::Parameter(number) => match &kernel.parameter_types[*number] {
                Type::Array(array) => is_scalar(&array.elem),
                _ => false,
            },
            _ => false,
        },
        Node::Opaque { opaque, operands } => {
            let method = match &dag.opaque(*opaque).form {
                Form::Method(name) => OF_FLOATS.contains(&name.as_str()),
                _ => false,
            };
            method
                && operands.first().is_some_and(|float| is(*float))
                && dag.invariant()[id.index()]
        }
        node if is_arithmetic(node) => node.operands().iter().all(|id| is(*id)),
        _ => false,
    }
}

fn same(a: &Type, b: &Type) -> bool {
    a.to_token_stream().to_string() == b.to_token_stream().to_string()
}
