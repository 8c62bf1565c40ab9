//! What the contract says of a stencil beside its rows: names, axes, widths, cost and symmetry.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::Type;

use super::{direction::Directions, generics::Parts, instance::Instance, paths::runtime};
use crate::{
    analysis::analyse::Analysis,
    ir::{
        dag::Dag,
        kernel::Kernel,
        node::{Binary, Node, NodeId, Unary},
    },
    symmetry::Symmetry,
    syntax::{kind::Kind, stencil::Stencil},
};

/// The contract's `FACTS`.
pub fn facts(stencil: &Stencil, directions: &Directions<'_>) -> TokenStream {
    let Directions {
        instance,
        forward,
        adjoint,
    } = directions;
    let Instance {
        kernel,
        analysis,
        symmetry,
        ..
    } = instance;
    let runtime = runtime();
    let mut name = stencil.signature.function.to_string();
    if stencil.signature.origin.is_some() {
        name = format!("{name} with respect to {}", kernel.inputs[0]);
    }
    let origin = origin(stencil, kernel);
    let axes = stencil
        .attr
        .axes
        .iter()
        .map(|axis| Literal::usize_unsuffixed(*axis));
    let names =
        |arguments: &[Ident]| -> Vec<String> { arguments.iter().map(Ident::to_string).collect() };
    let (inputs, coefficients) = (names(&kernel.inputs), names(&kernel.coefficients));
    let outputs = Literal::usize_unsuffixed(kernel.outputs.len());
    let (halo, cuts) = (halo(stencil, analysis), pairs(&analysis.cuts));
    let own_rows = pairs(&analysis.own_rows);
    let symmetry = match symmetry {
        Symmetry::SelfAdjoint => quote!(SelfAdjoint),
        Symmetry::SkewAdjoint => quote!(SkewAdjoint),
        Symmetry::None(_) => quote!(None),
    };
    let uniform = is_uniform(&kernel.dag, &analysis.interior);
    let total = is_total(&kernel.dag, &instance.adjoint.interior);
    let filters = stencil.signature.arguments_of(Kind::Bank).count() > 0;
    let bytes = bytes(kernel);
    let (forward, adjoint) = (forward.pass(), adjoint.pass());
    quote! {
        const FACTS: #runtime::Facts = #runtime::Facts {
            name: #name,
            axes: &[#(#axes),*],
            inputs: &[#(#inputs),*],
            coefficients: &[#(#coefficients),*],
            origin: #origin,
            outputs: #outputs,
            halo: &#halo,
            cuts: &#cuts,
            own_rows: &#own_rows,
            symmetry: #runtime::Symmetry::#symmetry,
            uniform: #uniform,
            total: #total,
            filters: #filters,
            bytes: #bytes,
            forward: #forward,
            adjoint: #adjoint,
        };
    }
}

/// The kernel that this one was made of, where it is the operator of a coefficient.
fn origin(stencil: &Stencil, kernel: &Kernel) -> TokenStream {
    let Some(origin) = &stencil.signature.origin else {
        return quote!(::core::option::Option::None);
    };
    let runtime = runtime();
    let (name, parts) = (
        &origin.structure,
        Parts::of(&stencil.signature, &kernel.constants),
    );
    let arguments = parts.arguments;
    let frozen = kernel.frozen.iter().map(|k| Literal::usize_unsuffixed(*k));
    quote! {
        ::core::option::Option::Some(#runtime::Origin {
            facts: &<#name #arguments as #runtime::Stencil>::FACTS,
            locations: &<#name #arguments as #runtime::Stencil>::LOCATIONS,
            frozen: &[#(#frozen),*],
        })
    }
}

/// What a point moves, each field counted once.
fn bytes(kernel: &Kernel) -> TokenStream {
    let mut counts: Vec<(String, &Type, usize)> = Vec::new();
    let own = kernel.inputs.len() + kernel.outputs.len();
    let types = std::iter::repeat_n(&kernel.scalar, own).chain(&kernel.coefficient_types);
    for ty in types {
        let key = ty.to_token_stream().to_string();
        match counts.iter_mut().find(|(other, ..)| *other == key) {
            Some((.., count)) => *count += 1,
            None => counts.push((key, ty, 1)),
        }
    }
    let terms = counts.into_iter().map(|(_, ty, count)| {
        let count = Literal::usize_unsuffixed(count);
        quote!(#count * ::core::mem::size_of::<#ty>())
    });
    quote!(#(#terms)+*)
}

/// Halo width per stencil axis and side: what is read, or more if the attribute asks for it.
pub fn halo(stencil: &Stencil, analysis: &Analysis) -> TokenStream {
    let asked = stencil.attr.halo_at_least.as_ref();
    let widths = analysis.halo.iter().enumerate().map(|(axis, read)| {
        let asked = asked.map_or([0, 0], |claim| claim.widths[axis]);
        [read[0].max(asked[0]), read[1].max(asked[1])]
    });
    pairs(&widths.collect::<Vec<_>>())
}

/// Whether nothing but the inputs differs from one row to another.
fn is_uniform(dag: &Dag, roots: &[NodeId]) -> bool {
    let varies = |id| {
        matches!(
            dag.node(id),
            Node::Coefficient { .. } | Node::Bank { .. } | Node::Position { .. }
        )
    };
    !dag.reachable(roots).into_iter().any(varies)
}

/// Whether what the adjoint gathers from a row is finite wherever the coefficients are: it adds and multiplies them, and asks
/// neither for the position nor for another point's filters, which end with the grid.
fn is_total(dag: &Dag, roots: &[NodeId]) -> bool {
    let invariant = dag.invariant();
    let is_invariant = |id: NodeId| invariant[id.index()];
    let mut nodes = dag.reachable(roots);
    let mut entries = Vec::new();
    for id in &nodes {
        if let Node::Varying(table) = dag.node(*id) {
            entries.extend_from_slice(dag.table(*table));
        }
    }
    nodes.extend(dag.reachable(&entries));
    nodes.into_iter().all(|id| match dag.node(id) {
        _ if is_invariant(id) => true,
        Node::Seed { .. } | Node::Coefficient { .. } | Node::Running | Node::Varying(_) => true,
        Node::Bank { offset, .. } => offset.iter().all(|o| *o == 0),
        Node::Unary(Unary::Neg | Unary::Conj, _) | Node::Typed { .. } | Node::Repeat { .. } => true,
        Node::Binary(Binary::Add | Binary::Sub | Binary::Mul, ..) => true,
        Node::Binary(Binary::Div, _, divisor) => is_invariant(*divisor),
        Node::Index { index, .. } => is_invariant(*index),
        _ => false,
    })
}

/// `[-1, 0]`
pub fn integers(values: &[isize]) -> TokenStream {
    let values = values.iter().map(|value| Literal::isize_unsuffixed(*value));
    quote!([#(#values),*])
}

/// `[[1, 1], [0, 2]]`
fn pairs(values: &[[usize; 2]]) -> TokenStream {
    let pairs = values.iter().map(|[low, high]| {
        let [low, high] = [low, high].map(|n| Literal::usize_unsuffixed(*n));
        quote!([#low, #high])
    });
    quote!([#(#pairs),*])
}
