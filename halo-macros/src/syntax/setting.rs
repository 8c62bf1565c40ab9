//! One setting of the attribute: a key and what stands behind it. Which form a value has is for the key to say.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Path, Token, Visibility, parenthesized};

use crate::ir::place::Place;

pub struct Setting {
    pub key: Ident,
    pub value: Value,
}

pub enum Value {
    /// `halo = 1`
    Is(Expr),
    /// `R in [1, 2]`
    OneOf(Expr),
    /// `visibility = pub(crate)`
    Visibility(Visibility),
    /// `derive(Clone, Debug)`
    Derives(Vec<Path>),
}

impl Parse for Setting {
    fn parse(input: ParseStream) -> syn::Result<Setting> {
        if !input.peek(Ident::peek_any) {
            return Err(
                input.error("a setting is a key and its value\nhelp: write for example `halo = 1`")
            );
        }
        let key = input.call(Ident::parse_any)?;
        if input.peek(Token![in]) {
            input.parse::<Token![in]>()?;
            let value = Value::OneOf(input.parse()?);
            return Ok(Setting { key, value });
        }
        if key == "derive" {
            let value = derives(&key, input)?;
            return Ok(Setting { key, value });
        }
        if !input.peek(Token![=]) {
            let message = format!("`{key}` needs a value\nhelp: write for example `halo = 1`");
            return Err(Place::of(&key).error(message));
        }
        input.parse::<Token![=]>()?;
        let value = match key == "visibility" {
            true => visibility(input)?,
            false => Value::Is(input.parse()?),
        };
        Ok(Setting { key, value })
    }
}

fn visibility(input: ParseStream) -> syn::Result<Value> {
    match input.parse()? {
        Visibility::Inherited => {
            let message = "this is no visibility\nhelp: write `pub`, `pub(crate)`, `pub(super)` or `pub(self)`";
            Err(input.error(message))
        }
        visibility => Ok(Value::Visibility(visibility)),
    }
}

fn derives(key: &Ident, input: ParseStream) -> syn::Result<Value> {
    if !input.peek(syn::token::Paren) {
        let message = "the traits to derive stand in parentheses\nhelp: write for example `derive(Clone, Debug)`";
        return Err(Place::of(key).error(message));
    }
    let inside;
    parenthesized!(inside in input);
    let paths =
        Punctuated::<Path, Token![,]>::parse_terminated_with(&inside, Path::parse_mod_style)?;
    Ok(Value::Derives(paths.into_iter().collect()))
}
