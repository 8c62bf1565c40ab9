//! Staggered kernels of every shape that types of fields can say. Where their fields lie is written down here by hand once
//! more, and each is its own oracle: the plain function, called point by point.

use halo::prelude::*;
use halo::stencil::Stencil;
use ndarray::ArrayD;

/// The arguments of a kernel at one point, as the oracle has computed them.
pub struct Point<'a, const N: usize> {
    pub index: [usize; N],
    /// Of the output that is asked for.
    pub extent: [usize; N],
    pub reach: usize,
    pub input: &'a dyn Fn(usize, [isize; N]) -> f64,
    pub coefficient: &'a dyn Fn(usize, [isize; N]) -> f64,
}

impl<const N: usize> Point<'_, N> {
    fn u<L: Location>(&self, k: usize) -> Input<f64, N, L> {
        Input::window_at([self.reach; N], [self.reach; N], |offset| {
            (self.input)(k, offset)
        })
    }

    fn k<L: Location>(&self, k: usize) -> Coef<f64, N, L> {
        Coef::window_at([self.reach; N], [self.reach; N], |offset| {
            (self.coefficient)(k, offset)
        })
    }

    fn at(&self) -> Position<N> {
        Position::new(self.index, self.extent)
    }
}

/// The array axes along which a field is staggered.
pub type Site = &'static [usize];

/// A kernel of N stencil axes, for grids of D axes.
pub trait Specimen<const N: usize, const D: usize>: Stencil<Scalar = f64> {
    const AXES: [usize; N];
    const INPUTS: &'static [Site];
    const COEFFICIENTS: &'static [Site] = &[];
    const OUTPUTS: &'static [Site];
    /// How far fields are read, on any axis.
    const REACH: usize;
    /// Whether some rows read other cells than others do, so that which rows `Valid` leaves out is not for the values to
    /// tell.
    const ROWS_DIFFER: bool = false;

    /// The stencil with its coefficients, as whole arrays.
    fn make(coefficients: Vec<ArrayD<f64>>) -> Self;

    /// The plain function at one point, one value per output.
    fn call(point: &Point<'_, N>) -> Vec<f64>;
}

macro_rules! specimen {
    ($name:ident<$n:literal, $d:literal> on $axes:expr, reach $reach:literal,
     $inputs:expr => $outputs:expr $(, with $coefficients:expr)?,
     make($($k:ident),*) $make:expr, call($p:ident) $call:expr $(, rows_differ $differ:literal)?) => {
        impl Specimen<$n, $d> for $name {
            const AXES: [usize; $n] = $axes;
            const INPUTS: &'static [Site] = &$inputs;
            const OUTPUTS: &'static [Site] = &$outputs;
            $(const COEFFICIENTS: &'static [Site] = &$coefficients;)?
            const REACH: usize = $reach;
            $(const ROWS_DIFFER: bool = $differ;)?

            fn make(coefficients: Vec<ArrayD<f64>>) -> Self {
                let mut coefficients = coefficients.into_iter();
                $(let $k = coefficients.next().expect("a coefficient for each argument").into();)*
                assert!(coefficients.next().is_none());
                $make
            }

            fn call($p: &Point<'_, $n>) -> Vec<f64> {
                $call
            }
        }
    };
}

/// Cells to faces.
#[stencil(halo = [(1, 0), (1, 0)])]
pub fn gradient(p: Input<f64, 2>, inv_h: f64) -> (On<Face<0>, f64>, On<Face<1>, f64>) {
    (
        inv_h * (p[[0, 0]] - p[[-1, 0]]),
        inv_h * (p[[0, 0]] - p[[0, -1]]),
    )
}

specimen!(Gradient<2, 2> on [0, 1], reach 1, [&[]] => [&[0], &[1]],
    make() Gradient { inv_h: 3.0 },
    call(p) { let (x, y) = gradient(p.u(0), 3.0); vec![x, y] });

/// Faces to cells.
#[stencil]
pub fn divergence(x: Input<f64, 2, Face<0>>, y: Input<f64, 2, Face<1>>, inv_h: f64) -> f64 {
    inv_h * (x[[1, 0]] - x[[0, 0]]) + inv_h * (y[[0, 1]] - y[[0, 0]])
}

specimen!(Divergence<2, 2> on [0, 1], reach 1, [&[0], &[1]] => [&[]],
    make() Divergence { inv_h: 3.0 },
    call(p) vec![divergence(p.u(0), p.u(1), 3.0)]);

/// Faces to nodes.
#[stencil]
pub fn curl(x: Input<f64, 2, Face<0>>, y: Input<f64, 2, Face<1>>) -> On<(Face<0>, Face<1>), f64> {
    (y[[0, 0]] - y[[-1, 0]]) - (x[[0, 0]] - x[[0, -1]])
}

specimen!(Curl<2, 2> on [0, 1], reach 1, [&[0], &[1]] => [&[0, 1]],
    make() Curl, call(p) vec![curl(p.u(0), p.u(1))]);

/// Nodes to faces.
#[stencil]
pub fn rotated(s: Input<f64, 2, (Face<0>, Face<1>)>) -> (On<Face<0>, f64>, On<Face<1>, f64>) {
    (s[[0, 1]] - s[[0, 0]], s[[0, 0]] - s[[1, 0]])
}

specimen!(Rotated<2, 2> on [0, 1], reach 1, [&[0, 1]] => [&[0], &[1]],
    make() Rotated, call(p) { let (x, y) = rotated(p.u(0)); vec![x, y] });

/// Velocities on faces to stresses at cells and on edges, with moduli where they are needed.
#[stencil]
#[expect(clippy::type_complexity, reason = "a stress has six components")]
pub fn stress(
    x: Input<f64, 3, Face<0>>,
    y: Input<f64, 3, Face<1>>,
    z: Input<f64, 3, Face<2>>,
    lambda: Coef<f64, 3>,
    mu: Coef<f64, 3, (Face<0>, Face<1>)>,
) -> (
    f64,
    f64,
    f64,
    On<(Face<0>, Face<1>), f64>,
    On<(Face<0>, Face<2>), f64>,
    On<(Face<1>, Face<2>), f64>,
) {
    let dx = x[[1, 0, 0]] - x[[0, 0, 0]];
    let dy = y[[0, 1, 0]] - y[[0, 0, 0]];
    let dz = z[[0, 0, 1]] - z[[0, 0, 0]];
    let spherical = lambda[[0, 0, 0]] * (dx + dy + dz);
    let mean = 0.5 * (mu[[0, 0, 0]] + mu[[1, 1, 0]]);
    (
        spherical + 2.0 * mean * dx,
        spherical + 2.0 * mean * dy,
        spherical + 2.0 * mean * dz,
        mu[[0, 0, 0]] * (x[[0, 0, 0]] - x[[0, -1, 0]] + (y[[0, 0, 0]] - y[[-1, 0, 0]])),
        mu[[0, 1, 0]] * (x[[0, 0, 0]] - x[[0, 0, -1]] + (z[[0, 0, 0]] - z[[-1, 0, 0]])),
        mu[[1, 0, 0]] * (y[[0, 0, 0]] - y[[0, 0, -1]] + (z[[0, 0, 0]] - z[[0, -1, 0]])),
    )
}

specimen!(Stress<3, 3> on [0, 1, 2], reach 1, [&[0], &[1], &[2]] => [&[], &[], &[], &[0, 1], &[0, 2], &[1, 2]],
with [&[], &[0, 1]],
make(lambda, mu) Stress { lambda, mu },
call(p) {
    let (xx, yy, zz, xy, xz, yz) = stress(p.u(0), p.u(1), p.u(2), p.k(0), p.k(1));
    vec![xx, yy, zz, xy, xz, yz]
});

/// Stresses to accelerations on faces.
#[stencil]
pub fn acceleration(
    xx: Input<f64, 3>,
    yy: Input<f64, 3>,
    zz: Input<f64, 3>,
    xy: Input<f64, 3, (Face<0>, Face<1>)>,
    xz: Input<f64, 3, (Face<0>, Face<2>)>,
    yz: Input<f64, 3, (Face<1>, Face<2>)>,
    buoyancy: Coef<f64, 3, Face<0>>,
) -> (On<Face<0>, f64>, On<Face<1>, f64>, On<Face<2>, f64>) {
    let b = buoyancy[[0, 0, 0]];
    (
        b * (xx[[0, 0, 0]] - xx[[-1, 0, 0]]
            + (xy[[0, 1, 0]] - xy[[0, 0, 0]])
            + (xz[[0, 0, 1]] - xz[[0, 0, 0]])),
        b * (yy[[0, 0, 0]] - yy[[0, -1, 0]]
            + (xy[[1, 0, 0]] - xy[[0, 0, 0]])
            + (yz[[0, 0, 1]] - yz[[0, 0, 0]])),
        b * (zz[[0, 0, 0]] - zz[[0, 0, -1]]
            + (xz[[1, 0, 0]] - xz[[0, 0, 0]])
            + (yz[[0, 1, 0]] - yz[[0, 0, 0]])),
    )
}

specimen!(Acceleration<3, 3> on [0, 1, 2], reach 1,
[&[], &[], &[], &[0, 1], &[0, 2], &[1, 2]] => [&[0], &[1], &[2]], with [&[0]],
make(buoyancy) Acceleration { buoyancy },
call(p) {
    let (x, y, z) = acceleration(p.u(0), p.u(1), p.u(2), p.u(3), p.u(4), p.u(5), p.k(0));
    vec![x, y, z]
});

/// Weighted means of cells, weights at faces.
#[stencil]
pub fn average(u: Input<f64, 2>, k: Coef<f64, 2, Face<1>>) -> On<Face<1>, f64> {
    k[[0, 0]] * u[[0, 0]] / (k[[0, -1]] * k[[0, -1]] + k[[0, 1]] * k[[0, 1]] + 1.0)
        + (1.0 - k[[0, 0]]) * u[[0, -1]]
}

specimen!(Average<2, 2> on [0, 1], reach 1, [&[]] => [&[1]], with [&[1]],
    make(k) Average { k }, call(p) vec![average(p.u(0), p.k(0))]);

/// Cells to cells, with conductivities at the faces between them.
#[stencil]
pub fn diffusion(u: Input<f64, 2>, x: Coef<f64, 2, Face<0>>, y: Coef<f64, 2, Face<1>>) -> f64 {
    x[[1, 0]] * (u[[1, 0]] - u[[0, 0]]) - x[[0, 0]] * (u[[0, 0]] - u[[-1, 0]])
        + (y[[0, 1]] * (u[[0, 1]] - u[[0, 0]]) - y[[0, 0]] * (u[[0, 0]] - u[[0, -1]]))
}

specimen!(Diffusion<2, 2> on [0, 1], reach 1, [&[]] => [&[]], with [&[0], &[1]],
    make(x, y) Diffusion { x, y }, call(p) vec![diffusion(p.u(0), p.k(0), p.k(1))]);

/// Rows of their own at both ends of the output's points.
#[stencil]
pub fn one_sided(u: Input<f64, 1>, at: Position<1>) -> On<Face<0>, f64> {
    if at.from_low(0) < 1 {
        u[1] - u[0]
    } else if at.from_high(0) < 1 {
        u[-1] - u[-2]
    } else {
        (u[0] - u[-1]) * (1.0 + (at.index(0) as f64) / (at.extent(0) as f64))
    }
}

specimen!(OneSided<1, 1> on [0], reach 2, [&[]] => [&[0]],
    make() OneSided, call(p) vec![one_sided(p.u(0), p.at())]);

/// Outputs that end at different points, and rows of their own at the low end.
#[stencil]
pub fn starting(u: Input<f64, 2, Face<0>>, at: Position<2>) -> (f64, On<(Face<0>, Face<1>), f64>) {
    let first = at.from_low(0) < 1;
    if first && at.from_low(1) < 2 {
        (u[[1, 0]], 0.5 * u[[0, 0]])
    } else {
        (u[[1, 0]] - u[[0, 0]], u[[0, 0]] - u[[0, -1]])
    }
}

specimen!(Starting<2, 2> on [0, 1], reach 1, [&[0]] => [&[], &[0, 1]],
    make() Starting, call(p) { let (a, b) = starting(p.u(0), p.at()); vec![a, b] }, rows_differ true);

/// Fourth order: two cells on either side of a face.
#[stencil]
pub fn fourth(u: Input<f64, 1>) -> On<Face<0>, f64> {
    1.125 * (u[0] - u[-1]) - (u[1] - u[-2]) / 24.0
}

specimen!(Fourth<1, 1> on [0], reach 2, [&[]] => [&[0]],
    make() Fourth, call(p) vec![fourth(p.u(0))]);

/// Far more to one side, and from a field that ends a point later.
#[stencil]
pub fn leaning(u: Input<f64, 1, Face<0>>, v: Input<f64, 1>) -> (f64, On<Face<0>, f64>) {
    let ahead = u[3] - 0.25 * u[1];
    (ahead + v[-2], 2.0 * ahead - v[1] + v[0])
}

specimen!(Leaning<1, 1> on [0], reach 3, [&[0], &[]] => [&[], &[0]],
    make() Leaning, call(p) { let (a, b) = leaning(p.u(0), p.u(1)); vec![a, b] });

/// One value for three locations, so that its adjoint comes from all of them.
#[stencil]
#[allow(clippy::type_complexity)]
pub fn scattered(
    u: Input<f64, 2>,
    k: Coef<f64, 2, (Face<0>, Face<1>)>,
) -> (f64, On<Face<1>, f64>, On<(Face<0>, Face<1>), f64>) {
    let corner = k[[0, 0]] * (u[[-1, -1]] + u[[0, 0]]);
    (corner - u[[1, 1]], corner, corner * k[[-1, 1]] + u[[0, 1]])
}

specimen!(Scattered<2, 2> on [0, 1], reach 1, [&[]] => [&[], &[1], &[0, 1]], with [&[0, 1]],
    make(k) Scattered { k },
    call(p) { let (a, b, c) = scattered(p.u(0), p.k(0)); vec![a, b, c] });

/// Two of three axes, turned round: stencil axis 0 is the array's last.
#[stencil(axes = (2, 0))]
pub fn turned(
    u: Input<f64, 2, Face<2>>,
    v: Input<f64, 2, (Face<0>, Face<2>)>,
) -> (On<Face<0>, f64>, On<Face<2>, f64>) {
    (
        u[[1, 0]] - u[[0, -1]],
        v[[0, 1]] - v[[-1, 0]] + 0.5 * u[[0, 0]],
    )
}

specimen!(Turned<2, 3> on [2, 0], reach 1, [&[2], &[0, 2]] => [&[0], &[2]],
    make() Turned, call(p) { let (a, b) = turned(p.u(0), p.u(1)); vec![a, b] });

/// No neighbour at all.
#[stencil]
pub fn pointwise(u: Input<f64, 1, Face<0>>, v: Input<f64, 1>) -> (On<Face<0>, f64>, f64) {
    (2.0 * u[0], 3.0 * v[0] - u[0])
}

specimen!(Pointwise<1, 1> on [0], reach 0, [&[0], &[]] => [&[0], &[]],
    make() Pointwise, call(p) { let (a, b) = pointwise(p.u(0), p.u(1)); vec![a, b] });
