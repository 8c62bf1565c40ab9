//! Float literals of a kernel over any scalar: `2.0` becomes `<T as Scalar>::from_f64(2.0)`, with the literal's own span. It
//! is the only thing about the user's function that is rewritten.
//!
//! A literal with a suffix keeps its type, and so do those in a `let` whose type names a float, in items, in other macros,
//! and those that `from_f64` is given already.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, Item, ItemFn, Lit, LitFloat, Local, Macro, Pat, Type};

use super::paths;
use crate::syntax::scalar::{Numbers, float_within};
use crate::syntax::stencil::Stencil;

/// The function with its literals made numbers of its scalar, where that is a type parameter.
pub fn converted(stencil: &Stencil) -> TokenStream {
    let (tokens, signature) = (stencil.function.to_token_stream(), &stencil.signature);
    if signature.numbers != Numbers::Generic {
        return tokens;
    }
    // Read anew, since a copy of a long sum would take a deep stack.
    match syn::parse2::<ItemFn>(tokens.clone()) {
        Ok(mut function) => {
            let mut conversion = Conversion {
                scalar: &signature.scalar,
                runtime: paths::absolute(stencil),
            };
            conversion.visit_block_mut(&mut function.block);
            function.into_token_stream()
        }
        Err(_) => tokens,
    }
}

/// Tokens of an expression inside the expansion, converted likewise; other tokens stay as they are.
pub fn converted_tokens(tokens: &TokenStream, scalar: &Type) -> TokenStream {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(mut expression) => {
            let mut conversion = Conversion {
                scalar,
                runtime: paths::runtime().into_token_stream(),
            };
            conversion.visit_expr_mut(&mut expression);
            expression.into_token_stream()
        }
        Err(_) => tokens.clone(),
    }
}

/// One literal as a number of the scalar.
pub fn conversion(literal: &LitFloat, scalar: &Type, runtime: impl ToTokens) -> TokenStream {
    let span = literal.span();
    quote_spanned!(span=> <#scalar as #runtime::Scalar>::from_f64(#literal))
}

struct Conversion<'a> {
    scalar: &'a Type,
    /// Where the runtime is found.
    runtime: TokenStream,
}

impl VisitMut for Conversion<'_> {
    fn visit_expr_mut(&mut self, written: &mut Expr) {
        match written {
            Expr::Lit(literal) => {
                if let Lit::Float(number) = &literal.lit
                    && number.suffix().is_empty()
                {
                    *written = Expr::Verbatim(conversion(number, self.scalar, &self.runtime));
                }
            }
            Expr::Binary(_) => {
                // A chain of operators, without recursion.
                let mut first = written;
                while let Expr::Binary(link) = first {
                    self.visit_expr_mut(&mut link.right);
                    first = &mut link.left;
                }
                self.visit_expr_mut(first);
            }
            _ => visit_mut::visit_expr_mut(self, written),
        }
    }

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let converts = match &*call.func {
            Expr::Path(function) => {
                let last = function.path.segments.last();
                last.is_some_and(|last| last.ident == "from_f64")
            }
            _ => false,
        };
        let is_literal = |argument: &Expr| matches!(argument, Expr::Lit(_));
        if !(converts && call.args.iter().all(is_literal)) {
            visit_mut::visit_expr_call_mut(self, call);
        }
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        let float = match &local.pat {
            Pat::Type(typed) => float_within(&typed.ty),
            _ => None,
        };
        if float.is_none() {
            visit_mut::visit_local_mut(self, local);
        }
    }

    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_macro_mut(&mut self, _: &mut Macro) {}
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn literals_in_value_position_are_converted() {
        let cases = [
            (quote!(2.0 * x), quote!(<T as H::Scalar>::from_f64(2.0) * x)),
            (quote!(2.0_f64 * x), quote!(2.0_f64 * x)),
            (quote!(T::from_f64(0.5)), quote!(T::from_f64(0.5))),
            (
                quote!(T::from_f64(0.5 * y)),
                quote!(T::from_f64(<T as H::Scalar>::from_f64(0.5) * y)),
            ),
            (
                quote!({
                    let h: f64 = 0.5;
                    h
                }),
                quote!({
                    let h: f64 = 0.5;
                    h
                }),
            ),
            (
                quote!({
                    const H: f64 = 0.5;
                    H
                }),
                quote!({
                    const H: f64 = 0.5;
                    H
                }),
            ),
            (
                quote!(x.max(1e-3)),
                quote!(x.max(<T as H::Scalar>::from_f64(1e-3))),
            ),
        ];
        for (written, expected) in cases {
            let found = converted_tokens(&written, &parse_quote!(T)).to_string();
            let expected = expected
                .to_string()
                .replace("H ::", &format!("{} ::", paths::runtime()));
            assert_eq!(found, expected);
        }
    }
}
