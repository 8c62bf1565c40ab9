//! The operator of a coefficient is the kernel itself: A(k) u bit for bit, for every boundary kind of the input and of the
//! coefficients and any ranks, with an exact adjoint, which is the gradient with respect to k.

use halo::field::{FieldSet, Values};
use halo::prelude::*;
use halo::stencil::Stencil;

#[stencil]
fn flux(u: Input<f64, 1>, k: Coef<f64, 1>, inv_h2: f64) -> f64 {
    inv_h2 * ((k[0] + k[1]) * (u[1] - u[0]) - (k[0] + k[-1]) * (u[0] - u[-1]))
}

/// Linear in `k`, not in `rho`; asymmetric in both.
#[stencil]
fn far(u: Input<f64, 1>, rho: Coef<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[1] * (u[2] - u[-1]) / rho[-1].sqrt() + k[-2] * u[0]
}

#[stencil]
fn own_rows(u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        k[0] * (u[1] - u[0])
    } else if at.from_high(0) < 1 {
        k[-1] * u[-1]
    } else {
        k[0] * (u[1] - u[-1])
    }
}

#[stencil]
fn coupled(u: Input<f64, 1>, v: Input<f64, 1>, k: Coef<f64, 1>) -> (f64, f64) {
    (k[0] * u[1] + k[1] * v[0], k[0] * v[-1] - k[0] * u[0])
}

#[stencil]
fn on_a_plane(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    k[[0, 0]] * (u[[1, 1]] - u[[0, -1]]) + k[[1, 0]] * u[[-1, 0]]
}

/// From cells to faces of both axes, each with a face of the coefficient between.
#[stencil]
fn fluxes(u: Input<f64, 2>, k: Coef<f64, 2, Face<0>>) -> (On<Face<0>, f64>, On<Face<1>, f64>) {
    (
        k[[0, 0]] * (u[[0, 0]] - u[[-1, 0]]),
        (k[[0, 0]] + k[[1, 0]] + k[[0, -1]]) * (u[[0, 1]] - u[[0, -1]]),
    )
}

/// Over any numbers, with a real weight.
#[stencil]
fn weighted<T: Scalar>(u: Input<T, 1>, k: Coef<T, 1>, weight: T::Real) -> T {
    (k[0] * u[1] - k[-1] * u[-1]) / weight
}

/// What a kernel and the operator of one of its coefficients have in common: how they are placed.
struct Place<'a, const D: usize> {
    grid: &'a Grid<D>,
    ends: [Boundary; 2],
    coefficients: Boundary,
}

impl<const D: usize> Place<'_, D> {
    fn put<K: Stencil>(&self, kernel: K) -> halo::Result<StencilOperator<K, D>> {
        let mut placement = kernel.coefficient_boundary(self.coefficients);
        for axis in (0..D).filter(|axis| !self.grid.periodic()[*axis]) {
            for (side, kind) in [Side::Low, Side::High].into_iter().zip(self.ends) {
                placement = placement.boundary_at(axis, side, kind);
            }
        }
        placement.on(self.grid)
    }
}

/// Tries `check` in many places. It says whether the kernel could be placed there at all.
fn everywhere<const D: usize>(
    extent: [usize; D],
    check: impl Fn(&Place<'_, D>) -> halo::Result<bool> + Sync,
) {
    for ranks in [1, 2, 3, 4] {
        let tried = halo::launch_all(ranks, |comm| {
            let mut placed = 0;
            for periodic in [[false; D], std::array::from_fn(|axis| axis == 0)] {
                let grid = Grid::builder(comm, extent).periodic(periodic).build()?;
                for (number, low) in Boundary::ALL.into_iter().enumerate() {
                    for coefficients in Boundary::ALL {
                        let ends = [low, Boundary::ALL[(number * 2 + 1) % 9]];
                        let place = Place {
                            grid: &grid,
                            ends,
                            coefficients,
                        };
                        placed += usize::from(check(&place)?);
                    }
                }
            }
            Ok(placed)
        });
        let tried = tried.unwrap();
        assert!(tried.iter().all(|placed| *placed == tried[0]));
        assert!(tried[0] >= 40, "{tried:?} of 162 places");
    }
}

/// Whether both could be placed: then A(k) u is B(u) k bit for bit, and the adjoint of B is exact.
fn agree<A, B, const D: usize>(
    place: &Place<'_, D>,
    a: A,
    b: B,
    u: &<StencilOperator<A, D> as LinearOperator>::Domain,
    k: &<StencilOperator<B, D> as LinearOperator>::Domain,
) -> halo::Result<bool>
where
    A: Stencil,
    B: Stencil,
    StencilOperator<A, D>: LinearOperator<Range: FieldSet<f64, D>>,
    StencilOperator<B, D>: LinearOperator<Range: FieldSet<f64, D>>,
{
    let (Ok(a), Ok(b)) = (place.put(a), place.put(b)) else {
        return Ok(false);
    };
    assert_eq!(bits(&a.forward(u)?), bits(&b.forward(k)?));
    b.exact_adjoint_test()?;
    Ok(true)
}

/// The bits of all values. A coefficient that is odd or zero beyond the end may have a root that is no number: it is none
/// on both sides, with whatever bits.
fn bits<const D: usize>(fields: &impl FieldSet<f64, D>) -> Vec<Option<u64>> {
    let of_field = |field: &&Values<f64, D>| -> Vec<Option<u64>> {
        let own = field.block().indices();
        let values = own.filter_map(|index| field.get(index.map(|i| i as usize)));
        values
            .map(|value| Some(value.to_bits()).filter(|_| !value.is_nan()))
            .collect()
    };
    fields.with(|fields| fields.iter().flat_map(of_field).collect())
}

#[test]
fn a_flux_is_linear_in_its_coefficient() {
    everywhere([13], |place| {
        let [u, k] = [3, 4].map(|seed| place.grid.random::<f64>(seed));
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| Flux { k, inv_h2: 0.7 });
        agree(place, a, b.wrt_k(&u), &u, &k)
    });
}

#[test]
fn other_coefficients_stay_coefficients() {
    everywhere([17], |place| {
        let [u, k] = [3, 4].map(|seed| place.grid.random::<f64>(seed));
        let rho = place.grid.field(|[i]| 1.0 + (i % 5) as f64);
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| Far {
            rho: (&rho).into(),
            k,
        });
        agree(place, a, b.wrt_k(u.clone()), &u, &k)
    });
}

#[test]
fn rows_of_their_own_stay_so() {
    everywhere([13], |place| {
        let [u, k] = [3, 4].map(|seed| place.grid.random::<f64>(seed));
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| OwnRows { k });
        agree(place, a, b.wrt_k(&u), &u, &k)
    });
}

#[test]
fn all_inputs_of_a_system_are_held_fixed() {
    everywhere([13], |place| {
        let [u, v, k] = [3, 4, 5].map(|seed| place.grid.random::<f64>(seed));
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| Coupled { k });
        let b = b.wrt_k(&u, &v);
        agree(place, a, b, &(u, v), &k)
    });
}

#[test]
fn corners_are_those_of_the_input() {
    everywhere([9, 8], |place| {
        let [u, k] = [3, 4].map(|seed| place.grid.random::<f64>(seed));
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| OnAPlane { k });
        agree(place, a, b.wrt_k(&u), &u, &k)
    });
}

#[test]
fn locations_go_with_the_fields() {
    everywhere([9, 8], |place| {
        let u = place.grid.random::<f64>(3);
        let k = place.grid.random_at::<Face<0>, f64>(4);
        let [a, b] = [(&k).into(), 0.0.into()].map(|k| Fluxes { k });
        agree(place, a, b.wrt_k(&u), &u, &k)
    });
}

#[test]
fn complex_coefficients_have_conjugate_adjoints() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [9])?;
    let [u, k] = [3, 4].map(|seed| grid.random::<Complex<f64>>(seed));
    let weight = 0.75;
    let a = Weighted {
        k: (&k).into(),
        weight,
    }
    .boundary(Boundary::Mirror)
    .on(&grid)?;
    let b = Weighted {
        k: (&k).into(),
        weight,
    }
    .wrt_k(&u)
    .boundary(Boundary::Mirror)
    .on(&grid)?;
    assert_eq!(a.forward(&u)?.view(), b.forward(&k)?.view());
    b.exact_adjoint_test()
}

/// The gradient of J(k) = |A(k) u - d|^2 / 2 is B^T (A(k) u - d), B being the operator of k.
#[test]
fn the_adjoint_gives_the_gradient() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [40])?;
    let [u, k, d, step] = [1, 2, 3, 4].map(|seed| grid.random::<f64>(seed));
    let inv_h2 = 1.5;
    let residual = |k: &Field<f64, 1>| -> halo::Result<Field<f64, 1>> {
        let operator = Flux {
            k: k.into(),
            inv_h2,
        }
        .boundary(Boundary::Mirror)
        .on(&grid)?;
        let mut residual = operator.forward(&u)?;
        residual.axpy(-1.0, &d)?;
        Ok(residual)
    };
    let objective = |k: &Field<f64, 1>| residual(k).and_then(|r| Ok(0.5 * r.dot(&r)?));
    let of_k = Flux {
        k: 0.0.into(),
        inv_h2,
    }
    .wrt_k(&u)
    .boundary(Boundary::Mirror)
    .on(&grid)?;
    let gradient = of_k.adjoint(&residual(&k)?)?;
    // J is quadratic, so that central differences are exact but for rounding.
    let mut there = k.clone();
    there.axpy(0.5, &step)?;
    let mut back = k.clone();
    back.axpy(-0.5, &step)?;
    let (difference, slope) = (objective(&there)? - objective(&back)?, gradient.dot(&step)?);
    assert!(
        (difference - slope).abs() < 1e-10 * slope.abs(),
        "{difference} {slope}"
    );
    Ok(())
}
