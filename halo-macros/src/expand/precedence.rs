//! How tightly operators bind in what is printed: parentheses stand only where Rust needs them, so that a formula can be
//! read.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::node::Binary;

/// Operator precedence, loosest first; decides where parentheses are needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    Block,
    Or,
    And,
    Compare,
    Sum,
    Product,
    Prefix,
    Atom,
}

/// The precedence of an operation, and how tight its left and its right operand must be.
pub fn precedences(op: Binary) -> (Precedence, Precedence, Precedence) {
    use Precedence::*;
    match op {
        Binary::Add | Binary::Sub => (Sum, Sum, Product),
        Binary::Mul | Binary::Div | Binary::Rem => (Product, Product, Prefix),
        Binary::And => (And, And, Compare),
        Binary::Or => (Or, Or, And),
        _ => (Compare, Sum, Sum),
    }
}

/// What stands between the two operands.
pub fn symbol(op: Binary) -> TokenStream {
    match op {
        Binary::Add => quote!(+),
        Binary::Sub => quote!(-),
        Binary::Mul => quote!(*),
        Binary::Div => quote!(/),
        Binary::Rem => quote!(%),
        Binary::Less => quote!(<),
        Binary::LessEqual => quote!(<=),
        Binary::Greater => quote!(>),
        Binary::GreaterEqual => quote!(>=),
        Binary::Equal => quote!(==),
        Binary::NotEqual => quote!(!=),
        Binary::And => quote!(&&),
        Binary::Or => quote!(||),
    }
}

/// The tokens, in parentheses where they bind looser than what stands around them allows.
pub fn parenthesised((tokens, own): (TokenStream, Precedence), least: Precedence) -> TokenStream {
    if own >= least {
        tokens
    } else {
        quote!((#tokens))
    }
}
