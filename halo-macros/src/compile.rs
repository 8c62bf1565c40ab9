//! The pipeline: what the user wrote, its formula, what is known about it, its expansion. Each stage reports its mistakes
//! to the context and goes on; they are emitted together, beside the user's function as written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

use crate::analysis::analyse::Analysis;
use crate::diagnostics::Context;
use crate::expand;
use crate::ir::kernel::Kernel;
use crate::kernels::{Unknown, kernels};
use crate::syntax::depth::check_depth;
use crate::syntax::stencil::{self, Stencil};
use crate::syntax::surroundings::Surroundings;
use crate::wrt::{Derivative, derivatives};

/// The expansion of `#[stencil(attr)] item`.
pub fn compile(attr: TokenStream, item: TokenStream) -> TokenStream {
    compile_beside(Surroundings::default(), attr, item)
}

/// [`compile`], of a kernel that sees more than its own body.
pub fn compile_beside(
    surroundings: Surroundings<'_>,
    attr: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let context = Context::new();
    let understood = understand(attr, item.clone(), surroundings, &context);
    match (context.check(), understood) {
        (Err(errors), understood) => understood.fallback(item, errors),
        (Ok(()), Understanding::Kernels(stencil, kernels, derivatives)) => {
            expand::operator(&stencil, kernels, derivatives)
        }
        (Ok(()), _) => item,
    }
}

/// The kernel, where it holds no mistake; what is wrong with it is for [`compile_beside`] to say.
pub fn kernel_beside(
    surroundings: Surroundings<'_>,
    attr: TokenStream,
    item: TokenStream,
) -> Option<(Stencil, Kernel)> {
    let context = Context::new();
    let understood = understand(attr, item, surroundings, &context);
    match (context.check(), understood) {
        (Ok(()), Understanding::Kernels(stencil, kernels, _)) => {
            let (kernel, _) = kernels.into_iter().next()?;
            Some((*stencil, kernel))
        }
        _ => None,
    }
}

/// How much of the item could be understood, whatever its mistakes.
enum Understanding {
    /// Not even that it is a function.
    Nothing,
    /// The function, but not its signature.
    Function(Box<ItemFn>),
    /// The signature, but not all of the body.
    Signature(Box<Stencil>),
    /// All of it, but for types that do not fit: what rustc would say of them has been said.
    Misfit(Box<Stencil>),
    /// What is wrong now is wrong with the formula, which rustc does not see.
    Kernels(Box<Stencil>, Vec<(Kernel, Analysis)>, Vec<Derivative>),
}

impl Understanding {
    fn fallback(&self, item: TokenStream, errors: syn::Error) -> TokenStream {
        let expansion = match self {
            Understanding::Nothing => item,
            Understanding::Function(function) => expand::muted(function, &errors, false),
            Understanding::Signature(stencil) | Understanding::Misfit(stencil) => {
                let parameters = matches!(self, Understanding::Misfit(_));
                let function = expand::muted(&stencil.function, &errors, parameters);
                let stand_in = expand::stand_in(stencil);
                quote!(#function #stand_in)
            }
            Understanding::Kernels(stencil, ..) => {
                let function = expand::function(stencil);
                let stand_in = expand::stand_in(stencil);
                quote!(#[allow(dead_code)] #function #stand_in)
            }
        };
        let errors = errors.into_compile_error();
        quote!(#expansion #errors)
    }
}

/// Everything before code is generated.
fn understand(
    attr: TokenStream,
    item: TokenStream,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Understanding {
    let shallow = check_depth(&attr, context).and(check_depth(&item, context));
    let function = shallow.and_then(|()| function(item, context));
    let Some(function) = function else {
        return Understanding::Nothing;
    };
    let stencil = match stencil::parse(attr, function, context) {
        Ok(stencil) => Box::new(stencil),
        Err(function) => return Understanding::Function(function),
    };
    match kernels(&stencil, surroundings, context) {
        Ok(kernels) => {
            let derivatives = match context.count() {
                0 => derivatives(&stencil, surroundings, context),
                _ => Vec::new(),
            };
            Understanding::Kernels(stencil, kernels, derivatives)
        }
        Err(Unknown::Formula) => Understanding::Signature(stencil),
        Err(Unknown::Types) => Understanding::Misfit(stencil),
    }
}

fn function(item: TokenStream, context: &Context) -> Option<ItemFn> {
    match syn::parse2::<syn::Item>(item) {
        Ok(syn::Item::Fn(function)) => Some(function),
        Ok(other) => {
            let place = crate::ir::place::Place::of(&other);
            context.error_at(
                place,
                "`#[stencil]` goes on a function, the formula of one grid point\nhelp: write for example `fn laplacian(u: Input<f64, 2>) -> f64 { .. }` under it",
            );
            None
        }
        Err(error) => {
            context.error(error);
            None
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The kernel of a function without mistakes.
    pub fn kernel_of(source: &str) -> Kernel {
        understood("", source).1
    }

    pub fn understood(attr: &str, source: &str) -> (Stencil, Kernel, Analysis) {
        let context = Context::new();
        let understood = understand(
            attr.parse().unwrap(),
            source.parse().unwrap(),
            Surroundings::default(),
            &context,
        );
        if let Err(errors) = context.check() {
            panic!("{source}: {errors}");
        }
        match understood {
            Understanding::Kernels(stencil, kernels, _) => {
                let (kernel, analysis) = kernels.into_iter().next().expect("a kernel");
                (*stencil, kernel, analysis)
            }
            _ => unreachable!("a kernel without mistakes"),
        }
    }

    /// The mistakes of a kernel: each message, and the source that it points at.
    pub fn mistakes_in(source: &str) -> Vec<(String, String)> {
        mistakes_with("", source)
    }

    pub fn mistakes_with(attr: &str, source: &str) -> Vec<(String, String)> {
        let context = Context::new();
        understand(
            attr.parse().unwrap(),
            source.parse().unwrap(),
            Surroundings::default(),
            &context,
        );
        let errors = context.check().err().into_iter().flatten();
        errors
            .map(|error| {
                let place = error.span().source_text().unwrap_or_default();
                (error.to_string(), place)
            })
            .collect()
    }

    #[test]
    fn the_function_survives_its_mistakes() {
        let source = "fn f(u: Input<f64, 1>) -> f64 { u[0] * u[1] }";
        let expansion = compile(TokenStream::new(), source.parse().unwrap()).to_string();
        assert!(expansion.contains("fn f (u : Input"), "{expansion}");
        assert!(expansion.contains("compile_error !"), "{expansion}");
    }

    #[test]
    fn only_a_function_is_a_kernel() {
        assert!(
            mistakes_in("struct Laplacian;")[0]
                .0
                .contains("goes on a function")
        );
        assert!(!mistakes_in("fn f").is_empty());
    }

    #[test]
    fn mistakes_of_all_stages_come_together() {
        let source =
            "fn f(u: Input<f64, 1>, w: &[f64]) -> f64 { u[[1, 2]] + u[n] + 1.0 + u[5] * u[0] }";
        let messages = mistakes_with("hallo = 2, halo = 3", source);
        assert_eq!(messages.len(), 7, "{messages:#?}");
    }
}
