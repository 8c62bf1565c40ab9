//! Where in a cell the points of a field lie: at its centre, on its faces, its edges or its nodes.
//!
//! A location is a type, so that fields of two locations cannot be taken for each other. All that the runtime needs of
//! it is along which axes the points are staggered: moved half a cell down, with one point more at the axis' end.

use std::fmt::{self, Debug};

/// A place within a cell: [`Cell`], [`Face<A>`](Face), or a tuple of faces in the order of their axes.
///
/// `(Face<0>, Face<1>)` are the nodes of a plane and the edges along the third axis of a volume;
/// `(Face<0>, Face<1>, Face<2>)` are the nodes of a volume. Along an axis of n cells, point i of a staggered field lies
/// below cell i: there are n + 1 points, or n where the axis is periodic.
///
/// ```
/// use halo::prelude::*;
///
/// let grid = Grid::builder(&Comm::solo(), [4, 6]).periodic([false, true]).build()?;
/// let velocity: Field<f64, 2, Face<0>> = grid.field_at(|[i, _]| i as f64);
/// assert_eq!(velocity.view().shape(), [5, 6]);
/// let vorticity = grid.zeros_at::<(Face<0>, Face<1>), f64>();
/// assert_eq!(vorticity.extent(), [5, 6]);
/// # Ok::<(), halo::Error>(())
/// ```
///
/// A tuple that names an axis twice, or not in ascending order, does not compile where it is used:
///
/// ```compile_fail
/// # use halo::prelude::*;
/// # let grid = Grid::new(&Comm::solo(), [4, 6])?;
/// let nodes = grid.zeros_at::<(Face<1>, Face<0>), f64>();
/// # Ok::<(), halo::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no location of a field",
    note = "locations are `Cell`, `Face<0>` to `Face<3>`, and tuples of faces in the order of their axes"
)]
pub trait Location: Copy + Default + Debug + Send + Sync + sealed::Sealed + 'static {
    /// The axes along which the points are staggered.
    const STAGGERING: Staggering;

    /// What [`On`] stands for.
    #[doc(hidden)]
    type Value<T>;
}

/// The centres of the cells, where fields lie unless their type says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cell;

/// The faces between cells that are neighbours along axis `A` of the array; face i lies below cell i.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Face<const A: usize>;

/// A value at a location, as a kernel returns it: `-> On<Face<1>, f64>`. It is the plain `T`; the location is for the
/// macro and the reader.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn difference(u: Input<f64, 1>) -> On<Face<0>, f64> {
///     u[0] - u[-1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let slope: Field<f64, 1, Face<0>> = Difference.on(&grid)?.forward(&grid.field(|[i]| (i * i) as f64))?;
/// assert_eq!(slope.view().to_vec(), [0.0, 1.0, 3.0, 5.0, -9.0]); // zero beyond both ends
/// # Ok::<(), halo::Error>(())
/// ```
pub type On<L, T> = <L as Location>::Value<T>;

/// The set of axes along which points are staggered: a [`Location`] at run time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Staggering {
    /// Bit k stands for axis k.
    axes: u8,
}

impl Staggering {
    /// Staggered along no axis.
    pub const CELL: Staggering = Staggering { axes: 0 };

    /// Staggered along these axes.
    ///
    /// # Panics
    /// When an axis is not below 4, or they do not ascend; in a constant that is an error of the compiler.
    pub const fn along(axes: &[usize]) -> Self {
        let mut staggering = Staggering::CELL;
        let mut k = 0;
        while k < axes.len() {
            assert!(
                axes[k] < 4,
                "halo's grids have 1 to 4 axes: `Face<0>` to `Face<3>`"
            );
            assert!(
                staggering.axes >> axes[k] == 0,
                "name each axis of a location once and in ascending order, as in `(Face<0>, Face<1>)`"
            );
            staggering.axes |= 1 << axes[k];
            k += 1;
        }
        staggering
    }

    /// Whether the points are staggered along an axis.
    pub const fn has(self, axis: usize) -> bool {
        self.axes >> axis & 1 == 1
    }

    /// Whether all its axes are among the first `count`.
    pub const fn fits(self, count: usize) -> bool {
        self.axes >> count == 0
    }
}

impl fmt::Display for Staggering {
    /// As the type is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes = (0..4).filter(|axis| self.has(*axis));
        let faces: Vec<_> = axes.map(|axis| format!("Face<{axis}>")).collect();
        match faces.as_slice() {
            [] => f.write_str("Cell"),
            [face] => f.write_str(face),
            _ => write!(f, "({})", faces.join(", ")),
        }
    }
}

impl fmt::Debug for Staggering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Cell {}

impl Location for Cell {
    const STAGGERING: Staggering = Staggering::CELL;
    type Value<T> = T;
}

impl<const A: usize> sealed::Sealed for Face<A> {}

impl<const A: usize> Location for Face<A> {
    const STAGGERING: Staggering = Staggering::along(&[A]);
    type Value<T> = T;
}

macro_rules! tuple_of_faces {
    ($($axis:ident),+) => {
        impl<$(const $axis: usize),+> sealed::Sealed for ($(Face<$axis>,)+) {}

        impl<$(const $axis: usize),+> Location for ($(Face<$axis>,)+) {
            const STAGGERING: Staggering = Staggering::along(&[$($axis),+]);
            type Value<T> = T;
        }
    };
}

tuple_of_faces!(A, B);
tuple_of_faces!(A, B, C);
tuple_of_faces!(A, B, C, E);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_print_as_their_types() {
        assert_eq!(Cell::STAGGERING.to_string(), "Cell");
        assert_eq!(Face::<2>::STAGGERING.to_string(), "Face<2>");
        assert_eq!(
            <(Face<0>, Face<3>)>::STAGGERING.to_string(),
            "(Face<0>, Face<3>)"
        );
    }

    #[test]
    fn a_location_fits_a_grid_that_has_its_axes() {
        let edges = <(Face<0>, Face<2>)>::STAGGERING;
        assert_eq!(
            [0, 1, 2, 3].map(|axis| edges.has(axis)),
            [true, false, true, false]
        );
        assert!(edges.fits(3) && !edges.fits(2) && Staggering::CELL.fits(1));
    }

    #[test]
    #[should_panic(expected = "once and in ascending order")]
    fn an_axis_named_twice_is_refused() {
        Staggering::along(&[1, 1]);
    }

    #[test]
    fn a_value_at_a_location_is_a_plain_value() {
        fn mean(a: f64, b: f64) -> (On<Face<0>, f64>, On<(Face<0>, Face<1>), f32>) {
            (0.5 * (a + b), 1.0)
        }
        assert_eq!(mean(1.0, 2.0), (1.5, 1.0));
    }
}
