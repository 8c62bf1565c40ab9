//! Arithmetic on values that the macro knows: integers and truths. Floats are never folded, since the forward operator
//! evaluates the formula as written.

use quote::ToTokens;
use syn::Type;

use crate::ir::dag::Dag;
use crate::ir::node::{Binary, Node, NodeId};

/// The integer that the node is known to be.
pub fn known_integer(dag: &Dag, id: NodeId) -> Option<i128> {
    match dag.node(id) {
        Node::Integer(value) => Some(*value),
        Node::Typed { value, .. } => known_integer(dag, *value),
        _ => None,
    }
}

pub fn known_bool(dag: &Dag, id: NodeId) -> Option<bool> {
    match dag.node(id) {
        Node::Bool(value) => Some(*value),
        Node::Typed { value, .. } => known_bool(dag, *value),
        _ => None,
    }
}

/// The type written beside a known value.
fn written_type(dag: &Dag, id: NodeId) -> Option<usize> {
    match dag.node(id) {
        Node::Typed { ty, .. } => Some(*ty),
        _ => None,
    }
}

/// What folding came to.
pub enum Folded {
    Known(NodeId),
    /// Not all operands are known.
    Unknown,
    Impossible(&'static str),
}

/// An operator on two nodes, where both are known.
pub fn fold_binary(dag: &mut Dag, operator: Binary, left: NodeId, right: NodeId) -> Folded {
    if let (Some(first), Some(second)) = (known_bool(dag, left), known_bool(dag, right)) {
        let truth = match operator {
            Binary::And => first && second,
            Binary::Or => first || second,
            Binary::Equal => first == second,
            Binary::NotEqual => first != second,
            _ => return Folded::Unknown,
        };
        return Folded::Known(dag.add(Node::Bool(truth)));
    }
    let (Some(first), Some(second)) = (known_integer(dag, left), known_integer(dag, right)) else {
        return Folded::Unknown;
    };
    let number = match operator {
        Binary::Add => first.checked_add(second),
        Binary::Sub => first.checked_sub(second),
        Binary::Mul => first.checked_mul(second),
        Binary::Div | Binary::Rem if second == 0 => {
            return Folded::Impossible("this divides by zero\nhelp: divide by another constant");
        }
        Binary::Div => first.checked_div(second),
        Binary::Rem => first.checked_rem(second),
        _ => {
            return match compare(operator, first, second) {
                Some(truth) => Folded::Known(dag.add(Node::Bool(truth))),
                None => Folded::Unknown,
            };
        }
    };
    integer_like(dag, number, &[left, right])
}

/// `&`, `|`, `^`, `<<` or `>>` of known integers.
pub fn fold_bits(dag: &mut Dag, symbol: &str, operands: [NodeId; 2]) -> Folded {
    let [left, right] = operands.map(|id| known_integer(dag, id));
    let (Some(left), Some(right)) = (left, right) else {
        return Folded::Unknown;
    };
    let shift = || u32::try_from(right).ok().filter(|shift| *shift < 64);
    let number = match symbol {
        "&" => Some(left & right),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        "<<" => shift().and_then(|shift| left.checked_mul(1 << shift)),
        _ => shift().map(|shift| left >> shift),
    };
    integer_like(dag, number, &operands)
}

/// A method of known integers, where it is one that the macro evaluates.
pub fn fold_method(dag: &mut Dag, method: &str, operands: &[NodeId]) -> Folded {
    let known: Option<Vec<i128>> = operands.iter().map(|id| known_integer(dag, *id)).collect();
    let number = match (method, known.as_deref()) {
        ("abs", Some([value])) => value.checked_abs(),
        ("signum", Some([value])) => Some(value.signum()),
        ("min", Some([left, right])) => Some(*left.min(right)),
        ("max", Some([left, right])) => Some(*left.max(right)),
        ("pow", Some([base, exponent])) => u32::try_from(*exponent)
            .ok()
            .and_then(|exponent| base.checked_pow(exponent)),
        ("div_euclid", Some([left, right])) => left.checked_div_euclid(*right),
        ("rem_euclid", Some([left, right])) => left.checked_rem_euclid(*right),
        _ => return Folded::Unknown,
    };
    integer_like(dag, number, &operands[..1])
}

/// `value as ty` of a known value: an integer, or a literal that says the same.
pub fn fold_cast(dag: &mut Dag, value: NodeId, ty: &Type) -> Option<NodeId> {
    let number = known_integer(dag, value).or_else(|| known_bool(dag, value).map(i128::from))?;
    let name = ty.to_token_stream().to_string();
    let cast = match name.as_str() {
        "i8" => number as i8 as i128,
        "i16" => number as i16 as i128,
        "i32" => number as i32 as i128,
        "i64" => number as i64 as i128,
        "isize" => number as isize as i128,
        "u8" => number as u8 as i128,
        "u16" => number as u16 as i128,
        "u32" => number as u32 as i128,
        "u64" => number as u64 as i128,
        "usize" => number as usize as i128,
        "i128" => number,
        "f32" | "f64" => {
            let literal = dag.add(Node::Literal(format!("{}.0{name}", number.unsigned_abs())));
            let negated = Node::Unary(crate::ir::node::Unary::Neg, literal);
            return Some(if number < 0 {
                dag.add(negated)
            } else {
                literal
            });
        }
        _ => return None,
    };
    let value = dag.add(Node::Integer(cast));
    let ty = dag.add_type(ty);
    Some(dag.add(Node::Typed { value, ty }))
}

fn compare(operator: Binary, left: i128, right: i128) -> Option<bool> {
    Some(match operator {
        Binary::Less => left < right,
        Binary::LessEqual => left <= right,
        Binary::Greater => left > right,
        Binary::GreaterEqual => left >= right,
        Binary::Equal => left == right,
        Binary::NotEqual => left != right,
        _ => return None,
    })
}

/// The number, of the type that one of the operands was given.
fn integer_like(dag: &mut Dag, number: Option<i128>, operands: &[NodeId]) -> Folded {
    let Some(number) = number else {
        return Folded::Impossible("this overflows");
    };
    let value = dag.add(Node::Integer(number));
    let ty = operands.iter().find_map(|id| written_type(dag, *id));
    Folded::Known(ty.map_or(value, |ty| dag.add(Node::Typed { value, ty })))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn integers_are_folded() {
        let mut dag = Dag::default();
        let (seven, two) = (dag.add(Node::Integer(-7)), dag.add(Node::Integer(2)));
        let mut number = |operator| match fold_binary(&mut dag, operator, seven, two) {
            Folded::Known(id) => known_integer(&dag, id),
            _ => None,
        };
        assert_eq!(number(Binary::Add), Some(-5));
        assert_eq!(number(Binary::Div), Some(-3));
        assert_eq!(number(Binary::Rem), Some(-1));
        let zero = dag.add(Node::Integer(0));
        assert!(matches!(
            fold_binary(&mut dag, Binary::Div, two, zero),
            Folded::Impossible(_)
        ));
        let huge = dag.add(Node::Integer(i128::MAX));
        assert!(matches!(
            fold_binary(&mut dag, Binary::Mul, huge, two),
            Folded::Impossible(_)
        ));
        let Folded::Known(truth) = fold_binary(&mut dag, Binary::Less, seven, two) else {
            panic!("a comparison was not folded");
        };
        assert_eq!(known_bool(&dag, truth), Some(true));
    }

    #[test]
    fn casts_keep_the_value_and_say_the_type() {
        let mut dag = Dag::default();
        let minus_one = dag.add(Node::Integer(-1));
        let byte = fold_cast(&mut dag, minus_one, &parse_quote!(u8)).unwrap();
        assert_eq!(known_integer(&dag, byte), Some(255));
        let float = fold_cast(&mut dag, byte, &parse_quote!(f64)).unwrap();
        assert_eq!(dag.node(float), &Node::Literal("255.0f64".into()));
        let negative = fold_cast(&mut dag, minus_one, &parse_quote!(f32)).unwrap();
        assert!(matches!(dag.node(negative), Node::Unary(..)));
        assert!(fold_cast(&mut dag, minus_one, &parse_quote!(Alias)).is_none());
    }
}
