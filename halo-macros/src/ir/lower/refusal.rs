//! Expressions that a kernel cannot hold, and what to write in their place.

use syn::Expr;

/// What to write in place of something that a kernel cannot hold.
pub fn unsupported(written: &Expr) -> &'static str {
    match written {
        Expr::While(_) | Expr::Loop(_) => {
            "a kernel's loops are unrolled while it is compiled\nhelp: write `for` over a constant range, such as `for k in -2..=2`"
        }
        Expr::Break(_) | Expr::Continue(_) => {
            "loops of a kernel run to their end\nhelp: put what is left out under an `if` on the loop's index"
        }
        Expr::Return(_) => {
            "a kernel returns at its end only\nhelp: write `if` and `else` with a value in each branch"
        }
        Expr::Async(_) | Expr::Await(_) => {
            "a kernel is computed at once\nhelp: remove `async` and `await`"
        }
        Expr::Unsafe(_) => {
            "a kernel holds no `unsafe` code\nhelp: compute this outside and pass it as a parameter"
        }
        Expr::Try(_) | Expr::TryBlock(_) => {
            "a kernel cannot fail\nhelp: handle the error outside and pass the value as a parameter"
        }
        Expr::Let(_) => {
            "`if let` and `while let` are matches, not conditions\nhelp: use `match` on a passive value"
        }
        Expr::RawAddr(_) => "a kernel has values only\nhelp: remove the `&raw`",
        _ => {
            "the macro cannot read this expression\nhelp: write it with `let`, `if`, `for` and arithmetic"
        }
    }
}
