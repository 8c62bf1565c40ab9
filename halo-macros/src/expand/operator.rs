//! The generated struct and its implementation of the runtime's contract.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Visibility;

use super::{
    attributes,
    direction::{Direction, Directions},
    docs,
    facts::{facts, halo, integers},
    generics::Parts,
    instance::Instance,
    literal::converted,
    location,
    names::{rank, scalar, visitor},
    pack,
    paths::{absolute, import, runtime},
    structure::structure,
    verb,
};
use crate::{
    analysis::analyse::Analysis,
    ir::kernel::Kernel,
    syntax::{location::Location, stencil::Stencil},
    wrt::Derivative,
};

/// Everything `#[stencil]` puts in the place of the function: the function itself, the struct, the contract.
pub fn expand(
    stencil: &Stencil,
    kernels: Vec<(Kernel, Analysis)>,
    derivatives: Vec<Derivative>,
) -> TokenStream {
    let function = converted(stencil);
    let section = docs::derivatives(stencil, &derivatives);
    let operator = operator(stencil, kernels, &section);
    let derivatives = derivatives.into_iter().filter_map(|derivative| {
        let (exchanged, kernels) = derivative.outcome.ok()?;
        let verb = verb::expand(stencil, &derivative.coefficient, &exchanged);
        let operator = self::operator(&exchanged, kernels, "");
        Some(quote!(#verb #operator))
    });
    quote! {
        #[allow(dead_code, clippy::too_many_arguments)]
        #function
        #operator
        #(#derivatives)*
    }
}

/// The struct of a stencil and the contracts of its kernels; `section` ends the struct's documentation.
fn operator(stencil: &Stencil, kernels: Vec<(Kernel, Analysis)>, section: &str) -> TokenStream {
    let instances: Vec<Instance> = kernels.into_iter().map(Instance::new).collect();
    let instances: Vec<Directions<'_>> = instances.iter().map(Directions::of).collect();
    let formula = docs::formula(&stencil.function);
    let documentations: Vec<String> = instances
        .iter()
        .map(|directions| describe(stencil, &formula, directions))
        .collect();
    let several = stencil.signature.generics.const_params().next().is_some();
    let documentation = match documentations.as_slice() {
        [only] if !several => format!("{only}{section}"),
        _ => format!("{}{section}", docs::instances(stencil)),
    };
    let own = attributes::of_struct(stencil);
    let documentation = quote!(#own #[doc = #documentation]);
    let structure = structure(stencil, &documentation, |argument| {
        argument.ty.to_token_stream()
    });
    let expanded = instances.iter().zip(&documentations);
    let expanded =
        expanded.map(|(directions, docs)| instance(stencil, directions, several.then_some(docs)));
    quote! {
        #structure
        #(#expanded)*
    }
}

/// The constants and the contract of one kernel, documented where the struct has several.
fn instance(stencil: &Stencil, directions: &Directions<'_>, docs: Option<&String>) -> TokenStream {
    let Instance {
        kernel, analysis, ..
    } = directions.instance;
    let constants = constants(stencil, directions);
    let contract = contract(stencil, directions);
    let warning = warning(analysis);
    let import = import(stencil);
    // Opaque Rust may use less in the operator than it does in the function.
    let unused = kernel.dag.has_opaques().then(|| quote!(, unused));
    let own = attributes::of_implementations(stencil);
    let docs = docs.map(|docs| quote!(#[doc = #docs]));
    quote! {
        #own
        #docs
        #constants
        #own
        #[allow(clippy::all #unused)]
        const _: () = {
            #import
            #contract
        };
        #warning
    }
}

/// The documentation of one kernel, under its formula.
pub fn describe(stencil: &Stencil, formula: &str, directions: &Directions<'_>) -> String {
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
    let cost = |direction: &Direction<'_>| docs::Cost {
        messages: docs::messages(&direction.names.taps),
        flops: direction.flops(),
        shared: direction.intermediates.len(),
    };
    docs::operator(
        stencil,
        formula,
        kernel,
        analysis,
        symmetry,
        (&forward.names.taps, cost(forward)),
        (&adjoint.names.taps, cost(adjoint)),
    )
}

/// What users may want to know of the stencil at compile time.
fn constants(stencil: &Stencil, directions: &Directions<'_>) -> TokenStream {
    let name = &stencil.signature.structure;
    let Parts {
        parameters,
        arguments,
        clause,
    } = Parts::of(&stencil.signature, &directions.instance.kernel.constants);
    let head = quote!(impl #parameters #name #arguments #clause);
    let runtime = absolute(stencil);
    let visibility = &stencil.signature.visibility;
    let facts = quote!(<Self as #runtime::Stencil>::FACTS);
    constants_of(&head, visibility, &facts, stencil, directions)
}

/// The constants of a struct, given what opens its `impl` and where its facts are.
pub fn constants_of(
    head: &TokenStream,
    visibility: &Visibility,
    facts: &TokenStream,
    stencil: &Stencil,
    directions: &Directions<'_>,
) -> TokenStream {
    let axes = Literal::usize_unsuffixed(stencil.signature.axes);
    let halo = halo(stencil, &directions.instance.analysis);
    let forward = &directions.forward;
    let mut offsets: Vec<_> = forward.names.taps.iter().map(|tap| &tap.offset).collect();
    offsets.sort();
    offsets.dedup();
    let count = Literal::usize_unsuffixed(offsets.len());
    let offsets = offsets.into_iter().map(|offset| integers(offset));
    let runtime = absolute(stencil);
    quote! {
        #[allow(dead_code)]
        #head {
            /// Halo width per stencil axis, on the low and on the high side.
            #visibility const HALO: [[usize; 2]; #axes] = #halo;
            /// Offsets that the formula reads, sorted.
            #visibility const FOOTPRINT: [[isize; #axes]; #count] = [#(#offsets),*];
            /// Reach, messages, cost and symmetry, forward and adjoint.
            #visibility const FACTS: #runtime::Facts = #facts;
        }
    }
}

/// The struct's implementation of the contract.
pub fn contract(stencil: &Stencil, directions: &Directions<'_>) -> TokenStream {
    let Directions {
        instance,
        forward,
        adjoint,
    } = directions;
    let kernel = &instance.kernel;
    let runtime = runtime();
    let structure = &stencil.signature.structure;
    let Parts {
        parameters,
        arguments,
        clause,
    } = Parts::of(&stencil.signature, &kernel.constants);
    let facts = facts(stencil, directions);
    let coefficients = coefficients(kernel);
    let own = &kernel.scalar;
    let (element, rank) = (scalar(), rank());
    let [domain, range] = [&kernel.locations.inputs, &kernel.locations.outputs]
        .map(|locations| location::fields(locations, &runtime));
    let locations = location::constant(kernel, &forward.names.taps, &runtime);
    let forward_bodies = forward.bodies("forward", false);
    let adjoint_bodies = adjoint.bodies("adjoint", true);
    let pack = pack::packer([&forward.names.taps, &adjoint.names.taps]);
    let in_place = in_place(kernel, &quote!(#structure #arguments #clause), &parameters);
    quote! {
        #in_place
        #[automatically_derived]
        impl #parameters #runtime::Stencil for #structure #arguments #clause {
            type Scalar = #own;
            type Domain<#element: #runtime::Element, const #rank: usize> = #domain;
            type Range<#element: #runtime::Element, const #rank: usize> = #range;

            #facts
            #locations
            #coefficients
            #forward_bodies
            #adjoint_bodies
            #pack
        }
    }
}

/// What makes the operator's steps in place possible, where the attribute asks for them.
fn in_place(
    kernel: &Kernel,
    target: &TokenStream,
    parameters: &impl ToTokens,
) -> Option<TokenStream> {
    if kernel.overwritten.is_empty() {
        return None;
    }
    let (runtime, element, rank) = (runtime(), scalar(), rank());
    let locations = kernel.locations.inputs.iter().enumerate();
    let kept = locations.filter(|(input, _)| !kernel.overwritten.contains(input));
    let kept: Vec<Location> = kept.map(|(_, location)| location.clone()).collect();
    let kept = location::fields(&kept, &runtime);
    let overwritten = kernel.overwritten.iter();
    let overwritten = overwritten.map(|input| Literal::usize_unsuffixed(*input));
    Some(quote! {
        #[automatically_derived]
        impl #parameters #runtime::InPlace for #target {
            type Kept<#element: #runtime::Element, const #rank: usize> = #kept;
            const OVERWRITTEN: &'static [usize] = &[#(#overwritten),*];
        }
    })
}

fn coefficients(kernel: &Kernel) -> Option<TokenStream> {
    if kernel.coefficients.is_empty() && kernel.banks.is_empty() {
        return None;
    }
    let runtime = runtime();
    let visitor = visitor();
    let count = kernel.coefficients.len();
    let fields = (0..count).map(|number| kernel.coefficient_member(number));
    let banks = (kernel.banks.iter()).map(|(bank, _)| kernel.parameter_member(*bank));
    Some(quote! {
        fn coefficients<#visitor: #runtime::CoefficientVisitor>(&mut self, visitor: &mut #visitor) {
            #(visitor.visit(&mut self.#fields);)*
            #(visitor.bank(&mut self.#banks);)*
        }
    })
}

/// On stable a macro can warn only through a lint of rustc: a deprecated constant, used where the claim stands.
fn warning(analysis: &Analysis) -> Option<TokenStream> {
    let (span, message) = analysis.halo_warning.as_ref()?;
    let used = quote_spanned!(*span=> halo);
    Some(quote! {
        const _: () = {
            #[deprecated(note = #message)]
            #[allow(non_upper_case_globals)]
            const halo: () = ();
            #used
        };
    })
}
