//! `#[stencils] mod ops { .. }`: a module whose kernels see the constants and functions beside them as if declared in their
//! own bodies. Each kernel is compiled in its place; everything else is emitted as it was written.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, parse_quote};

use crate::analysis::analyse::analyse;
use crate::compile::{compile_beside, kernel_beside};
use crate::diagnostics::Context;
use crate::expand;
use crate::expand::instance::Instance;
use crate::ir::fusion::fuse;
use crate::ir::kernel::Kernel;
use crate::ir::place::Place;
use crate::syntax::depth::check_depth;
use crate::syntax::fusion::Fusion;
use crate::syntax::setting::Setting;
use crate::syntax::stencil::Stencil;
use crate::syntax::surroundings::Surroundings;

/// The expansion of `#[stencils(attr)] item`.
pub fn compile_module(attr: TokenStream, item: TokenStream) -> TokenStream {
    let context = Context::new();
    let root = root_of(attr, &context);
    let module = check_depth(&item, &context).and_then(|()| parse(&item, &context));
    let expansion = module.map_or(item, |module| expand(module, &root));
    let errors = context
        .check()
        .err()
        .map(|errors| errors.into_compile_error());
    quote!(#expansion #errors)
}

/// `fuse!` where no module hands it the kernels.
pub fn misplaced_fusion(call: TokenStream) -> TokenStream {
    let message = "`fuse!` stands beside the kernels that it names, in a module\nhelp: put all of them into `#[stencils] mod ops { .. }`";
    Place::of(&call).error(message).into_compile_error()
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

/// `crate = path`, the one key that is said once for all kernels of a module.
fn root_of(attr: TokenStream, context: &Context) -> TokenStream {
    let tokens = attr.clone();
    match syn::parse2::<Setting>(tokens) {
        _ if attr.is_empty() => {}
        Ok(setting) if setting.key == "crate" => return attr,
        _ => {
            let message = "the kernels of a module say their keys themselves, but for `crate = my::halo`\nhelp: write the others at \
                the kernels, `#[stencil(halo = 1)]`";
            context.error_at(Place::of(&attr), message);
        }
    }
    TokenStream::new()
}

fn expand(mut module: ItemMod, root: &TokenStream) -> TokenStream {
    let (_, mut items) = module.content.take().unwrap_or_default();
    let kernels: Vec<Option<TokenStream>> = items
        .iter_mut()
        .map(|item| take_attribute(item).map(|attr| with_root(attr, root)))
        .collect();
    items.iter_mut().for_each(allow_unused);
    let visible: Vec<Item> = items.iter().filter(|item| is_seen(item)).cloned().collect();
    let surroundings = Surroundings {
        items: &visible,
        ..Surroundings::default()
    };
    let module_kernels = Kernels {
        surroundings,
        items: &items,
        attributes: &kernels,
    };
    let expansions = items.iter().zip(&kernels).map(|(item, kernel)| {
        let tokens = item.to_token_stream();
        match (kernel, item) {
            (Some(attr), _) => compile_beside(surroundings, attr.clone(), tokens),
            (None, Item::Macro(call)) if call.mac.path.is_ident("fuse") => {
                module_kernels.fuse(call.mac.tokens.clone())
            }
            _ => tokens,
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

/// The kernels of a module, by their functions' names.
struct Kernels<'m> {
    surroundings: Surroundings<'m>,
    items: &'m [Item],
    /// The arguments of each item that is a kernel.
    attributes: &'m [Option<TokenStream>],
}

impl Kernels<'_> {
    /// The expansion of `fuse!(..)`.
    fn fuse(&self, call: TokenStream) -> TokenStream {
        let context = Context::new();
        let expansion = self.try_fuse(call, &context);
        let errors = context.check().err();
        let errors = errors.map(|errors| errors.into_compile_error());
        quote!(#expansion #errors)
    }

    fn try_fuse(&self, call: TokenStream, context: &Context) -> Option<TokenStream> {
        let fusion: Fusion = match syn::parse2(call) {
            Ok(fusion) => fusion,
            Err(error) => {
                context.error(error);
                return None;
            }
        };
        let outer = self.find(&fusion.outer, context);
        let inner = self.find(&fusion.inner, context);
        let ((outer, outer_kernel), (inner, inner_kernel)) = (outer?, inner?);
        let place = Place::of(&fusion.outer).to(Place::of(&fusion.inner));
        if outer.attr.axes != inner.attr.axes {
            let message =
                "the two kernels act on different axes\nhelp: give them the same `axes = ..`";
            context.error_at(place, message);
        }
        let mut kernel = match fuse(&outer_kernel, &inner_kernel) {
            Ok(kernel) if context.count() == 0 => kernel,
            Ok(_) => return Some(expand::fusion_stand_in(&fusion, [&outer, &inner])),
            Err(message) => {
                context.error_at(place, message);
                return Some(expand::fusion_stand_in(&fusion, [&outer, &inner]));
            }
        };
        let analysis = analyse(&mut kernel, &outer.attr.without_claims(), context);
        let instance = Instance::new((kernel, analysis));
        Some(expand::fusion(&fusion, [&outer, &inner], &instance))
    }

    /// The kernel of that name; `None` where it is not there, or has mistakes of its own.
    fn find(&self, name: &Ident, context: &Context) -> Option<(Stencil, Kernel)> {
        let named = |item: &Item| matches!(item, Item::Fn(function) if function.sig.ident == *name);
        let found = self.items.iter().position(named);
        let kernel = found.and_then(|at| Some((at, self.attributes[at].clone()?)));
        let Some((at, attr)) = kernel else {
            let message = format!(
                "there is no kernel `{name}` in this module\nhelp: write the function beside it, under `#[stencil]`"
            );
            context.error_at(Place::of(name), message);
            return None;
        };
        kernel_beside(self.surroundings, attr, self.items[at].to_token_stream())
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

/// The arguments of a kernel, with the module's path of the library where it says none.
fn with_root(attr: TokenStream, root: &TokenStream) -> TokenStream {
    let says = attr
        .clone()
        .into_iter()
        .any(|token| token.to_string() == "crate");
    match says || root.is_empty() {
        true => attr,
        false => quote!(#root, #attr),
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
    fn two_kernels_become_one() {
        let kernels = "#[stencil] fn slope(u: Input<f64, 1>, c: f64) -> f64 { c * (u[1] - u[0]) }
            #[stencil] fn pair(u: Input<f64, 1>) -> (f64, f64) { (u[0], u[1]) }";
        let expansion = expanded(&format!(
            "mod ops {{ {kernels} fuse!(pub Bend = slope(slope)); }}"
        ));
        assert!(!expansion.contains("compile_error"), "{expansion}");
        assert!(expansion.contains("FOOTPRINT : [[isize ; 1] ; 3] = [[0] , [1] , [2]]"));
        assert!(expansion.contains("self . inner . c"), "{expansion}");
        for (call, message) in [
            ("Bend = slope(missing)", "no kernel `missing`"),
            ("Bend = slope(pair)", "gives 2 fields"),
            (
                "Bend = slope(slope(slope))",
                "two kernels are fused at a time",
            ),
            ("Bend", "expected `=`"),
        ] {
            let expansion = expanded(&format!("mod ops {{ {kernels} fuse!({call}); }}"));
            assert!(expansion.contains(message), "{call}: {expansion}");
        }
    }

    #[test]
    fn what_is_no_module_of_kernels_is_refused() {
        assert!(expanded("mod ops;").contains("written out"));
        assert!(expanded("fn f() {}").contains("written out"));
        let conditional = "mod ops { #[cfg(test)] const R: isize = 1; #[stencil] fn f(u: Input<f64, 1>) -> f64 { u[R] } }";
        assert!(expanded(conditional).contains("compile_error"));
    }
}
