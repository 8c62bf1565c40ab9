//! `derivative = 2, order = 4`: what a kernel claims to approximate, and how well. `(1, 0)` names a derivative on two axes,
//! `[(2, 0), (0, 2)]` a sum of multiples of two.

use proc_macro2::Ident;
use syn::Expr;

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::tuple::number;

/// A claim about the kernel's weights.
#[derive(Clone, Debug)]
pub struct DerivativeClaim {
    /// Each by its degree along every stencil axis.
    pub derivatives: Vec<Vec<usize>>,
    pub place: Place,
    pub order: Order,
}

/// The power of the grid's spacing with which the error goes to zero.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub value: usize,
    key: Place,
    pub place: Place,
}

/// The claim before the number of stencil axes is known.
pub struct WrittenDerivative {
    /// Each with where it stands, and whether it is a tuple.
    derivatives: Vec<(Vec<usize>, bool, Place)>,
    place: Place,
}

/// Beyond it moments cost more than they tell.
pub const HIGHEST_DEGREE: usize = 8;
const HIGHEST_ORDER: usize = 16;

impl WrittenDerivative {
    pub fn parse(value: &Expr) -> syn::Result<WrittenDerivative> {
        let derivatives = match value {
            Expr::Array(list) => list
                .elems
                .iter()
                .map(one)
                .collect::<syn::Result<Vec<_>>>()?,
            value => vec![one(value)?],
        };
        let place = Place::of(value);
        if derivatives.is_empty() {
            return Err(
                place.error("this names no derivative\nhelp: write for example `derivative = 2`")
            );
        }
        Ok(WrittenDerivative { derivatives, place })
    }
}

/// One derivative: a degree, or a tuple of degrees.
fn one(value: &Expr) -> syn::Result<(Vec<usize>, bool, Place)> {
    let place = Place::of(value);
    let (degrees, tuple) = match value {
        Expr::Tuple(tuple) => {
            let degrees = tuple.elems.iter().map(|degree| number(degree, "a degree"));
            (degrees.collect::<syn::Result<Vec<_>>>()?, true)
        }
        value => (vec![number(value, "a degree")?], false),
    };
    if degrees.iter().sum::<usize>() > HIGHEST_DEGREE {
        let message = format!(
            "derivatives up to degree {HIGHEST_DEGREE} are checked\nhelp: leave `derivative` out"
        );
        return Err(place.error(message));
    }
    Ok((degrees, tuple, place))
}

impl Order {
    pub fn parse(key: &Ident, value: &Expr) -> syn::Result<Order> {
        let place = Place::of(value);
        let order = number(value, "an order")?;
        if !(1..=HIGHEST_ORDER).contains(&order) {
            let message =
                format!("an order of approximation is a number from 1 to {HIGHEST_ORDER}");
            return Err(place.error(message));
        }
        Ok(Order {
            value: order,
            key: Place::of(key),
            place,
        })
    }
}

impl DerivativeClaim {
    /// The claim of a kernel with `count` stencil axes.
    pub fn settle(
        derivative: Option<WrittenDerivative>,
        order: Option<Order>,
        count: usize,
        context: &Context,
    ) -> Option<DerivativeClaim> {
        let Some(WrittenDerivative { derivatives, place }) = derivative else {
            if let Some(order) = order {
                let message = "`order` says how well a derivative is approximated, and none is named\nhelp: add \
                    `derivative = ..`, or leave `order` out";
                context.error_at(order.key, message);
            }
            return None;
        };
        for (degrees, tuple, place) in &derivatives {
            if degrees.len() != count || (!tuple && count != 1) {
                let zeros = vec!["0"; count - 1];
                let example = match count {
                    1 => "1".into(),
                    _ => format!("(1, {})", zeros.join(", ")),
                };
                let message = format!(
                    "a derivative has one degree for each of the kernel's stencil axes, of which there {}\nhelp: write for \
                     example `derivative = {example}`",
                    if count == 1 {
                        "is 1".into()
                    } else {
                        format!("are {count}")
                    },
                );
                context.error_at(*place, message);
                return None;
            }
        }
        let degree = |degrees: &[usize]| degrees.iter().sum::<usize>();
        let (first, ..) = &derivatives[0];
        let other = (derivatives.iter()).find(|(degrees, ..)| degree(degrees) != degree(first));
        if let Some((degrees, _, place)) = other {
            let message = format!(
                "this derivative is of degree {}, the first one of degree {}\nhelp: a sum of derivatives has an order where all are \
                 of one degree; leave the others out",
                degree(degrees),
                degree(first)
            );
            context.error_at(*place, message);
            return None;
        }
        let at_least = Order {
            value: 1,
            key: place,
            place,
        };
        Some(DerivativeClaim {
            derivatives: derivatives
                .into_iter()
                .map(|(degrees, ..)| degrees)
                .collect(),
            place,
            order: order.unwrap_or(at_least),
        })
    }
}

/// Derivatives as they are written in the attribute.
pub fn written(derivatives: &[Vec<usize>]) -> String {
    let one = |degrees: &Vec<usize>| {
        let degrees: Vec<String> = degrees.iter().map(ToString::to_string).collect();
        match degrees.len() {
            1 => degrees[0].clone(),
            _ => format!("({})", degrees.join(", ")),
        }
    };
    match derivatives {
        [derivative] => one(derivative),
        _ => format!(
            "[{}]",
            derivatives.iter().map(one).collect::<Vec<_>>().join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_with;

    #[test]
    fn mistakes_say_what_to_write() {
        let on_two = "fn f(u: Input<f64, 2>) -> f64 { u[[0, 1]] - u[[0, 0]] }";
        for (attr, place, message) in [
            (
                "derivative = 1",
                "1",
                "write for example `derivative = (1, 0)`",
            ),
            (
                "derivative = (0, 1, 0)",
                "(0, 1, 0)",
                "of which there are 2",
            ),
            (
                "derivative = [(0, 1), (2, 0)]",
                "(2, 0)",
                "of degree 2, the first one of degree 1",
            ),
            ("derivative = (5, 5)", "(5, 5)", "up to degree 8"),
            ("derivative = []", "[]", "names no derivative"),
            ("derivative = (0, -1)", "-1", "cannot be negative"),
            ("order = 2", "order", "none is named"),
            ("derivative = (0, 1), order = 0", "0", "from 1 to 16"),
        ] {
            let found = mistakes_with(attr, on_two);
            assert_eq!(found.len(), 1, "{attr}: {found:?}");
            assert_eq!(found[0].1, place, "{attr}: {found:?}");
            assert!(found[0].0.contains(message), "{attr}: {found:?}");
        }
    }
}
