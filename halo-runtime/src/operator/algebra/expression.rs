//! What an operator is made of, as a formula: enough to see that AᴴA, A + Aᴴ and their like are self-adjoint.
//!
//! Formulas are compared in their normal form. Two that differ there may still be equal; two that agree are.

use std::fmt;
use std::rc::Rc;

use num_complex::Complex;

use super::normal_form::View;
use super::part::Part;

/// The formula of an operator.
#[derive(Clone)]
pub struct Expression {
    form: Form,
}

#[derive(Clone)]
pub(super) enum Form {
    Unknown,
    Leaf(Leaf),
    Adjoint(Box<Form>),
    Conjugate(Box<Form>),
    Multiple(Complex<f64>, Box<Form>),
    Power(Box<Form>, u32),
    Product(Vec<Form>),
    Sum(Vec<Form>),
    Stack(Stack, Vec<Form>),
}

/// An operator that is made of no others.
#[derive(Clone)]
pub(super) struct Leaf {
    /// Where its shared state lies: two handles with one address are one operator.
    pub(super) address: usize,
    operator: Option<Rc<dyn Part>>,
}

/// How operators stand beside each other in a product space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stack {
    Vertical,
    Horizontal,
    Diagonal,
}

impl Expression {
    /// Nothing is known but what the operator's handle can tell.
    pub(crate) fn unknown() -> Self {
        Expression {
            form: Form::Unknown,
        }
    }

    /// An operator whose handles share state at an address.
    pub(crate) fn shared<T: ?Sized>(state: &Rc<T>) -> Self {
        Expression {
            form: Form::Leaf(Leaf {
                address: Rc::as_ptr(state).cast::<()>().addr(),
                operator: None,
            }),
        }
    }

    /// The same with the operator that can tell of itself; of an unknown one, its handle's address.
    pub(crate) fn told_by(self, address: usize, operator: impl Part + 'static) -> Self {
        let address = match &self.form {
            Form::Unknown => address,
            Form::Leaf(leaf) => leaf.address,
            _ => return self,
        };
        Expression {
            form: Form::Leaf(Leaf {
                address,
                operator: Some(Rc::new(operator)),
            }),
        }
    }

    pub(crate) fn adjoint(of: Expression) -> Self {
        Form::Adjoint(Box::new(of.form)).into()
    }

    pub(crate) fn conjugate(of: Expression) -> Self {
        Form::Conjugate(Box::new(of.form)).into()
    }

    pub(crate) fn multiple(factor: Complex<f64>, of: Expression) -> Self {
        Form::Multiple(factor, Box::new(of.form)).into()
    }

    pub(crate) fn power(of: Expression, exponent: u32) -> Self {
        Form::Power(Box::new(of.form), exponent).into()
    }

    pub(crate) fn product(factors: impl IntoIterator<Item = Expression>) -> Self {
        Form::Product(factors.into_iter().map(|factor| factor.form).collect()).into()
    }

    pub(crate) fn sum(terms: impl IntoIterator<Item = Expression>) -> Self {
        Form::Sum(terms.into_iter().map(|term| term.form).collect()).into()
    }

    pub(crate) fn stack(kind: Stack, parts: impl IntoIterator<Item = Expression>) -> Self {
        Form::Stack(kind, parts.into_iter().map(|part| part.form).collect()).into()
    }

    /// Whether the operator is its own adjoint by its formula. Collective: where the formula alone does not tell, its
    /// operators are asked whether they are.
    pub(crate) fn is_self_adjoint(&self) -> bool {
        if self.agrees(&[]) {
            return true;
        }
        let mut leaves = Vec::new();
        self.form.leaves(&mut leaves);
        // In the order of the formula, which is the same on every rank.
        let own_adjoints: Vec<usize> = leaves
            .iter()
            .filter(|leaf| (leaf.operator.as_ref()).is_some_and(|leaf| leaf.is_self_adjoint()))
            .map(|leaf| leaf.address)
            .collect();
        !own_adjoints.is_empty() && self.agrees(&own_adjoints)
    }

    fn agrees(&self, own_adjoints: &[usize]) -> bool {
        let view = View {
            adjoint: false,
            conjugate: false,
            own_adjoints,
        };
        match (view.term(&self.form), view.turned().term(&self.form)) {
            (Some(operator), Some(adjoint)) => operator == adjoint,
            _ => false,
        }
    }
}

impl From<Form> for Expression {
    fn from(form: Form) -> Self {
        Expression { form }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expression")
    }
}

impl Form {
    /// The operators in it, each once.
    fn leaves<'a>(&'a self, found: &mut Vec<&'a Leaf>) {
        match self {
            Form::Unknown => {}
            Form::Leaf(leaf) => {
                if found.iter().all(|other| other.address != leaf.address) {
                    found.push(leaf);
                }
            }
            Form::Adjoint(of)
            | Form::Conjugate(of)
            | Form::Multiple(_, of)
            | Form::Power(of, _) => of.leaves(found),
            Form::Product(parts) | Form::Sum(parts) | Form::Stack(_, parts) => {
                parts.iter().for_each(|part| part.leaves(found))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::operator::Test;

    /// An operator that only knows whether it is its own adjoint.
    struct Known(bool);

    impl Part for Known {
        fn test(&self, _: Test) -> Result {
            Ok(())
        }

        fn is_self_adjoint(&self) -> bool {
            self.0
        }
    }

    fn leaf(address: usize, own: bool) -> Expression {
        Expression::unknown().told_by(address, Known(own))
    }

    fn times(a: &Expression, b: &Expression) -> Expression {
        Expression::product([a.clone(), b.clone()])
    }

    fn plus(a: &Expression, b: &Expression) -> Expression {
        Expression::sum([a.clone(), b.clone()])
    }

    fn turned(a: &Expression) -> Expression {
        Expression::adjoint(a.clone())
    }

    fn multiple(re: f64, im: f64, a: &Expression) -> Expression {
        Expression::multiple(Complex::new(re, im), a.clone())
    }

    #[test]
    fn what_is_its_own_adjoint_by_its_formula() {
        let (a, b, s) = (leaf(1, false), leaf(2, false), leaf(3, true));
        let ab = times(&a, &b);
        let stack = Expression::stack(Stack::Vertical, [a.clone(), ab.clone()]);
        for symmetric in [
            s.clone(),
            times(&turned(&a), &a),
            times(&turned(&ab), &ab),
            times(&turned(&b), &times(&s, &b)),
            plus(&a, &turned(&a)),
            plus(&plus(&a, &s), &turned(&a)),
            multiple(3.0, 0.0, &s),
            times(&multiple(2.0, 0.0, &turned(&a)), &a),
            times(&turned(&multiple(0.0, 2.0, &a)), &multiple(0.0, 2.0, &a)),
            Expression::power(plus(&s, &turned(&s)), 7),
            times(&turned(&stack), &stack),
            Expression::stack(Stack::Diagonal, [s.clone(), times(&a, &turned(&a))]),
            plus(&turned(&plus(&a, &b)), &plus(&b, &a)),
        ] {
            assert!(symmetric.is_self_adjoint());
        }
    }

    #[test]
    fn what_is_not() {
        let (a, b, s) = (leaf(1, false), leaf(2, false), leaf(3, true));
        for other in [
            a.clone(),
            Expression::unknown(),
            times(&a, &a),
            times(&turned(&a), &b),
            times(&s, &leaf(4, true)),
            plus(&a, &turned(&b)),
            plus(&a, &a),
            multiple(0.0, 1.0, &s),
            multiple(0.0, 1.0, &times(&turned(&a), &a)),
            Expression::product([Expression::conjugate(a.clone()), a.clone()]),
            Expression::stack(Stack::Diagonal, [s.clone(), a.clone()]),
        ] {
            assert!(!other.is_self_adjoint());
        }
    }
}
