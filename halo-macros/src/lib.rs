//! `#[stencil]`: the formula of one grid point in, a distributed linear operator and its exact adjoint out.
//!
//! The crate reads in the order of the data: `syntax` (what the user wrote), `ir` (its formula as a DAG), `analysis`
//! (what is known about it), `adjoint` (its transpose), `symmetry` (whether the two are one), `expand` (both as Rust).
//! `compile` is the pipeline, `module` runs it on all kernels of a module, `diagnostics` gathers the mistakes. The language is
//! described where users meet it, at the runtime's re-export.

mod adjoint;
mod analysis;
mod compile;
mod diagnostics;
mod expand;
mod identity;
mod ir;
mod kernels;
mod module;
#[cfg(test)]
mod robustness;
mod symmetry;
mod syntax;
mod wrt;

use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn stencil(attr: TokenStream, item: TokenStream) -> TokenStream {
    compile::compile(attr.into(), item.into()).into()
}

#[proc_macro]
pub fn fuse(call: TokenStream) -> TokenStream {
    module::misplaced_fusion(call.into()).into()
}

#[proc_macro_attribute]
pub fn stencils(attr: TokenStream, item: TokenStream) -> TokenStream {
    module::compile_module(attr.into(), item.into()).into()
}
