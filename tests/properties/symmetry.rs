//! An operator says that it is self-adjoint exactly where its matrix is symmetric, for every pair of boundary kinds and any
//! number of ranks.

use halo::stencil::{Stencil, Symmetry};
use halo::{Error, prelude::*};

#[stencil]
fn second(u: Input<f64, 1>, c: f64) -> f64 {
    c * (u[-1] - 2.0 * u[0] + u[1])
}

#[stencil]
fn fourth(u: Input<f64, 1>) -> f64 {
    -u[-2] + 16.0 * u[-1] - 30.0 * u[0] + 16.0 * u[1] - u[2]
}

#[stencil]
fn flux(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    (k[0] + k[1]) * (u[1] - u[0]) - (k[0] + k[-1]) * (u[0] - u[-1])
}

/// D k D, with a reach of two and weights that vary.
#[stencil]
fn wide_flux(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[1] * (u[2] - u[0]) - k[-1] * (u[0] - u[-2])
}

/// Symmetric for one value of its parameter.
#[stencil]
fn skewed(u: Input<f64, 1>, theta: f64) -> f64 {
    theta * u[1] + (1.0 - theta) * u[-1]
}

#[stencil]
fn own_rows(u: Input<f64, 1>, at: Position<1>, first: f64) -> f64 {
    if at.from_low(0) < 1 {
        first * u[0] + u[1]
    } else {
        u[-1] + u[1]
    }
}

#[stencil]
fn first_row_differs(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        2.0 * u[1]
    } else {
        u[-1] + u[1]
    }
}

#[stencil]
fn nine_points(u: Input<f64, 2>, c: f64) -> f64 {
    u[[-1, -1]] + u[[1, 1]] - c * (u[[-1, 1]] + u[[1, -1]]) + u[[0, 1]] + u[[0, -1]]
}

#[stencil]
fn coupled(u: Input<f64, 1>, v: Input<f64, 1>) -> (f64, f64) {
    (v[1] + u[0], u[-1] - v[0])
}

/// The operator's own answer, held against its matrix on one rank and against itself on several. All numbers are small
/// integers, so the entries are exact.
fn answers<K>(name: &str, make: impl Fn(&Grid<1>) -> K + Sync)
where
    K: Stencil<Scalar = f64>,
    StencilOperator<K, 1>: LinearOperator<Domain = Field<f64, 1>, Range = Field<f64, 1>>,
{
    const N: usize = 9;
    for (low, high) in Boundary::ALL
        .iter()
        .flat_map(|low| Boundary::ALL.map(|high| (*low, high)))
    {
        let answer = |ranks: usize| {
            halo::launch_on(ranks, |comm| {
                let grid = Grid::new(comm, [N])?;
                let placement = make(&grid).boundary_at(0, Side::Low, low);
                let Ok(operator) = placement.boundary_at(0, Side::High, high).on(&grid) else {
                    return Ok(None);
                };
                let symmetric = is_accepted(operator.check_self_adjoint());
                if comm.size() == 1 {
                    let unit = |j| operator.forward(&grid.field(|[i]| f64::from(u8::from(i == j))));
                    let columns: Vec<_> = (0..N).map(unit).collect::<halo::Result<_>>()?;
                    let entry = |i: usize, j: usize| columns[j].get([i]);
                    let expected = (0..N).all(|i| (0..N).all(|j| entry(i, j) == entry(j, i)));
                    assert_eq!(symmetric, expected, "{name} with {low} and {high}");
                }
                Ok(Some(symmetric))
            })
            .unwrap()
        };
        assert_eq!(answer(1), answer(3), "{name} with {low} and {high}");
    }
}

fn is_accepted(result: halo::Result) -> bool {
    match result {
        Ok(()) => true,
        Err(Error::NotSelfAdjoint { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn an_operator_is_accepted_exactly_where_its_matrix_is_symmetric() {
    let k = |grid: &Grid<1>| grid.field(|[i]| (1 + (7 * i) % 5) as f64).into();
    answers("second", |_| Second { c: 3.0 });
    answers("fourth", |_| Fourth);
    answers("flux", |grid| Flux { k: k(grid) });
    answers("wide flux", |grid| WideFlux { k: k(grid) });
    answers("centred", |_| Skewed { theta: 0.5 });
    answers("skewed", |_| Skewed { theta: 0.25 });
    answers("own rows", |_| OwnRows { first: 7.0 });
    answers("first row differs", |_| FirstRowDiffers);
}

#[test]
fn on_periodic_axes_the_formula_decides() -> halo::Result {
    let grid = Grid::builder(&Comm::solo(), [6, 7])
        .periodic([true, true])
        .build()?;
    NinePoints { c: 2.0 }.on(&grid)?.self_adjoint()?;
    Fourth.along([1]).on(&grid)?.self_adjoint()?;
    assert!(!is_accepted(
        Skewed { theta: 0.0 }.on(&grid)?.check_self_adjoint()
    ));
    Ok(())
}

/// A diagonal read meets the ghosts of another row, so the kinds that are harmless for a star are not for it.
#[test]
fn diagonal_reads_are_symmetric_with_zeros_alone() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [6, 7])?;
    for c in [-1.0, 2.0] {
        NinePoints { c }.on(&grid)?.self_adjoint()?;
        for kind in [Boundary::Clamp, Boundary::Mirror, Boundary::Antisymmetric] {
            let operator = NinePoints { c }.boundary_at(0, Side::Low, kind).on(&grid)?;
            // With c = -1 the weights are even along each axis, and the ghosts' share is symmetric too.
            assert_eq!(
                is_accepted(operator.check_self_adjoint()),
                c == -1.0,
                "{kind}"
            );
        }
    }
    Ok(())
}

#[test]
fn systems_are_symmetric_as_a_whole() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [6])?;
    Coupled.on(&grid)?.self_adjoint()?;
    let clamped = Coupled
        .boundary_at(0, Side::High, Boundary::Clamp)
        .on(&grid)?;
    let error = clamped.check_self_adjoint().unwrap_err().to_string();
    assert!(
        error.contains("not with Clamp at the high end of axis 0"),
        "{error}"
    );
    assert_eq!(Coupled::FACTS.symmetry, Symmetry::SelfAdjoint);
    Ok(())
}

#[test]
fn the_error_names_the_guilty_end_alone() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [6, 7])?;
    let operator = Second { c: 1.0 }
        .along([1])
        .boundary_at(1, Side::Low, Boundary::Mirror)
        .boundary_at(1, Side::High, Boundary::Extrapolate)
        .on(&grid)?;
    let error = operator.check_self_adjoint().unwrap_err().to_string();
    assert!(
        error.contains("not with Extrapolate at the high end of axis 1;"),
        "{error}"
    );
    let error = Skewed { theta: 0.25 }
        .on(&grid)?
        .check_self_adjoint()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("its formula is not, with these parameters"),
        "{error}"
    );
    Ok(())
}
