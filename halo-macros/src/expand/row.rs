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
        Mode::Interior => slices(nodes.iter().map(|id| dag.node(*id)), names),
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
    let store = match mode {
        Mode::Interior if slices.len() > MANY => quote!(#row.store_wide),
        Mode::Interior => quote!(#row.store),
        Mode::Edge => quote!(#row.store_each),
    };
    let store = quote!(#store(#out, #[inline(always)] |#i| #value););
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

/// More slices than this do not find a register each.
const MANY: usize = 12;

/// The cells that a body reads, a slice for each tap.
fn slices<'a>(nodes: impl Iterator<Item = &'a Node>, names: &Names) -> Vec<TokenStream> {
    let reads: Vec<(Kind, usize, &[isize])> = nodes
        .filter_map(|node| match node {
            Node::Read {
                input: field,
                offset,
            }
            | Node::Seed {
                output: field,
                offset,
            } => Some((Kind::Field, *field, &offset[..])),
            Node::Coefficient { field, offset } => Some((Kind::Coefficient, *field, &offset[..])),
            _ => None,
        })
        .collect();
    let first_beside = |(kind, field, offset): &(Kind, usize, &'a [isize])| {
        let (_, others) = offset.split_last()?;
        let in_line = reads.iter().filter(|read| {
            (&read.0, &read.1) == (kind, field)
                && read.2.split_last().is_some_and(|(_, o)| o == others)
        });
        in_line
            .map(|read| read.2)
            .min_by_key(|offset| offset.last())
    };
    let slice = |read: &(Kind, usize, &'a [isize])| {
        let first = first_beside(read).filter(|first| reads.len() > MANY && *first != read.2);
        slice(read, first, names)
    };
    reads.iter().map(slice).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field,
    Coefficient,
}

/// `let u_m1_0 = row.tap(0, 0);`, or by way of the first slice that lies beside it.
fn slice(
    (kind, field, offset): &(Kind, usize, &[isize]),
    first: Option<&[isize]>,
    names: &Names,
) -> TokenStream {
    let row = local("row");
    let (name, number): (_, &dyn Fn(&[isize]) -> usize) = match kind {
        Kind::Field => (names.tap(*field, offset), &|o| names.tap_number(*field, o)),
        Kind::Coefficient => (names.coefficient(*field, offset), &|o| {
            names.coefficient_number(*field, o)
        }),
    };
    let turbofish = matches!(kind, Kind::Coefficient).then(|| {
        let ty = names.coefficient_type(*field);
        quote!(::<#ty>)
    });
    let tap = Literal::usize_unsuffixed(number(offset));
    let field = Literal::usize_unsuffixed(*field);
    let read = match (kind, first) {
        (Kind::Field, None) => quote!(tap),
        (Kind::Field, Some(_)) => quote!(tap_beside),
        (Kind::Coefficient, None) => quote!(coefficient),
        (Kind::Coefficient, Some(_)) => quote!(coefficient_beside),
    };
    let beside = first.map(|first| {
        let ahead = offset[offset.len() - 1].abs_diff(first[first.len() - 1]);
        let [first, ahead] = [number(first), ahead].map(Literal::usize_unsuffixed);
        quote!(, #first, #ahead)
    });
    quote!(let #name = #row.#read #turbofish(#field, #tap #beside);)
}
