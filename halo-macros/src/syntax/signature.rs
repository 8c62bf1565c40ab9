//! The kernel's signature: which arguments are inputs, coefficients, position and parameters, on how many stencil axes
//! and over which scalar. Types are recognised by their last path segment, as `derive` macros must.

use proc_macro2::Ident;
use syn::{Attribute, Generics, ItemFn, Type, Visibility};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::appearance::Appearance;
use super::argument::{Argument, Shape, Written};
use super::bound::check_bound;
use super::kind::Kind;
use super::name::struct_name;
use super::output::Output;
use super::qualifiers::check_qualifiers;
use super::scalar::{Numbers, Scalars};

/// Fields of one kind that the runtime can take at once.
const MOST_FIELDS: usize = 8;

/// The signature of a kernel that can be lowered.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The function's name.
    pub function: Ident,
    /// The generated struct's name: `first_derivative` makes `FirstDerivative`, `name = ..` overrides.
    pub structure: Ident,
    pub visibility: Visibility,
    /// The function's, and the struct's.
    pub generics: Generics,
    /// Doc comments and other attributes of the function.
    pub attributes: Vec<Attribute>,
    /// All arguments, in the function's order.
    pub arguments: Vec<Argument>,
    /// The number of stencil axes N.
    pub axes: usize,
    /// The scalar type T of inputs and outputs.
    pub scalar: Type,
    pub numbers: Numbers,
    pub output: Output,
    /// Where this is the operator of another kernel's coefficient.
    pub origin: Option<Origin>,
}

/// The kernel whose coefficient a stencil is the operator of.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its struct.
    pub structure: Ident,
    /// Its inputs, held fixed.
    pub frozen: Vec<Ident>,
}

impl Signature {
    /// The arguments of one kind, in order.
    pub fn arguments_of(&self, kind: Kind) -> impl Iterator<Item = &Argument> + use<'_> {
        self.arguments
            .iter()
            .filter(move |argument| argument.kind == kind)
    }

    /// `None` where the errors leave nothing to lower.
    pub fn parse(
        function: &ItemFn,
        appearance: &Appearance,
        context: &Context,
    ) -> Option<Signature> {
        check_qualifiers(function, context);
        let generics = &function.sig.generics;
        let unnamed = generics
            .type_params()
            .any(|parameter| parameter.ident == "_");
        if function.sig.receiver().is_some() || generics.lifetimes().next().is_some() || unnamed {
            // What follows would be said about names that only the generics, or the type around a method, explain.
            return None;
        }
        let scalars = Scalars::of(generics);
        let written: Vec<_> = function
            .sig
            .inputs
            .iter()
            .filter_map(|argument| Written::parse(argument, &scalars, context))
            .collect();
        let shape = Shape::infer(function, &written, context);
        let output = Output::parse(function, shape.as_ref(), &scalars, context);
        let structure = struct_name(&function.sig.ident, appearance.name.as_ref(), context);
        let shape = shape?;
        let arguments = written
            .into_iter()
            .map(|written| written.settle(&shape, &scalars, context))
            .collect::<Option<_>>()?;
        let mut signature = Signature {
            function: function.sig.ident.clone(),
            structure: structure.unwrap_or_else(|| function.sig.ident.clone()),
            visibility: (appearance.visibility.clone()).unwrap_or_else(|| function.vis.clone()),
            generics: function.sig.generics.clone(),
            attributes: function.attrs.clone(),
            arguments,
            axes: shape.axes,
            numbers: scalars.numbers(&shape.scalar).unwrap_or(Numbers::Real),
            scalar: shape.scalar,
            output: output.unwrap_or_else(Output::one),
            origin: None,
        };
        signature.check_counts(function, context);
        check_bound(
            &mut signature.generics,
            &signature.scalar,
            appearance,
            context,
        );
        Some(signature)
    }

    fn check_counts(&self, function: &ItemFn, context: &Context) {
        let counts = [
            ("inputs", self.arguments_of(Kind::Input).count()),
            ("coefficients", self.arguments_of(Kind::Coefficient).count()),
            ("outputs", self.output.count()),
        ];
        for (what, count) in counts.into_iter().filter(|(_, count)| *count > MOST_FIELDS) {
            context.error_at(
                Place::of(&function.sig.ident),
                format!("a kernel has at most {MOST_FIELDS} {what}, this one has {count}\nhelp: split it in two"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;
    use crate::syntax::output::Returned;

    fn parsed(function: ItemFn) -> Result<Signature, Vec<String>> {
        let context = Context::new();
        let signature = Signature::parse(&function, &Appearance::default(), &context);
        match context.check() {
            Ok(()) => Ok(signature.unwrap()),
            Err(errors) => Err(errors.into_iter().map(|error| error.to_string()).collect()),
        }
    }

    #[test]
    fn arguments_are_sorted_by_kind() {
        let signature = parsed(parse_quote! {
            /// Diffusion.
            pub fn diffusion_step(
                u: Input<f32, 3>, dt: f64, k: halo::Coef<f32, 3>, at: Position<3>, w: [f64; 5], v: Input<f32, { 3 }>
            ) -> (f32, f32) {}
        })
        .unwrap();
        let names = |kind| -> Vec<String> {
            signature
                .arguments_of(kind)
                .map(|argument| argument.name.to_string())
                .collect()
        };
        assert_eq!(names(Kind::Input), ["u", "v"]);
        assert_eq!(names(Kind::Coefficient), ["k"]);
        assert_eq!(names(Kind::Position), ["at"]);
        assert_eq!(names(Kind::Parameter), ["dt", "w"]);
        assert_eq!(signature.structure.to_string(), "DiffusionStep");
        assert_eq!(
            (signature.axes, signature.output.shape),
            (3, Returned::Tuple(2))
        );
        assert_eq!(signature.scalar.to_token_stream().to_string(), "f32");
        assert_eq!(signature.attributes.len(), 1);
        let w = signature.arguments_of(Kind::Parameter).nth(1).unwrap();
        assert_eq!(w.ty.to_token_stream().to_string(), "[f64 ; 5]");
    }

    #[test]
    fn fields_and_outputs_lie_where_their_types_say() {
        let signature = parsed(parse_quote! {
            fn f(u: Input<f64, 2, Face<0>>, v: Input<f64, 2>, k: Coef<f64, 2, (Face<0>, Face<1>)>) -> (f64, On<Face<1>, f64>) {}
        })
        .unwrap();
        let names = signature
            .arguments
            .iter()
            .map(|argument| argument.location.name());
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["Face<0>", "Cell", "(Face<0>, Face<1>)"]
        );
        let names = signature
            .output
            .locations
            .iter()
            .map(|location| location.name());
        assert_eq!(names.collect::<Vec<_>>(), ["Cell", "Face<1>"]);
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let cases = [
            (
                "fn f<'a>(u: Input<f64, 1>, c: f64) -> f64 {}",
                "no lifetimes",
            ),
            ("fn f(u: Input<f64, 1>) {}", "add `-> f64`"),
            ("fn f(u: Input<f64, 1>) -> () {}", "in place of `()`"),
            ("fn f(u: Input<f32, 1>) -> f64 {}", "write `f32`"),
            ("fn f(u: Input<f64, 1>) -> (f64, bool) {}", "write `f64`"),
            ("fn f(dt: f64) -> f64 {}", "at least one input"),
            ("fn f(&self, u: Input<f64, 1>) -> f64 {}", "not a method"),
            ("async fn f(u: Input<f64, 1>) -> f64 {}", "remove `async`"),
            ("const fn f(u: Input<f64, 1>) -> f64 {}", "remove `const`"),
            ("unsafe fn f(u: Input<f64, 1>) -> f64 {}", "remove `unsafe`"),
            (
                r#"extern "C" fn f(u: Input<f64, 1>) -> f64 {}"#,
                "remove `extern`",
            ),
            ("fn f<T>(u: Input<T, 1>) -> T {}", "write `T: Scalar`"),
            ("fn f(u: Input<f64, 1>, ...) -> f64 {}", "remove `...`"),
            ("fn f(u: &Input<f64, 1>) -> f64 {}", "remove the `&` of `u`"),
            (
                "fn f(u: Input<f64, 1>, w: &[f64]) -> f64 {}",
                "`w` cannot be borrowed",
            ),
            (
                "fn f(u: Input<f64, 1>, g: impl Fn()) -> f64 {}",
                "needs a type with a name",
            ),
            (
                "fn f(u: Input<f64, 1>, (a, b): (f64, f64)) -> f64 {}",
                "needs one name",
            ),
            ("fn f(u: Input<f64, 1>, _: f64) -> f64 {}", "needs one name"),
            (
                "fn f(u: Input<i32, 1>) -> i32 {}",
                "Complex<f32> or Complex<f64>",
            ),
            ("fn f(u: Input<f64>) -> f64 {}", "Input<f64, 2>"),
            ("fn f(u: Input) -> f64 {}", "Input<f64, 2>"),
            ("fn f(u: Input<f64, 5>) -> f64 {}", "1 to 4"),
            ("fn f(u: Input<f64, 0>) -> f64 {}", "1 to 4"),
            ("fn f(u: Input<f64, N>) -> f64 {}", "1 to 4"),
            (
                "fn f(u: Input<f64, 1>, k: Coef<f64, 2>) -> f64 {}",
                "`k` has 2 stencil axes",
            ),
            (
                "fn f(u: Input<f64, 1>, k: Coef<f32, 1>) -> f64 {}",
                "`k` holds f32",
            ),
            (
                "fn f(u: Input<f64, 1>, at: Position) -> f64 {}",
                "Position<2>",
            ),
            (
                "fn f(u: Input<f64, 1, Face<0>, 2>) -> f64 {}",
                "Input<f64, 2>",
            ),
            (
                "fn f(u: Input<f64, 1, Edge>) -> f64 {}",
                "`Edge` is no location",
            ),
            (
                "fn f(u: Input<f64, 1>) -> On<Face<0>, f32> {}",
                "write `f64`",
            ),
            ("fn f(u: Input<f64, 1>) -> On<f64> {}", "write `f64`"),
        ];
        for (function, expected) in cases {
            let messages = parsed(syn::parse_str(function).unwrap()).unwrap_err();
            assert_eq!(messages.len(), 1, "{function}: {messages:?}");
            assert!(messages[0].contains(expected), "{function}: {messages:?}");
        }
    }

    #[test]
    fn several_mistakes_are_reported_together() {
        let messages = parsed(parse_quote! {
            async fn f(u: Input<f64, 2>, w: &[f64], k: Coef<f64, 3>) {}
        })
        .unwrap_err();
        assert_eq!(messages.len(), 4, "{messages:?}");
    }
}
