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
        Mode::Interior { lanes } => slices(nodes.iter().map(|id| dag.node(*id)), names, lanes),
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
        Mode::Interior { lanes: true } => quote!(#row.store),
        Mode::Interior { lanes: false } => quote!(#row.store_points),
        Mode::Edge => quote!(#row.store_each),
    };
    let store = quote!(#store(#out, #[inline(always)] |#i| #value););
    let in_strips = mode == Mode::Interior { lanes: false } && !strip.is_empty();
    let loops = match in_strips {
        false => quote!(#(#slices)* #(#before)* #(#strip)* #store),
        true => quote! {
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
            #own_row: &#runtime::Points<'_, #scalar>,
            #own_out: &#runtime::Outputs<'_, #scalar>,
        ) {
            #(#[allow(dead_code, unused_imports)] #items)*
            #uncovered
            #loops
        }
    }
}

/// More slices than this do not find a register each.
const MANY: usize = 12;

/// The cells of a field or of a coefficient at an offset.
#[derive(Clone, Copy)]
struct Read<'a> {
    of: Of,
    number: usize,
    offset: &'a [isize],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Field,
    Coefficient,
}

impl<'a> Read<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let (of, number, offset) = match node {
            Node::Read { input, offset } => (Of::Field, input, offset),
            Node::Seed { output, offset } => (Of::Field, output, offset),
            Node::Coefficient { field, offset } => (Of::Coefficient, field, offset),
            _ => return None,
        };
        Some(Read {
            of,
            number: *number,
            offset,
        })
    }

    /// Place along the last axis, if the other lies in one line with this along it.
    fn in_line(&self, other: &Read<'_>) -> Option<isize> {
        let (Some((_, line)), Some((along, others))) =
            (self.offset.split_last(), other.offset.split_last())
        else {
            return None;
        };
        let one = (self.of, self.number, line) == (other.of, other.number, others);
        one.then_some(*along)
    }

    /// Its number among the taps.
    fn tap(&self, names: &Names) -> usize {
        match self.of {
            Of::Field => names.tap_number(self.number, self.offset),
            Of::Coefficient => names.coefficient_number(self.number, self.offset),
        }
    }

    /// `let u_m1_0 = row.tap(0, 0);`, or by way of another slice that lies before it.
    fn slice(&self, before: Option<&Read<'_>>, names: &Names, lanes: bool) -> TokenStream {
        let (row, scalar) = (&names.row, &names.scalar);
        let [field, tap] = [self.number, self.tap(names)].map(Literal::usize_unsuffixed);
        let beside = before.and_then(|before| {
            let ahead = self.in_line(self)? - self.in_line(before)?;
            let [before, ahead] =
                [before.tap(names), ahead.unsigned_abs()].map(Literal::usize_unsuffixed);
            Some(quote!(, #before, #ahead))
        });
        match self.of {
            Of::Field if names.is_replaced(self.number) => {
                let name = names.tap(self.number, self.offset);
                let out = &names.out;
                quote!(let #name = #row.own(#out, #field, #tap);)
            }
            Of::Field => {
                let name = names.tap(self.number, self.offset);
                let read = beside.as_ref().map_or(quote!(tap), |_| quote!(tap_beside));
                quote!(let #name = #row.#read(#field, #tap #beside);)
            }
            Of::Coefficient if lanes => {
                let name = names.coefficient(self.number, self.offset);
                let read = beside
                    .as_ref()
                    .map_or(quote!(coefficient), |_| quote!(coefficient_beside));
                quote!(let #name = #row.#read::<#scalar::Passive>(#field, #tap #beside);)
            }
            Of::Coefficient => {
                let name = names.coefficient(self.number, self.offset);
                let ty = names.coefficient_type(self.number);
                quote!(let #name = #row.elements::<#ty>(#field, #tap);)
            }
        }
    }
}

/// The cells that a body reads, a slice for each tap; many of them by way of the first in their line.
fn slices<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    names: &Names,
    lanes: bool,
) -> Vec<TokenStream> {
    let reads: Vec<Read> = nodes.filter_map(Read::of).collect();
    let first = |read: &Read| {
        let line = reads
            .iter()
            .filter_map(|other| Some((read.in_line(other)?, other)));
        let (along, first) = line.min_by_key(|(along, _)| *along)?;
        (read.in_line(read) != Some(along)).then_some(first)
    };
    let many = reads.len() > MANY;
    reads
        .iter()
        .map(|read| read.slice(first(read).filter(|_| many), names, lanes))
        .collect()
}
