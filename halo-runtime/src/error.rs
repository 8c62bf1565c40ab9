//! The one error type of the library.
//!
//! A message says what was found, where, and what to do about it; the numbers in it are fields, so that programs and
//! tests can look at them. Errors that every rank can compute alike are returned alike; the others are made alike by
//! `Comm::agree`, so that no rank goes on alone.

use std::path::PathBuf;

/// What every fallible call of the library returns; `Result` alone is `Result<()>`, as in `fn main() -> halo::Result`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// What went wrong, and what to do about it.
///
/// ```
/// use halo::{Error, Result};
/// let answer: Result<()> = halo::launch_on(2, |comm| match comm.rank() {
///     1 => Err(Error::Invalid("a time step of 0 s leads nowhere; give a positive one".into())),
///     _ => comm.barrier(),
/// });
/// assert_eq!(answer.unwrap_err().to_string(), "a time step of 0 s leads nowhere; give a positive one");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A grid with an axis without points.
    #[error("axis {axis} has no points; give every axis at least one")]
    EmptyExtent {
        /// The axis without points.
        axis: usize,
    },

    /// More ranks along an axis than it has points.
    #[error(
        "{ranks} ranks along axis {axis} cannot share its extent of {extent}, each needs at least one point; \
         use at most {extent} ranks there, or fewer ranks in all"
    )]
    TooManyRanks {
        /// The axis.
        axis: usize,
        /// Ranks along it.
        ranks: usize,
        /// Points along it.
        extent: usize,
    },

    /// More ranks than any process grid can give a point to.
    #[error(
        "{ranks} ranks cannot share a grid of extents {extent:?}: no process grid of {ranks} ranks leaves every \
         rank a point; start fewer ranks"
    )]
    NoProcessGrid {
        /// Ranks of the job.
        ranks: usize,
        /// Extents of the grid.
        extent: Vec<usize>,
    },

    /// A process grid that does not use exactly the ranks of the job.
    #[error(
        "the process grid {grid:?} has {} ranks, the job has {ranks}; choose factors whose product is {ranks}",
        grid.iter().product::<usize>()
    )]
    ProcessGridSize {
        /// Ranks along each axis.
        grid: Vec<usize>,
        /// Ranks of the job.
        ranks: usize,
    },

    /// Block sizes that do not add up to the axis.
    #[error(
        "the {blocks} blocks along axis {axis} have extents that add up to {sum}, the axis has {extent}; \
         their sizes must add up to {extent}"
    )]
    BlocksMismatch {
        /// The axis.
        axis: usize,
        /// Number of blocks given.
        blocks: usize,
        /// Sum of their sizes.
        sum: usize,
        /// Points along the axis.
        extent: usize,
    },

    /// A block without points among block sizes given by hand.
    #[error("block {block} along axis {axis} is empty; every block needs at least one point")]
    EmptyBlock {
        /// The axis.
        axis: usize,
        /// Position of the block along the axis.
        block: usize,
    },

    /// A boundary block that is thinner than its boundary kind reads.
    #[error(
        "rank {rank} owns a block of extent {extent} along axis {axis}, the boundary {boundary} with this stencil needs \
         {needed}; use fewer ranks along axis {axis}, so that the blocks at its ends are at least that long"
    )]
    ThinBlock {
        /// The axis.
        axis: usize,
        /// A rank that owns such a block.
        rank: usize,
        /// Points of the block along the axis.
        extent: usize,
        /// Points needed.
        needed: usize,
        /// The boundary kind.
        boundary: String,
    },

    /// A halo wider than a block whose points it shows to a neighbour.
    #[error(
        "a halo of {width} points on the {side} side of blocks along axis {axis} is wider than the block beside it: rank {rank} \
         owns {extent} there; take a narrower halo or fewer ranks along axis {axis} (a stencil operator serves thin blocks, `Halo` \
         does not)"
    )]
    WideHalo {
        /// The axis.
        axis: usize,
        /// The side of the block that has the halo: low or high.
        side: String,
        /// Points of the halo.
        width: usize,
        /// A rank that owns too few points to fill it.
        rank: usize,
        /// Points of that rank's block along the axis.
        extent: usize,
    },

    /// An axis shorter than its boundary kind needs, whatever the process grid.
    #[error(
        "axis {axis} has extent {extent}, the boundary {boundary} with this stencil needs at least {needed}; \
         lengthen the axis or choose another boundary, such as Zero or Clamp"
    )]
    AxisTooShort {
        /// The axis.
        axis: usize,
        /// Points along it.
        extent: usize,
        /// Points needed.
        needed: usize,
        /// The boundary kind.
        boundary: String,
    },

    /// An axis number beyond the grid's.
    #[error("there is no axis {axis}: the last axis of this grid is {}", axes.saturating_sub(1))]
    AxisOutOfRange {
        /// The axis asked for.
        axis: usize,
        /// Number of axes of the grid.
        axes: usize,
    },

    /// An axis named twice where each may be named once.
    #[error(
        "axis {axis} is named twice; each axis of a stencil is placed on another axis of the grid"
    )]
    DuplicateAxis {
        /// The axis.
        axis: usize,
    },

    /// Another number of axes than a stencil has.
    #[error(
        "number of axes: the stencil has {expected} and is placed on {found}; name exactly {expected}"
    )]
    AxisCount {
        /// Axes of the stencil.
        expected: usize,
        /// Axes given.
        found: usize,
    },

    /// An array of another shape than needed.
    #[error("{what} has shape {found:?}, {expected:?} is needed here")]
    ShapeMismatch {
        /// Which array.
        what: String,
        /// The shape needed.
        expected: Vec<usize>,
        /// The shape found.
        found: Vec<usize>,
    },

    /// Fields or operators on different grids.
    #[error(
        "{what} lives on the grid {found}, the operator on the grid {expected}; build both from one `Grid`"
    )]
    GridMismatch {
        /// Which field or operator.
        what: String,
        /// The grid needed, as printed.
        expected: String,
        /// The grid found, as printed.
        found: String,
    },

    /// A coefficient field that fits neither the grid nor a broadcast of it.
    #[error(
        "the coefficient `{name}` has shape {found:?}; on this grid it needs {expected:?}, \
         with 1 along axes to broadcast over"
    )]
    CoefficientShape {
        /// The coefficient's name in the kernel.
        name: String,
        /// The shape needed.
        expected: Vec<usize>,
        /// The shape found.
        found: Vec<usize>,
    },

    /// A file that could not be opened, read or written.
    #[error("{}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said, and while doing what.
        message: String,
    },

    /// A file whose content is not what it should be.
    #[error("{}: {message}", path.display())]
    FileFormat {
        /// The file.
        path: PathBuf,
        /// What was found there and what is needed.
        message: String,
    },

    /// An environment variable with a value that makes no sense.
    #[error("{variable}={value}: {message}")]
    Environment {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        message: String,
    },

    /// A job of no ranks.
    #[error("a job of 0 ranks computes nothing; ask for at least one")]
    NoRanks,

    /// A rank's program panicked; the whole job ended.
    #[error("rank {rank} panicked: {message}")]
    Panicked {
        /// The rank.
        rank: usize,
        /// What the panic said.
        message: String,
    },

    /// A rank failed in a step that all ranks take together: what every rank returns.
    #[error("on rank {rank}: {message}")]
    OnRank {
        /// The lowest rank that failed.
        rank: usize,
        /// Its error, as printed.
        message: String,
    },

    /// The job ended while this rank was still at work, because another rank failed.
    #[error("the job was ended by rank {rank}: {message}")]
    Aborted {
        /// The rank that failed.
        rank: usize,
        /// Its error, as printed.
        message: String,
    },

    /// Ranks that do not speak to each other as they should: a message nobody expects, a collective call some skip.
    #[error("{0}")]
    Communication(String),

    /// Operators put together whose spaces do not fit.
    #[error(transparent)]
    SpaceMismatch(Box<SpaceMismatch>),

    /// A part of a composite operator is at fault.
    #[error("in `{whole}`: {error}")]
    Within {
        /// The composite, as its operators are named.
        whole: String,
        /// What is wrong with the part.
        error: Box<Error>,
    },

    /// An operator that failed the test `<Ax, y> == <x, Aᵀy>`.
    #[error(
        "{operator} and its adjoint disagree: <Ax, y> = {forward}, <x, Aᵀy> = {adjoint}, relative difference \
         {difference:e} where {tolerance:e} is allowed"
    )]
    AdjointTest {
        /// The operator's name.
        operator: String,
        /// `<Ax, y>`, as printed.
        forward: String,
        /// `<x, Aᵀy>`, as printed.
        adjoint: String,
        /// Their relative difference.
        difference: f64,
        /// What was allowed.
        tolerance: f64,
    },

    /// An adjoint that is not the transpose, found in exact arithmetic.
    #[error(
        "{operator}: the adjoint is not the transpose of the forward: over the prime field <Ax, y> = {forward} but \
         <x, Aᵀy> = {adjoint}; this is a bug of the library, please report the kernel, grid, boundaries and ranks"
    )]
    ExactAdjointTest {
        /// The operator's name.
        operator: String,
        /// `<Ax, y>` in the prime field.
        forward: String,
        /// `<x, Aᵀy>` in the prime field.
        adjoint: String,
    },

    /// An operator that is not its own adjoint where one is needed that is.
    #[error(
        "`{operator}` is not self-adjoint: {reason}; choose another boundary or a solver for general operators, or take \
         `assume_self_adjoint` if rounding alone differs"
    )]
    NotSelfAdjoint {
        /// The operator's name.
        operator: String,
        /// What breaks the symmetry.
        reason: String,
    },

    /// A solver that ended without a solution, where one was asked for.
    #[error("{solver} found no solution in {iterations} iterations: {reason}")]
    NotSolved {
        /// The solver's name.
        solver: &'static str,
        /// Iterations done.
        iterations: usize,
        /// Why the run ended.
        reason: String,
    },

    /// An argument that makes no sense, told in one sentence.
    #[error("{0}")]
    Invalid(String),
}

/// Two spaces that ought to be one, and where: boxed in the error, which is returned often and seldom of this kind.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "in `{expression}`, put together at {place}: {left} is a {left_space}, but {right} is a {right_space}; build both \
     operators on one grid, or put one between them that maps from the one space to the other"
)]
pub struct SpaceMismatch {
    /// The expression, as its operators are named.
    pub expression: String,
    /// Source file, line and column.
    pub place: String,
    /// What the one space is of.
    pub left: String,
    /// The one space, in words.
    pub left_space: String,
    /// What the other space is of.
    pub right: String,
    /// The other space, in words.
    pub right_space: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_numbers_and_the_remedy() {
        let error = Error::ProcessGridSize {
            grid: vec![3, 4],
            ranks: 8,
        };
        assert_eq!(
            error.to_string(),
            "the process grid [3, 4] has 12 ranks, the job has 8; choose factors whose product is 8"
        );
        let error = Error::TooManyRanks {
            axis: 1,
            ranks: 9,
            extent: 5,
        };
        assert!(
            error
                .to_string()
                .contains("9 ranks along axis 1 cannot share its extent of 5")
        );
    }

    #[test]
    fn errors_travel_between_threads() {
        fn travels<T: Send + Sync + 'static>() {}
        travels::<Error>();
    }
}
