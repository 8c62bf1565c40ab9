//! The nodes of a kernel's formula: what an expression at one grid point can be.
//!
//! Passive values (no input in them) keep the types Rust infers for them and are re-emitted as Rust; active values
//! are the stencil's arithmetic.

use proc_macro2::{Ident, TokenStream};

use super::operands::Operands;

/// A node of one [`Dag`]; operands always have smaller ids than the nodes that use them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The inverse of [`NodeId::index`].
    pub fn from_index(index: usize) -> NodeId {
        NodeId(index as u32)
    }
}

/// What a `Position` argument is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Query {
    /// `at.index(axis)`, also `at.from_low(axis)`.
    Index,
    /// `at.extent(axis)`.
    Extent,
    /// `at.from_high(axis)`: extent - 1 - index.
    FromHigh,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unary {
    Neg,
    Not,
    /// The complex conjugate of a passive value: the adjoint's factors.
    Conj,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// Rust that the macro does not look into: a pure expression of passive values, re-emitted as
/// `{ let a = <operand>; ... <tokens> }`.
#[derive(Clone, Debug)]
pub struct Opaque {
    pub tokens: TokenStream,
    /// The names that `tokens` uses for the operands, in the operands' order.
    pub names: Vec<OperandName>,
    pub form: Form,
}

/// What opaque Rust calls one of its operands.
#[derive(Clone, Debug)]
pub struct OperandName {
    pub name: Ident,
    /// Whether the name stands for a reference to the operand.
    pub borrowed: bool,
}

impl From<Ident> for OperandName {
    fn from(name: Ident) -> OperandName {
        OperandName {
            name,
            borrowed: false,
        }
    }
}

/// What an [`Opaque`] was in the user's eyes: how a message about it names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// `x.sqrt()`, by the method's name.
    Method(String),
    /// `f64::max(x, y)`, by the function as written.
    Call(String),
    /// `name!(..)`.
    Macro(String),
    /// `z.re` or `z.im`.
    Part(String),
    /// `T::ZERO`, `Complex::new(0.0, 0.0)`: the number 0, however it is written.
    Zero,
    /// A constant or static from outside the kernel, as written.
    Path(String),
    /// `match`, `if let`, a reference, a field: in words.
    Other(&'static str),
    /// A `match` arm's or `if let`'s pattern: whether it matches, or what a name in it stands for.
    Pattern,
    /// `[a, b]` or `(a, b)`, built from its operands.
    Aggregate,
    /// Something about which an error has been reported already: nothing more is said about what is made of it.
    Mistake,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// A float literal, its decimal text as written (suffix included).
    Literal(String),
    /// An integer known to the macro: a literal, a constant, a loop index.
    Integer(i128),
    Bool(bool),
    /// A scalar or table parameter, by its number among the kernel's parameters.
    Parameter(usize),
    /// `u[[-1, 0]]`: the only active leaf of a forward formula.
    Read {
        input: usize,
        offset: Vec<isize>,
    },
    /// `k[[0, 1]]`.
    Coefficient {
        field: usize,
        offset: Vec<isize>,
    },
    /// `h[[-1]][3]`: the entry of a bank's filter at an offset, the bank by its number among the parameters.
    Bank {
        parameter: usize,
        offset: Vec<isize>,
        /// As many as a filter has axes; fewer while the filter is still being taken apart.
        indices: Vec<NodeId>,
    },
    /// A query of the position of the point shifted by `shift` along `axis`.
    Position {
        query: Query,
        axis: usize,
        shift: isize,
    },
    /// The cotangent of an output at an offset: the active leaf of an adjoint formula.
    Seed {
        output: usize,
        offset: Vec<isize>,
    },
    /// Whether the row at an offset belongs to the operator's domain: guards the terms of an adjoint near an edge.
    Inside {
        /// Where the outputs lie at different locations, the one whose row it is.
        output: Option<usize>,
        offset: Vec<isize>,
    },
    Unary(Unary, NodeId),
    Binary(Binary, NodeId, NodeId),
    /// `if condition { then } else { other }`; only the branch taken is evaluated.
    Select {
        condition: NodeId,
        then: NodeId,
        other: NodeId,
    },
    /// `table[index]` of passive values.
    Index {
        table: NodeId,
        index: NodeId,
    },
    /// `value as ty` of a passive value, by the type's number in [`Dag::ty`]. Known integers are folded instead.
    Cast {
        value: NodeId,
        ty: usize,
    },
    /// A passive value whose type the user wrote down (`let value: ty`, `const`, a suffix): the same value.
    Typed {
        value: NodeId,
        ty: usize,
    },
    /// An opaque passive value, by its number in [`Dag::opaques`].
    Opaque {
        opaque: usize,
        operands: Vec<NodeId>,
    },
    /// `start`, and `step` applied to it once per entry of the tables that `step` names: a sum of many like terms.
    Repeat {
        start: NodeId,
        step: NodeId,
        count: usize,
    },
    /// In a `step`: the value so far.
    Running,
    /// In a `step`: the entry of a table, by its number in [`Dag::table`].
    Varying(usize),
}

impl Node {
    /// The nodes this one is computed from, in evaluation order.
    pub fn operands(&self) -> Operands {
        match self {
            Node::Literal(_)
            | Node::Integer(_)
            | Node::Bool(_)
            | Node::Parameter(_)
            | Node::Read { .. }
            | Node::Coefficient { .. }
            | Node::Position { .. }
            | Node::Seed { .. }
            | Node::Inside { .. }
            | Node::Running
            | Node::Varying(_) => Operands::default(),
            Node::Unary(_, a) => [*a].into(),
            Node::Cast { value, .. } | Node::Typed { value, .. } => [*value].into(),
            Node::Binary(_, a, b) => [*a, *b].into(),
            Node::Select {
                condition,
                then,
                other,
            } => [*condition, *then, *other].into(),
            Node::Index { table, index } => [*table, *index].into(),
            Node::Opaque { operands, .. } => operands.clone().into(),
            Node::Bank { indices, .. } => indices.clone().into(),
            Node::Repeat { start, step, .. } => [*start, *step].into(),
        }
    }

    /// The same node over other operands, given in the order of [`Node::operands`].
    pub fn with_operands(&self, operands: &[NodeId]) -> Node {
        match self {
            Node::Unary(op, _) => Node::Unary(*op, operands[0]),
            Node::Binary(op, _, _) => Node::Binary(*op, operands[0], operands[1]),
            Node::Select { .. } => Node::Select {
                condition: operands[0],
                then: operands[1],
                other: operands[2],
            },
            Node::Index { .. } => Node::Index {
                table: operands[0],
                index: operands[1],
            },
            Node::Cast { ty, .. } => Node::Cast {
                value: operands[0],
                ty: *ty,
            },
            Node::Typed { ty, .. } => Node::Typed {
                value: operands[0],
                ty: *ty,
            },
            Node::Opaque { opaque, .. } => Node::Opaque {
                opaque: *opaque,
                operands: operands.to_vec(),
            },
            Node::Bank {
                parameter, offset, ..
            } => Node::Bank {
                parameter: *parameter,
                offset: offset.clone(),
                indices: operands.to_vec(),
            },
            Node::Repeat { count, .. } => Node::Repeat {
                start: operands[0],
                step: operands[1],
                count: *count,
            },
            leaf => leaf.clone(),
        }
    }
}
