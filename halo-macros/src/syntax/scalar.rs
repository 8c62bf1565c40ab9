//! The numbers that fields hold: `f32`, `f64`, complex numbers of either, and type parameters that stand for any of them.
//! Types are recognised by their last path segment, as `derive` macros must.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type, TypePath};

/// What the arithmetic of a kernel is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Numbers {
    /// `f32` or `f64`.
    Real,
    /// `Complex<f32>` or `Complex<f64>`.
    Complex,
    /// A type parameter, real or complex.
    Generic,
}

/// The scalar types that a kernel can name.
pub struct Scalars<'a> {
    parameters: Vec<&'a Ident>,
}

impl<'a> Scalars<'a> {
    pub fn of(generics: &'a Generics) -> Self {
        let parameters = generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                _ => None,
            });
        Scalars {
            parameters: parameters.collect(),
        }
    }

    pub fn numbers(&self, ty: &Type) -> Option<Numbers> {
        let name = self.name(ty)?;
        Some(match name.as_str() {
            "f32" | "f64" => Numbers::Real,
            "Complex<f32>" | "Complex<f64>" => Numbers::Complex,
            _ => Numbers::Generic,
        })
    }

    /// A name that is the same however the type is written.
    pub fn name(&self, ty: &Type) -> Option<String> {
        match ty {
            Type::Paren(paren) => self.name(&paren.elem),
            Type::Group(group) => self.name(&group.elem),
            Type::Path(path) => self.path_name(path),
            _ => None,
        }
    }

    /// The name of the scalar in `ty`, which may be an array of it, of any depth.
    pub fn name_within(&self, ty: &Type) -> Option<String> {
        match ty {
            Type::Paren(paren) => self.name_within(&paren.elem),
            Type::Group(group) => self.name_within(&group.elem),
            Type::Array(array) => self.name_within(&array.elem),
            ty => self.name(ty),
        }
    }

    /// Whether the numbers in `ty` are surely real ones.
    pub fn is_real(&self, ty: &Type) -> bool {
        let name = self.name_within(ty);
        name.is_some_and(|name| ["f32", "f64"].contains(&name.as_str()) || name.ends_with("::Real"))
    }

    fn path_name(&self, written: &TypePath) -> Option<String> {
        let segments = &written.path.segments;
        let last = segments.last()?;
        let name = last.ident.to_string();
        if let Some(inner) = &written.qself {
            // `<T as Scalar>::Real`
            let inner = self.name(&inner.ty)?;
            return (name == "Real").then(|| real_part(&inner));
        }
        if let (1, Some(parameter)) = (segments.len(), self.parameter(&last.ident)) {
            return Some(parameter.to_string());
        }
        if let (2, Some(first)) = (segments.len(), segments.first())
            && let Some(parameter) = self.parameter(&first.ident)
        {
            return (name == "Real").then(|| real_part(&parameter.to_string()));
        }
        match (name.as_str(), &last.arguments) {
            ("f32" | "f64", PathArguments::None) => Some(name),
            ("Complex32", PathArguments::None) => Some("Complex<f32>".into()),
            ("Complex64", PathArguments::None) => Some("Complex<f64>".into()),
            ("Complex", PathArguments::AngleBracketed(arguments)) => {
                let [GenericArgument::Type(part)] = &*arguments.args.iter().collect::<Vec<_>>()
                else {
                    return None;
                };
                match self.name(part)?.as_str() {
                    part @ ("f32" | "f64") => Some(format!("Complex<{part}>")),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn parameter(&self, name: &Ident) -> Option<&'a Ident> {
        self.parameters.iter().copied().find(|own| *own == name)
    }
}

/// The name of the real and imaginary parts' type.
pub fn real_part(name: &str) -> String {
    match name {
        "Complex<f32>" => "f32".into(),
        "Complex<f64>" => "f64".into(),
        "f32" | "f64" => name.into(),
        real if real.ends_with("::Real") => real.into(),
        parameter => format!("{parameter}::Real"),
    }
}

/// The first of `f32` and `f64` that the type names anywhere.
pub fn float_within(ty: &Type) -> Option<&'static str> {
    let tokens = ty.to_token_stream().to_string();
    let words = || tokens.split(|c: char| !c.is_alphanumeric() && c != '_');
    ["f32", "f64"]
        .into_iter()
        .find(|float| words().any(|word| word == *float))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_are_known_however_they_are_written() {
        let generics: Generics = parse_quote!(<T: Scalar, P>);
        let scalars = Scalars::of(&generics);
        let names: [(Type, Option<&str>); 12] = [
            (parse_quote!(f64), Some("f64")),
            (parse_quote!((core::primitive::f32)), Some("f32")),
            (
                parse_quote!(num_complex::Complex<f64>),
                Some("Complex<f64>"),
            ),
            (parse_quote!(Complex32), Some("Complex<f32>")),
            (parse_quote!(T), Some("T")),
            (parse_quote!(T::Real), Some("T::Real")),
            (parse_quote!(<T as halo::Scalar>::Real), Some("T::Real")),
            (parse_quote!(<Complex<f32> as Scalar>::Real), Some("f32")),
            (parse_quote!(T::Exact), None),
            (parse_quote!(Complex<T>), None),
            (parse_quote!(i32), None),
            (parse_quote!(Vec<f64>), None),
        ];
        for (ty, name) in names {
            assert_eq!(
                scalars.name(&ty).as_deref(),
                name,
                "{}",
                ty.to_token_stream()
            );
        }
        let tables: [(Type, bool); 4] = [
            (parse_quote!([[f64; 3]; 2]), true),
            (parse_quote!([T::Real; 3]), true),
            (parse_quote!([Complex<f64>; 3]), false),
            (parse_quote!(T), false),
        ];
        for (ty, real) in tables {
            assert_eq!(scalars.is_real(&ty), real);
        }
    }
}
