//! The generated struct and its implementation of the runtime's contract.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Type, Visibility};

use super::{
    attributes, docs,
    formula::Mode,
    generics::Parts,
    instance::Instance,
    literal::converted,
    location,
    names::{Names, Read, Tap, field_reads, outputs, rank, scalar, visitor},
    pack,
    paths::{absolute, import, runtime},
    row,
    structure::structure,
    verb,
};
use crate::{
    analysis::analyse::Analysis,
    ir::{
        dag::Dag,
        kernel::Kernel,
        node::{Node, NodeId, Unary},
    },
    symmetry::Symmetry,
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
    let documentations: Vec<String> = instances
        .iter()
        .map(|instance| documentation(stencil, instance))
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
        expanded.map(|(instance, docs)| self::instance(stencil, instance, several.then_some(docs)));
    quote! {
        #structure
        #(#expanded)*
    }
}

/// The constants and the contract of one kernel, documented where the struct has several.
fn instance(stencil: &Stencil, instance: &Instance, docs: Option<&String>) -> TokenStream {
    let Instance {
        kernel, analysis, ..
    } = instance;
    let constants = constants(stencil, instance);
    let contract = contract(stencil, instance);
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

/// One direction of the operator: the names of its reads and the formulas of its two row bodies.
struct Direction<'a> {
    kernel: &'a Kernel,
    names: Names<'a>,
    interior: &'a [NodeId],
    edge: &'a [NodeId],
    /// The roots of the two bodies, with loops in the place of long sums.
    bodies: &'a [Vec<NodeId>; 2],
}

impl<'a> Direction<'a> {
    fn forward(instance: &'a Instance) -> Self {
        let Instance {
            kernel,
            analysis,
            forward_bodies: bodies,
            ..
        } = instance;
        let fields = kernel.inputs.iter().map(Ident::to_string).collect();
        let (interior, edge) = (&analysis.interior[..], &analysis.outputs[..]);
        let far = reads_far_from_ends(kernel, analysis);
        let near = |read: &Read| {
            let read_far =
                |outputs: &Vec<HashSet<Read>>| outputs.iter().any(|reads| reads.contains(read));
            far.iter().position(|outputs| !read_far(outputs))
        };
        let names = Names::new(kernel, fields, &[edge, interior].concat(), near);
        Direction {
            kernel,
            names,
            interior,
            edge,
            bodies,
        }
    }

    fn adjoint(instance: &'a Instance) -> Self {
        let Instance {
            kernel,
            analysis,
            adjoint,
            adjoint_bodies: bodies,
            ..
        } = instance;
        let fields = outputs(kernel);
        let (interior, edge) = (&adjoint.interior[..], &adjoint.edge[..]);
        let far = reads_far_from_ends(kernel, analysis);
        // Output k at -o is gathered for what its rows read at o, of any input.
        let inputs = kernel.inputs.len();
        let near = |(output, row): &Read| {
            let offset: Vec<isize> = row.iter().map(|o| -o).collect();
            let reads: Vec<Read> = (0..inputs).map(|input| (input, offset.clone())).collect();
            let read_far = |outputs: &Vec<HashSet<Read>>| {
                reads.iter().any(|read| outputs[*output].contains(read))
            };
            far.iter().position(|outputs| !read_far(outputs))
        };
        let names = Names::new(kernel, fields, &[edge, interior].concat(), near);
        Direction {
            kernel,
            names,
            interior,
            edge,
            bodies,
        }
    }

    fn bodies(&self, direction: &str, always_edge: bool) -> TokenStream {
        let body = |kind: &str, mode, roots| {
            let function = format_ident!("{direction}_{kind}");
            row::body(function, self.kernel, &self.names, mode, roots)
        };
        let [interior, edge] = self.bodies;
        let differs = always_edge || self.interior != self.edge;
        let edge = differs.then(|| body("edge", Mode::Edge, edge));
        let interior = body("interior", Mode::Interior, interior);
        quote!(#interior #edge)
    }

    fn pass(&self) -> TokenStream {
        let runtime = runtime();
        let taps = self.names.taps.iter().map(tap);
        let coefficients = self.names.coefficients.iter().map(tap);
        let flops = Literal::usize_unsuffixed(flops(&self.kernel.dag, self.interior));
        quote! {
            #runtime::Pass {
                taps: &[#(#taps),*],
                coefficients: &[#(#coefficients),*],
                flops: #flops,
            }
        }
    }
}

/// Per stencil axis, what the rows of each output read far from the ends of that axis.
fn reads_far_from_ends(kernel: &Kernel, analysis: &Analysis) -> Vec<Vec<HashSet<Read>>> {
    let reads = |root: &NodeId| field_reads(&kernel.dag, &[*root]).into_iter().collect();
    let along = analysis.interior_along.iter();
    along
        .map(|roots| roots.iter().map(reads).collect())
        .collect()
}

fn tap(tap: &Tap) -> TokenStream {
    let runtime = runtime();
    let field = Literal::usize_unsuffixed(tap.field);
    let offset = integers(&tap.offset);
    match tap.edge.map(Literal::usize_unsuffixed) {
        None => quote!(#runtime::Tap::new(#field, &#offset)),
        Some(axis) => quote!(#runtime::Tap::near_ends_of(#axis, #field, &#offset)),
    }
}

fn integers(values: &[isize]) -> TokenStream {
    let values = values.iter().map(|value| Literal::isize_unsuffixed(*value));
    quote!([#(#values),*])
}

fn pairs(values: &[[usize; 2]]) -> TokenStream {
    let pairs = values.iter().map(|[low, high]| {
        let [low, high] = [low, high].map(|n| Literal::usize_unsuffixed(*n));
        quote!([#low, #high])
    });
    quote!([#(#pairs),*])
}

/// Arithmetic that a point of the interior costs; what is the same at every point is computed once a row.
fn flops(dag: &Dag, roots: &[NodeId]) -> usize {
    let invariant = dag.invariant();
    let costs = |id: &NodeId| {
        let arithmetic = matches!(dag.node(*id), Node::Binary(..) | Node::Unary(Unary::Neg, _));
        arithmetic && !invariant[id.index()]
    };
    dag.reachable(roots).iter().filter(|id| costs(id)).count()
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

fn documentation(stencil: &Stencil, instance: &Instance) -> String {
    describe(stencil, &docs::formula(&stencil.function), instance)
}

/// The documentation of one kernel, under its formula.
pub fn describe(stencil: &Stencil, formula: &str, instance: &Instance) -> String {
    let Instance {
        kernel,
        analysis,
        symmetry,
        ..
    } = instance;
    let forward = Direction::forward(instance);
    let adjoint = Direction::adjoint(instance);
    let cost = |direction: &Direction<'_>| docs::Cost {
        messages: docs::messages(&direction.names.taps),
        flops: flops(&kernel.dag, direction.interior),
    };
    docs::operator(
        stencil,
        formula,
        kernel,
        analysis,
        symmetry,
        (&forward.names.taps, cost(&forward)),
        (&adjoint.names.taps, cost(&adjoint)),
    )
}

/// What users may want to know of the stencil at compile time.
fn constants(stencil: &Stencil, instance: &Instance) -> TokenStream {
    let name = &stencil.signature.structure;
    let Parts {
        parameters,
        arguments,
        clause,
    } = Parts::of(&stencil.signature, &instance.kernel.constants);
    let head = quote!(impl #parameters #name #arguments #clause);
    let runtime = absolute(stencil);
    let visibility = &stencil.signature.visibility;
    let facts = quote!(<Self as #runtime::Stencil>::FACTS);
    constants_of(&head, visibility, &facts, stencil, instance)
}

/// The constants of a struct, given what opens its `impl` and where its facts are.
pub fn constants_of(
    head: &TokenStream,
    visibility: &Visibility,
    facts: &TokenStream,
    stencil: &Stencil,
    instance: &Instance,
) -> TokenStream {
    let axes = Literal::usize_unsuffixed(stencil.signature.axes);
    let halo = halo(stencil, &instance.analysis);
    let forward = Direction::forward(instance);
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

/// Halo width per stencil axis and side: what is read, or more if the attribute asks for it.
fn halo(stencil: &Stencil, analysis: &Analysis) -> TokenStream {
    let asked = stencil.attr.halo_at_least.as_ref();
    let widths = analysis.halo.iter().enumerate().map(|(axis, read)| {
        let asked = asked.map_or([0, 0], |claim| claim.widths[axis]);
        [read[0].max(asked[0]), read[1].max(asked[1])]
    });
    pairs(&widths.collect::<Vec<_>>())
}

/// The struct's implementation of the contract.
pub fn contract(stencil: &Stencil, instance: &Instance) -> TokenStream {
    let Instance {
        kernel,
        analysis,
        symmetry,
        ..
    } = instance;
    let forward = Direction::forward(instance);
    let adjoint = Direction::adjoint(instance);
    let runtime = runtime();
    let structure = &stencil.signature.structure;
    let Parts {
        parameters,
        arguments,
        clause,
    } = Parts::of(&stencil.signature, &kernel.constants);
    let facts = facts(stencil, kernel, analysis, symmetry, [&forward, &adjoint]);
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

fn facts(
    stencil: &Stencil,
    kernel: &Kernel,
    analysis: &Analysis,
    symmetry: &Symmetry,
    [forward, adjoint]: [&Direction<'_>; 2],
) -> TokenStream {
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
