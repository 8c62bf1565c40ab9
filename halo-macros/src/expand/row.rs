//! The four row bodies of a stencil: forward and adjoint, interior and edge.
//!
//! Each collects its slices, lifts its parameters, and hands one closure, the formula of point `i`, to the runtime's
//! `store`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use syn::Item;

use super::{
    formula::{Formula, Mode},
    names::{Names, local, scalar},
    paths::runtime,
};
use crate::ir::{
    kernel::Kernel,
    node::{Node, NodeId},
};

/// One function of the contract: its name, and the formula of each value it stores.
pub fn body(
    function: Ident,
    kernel: &Kernel,
    names: &Names,
    mode: Mode,
    roots: &[NodeId],
) -> TokenStream {
    let dag = &kernel.dag;
    let printed = Formula::print(kernel, names, mode, roots);
    let nodes = dag.reachable(roots);
    let slices = match mode {
        Mode::Interior => nodes
            .iter()
            .filter_map(|id| slice(dag.node(*id), names))
            .collect(),
        Mode::Edge => Vec::new(),
    };
    let calls = nodes
        .iter()
        .any(|id| matches!(dag.node(*id), Node::Opaque { .. }));
    let items = kernel.items.iter().filter(|_| calls);

    let (runtime, scalar, own) = (runtime(), scalar(), &kernel.scalar);
    let [row, out, i] = ["row", "out", "i"].map(local);
    let (before, strip, point) = (printed.before, printed.strip, printed.point);
    let values = printed.values;
    let value = match point.is_empty() {
        true => quote!([#(#values),*]),
        false => quote!({ #(#point)* [#(#values),*] }),
    };
    let slices: Vec<_> = slices;
    let store = quote!(#row.store(#out, #[inline(always)] |#i| #value););
    let loops = match strip.is_empty() {
        true => quote!(#(#slices)* #(#before)* #store),
        false => quote! {
            #(#before)*
            #row.strips(#out, #[inline(always)] |#row, #out| {
                #(#slices)*
                #(#strip)*
                #store
            });
        },
    };
    // A function of the kernel that is called like an argument hides it, and a `let` hides the function.
    let hidden = items.clone().any(|item| matches!(item, Item::Fn(item) if [&row, &out].iter().any(|own| item.sig.ident == **own)));
    let arguments = match hidden {
        true => ["__row", "__out"].map(local),
        false => [row.clone(), out.clone()],
    };
    let [own_row, own_out] = &arguments;
    let uncovered = hidden.then(|| quote!(let (#row, #out) = (#own_row, #own_out);));
    quote! {
        #[inline(always)]
        fn #function<#scalar: #runtime::Lift<#own>>(
            &self,
            #own_row: &#runtime::Row<'_, #scalar>,
            #own_out: &mut [&mut [#scalar]],
        ) {
            #(#[allow(dead_code, unused_imports)] #items)*
            #uncovered
            #loops
        }
    }
}

/// `let u_m1_0 = row.tap(0, 0);`
fn slice(node: &Node, names: &Names) -> Option<TokenStream> {
    let row = local("row");
    match node {
        Node::Read {
            input: field,
            offset,
        }
        | Node::Seed {
            output: field,
            offset,
        } => {
            let name = names.tap(*field, offset);
            let tap = Literal::usize_unsuffixed(names.tap_number(*field, offset));
            let field = Literal::usize_unsuffixed(*field);
            Some(quote!(let #name = #row.tap(#field, #tap);))
        }
        Node::Coefficient { field, offset } => {
            let name = names.coefficient(*field, offset);
            let tap = Literal::usize_unsuffixed(names.coefficient_number(*field, offset));
            let ty = names.coefficient_type(*field);
            let field = Literal::usize_unsuffixed(*field);
            Some(quote!(let #name = #row.coefficient::<#ty>(#field, #tap);))
        }
        _ => None,
    }
}
