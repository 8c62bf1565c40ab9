//! What stands behind the `=` of a setting: numbers and names, alone or in tuples.

use proc_macro2::Ident;
use syn::{Expr, Lit, UnOp};

use crate::ir::place::Place;

/// The elements of a tuple or an array; parentheses around one value are no tuple.
pub fn elements(value: &Expr) -> Option<Vec<&Expr>> {
    match value {
        Expr::Tuple(tuple) => Some(tuple.elems.iter().collect()),
        Expr::Array(array) => Some(array.elems.iter().collect()),
        // `((1, 0))` says one axis with two sides: a tuple without its comma.
        Expr::Paren(paren) => elements(&paren.expr).map(|_| vec![&*paren.expr]),
        Expr::Group(group) => elements(&group.expr),
        _ => None,
    }
}

/// A whole number; `what` it is in messages.
pub fn number(value: &Expr, what: &str) -> syn::Result<usize> {
    match value {
        Expr::Paren(paren) => number(&paren.expr, what),
        Expr::Group(group) => number(&group.expr, what),
        Expr::Lit(literal) if let Lit::Int(number) = &literal.lit => {
            number.base10_parse().map_err(|_| {
                Place::of(value).error(format!(
                    "{what} is a small whole number, and `{number}` is out of range\nhelp: write for example `1`"
                ))
            })
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let message =
                format!("{what} cannot be negative\nhelp: write how many cells as 0, 1, 2, ...");
            Err(Place::of(value).error(message))
        }
        _ => {
            Err(Place::of(value)
                .error(format!("{what} must be a number written here\nhelp: write for example `1`")))
        }
    }
}

/// One argument, or a tuple of them; `otherwise` is what is said of anything else.
pub fn names(value: &Expr, otherwise: &str) -> syn::Result<Vec<Ident>> {
    let name = |value: &Expr| match value {
        Expr::Path(path) if path.path.get_ident().is_some() => Ok(path.path.get_ident().cloned()),
        other => Err(Place::of(other).error(otherwise)),
    };
    let named = match value {
        Expr::Paren(paren) => return names(&paren.expr, otherwise),
        Expr::Tuple(tuple) => tuple
            .elems
            .iter()
            .map(name)
            .collect::<syn::Result<Vec<_>>>()?,
        value => vec![name(value)?],
    };
    Ok(named.into_iter().flatten().collect())
}

/// A count with its noun.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
