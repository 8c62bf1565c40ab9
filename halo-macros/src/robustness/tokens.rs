//! Token streams that mean nothing, alone and in the places of a kernel that a user fills.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::random::{Random, cases};
use super::trial::{Case, survive};

/// Words that Rust, the attribute or a kernel give a meaning.
pub const WORDS: [&str; 131] = [
    "as",
    "async",
    "await",
    "break",
    "const",
    "continue",
    "crate",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "fn",
    "for",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "mut",
    "pub",
    "ref",
    "return",
    "self",
    "Self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "type",
    "union",
    "unsafe",
    "use",
    "where",
    "while",
    "yield",
    "macro_rules",
    "halo",
    "halo_at_least",
    "axes",
    "name",
    "u",
    "v",
    "k",
    "at",
    "dt",
    "n",
    "w",
    "x",
    "i",
    "_",
    "Input",
    "Coef",
    "Position",
    "f64",
    "f32",
    "isize",
    "usize",
    "bool",
    "from_low",
    "from_high",
    "index",
    "extent",
    "powi",
    "sqrt",
    "abs",
    "min",
    "enumerate",
    "rev",
    "step_by",
    "into_iter",
    "iter",
    "vec",
    "r#fn",
    "r#u",
    "größe",
    "日本",
    "'a",
    "'static",
    "'_",
    "0",
    "1",
    "2",
    "-1",
    "0.0",
    "1.",
    "1e400",
    "1e-400",
    "0.5f32",
    "7u8",
    "0b11",
    "0xff_usize",
    "340282366920938463463374607431768211455",
    "99999999999999999999999999999999999999999999",
    "\"text\"",
    "b\"bytes\"",
    "c\"text\"",
    "'c'",
    "b'c'",
    "r#\"raw\"#",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "&",
    "|",
    "^",
    "=",
    "<",
    ">",
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "||",
    "+=",
    "-=",
    "..",
    "..=",
    "->",
    "=>",
    "::",
    ";",
    ",",
];

#[test]
fn nonsense_is_survived() {
    survive(cases(2_000), |number| {
        let mut random = Random::new(number);
        Some(Case {
            attr: stream(&mut random, 0),
            item: stream(&mut random, 0),
        })
    });
}

#[test]
fn nonsense_within_a_kernel_is_survived() {
    survive(cases(4_000), |number| {
        Some(kernel(&mut Random::new(number)))
    });
}

/// A kernel with nonsense in one of its places.
fn kernel(random: &mut Random) -> Case {
    let nonsense = stream(random, 0);
    let plain = quote!(u[0] - u[-1]);
    let item = match random.below(12) {
        0 => quote!(fn f(u: Input<f64, 1>, #nonsense) -> f64 { #plain }),
        1 => quote!(fn f(u: Input<f64, 1>, p: #nonsense) -> f64 { #plain }),
        2 => quote!(fn f(u: Input<#nonsense>) -> f64 { #plain }),
        3 => quote!(fn f(u: Input<f64, 1>) -> #nonsense { #plain }),
        4 => quote!(fn f<#nonsense>(u: Input<f64, 1>) -> f64 { #plain }),
        5 => quote!(fn f(u: Input<f64, 1>) -> f64 where #nonsense { #plain }),
        6 => quote!(#[#nonsense] fn f(u: Input<f64, 1>) -> f64 { #plain }),
        7 => quote!(fn f(u: Input<f64, 1>) -> f64 { u[#nonsense] }),
        8 => quote!(fn f(u: Input<f64, 1>) -> f64 { let x = #nonsense; x * u[0] }),
        9 => quote!(fn f(u: Input<f64, 1>) -> f64 { for i in #nonsense { } #plain }),
        10 => quote!(fn f(u: Input<f64, 1>) -> f64 { if #nonsense { #plain } else { 0.0 } }),
        _ => quote!(fn f(u: Input<f64, 1>, dt: f64) -> f64 { #nonsense #plain }),
    };
    let attr = match random.chance(30) {
        true => {
            let (key, value) = (word(random), stream(random, 2));
            quote!(halo = 1, #key = #value)
        }
        false => TokenStream::new(),
    };
    Case { attr, item }
}

/// A few random tokens, some of them groups.
fn stream(random: &mut Random, depth: usize) -> TokenStream {
    let mut tokens = TokenStream::new();
    for _ in 0..random.below(8) {
        if depth < 4 && random.chance(30) {
            let delimiter = *random.pick(&[
                Delimiter::Parenthesis,
                Delimiter::Parenthesis,
                Delimiter::Bracket,
                Delimiter::Bracket,
                Delimiter::Brace,
                Delimiter::None,
            ]);
            let inside = stream(random, depth + 1);
            tokens.extend([TokenTree::from(Group::new(delimiter, inside))]);
        } else {
            tokens.extend(word(random));
        }
    }
    tokens
}

fn word(random: &mut Random) -> TokenStream {
    let word = random.pick(&WORDS);
    word.parse().expect("a word is a token")
}
