//! The five kinds of arguments that a kernel has.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `u: Input<T, N>`: what the operator is linear in.
    Input,
    /// `k: Coef<T, N>`
    Coefficient,
    /// `h: Bank<[T; K], N>`
    Bank,
    /// `at: Position<N>`
    Position,
    /// Any other type.
    Parameter,
}
