//! The packer: copies a message's cells with run lengths that are literals for the widths this stencil has.
//!
//! A face across the contiguous axis consists of very short runs, as many as the halo is wide. With the length known to
//! the compiler each is a move or two instead of a loop.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    names::{Tap, scalar},
    paths::runtime,
};

/// Longer runs are copied as fast by a loop; a wide stencil would have a function for each of them.
const LONGEST_RUN: usize = 8;

pub fn packer(passes: [&[Tap]; 2]) -> TokenStream {
    let (runtime, element) = (runtime(), scalar());
    let mut widths = BTreeSet::new();
    for taps in passes {
        for tap in taps {
            // Any of the stencil's axes may be placed on the contiguous axis of the array.
            widths.extend(
                tap.offset
                    .iter()
                    .map(|o| o.unsigned_abs())
                    .filter(|w| (1..=LONGEST_RUN).contains(w)),
            );
        }
    }
    let arms = widths.iter().map(|width| {
        let width = Literal::usize_unsuffixed(*width);
        quote!(#width => slab.pack::<#element, #width>(cells, buffer),)
    });
    quote! {
        fn pack<#element: #runtime::Element>(
            slab: &#runtime::Slab,
            cells: &[#element],
            buffer: &mut [#element],
        ) {
            match slab.width() {
                #(#arms)*
                _ => slab.pack_any(cells, buffer),
            }
        }
    }
}
