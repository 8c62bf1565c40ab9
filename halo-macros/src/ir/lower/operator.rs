//! Operators on values of the body. What the macro knows is folded; everything else is kept in the order it is written.

use quote::quote;
use syn::{BinOp, Expr, ExprBinary, ExprUnary, UnOp};

use crate::ir::node::{Binary, Form, Node, NodeId, Unary};
use crate::ir::place::Place;

use super::fold::{Folded, fold_binary, fold_bits, known_bool, known_integer};
use super::lowerer::{Lowerer, operand_names};
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    pub fn unary(&mut self, unary: &'a ExprUnary, written: &'a Expr, place: Place) -> Value<'a> {
        let operator = match unary.op {
            UnOp::Neg(_) => Unary::Neg,
            UnOp::Not(_) => Unary::Not,
            _ => return self.dereference(unary, written, place),
        };
        let operand = self.lower_single(&unary.expr);
        let folded = match operator {
            Unary::Neg => self.negated(operand),
            Unary::Not | Unary::Conj => {
                known_bool(&self.dag, operand).map(|truth| self.dag.add(Node::Bool(!truth)))
            }
        };
        match folded {
            Some(id) => Value::Node(id),
            None => {
                let operand_place = self.place(&unary.expr);
                Value::Node(self.dag.add_with(
                    Node::Unary(operator, operand),
                    place,
                    &[operand_place],
                ))
            }
        }
    }

    /// `*value`
    fn dereference(&mut self, unary: &'a ExprUnary, written: &'a Expr, place: Place) -> Value<'a> {
        let referred = self.attempt(|lowerer| match lowerer.lower(&unary.expr) {
            Value::Reference(value) => Some(*value),
            _ => None,
        });
        referred.unwrap_or_else(|| self.passive(written, Form::Other("`*`"), place))
    }

    fn negated(&mut self, operand: NodeId) -> Option<NodeId> {
        known_integer(&self.dag, operand)?;
        let minus_one = self.dag.add(Node::Integer(-1));
        match fold_binary(&mut self.dag, Binary::Mul, operand, minus_one) {
            Folded::Known(id) => Some(id),
            _ => None,
        }
    }

    /// A chain of operators `a + b - c`, without recursion: an expanded sum may have thousands of terms.
    pub fn chain(&mut self, last: &'a ExprBinary) -> Value<'a> {
        let mut links = vec![last];
        let mut first: &'a Expr = &last.left;
        while let Expr::Binary(binary) = first
            && !is_compound(&binary.op)
        {
            links.push(binary);
            first = &binary.left;
        }
        let mut place = self.place(first);
        let mut value = self.lower(first);
        for link in links.into_iter().rev() {
            let right_place = self.place(&link.right);
            let left = self.single(value, place);
            // What Rust does not evaluate may be nonsense.
            let skipped = match (&link.op, known_bool(&self.dag, left)) {
                (BinOp::And(_), Some(false)) | (BinOp::Or(_), Some(true)) => true,
                (BinOp::And(_), Some(true)) | (BinOp::Or(_), Some(false)) => {
                    value = self.lower(&link.right);
                    place = place.to(right_place);
                    continue;
                }
                _ => false,
            };
            if skipped {
                value = Value::Node(left);
            } else {
                let right = self.lower_single(&link.right);
                value = self.operate(&link.op, [left, right], [place, right_place]);
            }
            place = place.to(right_place);
        }
        value
    }

    /// One operator, also of a compound assignment, on two values.
    pub fn operate(
        &mut self,
        op: &BinOp,
        [left, right]: [NodeId; 2],
        places: [Place; 2],
    ) -> Value<'a> {
        let place = places[0].to(places[1]);
        let (Operator::Value(operator) | Operator::Assign(operator)) = operator(op);
        let Some(operator) = operator else {
            return self.bit_operation(op, [left, right], place);
        };
        match fold_binary(&mut self.dag, operator, left, right) {
            Folded::Known(id) => Value::Node(id),
            Folded::Impossible(message) => self.mistake(place, message),
            Folded::Unknown => {
                let node = Node::Binary(operator, left, right);
                Value::Node(self.dag.add_with(node, place, &places))
            }
        }
    }

    /// `&`, `|`, `^`, `<<` and `>>` of what is not known are left to Rust.
    fn bit_operation(&mut self, op: &BinOp, operands: [NodeId; 2], place: Place) -> Value<'a> {
        use BinOp::{
            BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Shl, ShlAssign,
        };
        let names = operand_names(2);
        let (left, right) = (&names[0], &names[1]);
        let (symbol, tokens) = match op {
            BitAnd(_) | BitAndAssign(_) => ("&", quote!(#left & #right)),
            BitOr(_) | BitOrAssign(_) => ("|", quote!(#left | #right)),
            BitXor(_) | BitXorAssign(_) => ("^", quote!(#left ^ #right)),
            Shl(_) | ShlAssign(_) => ("<<", quote!(#left << #right)),
            _ => (">>", quote!(#left >> #right)),
        };
        match fold_bits(&mut self.dag, symbol, operands) {
            Folded::Known(id) => Value::Node(id),
            Folded::Impossible(message) => self.mistake(place, message),
            Folded::Unknown => {
                let form = Form::Other("a bit operation");
                self.opaque(tokens, names, operands.to_vec(), form, place)
            }
        }
    }
}

/// What an operator does; `None` inside for the bit operations.
enum Operator {
    Value(Option<Binary>),
    Assign(Option<Binary>),
}

/// Whether the operator assigns: `+=` and its kind.
pub fn is_compound(op: &BinOp) -> bool {
    matches!(operator(op), Operator::Assign(_))
}

fn operator(op: &BinOp) -> Operator {
    use Operator::{Assign, Value};
    match op {
        BinOp::Add(_) => Value(Some(Binary::Add)),
        BinOp::Sub(_) => Value(Some(Binary::Sub)),
        BinOp::Mul(_) => Value(Some(Binary::Mul)),
        BinOp::Div(_) => Value(Some(Binary::Div)),
        BinOp::Rem(_) => Value(Some(Binary::Rem)),
        BinOp::And(_) => Value(Some(Binary::And)),
        BinOp::Or(_) => Value(Some(Binary::Or)),
        BinOp::Eq(_) => Value(Some(Binary::Equal)),
        BinOp::Ne(_) => Value(Some(Binary::NotEqual)),
        BinOp::Lt(_) => Value(Some(Binary::Less)),
        BinOp::Le(_) => Value(Some(Binary::LessEqual)),
        BinOp::Gt(_) => Value(Some(Binary::Greater)),
        BinOp::Ge(_) => Value(Some(Binary::GreaterEqual)),
        BinOp::AddAssign(_) => Assign(Some(Binary::Add)),
        BinOp::SubAssign(_) => Assign(Some(Binary::Sub)),
        BinOp::MulAssign(_) => Assign(Some(Binary::Mul)),
        BinOp::DivAssign(_) => Assign(Some(Binary::Div)),
        BinOp::RemAssign(_) => Assign(Some(Binary::Rem)),
        BinOp::BitXorAssign(_)
        | BinOp::BitAndAssign(_)
        | BinOp::BitOrAssign(_)
        | BinOp::ShlAssign(_)
        | BinOp::ShrAssign(_) => Assign(None),
        _ => Value(None),
    }
}
