//! Formulas of operators in a form that can be compared: adjoints and conjugates pushed down to the operators, factors
//! pulled out of products, terms of sums in any order.

use std::cmp::Ordering;

use num_complex::Complex;

use super::expression::{Form, Stack};

/// The normal form: factors times a product.
#[derive(Clone)]
pub(super) struct Term {
    /// Sorted, so that the order of multiplication does not matter.
    factors: Vec<Complex<f64>>,
    atoms: Vec<Atom>,
}

#[derive(Clone, PartialEq)]
enum Atom {
    Leaf {
        address: usize,
        adjoint: bool,
        conjugate: bool,
    },
    Power(Term, u32),
    Sum(Vec<Term>),
    Stack(Stack, Vec<Term>),
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.factors == other.factors
            && self.atoms.len() == other.atoms.len()
            && self.atoms.iter().zip(&other.atoms).all(|pair| match pair {
                (Atom::Sum(a), Atom::Sum(b)) => same_terms(a, b),
                (a, b) => a == b,
            })
    }
}

/// Whether two sums have the same terms, in any order.
fn same_terms(a: &[Term], b: &[Term]) -> bool {
    let mut left: Vec<&Term> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|term| {
            let place = left.iter().position(|other| *other == term);
            place.map(|place| left.swap_remove(place)).is_some()
        })
}

/// How a formula is read: as it is, as its adjoint, as its conjugate.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub adjoint: bool,
    pub conjugate: bool,
    /// Operators known to be their own adjoints.
    pub own_adjoints: &'a [usize],
}

impl View<'_> {
    pub(super) fn turned(self) -> Self {
        View {
            adjoint: !self.adjoint,
            ..self
        }
    }

    /// The normal form; none where an operator in it is unknown.
    pub(super) fn term(self, form: &Form) -> Option<Term> {
        let one = |atom| {
            Some(Term {
                factors: Vec::new(),
                atoms: vec![atom],
            })
        };
        match form {
            Form::Unknown => None,
            Form::Leaf(leaf) => one(Atom::Leaf {
                address: leaf.address,
                adjoint: self.adjoint && !self.own_adjoints.contains(&leaf.address),
                conjugate: self.conjugate,
            }),
            Form::Adjoint(of) => self.turned().term(of),
            Form::Conjugate(of) => {
                let conjugate = !self.conjugate;
                View { conjugate, ..self }.term(of)
            }
            Form::Multiple(factor, of) => {
                let mut term = self.term(of)?;
                // The adjoint's factor is the conjugate, the conjugate's too.
                let factor = match self.adjoint != self.conjugate {
                    true => factor.conj(),
                    false => *factor,
                };
                if factor != Complex::ONE {
                    term.factors.push(factor);
                    term.factors.sort_by(order);
                }
                Some(term)
            }
            Form::Power(of, exponent) => one(Atom::Power(self.term(of)?, *exponent)),
            Form::Product(parts) => {
                let mut whole = Term {
                    factors: Vec::new(),
                    atoms: Vec::new(),
                };
                let mut append = |part| {
                    let Term { factors, atoms } = self.term(part)?;
                    whole.factors.extend(factors);
                    whole.atoms.extend(atoms);
                    Some(())
                };
                match self.adjoint {
                    true => parts.iter().rev().try_for_each(&mut append)?,
                    false => parts.iter().try_for_each(&mut append)?,
                }
                whole.factors.sort_by(order);
                Some(whole)
            }
            Form::Sum(parts) => one(Atom::Sum(self.sum(parts)?)),
            Form::Stack(kind, parts) => {
                let kind = match (kind, self.adjoint) {
                    (Stack::Vertical, true) => Stack::Horizontal,
                    (Stack::Horizontal, true) => Stack::Vertical,
                    (kind, _) => *kind,
                };
                let parts: Option<Vec<Term>> = parts.iter().map(|part| self.term(part)).collect();
                one(Atom::Stack(kind, parts?))
            }
        }
    }

    /// The terms of a sum, those of sums within it among them.
    fn sum(self, parts: &[Form]) -> Option<Vec<Term>> {
        let mut terms = Vec::new();
        for part in parts {
            let term = self.term(part)?;
            match &term.atoms[..] {
                [Atom::Sum(inner)] => terms.extend(inner.iter().map(|inner| {
                    let mut inner = inner.clone();
                    inner.factors.extend(&term.factors);
                    inner.factors.sort_by(order);
                    inner
                })),
                _ => terms.push(term),
            }
        }
        Some(terms)
    }
}

fn order(a: &Complex<f64>, b: &Complex<f64>) -> Ordering {
    a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im))
}
