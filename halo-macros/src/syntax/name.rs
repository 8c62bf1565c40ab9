//! The struct's name: the function's in UpperCamelCase, unless the attribute gives one.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::diagnostics::Context;
use crate::ir::place::Place;

/// `None` where the function's name makes no type name; the error says to give one.
pub fn struct_name(function: &Ident, given: Option<&Ident>, context: &Context) -> Option<Ident> {
    if let Some(name) = given {
        return Some(name.clone());
    }
    let camel = upper_camel(&function.unraw().to_string());
    match syn::parse_str::<Ident>(&camel) {
        Ok(name) => Some(Ident::new(&name.to_string(), function.span())),
        Err(_) => {
            let message = format!(
                "`{function}` makes no name for a struct\nhelp: add `#[stencil(name = MyStencil)]`"
            );
            context.error_at(Place::of(function), message);
            None
        }
    }
}

pub fn upper_camel(snake: &str) -> String {
    let mut words = snake.split('_').filter(|word| !word.is_empty());
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        let first: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        first + letters.as_str()
    };
    words.by_ref().map(capitalised).collect()
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    #[test]
    fn names_are_upper_camel_case() {
        assert_eq!(upper_camel("laplacian"), "Laplacian");
        assert_eq!(upper_camel("first_derivative"), "FirstDerivative");
        assert_eq!(upper_camel("_d2_dx2"), "D2Dx2");
        assert_eq!(upper_camel("été"), "Été");
    }

    #[test]
    fn a_name_that_makes_no_type_asks_for_one() {
        for function in ["_2d", "__", "self_"] {
            let context = Context::new();
            assert!(struct_name(&format_ident!("{function}"), None, &context).is_none());
            assert!(context.check().is_err());
        }
        let context = Context::new();
        let given = format_ident!("Plane");
        let name = struct_name(&format_ident!("_2d"), Some(&given), &context);
        assert_eq!(name.unwrap(), given);
        assert_eq!(
            struct_name(&format_ident!("r#type"), None, &context).unwrap(),
            "Type"
        );
        assert!(context.check().is_ok());
    }
}
