//! The one trait through which generated code and the runtime meet: what `#[stencil]` implements and the driver runs.
//!
//! The macro supplies facts (which cells a row reads, forward and adjoint) and row bodies; the runtime owns everything
//! around a row: walk, threads, messages, boundaries. A version module above it keeps old expansions compiling.

use crate::{
    exchange::Slab,
    field::FieldSet,
    grid::{Location, Staggering},
    scalar::{Element, Lift, Scalar, Weigh},
    stencil::{Coefficient, FilterBank, Outputs, Points, Symmetry, bank::Filter},
};

/// One read of a stencil: cell `offset` (per stencil axis) of field number `field`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    /// Number of the field among the pass's fields (or of the coefficient among the coefficients).
    pub field: usize,
    /// Offset per stencil axis.
    pub offset: &'static [isize],
    /// The stencil axis near whose ends alone it is read (in the branch of a condition on the position), if there is one.
    pub edge: Option<usize>,
}

impl Tap {
    /// A cell that rows anywhere may read.
    pub const fn new(field: usize, offset: &'static [isize]) -> Self {
        Tap {
            field,
            offset,
            edge: None,
        }
    }

    /// A cell that only the rows that are cut off at the ends of a stencil axis read.
    pub const fn near_ends_of(axis: usize, field: usize, offset: &'static [isize]) -> Self {
        Tap {
            field,
            offset,
            edge: Some(axis),
        }
    }
}

/// What one direction of a stencil (forward or adjoint) reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Reads of the fields it is applied to, sorted by field and offset.
    pub taps: &'static [Tap],
    /// Reads of the coefficient fields, sorted likewise.
    pub coefficients: &'static [Tap],
    /// Floating point operations per point in the interior.
    pub flops: usize,
    /// Whether the interior's formula is one for several points at a time: arithmetic alone, without branches and calls.
    pub lanes: bool,
    /// What the interior's formula needs at several points, computed once a point.
    pub intermediates: Intermediates,
}

impl Pass {
    /// Nothing is read.
    const EMPTY: Pass = Pass {
        taps: &[],
        coefficients: &[],
        flops: 0,
        lanes: false,
        intermediates: Intermediates::NONE,
    };
}

/// Values that the interior's formula needs at several points, such as the `c * y` that the adjoint of `c[0] * laplacian`
/// gathers: they are computed once a point and kept while rows read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intermediates {
    /// Reads of the interior's formula, sorted by number of the intermediate field and offset.
    pub taps: &'static [Tap],
    /// The numbers of the taps that they are made of.
    pub fields: &'static [usize],
    /// The same of the coefficient taps.
    pub coefficients: &'static [usize],
}

impl Intermediates {
    /// The formula computes what it needs.
    pub const NONE: Intermediates = Intermediates {
        taps: &[],
        fields: &[],
        coefficients: &[],
    };

    /// Whether there are some.
    pub const fn is_some(&self) -> bool {
        !self.taps.is_empty()
    }
}

/// What the macro knows of a stencil: the constant `FACTS` of every generated struct.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn laplacian(u: Input<f64, 2>) -> f64 {
///     u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]]
/// }
///
/// let facts = Laplacian::FACTS;
/// assert_eq!(facts.forward.reach(0), [1, 1]);
/// assert_eq!((facts.forward.messages(), facts.forward.flops, facts.bytes), (4, 5, 16));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The kernel function's name.
    pub name: &'static str,
    /// The array axes the stencil axes lie on, unless placed elsewhere.
    pub axes: &'static [usize],
    /// Names of the inputs, in order.
    pub inputs: &'static [&'static str],
    /// Names of the coefficient fields, in order.
    pub coefficients: &'static [&'static str],
    /// The stencil that this one was made of, where it is the operator of a coefficient.
    pub origin: Option<Origin>,
    /// Number of outputs.
    pub outputs: usize,
    /// Halo width per stencil axis and side: the footprint's, or what `halo_at_least` asks for.
    pub halo: &'static [[usize; 2]],
    /// Per stencil axis, how many rows from the low and from the high end have a formula of their own.
    pub cuts: &'static [[usize; 2]],
    /// As `cuts`, but 0 where all of these rows read the cells that the interior's rows read.
    pub own_rows: &'static [[usize; 2]],
    /// Whether the interior's formula is its own adjoint.
    pub symmetry: Symmetry,
    /// Whether all rows of the interior are the same: nothing in them depends on coefficients or the position.
    pub uniform: bool,
    /// Whether the interior's formula has a finite value for all finite values of its coefficients, wherever it is taken: it
    /// adds and multiplies them.
    pub total: bool,
    /// Whether rows read banks of filters.
    pub filters: bool,
    /// Bytes that an application moves per point, each field that it reads or writes counted once.
    pub bytes: usize,
    /// y = A x.
    pub forward: Pass,
    /// x = Aᵀ y, as a gather.
    pub adjoint: Pass,
}

/// A stencil whose coefficient another one is the operator of.
///
/// The two have their boundaries in common: what was an input keeps the kinds of inputs though it is a coefficient now, and
/// the other way round; the rows that are computed are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What the macro knows of it.
    pub facts: &'static Facts,
    /// Where its fields lie.
    pub locations: &'static Locations,
    /// Which coefficients were its inputs.
    pub frozen: &'static [usize],
}

impl Facts {
    /// The facts of a kernel that did not compile: enough for the rest of the program to type-check.
    pub const UNKNOWN: Facts = Facts {
        name: "",
        axes: &[],
        inputs: &[],
        coefficients: &[],
        origin: None,
        outputs: 0,
        halo: &[],
        cuts: &[],
        own_rows: &[],
        symmetry: Symmetry::None,
        uniform: false,
        total: false,
        filters: false,
        bytes: 0,
        forward: Pass::EMPTY,
        adjoint: Pass::EMPTY,
    };
}

/// Where the fields of a stencil lie, along the axes of the array.
///
/// Empty where all lie at cells; otherwise each list is as long as there are such fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locations {
    /// Of the inputs, in order.
    pub inputs: &'static [Staggering],
    /// Of the coefficient fields, in order.
    pub coefficients: &'static [Staggering],
    /// Of the outputs, in order.
    pub outputs: &'static [Staggering],
    /// For each tap of the forward, the outputs that it is read for; all of them where nothing is said.
    pub readers: &'static [&'static [usize]],
}

impl Locations {
    /// All fields lie at cells.
    pub const CELLS: Locations = Locations {
        inputs: &[],
        coefficients: &[],
        outputs: &[],
        readers: &[],
    };

    /// Whether all fields lie at cells.
    pub const fn are_cells(&self) -> bool {
        self.inputs.is_empty()
    }
}

/// A stencil whose outputs may take the place of inputs: `#[stencil(overwrite = v)]`.
///
/// Implemented by the macro only, which has checked that what is overwritten is read at its own point alone.
#[diagnostic::on_unimplemented(
    message = "the outputs of `{Self}` take the place of none of its inputs",
    note = "name the input that is read at its own point alone: `#[stencil(overwrite = v)]`"
)]
pub trait InPlace: Stencil {
    /// The inputs that are kept: none, one field, or a tuple of fields in the function's order.
    type Kept<S: Element, const D: usize>: FieldSet<S, D>;
    /// For each output the number of the input that it overwrites.
    const OVERWRITTEN: &'static [usize];
}

/// What is done with each coefficient field of a stencil in turn.
pub trait CoefficientVisitor {
    /// The next one.
    fn visit<T: Weigh, L: Location>(&mut self, coefficient: &mut Coefficient<T, L>);

    /// The next bank of filters, after all coefficients.
    fn bank<F: Filter, const N: usize>(&mut self, _bank: &mut FilterBank<F, N>) {}
}

/// A stencil as `#[stencil]` generates it: parameters in the struct, formula in the row bodies.
///
/// Implemented by the macro only. Users call [`StencilExt`](crate::operator::StencilExt)'s verbs and the operator's.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no stencil",
    note = "`#[stencil]` makes a struct a stencil; with generic constants, for the values in the attribute: `#[stencil(R in [1, 2])]`"
)]
pub trait Stencil: Send + Sync + Sized + 'static {
    /// The scalar of inputs and outputs.
    type Scalar: Scalar;
    /// The inputs: one field, or a tuple of fields in the function's order.
    type Domain<S: Element, const D: usize>: FieldSet<S, D>;
    /// The outputs: one field, or a tuple of fields in the function's order.
    type Range<S: Element, const D: usize>: FieldSet<S, D>;

    /// What the macro knows of the stencil.
    const FACTS: Facts;
    /// Where the fields lie.
    const LOCATIONS: Locations = Locations::CELLS;

    /// Shows the coefficient fields, in the function's order; each may have elements of its own type.
    fn coefficients<V: CoefficientVisitor>(&mut self, _visitor: &mut V) {}

    /// The formula for a row whose points are all interior.
    fn forward_interior<S: Lift<Self::Scalar>>(&self, row: &Points<'_, S>, out: &Outputs<'_, S>);

    /// What the forward's interior reads of intermediate fields, an output for each.
    fn forward_intermediates<S: Lift<Self::Scalar>>(
        &self,
        _row: &Points<'_, S>,
        _out: &Outputs<'_, S>,
    ) {
    }

    /// The formula for any row; reads only the cells of the branches taken.
    fn forward_edge<S: Lift<Self::Scalar>>(&self, row: &Points<'_, S>, out: &Outputs<'_, S>) {
        self.forward_interior(row, out);
    }

    /// The adjoint's gather for points all of whose rows are interior rows of the domain.
    fn adjoint_interior<S: Lift<Self::Scalar>>(&self, row: &Points<'_, S>, out: &Outputs<'_, S>);

    /// What the adjoint's interior reads of intermediate fields, an output for each.
    fn adjoint_intermediates<S: Lift<Self::Scalar>>(
        &self,
        _row: &Points<'_, S>,
        _out: &Outputs<'_, S>,
    ) {
    }

    /// The adjoint's gather for any point; terms whose row lies outside the domain are left out.
    fn adjoint_edge<S: Lift<Self::Scalar>>(&self, row: &Points<'_, S>, out: &Outputs<'_, S>);

    /// Copies the cells of a message into its buffer: literal run lengths for the stencil's own halo.
    fn pack<S: Element>(slab: &Slab, cells: &[S], buffer: &mut [S]);
}
