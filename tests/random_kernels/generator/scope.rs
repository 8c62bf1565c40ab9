//! The names that an expression may use where it stands.

#[derive(Clone, Default)]
pub struct Scope {
    /// Variables without an input in them.
    pub numbers: Vec<String>,
    /// Variables that depend on an input.
    pub linear: Vec<Linear>,
    /// The indices of the loops around, innermost last.
    pub indices: Vec<Index>,
}

#[derive(Clone)]
pub struct Linear {
    pub name: String,
    /// What nobody uses is no part of the operator.
    pub used: bool,
}

/// The index of a loop, and the values that it takes.
#[derive(Clone)]
pub struct Index {
    pub name: String,
    /// Whether it is a `usize`; it is an `isize` otherwise.
    pub unsigned: bool,
    pub values: Vec<isize>,
}

impl Scope {
    /// How often what stands here is executed.
    pub fn iterations(&self) -> usize {
        self.indices
            .iter()
            .map(|index| index.values.len())
            .product()
    }
}
