//! Where fields lie, as the expansion says it: in the types of fields, and to the runtime. Nothing of it shows in a kernel
//! whose fields all lie at cells.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};

use super::names::{Tap, field_reads, rank, scalar};
use crate::{ir::kernel::Kernel, syntax::location::Location};

/// `Field<S, D>` or `Field<S, D, Face<0>>`, or a tuple of such.
pub fn fields(locations: &[Location], runtime: &impl ToTokens) -> TokenStream {
    let (element, rank) = (scalar(), rank());
    let field = |location: &Location| {
        let argument = argument(location, runtime);
        quote!(#runtime::Field<#element, #rank #argument>)
    };
    match locations {
        [one] => field(one),
        _ => {
            let fields = locations.iter().map(field);
            quote!((#(#fields),*))
        }
    }
}

/// The location as one argument more of a type, where it is not the one that is meant without.
pub fn argument(location: &Location, runtime: &impl ToTokens) -> Option<TokenStream> {
    let faces: Vec<_> = location
        .axes
        .iter()
        .map(|axis| {
            let axis = Literal::usize_unsuffixed(*axis);
            quote!(#runtime::Face<#axis>)
        })
        .collect();
    match faces.as_slice() {
        [] => None,
        [face] => Some(quote!(, #face)),
        _ => Some(quote!(, (#(#faces),*))),
    }
}

/// The contract's `LOCATIONS`, where there is something to say.
pub fn constant(kernel: &Kernel, taps: &[Tap], runtime: &Ident) -> Option<TokenStream> {
    let locations = &kernel.locations;
    if locations.are_cells() {
        return None;
    }
    let list = |fields: &[Location]| {
        let fields = fields.iter().map(|field| {
            let axes = field
                .axes
                .iter()
                .map(|axis| Literal::usize_unsuffixed(*axis));
            quote!(#runtime::Staggering::along(&[#(#axes),*]))
        });
        quote!(&[#(#fields),*])
    };
    let (inputs, coefficients, outputs) = (
        list(&locations.inputs),
        list(&locations.coefficients),
        list(&locations.outputs),
    );
    let readers = readers(kernel, taps);
    Some(quote! {
        const LOCATIONS: #runtime::Locations = #runtime::Locations {
            inputs: #inputs,
            coefficients: #coefficients,
            outputs: #outputs,
            readers: &[#(#readers),*],
        };
    })
}

/// For each tap of the forward the outputs that it is read for; nothing, where there is but one output.
fn readers(kernel: &Kernel, taps: &[Tap]) -> Vec<TokenStream> {
    if kernel.outputs.len() == 1 {
        return Vec::new();
    }
    let reads: Vec<_> = kernel
        .outputs
        .iter()
        .map(|root| field_reads(&kernel.dag, &[*root]))
        .collect();
    let readers = |tap: &Tap| {
        let is_read =
            |(field, offset): &(usize, Vec<isize>)| *field == tap.field && *offset == tap.offset;
        let outputs = (0..reads.len()).filter(|output| reads[*output].iter().any(is_read));
        let outputs = outputs.map(Literal::usize_unsuffixed);
        quote!(&[#(#outputs),*])
    };
    taps.iter().map(readers).collect()
}

/// What the documentation says of the locations.
pub fn sentence(kernel: &Kernel) -> Option<String> {
    let locations = &kernel.locations;
    if locations.are_cells() {
        return None;
    }
    let named = |names: &[Ident], fields: &[Location]| -> Vec<String> {
        let fields = names.iter().zip(fields);
        fields
            .map(|(name, field)| format!("`{name}` lies at `{}`", field.name()))
            .collect()
    };
    let mut fields = named(&kernel.inputs, &locations.inputs);
    fields.extend(named(&kernel.coefficients, &locations.coefficients));
    let outputs: Vec<_> = locations
        .outputs
        .iter()
        .map(|output| format!("`{}`", output.name()))
        .collect();
    let outputs = match outputs.as_slice() {
        [one] => format!("the output at {one}"),
        _ => format!("the outputs at {}", outputs.join(", ")),
    };
    Some(format!(
        "{}; {outputs}. Point i of a face lies below cell i; offsets count points of the field that is read.",
        fields.join(", ")
    ))
}
