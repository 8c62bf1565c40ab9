//! The number 0 in the forms that no float literal has: `T::ZERO`, `Complex::new(0.0, 0.0)`. A sum may start with it, and a
//! branch may be it, in a formula that is linear.

use quote::ToTokens;
use syn::{Expr, ExprCall, ExprPath, Lit};

use super::lowerer::Lowerer;

/// Types, and traits of theirs, whose `ZERO` is known.
const NUMBERS: [&str; 7] = [
    "f32",
    "f64",
    "Complex",
    "Complex32",
    "Complex64",
    "Scalar",
    "Arithmetic",
];

impl Lowerer<'_, '_> {
    /// `T::ZERO`
    pub fn is_zero_path(&self, path: &ExprPath) -> bool {
        self.is_of_numbers(path, "ZERO")
    }

    /// `T::zero()`, `T::from_f64(0.0)`, `Complex::new(0.0, 0.0)`
    pub fn is_zero_call(&self, call: &ExprCall) -> bool {
        let Expr::Path(function) = &*call.func else {
            return false;
        };
        let takes = |name, count| {
            call.args.len() == count
                && self.is_of_numbers(function, name)
                && call.args.iter().all(is_zero)
        };
        takes("zero", 0) || takes("from_f64", 1) || takes("from_real", 1) || takes("new", 2)
    }

    fn is_of_numbers(&self, path: &ExprPath, name: &str) -> bool {
        let segments = &path.path.segments;
        let mut last = segments.iter().rev();
        if last.next().is_none_or(|last| last.ident != name) {
            return false;
        }
        match (last.next(), &path.qself) {
            (Some(of), _) => {
                let of = of.ident.to_string();
                NUMBERS.contains(&of.as_str()) || of == self.scalar.to_token_stream().to_string()
            }
            (None, Some(_)) => true,
            (None, None) => false,
        }
    }
}

fn is_zero(written: &Expr) -> bool {
    match written {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => number
                .base10_parse::<f64>()
                .is_ok_and(|number| number == 0.0),
            _ => false,
        },
        Expr::Paren(paren) => is_zero(&paren.expr),
        Expr::Group(group) => is_zero(&group.expr),
        _ => false,
    }
}
