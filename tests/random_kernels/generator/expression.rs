//! Source text of an expression that knows how tightly its outermost operator binds: parentheses stand only where Rust
//! needs them, so that the macro reads precedence as people write it.

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// `if`, `match`, `as`: set apart wherever it is an operand.
    Loose,
    Sum,
    Product,
    Prefix,
    Tight,
}

#[derive(Clone)]
pub struct Expression {
    pub text: String,
    binding: Binding,
    /// Whether its type is known without looking around: `0.5` has none of its own.
    pub typed: bool,
}

impl Expression {
    pub fn tight(text: impl Into<String>) -> Self {
        Expression {
            text: text.into(),
            binding: Binding::Tight,
            typed: true,
        }
    }

    pub fn loose(text: impl Into<String>) -> Self {
        Expression {
            binding: Binding::Loose,
            ..Expression::tight(text)
        }
    }

    /// A number whose type comes from where it is used.
    pub fn untyped(text: impl Into<String>) -> Self {
        Expression {
            typed: false,
            ..Expression::tight(text)
        }
    }

    /// The same text, which has the type that one of two others has.
    pub fn typed_as(self, [first, second]: [&Self; 2]) -> Self {
        Expression {
            typed: first.typed || second.typed,
            ..self
        }
    }

    /// `left + right` and its kind.
    pub fn operated(left: &Self, operator: &str, right: &Self) -> Self {
        let (own, next) = match operator {
            "+" | "-" => (Binding::Sum, Binding::Product),
            _ => (Binding::Product, Binding::Prefix),
        };
        Expression {
            text: format!("{} {operator} {}", left.within(own), right.within(next)),
            binding: own,
            typed: left.typed || right.typed,
        }
    }

    pub fn negated(&self) -> Self {
        Expression {
            text: format!("-{}", self.within(Binding::Prefix)),
            binding: Binding::Prefix,
            typed: self.typed,
        }
    }

    /// `self.method(arguments)`; a number without a type of its own has no methods, but its type has functions.
    pub fn method(&self, scalar: &str, method: &str, arguments: &[&Self]) -> Self {
        let rest: Vec<&str> = arguments.iter().map(|one| one.text.as_str()).collect();
        let text = match self.typed {
            true => format!(
                "{}.{method}({})",
                self.within(Binding::Tight),
                rest.join(", ")
            ),
            false => {
                let mut all = vec![self.text.as_str()];
                all.extend(rest);
                format!("{scalar}::{method}({})", all.join(", "))
            }
        };
        Expression::tight(text)
    }

    fn within(&self, least: Binding) -> String {
        match self.binding >= least {
            true => self.text.clone(),
            false => format!("({})", self.text),
        }
    }
}
