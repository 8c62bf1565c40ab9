//! `#[stencils] mod ops { .. }`: a module whose kernels see the constants and functions beside them as if declared in their
//! own bodies. Each kernel is compiled in its place; everything else is emitted as it was written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, parse_quote};

use crate::compile::compile_beside;
use crate::diagnostics::Context;
use crate::ir::place::Place;
use crate::syntax::depth::check_depth;
use crate::syntax::surroundings::Surroundings;

/// The expansion of `#[stencils(attr)] item`.
pub fn compile_module(attr: TokenStream, item: TokenStream) -> TokenStream {
    let context = Context::new();
    if !attr.is_empty() {
        let message = "`#[stencils]` takes no arguments\nhelp: write them at the kernels, `#[stencil(halo = 1)]`";
        context.error_at(Place::of(&attr), message);
    }
    let module = check_depth(&item, &context).and_then(|()| parse(&item, &context));
    let expansion = module.map_or(item, expand);
    let errors = context
        .check()
        .err()
        .map(|errors| errors.into_compile_error());
    quote!(#expansion #errors)
}

fn parse(item: &TokenStream, context: &Context) -> Option<ItemMod> {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Mod(module)) if module.content.is_some() => Some(module),
        Ok(other) => {
            let message = "`#[stencils]` goes on a module that is written out\nhelp: write `mod ops { .. }` with the kernels in it";
            context.error_at(Place::of(&other), message);
            None
        }
        Err(error) => {
            context.error(error);
            None
        }
    }
}

fn expand(mut module: ItemMod) -> TokenStream {
    let (_, mut items) = module.content.take().unwrap_or_default();
    let kernels: Vec<Option<TokenStream>> = items.iter_mut().map(take_attribute).collect();
    items.iter_mut().for_each(allow_unused);
    let visible: Vec<Item> = items.iter().filter(|item| is_seen(item)).cloned().collect();
    let surroundings = Surroundings {
        items: &visible,
        ..Surroundings::default()
    };
    let expansions = items.iter().zip(kernels).map(|(item, kernel)| {
        let item = item.to_token_stream();
        match kernel {
            Some(attr) => compile_beside(surroundings, attr, item),
            None => item,
        }
    });
    let (inner, outer): (Vec<_>, Vec<_>) = (module.attrs.iter())
        .partition(|attribute| matches!(attribute.style, syn::AttrStyle::Inner(_)));
    let (visibility, name) = (&module.vis, &module.ident);
    quote! {
        #(#outer)*
        #visibility mod #name {
            #(#inner)*
            #(#expansions)*
        }
    }
}

/// Takes `#[stencil(..)]` off a function: its arguments, where it is one.
fn take_attribute(item: &mut Item) -> Option<TokenStream> {
    let Item::Fn(function) = item else {
        return None;
    };
    let at = function.attrs.iter().position(is_stencil)?;
    match function.attrs.remove(at).meta {
        Meta::List(list) => Some(list.tokens),
        _ => Some(TokenStream::new()),
    }
}

fn is_stencil(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "stencil")
}

/// What kernels may ask for: constants and functions that are surely there.
fn is_seen(item: &Item) -> bool {
    let attributes = match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        _ => return false,
    };
    let conditional = |attribute: &Attribute| attribute.path().is_ident("cfg");
    !attributes.iter().any(conditional)
}

/// An import of the attribute that was taken off.
fn allow_unused(item: &mut Item) {
    if let Item::Use(item @ ItemUse { .. }) = item
        && names_stencil(&item.tree)
    {
        item.attrs.push(parse_quote!(#[allow(unused_imports)]));
    }
}

fn names_stencil(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => names_stencil(&path.tree),
        UseTree::Name(name) => name.ident == "stencil",
        UseTree::Group(group) => group.items.iter().any(names_stencil),
        UseTree::Rename(_) | UseTree::Glob(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(item: &str) -> String {
        compile_module(TokenStream::new(), item.parse().unwrap()).to_string()
    }

    #[test]
    fn kernels_see_what_is_beside_them() {
        let expansion = expanded(
            "pub mod ops {
                const R: isize = reach(1);
                fn reach(r: isize) -> isize { r + 1 }
                fn mean(a: f64, b: f64) -> f64 { 0.5 * (a + b) }
                #[stencil] pub fn wide(u: Input<f64, 1>) -> f64 { mean(u[-R], u[R]) }
                #[halo::stencil(halo = 1)] fn near(u: Input<f64, 1>) -> f64 { u[-1] + u[1] }
            }",
        );
        assert!(!expansion.contains("compile_error"), "{expansion}");
        assert!(expansion.contains("FOOTPRINT : [[isize ; 1] ; 2] = [[- 2] , [2]]"));
        assert!(expansion.contains("struct Near"));
        assert_eq!(expansion.matches("fn mean").count(), 1, "{expansion}");
    }

    #[test]
    fn one_kernel_may_call_another() {
        let expansion = expanded(
            "mod ops {
                #[stencil] fn slope(u: Input<f64, 1>) -> f64 { u[1] - u[0] }
                #[stencil] fn twice(u: Input<f64, 1>, c: f64) -> f64 { c * slope(u) }
            }",
        );
        assert!(!expansion.contains("compile_error"), "{expansion}");
    }

    #[test]
    fn what_is_no_module_of_kernels_is_refused() {
        assert!(expanded("mod ops;").contains("written out"));
        assert!(expanded("fn f() {}").contains("written out"));
        let conditional = "mod ops { #[cfg(test)] const R: isize = 1; #[stencil] fn f(u: Input<f64, 1>) -> f64 { u[R] } }";
        assert!(expanded(conditional).contains("compile_error"));
    }
}
