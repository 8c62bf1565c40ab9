//! Operators made of operators: products, sums, multiples, powers and adjoints, all behind one owned handle.

mod adjoint;
mod composition;
mod conjugate;
mod expression;
mod extension;
mod into_operator;
mod multiple;
mod name;
mod normal_form;
mod overloads;
mod part;
mod power;
mod refused;
mod same_space;
mod sum;

pub use expression::Expression;
pub(crate) use expression::Stack;
pub use extension::AlgebraExt;
pub use into_operator::IntoOperator;
pub(crate) use overloads::algebra;
pub use part::{Part, Test};
pub(crate) use refused::{Place, expect_fit};
pub use same_space::SameSpace;
pub(crate) use sum::Sign;
