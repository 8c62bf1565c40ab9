//! Footprints of hundreds of points, whose sums the macro turns into loops over tables: the bits of the plain function on
//! any ranks, an exact adjoint, in rows of several strips.

use halo::launch_all;
use halo::operator::StencilExt;
use halo::prelude::*;
use halo::stencil::Stencil;
use ndarray::IntoDimension;

#[path = "common/random.rs"]
#[allow(dead_code)]
mod random;

use random::noise;

#[stencil]
fn box17(u: Input<f64, 2>, w: [[f64; 17]; 17]) -> f64 {
    let mut sum = 0.0;
    for i in -8..=8 {
        for j in -8..=8 {
            sum += w[(i + 8) as usize][(j + 8) as usize] * u[[i, j]];
        }
    }
    sum
}

/// Weights of either sign, and not all of one form.
#[stencil]
fn star16(u: Input<f64, 3>) -> f64 {
    const W: [f64; 17] = [
        -3.125,
        1.8,
        -0.4,
        0.16,
        -0.074,
        0.036,
        -0.017,
        8.2e-3,
        -3.8e-3,
        1.0 / 600.0,
        -7e-4,
        2.8e-4,
        -1e-4,
        3e-5,
        -9e-6,
        2e-6,
        -2e-7,
    ];
    let mut sum = 3.0 * W[0] * u[[0, 0, 0]];
    for r in 1..=16 {
        sum += W[r as usize] * (u[[-r, 0, 0]] + u[[r, 0, 0]]);
        sum -= W[r as usize] * (u[[0, -r, 0]] + u[[0, r, 0]]);
        sum += W[r as usize] * (u[[0, 0, -r]] + u[[0, 0, r]]);
    }
    sum
}

/// A coefficient read as far as the input, a factor that all terms share, and two outputs.
#[stencil]
fn moments(u: Input<f32, 2>, k: Coef<f32, 2>, scale: f32) -> (f32, f32) {
    let share = scale / (k[[0, 0]] + 2.0).sqrt();
    let (mut first, mut second) = (0.0, u[[0, 0]]);
    for i in -4..=4 {
        for j in -4..=4 {
            let near = share * (k[[i, j]] - k[[0, 0]]);
            first += near * u[[i, j]];
            second -= (i * j) as f32 * (u[[i, j]] - u[[0, 0]]);
        }
    }
    (first, second / 100.0)
}

/// Long sums in the branches of conditions on the position, a coefficient and a parameter.
#[stencil]
#[allow(clippy::assign_op_pattern)]
fn branches(u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, w: [f64; 81], wide: bool) -> f64 {
    let mut sum = 0.0;
    if at.from_low(0) < 3 {
        for o in 0..70 {
            sum = w[o as usize] * u[o] + sum;
        }
    } else if k[0] > 0.0 {
        for o in -40..=40 {
            if wide || k[o] > -0.5 {
                sum += w[(o + 40) as usize] / k[0] * u[o];
            }
        }
    } else {
        let weight = at.index(0) as f64 * k[-1];
        for o in (-40..=40).rev() {
            sum += weight * u[o] - w[(o + 40) as usize] * u[0];
        }
    }
    sum
}

/// Value of field `component` at a global index; zero beyond the ends.
fn cell<const D: usize>(component: usize, extent: [usize; D], index: [isize; D]) -> f64 {
    let inside = (0..D).all(|a| (0..extent[a] as isize).contains(&index[a]));
    let place = (0..D).fold(0, |place, a| place * 1009 + index[a].max(0) as usize);
    if inside {
        noise(5, component, place)
    } else {
        0.0
    }
}

fn window<T, const D: usize>(
    reach: isize,
    at: [isize; D],
    value: impl Fn([isize; D]) -> T,
) -> Input<T, D> {
    let width = [reach as usize; D];
    Input::window(width, width, |o| {
        value(std::array::from_fn(|a| at[a] + o[a]))
    })
}

/// Everything that one kernel is held to: `make` gives the stencil, `plain` the function's values at an index.
fn check<K, const D: usize>(
    extent: [usize; D],
    blocks: &[[usize; D]],
    make: impl Fn(&Grid<D>) -> K + Sync,
    apply: impl Fn(&StencilOperator<K, D>, &Grid<D>) -> halo::Result<Vec<Vec<f64>>> + Sync,
    plain: impl Fn([isize; D]) -> Vec<f64>,
    every: usize,
) where
    K: Stencil,
    StencilOperator<K, D>: LinearOperator,
{
    let mut first: Option<Vec<Vec<f64>>> = None;
    for process_grid in blocks {
        let ranks = process_grid.iter().product();
        let values = launch_all(ranks, |comm| {
            let grid = Grid::builder(comm, extent)
                .process_grid(*process_grid)
                .build()?;
            for boundary in [Boundary::Mirror, Boundary::Zero] {
                let operator = make(&grid).boundary(boundary).on(&grid)?;
                operator.exact_adjoint_test()?;
                if boundary == Boundary::Zero {
                    return apply(&operator, &grid);
                }
            }
            unreachable!("the last boundary returns")
        });
        let values = values.expect("the operator works").swap_remove(0);
        let expected = first.get_or_insert_with(|| values.clone());
        assert!(
            bits(&values) == bits(expected),
            "{process_grid:?} gives other bits"
        );
    }
    let values = first.expect("at least one process grid");
    let cells = extent.iter().product();
    for place in (0..cells).step_by(every) {
        let mut rest = place;
        let mut index = [0; D];
        for axis in (0..D).rev() {
            index[axis] = (rest % extent[axis]) as isize;
            rest /= extent[axis];
        }
        let expected = plain(index);
        let found: Vec<f64> = values[..expected.len()]
            .iter()
            .map(|output| output[place])
            .collect();
        assert_eq!(bits(&[found]), bits(&[expected]), "at {index:?}");
    }
}

fn bits(values: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let bits = |array: &Vec<f64>| array.iter().map(|value| value.to_bits()).collect();
    values.iter().map(bits).collect()
}

/// Forward and adjoint of one scalar field, gathered.
fn applied<O, const D: usize>(operator: &O, grid: &Grid<D>) -> halo::Result<Vec<Vec<f64>>>
where
    O: LinearOperator<Domain = Field<f64, D>, Range = Field<f64, D>>,
    [usize; D]: IntoDimension,
{
    let extent = grid.extent();
    let x = grid.field(|index| cell(0, extent, index.map(|i| i as isize)));
    let y = operator.forward(&x)?;
    let z = operator.adjoint(&y)?;
    let all = |field: &Field<f64, D>| Ok(field.gather_all()?.iter().copied().collect());
    Ok(vec![all(&y)?, all(&z)?])
}

#[test]
fn a_box_of_289_points() {
    let w = std::array::from_fn(|i| std::array::from_fn(|j| noise(1, 0, 17 * i + j)));
    let extent = [40, 150];
    check(
        extent,
        &[[1, 1], [2, 1], [1, 3], [2, 2]],
        |_| Box17 { w },
        applied,
        |at| vec![box17(window(8, at, |index| cell(0, extent, index)), w)],
        7,
    );
}

#[test]
fn a_star_of_radius_16_in_three_axes() {
    let extent = [17, 33, 40];
    check(
        extent,
        &[[1, 1, 1], [1, 2, 1], [1, 1, 2], [1, 2, 2]],
        |_| Star16,
        applied,
        |at| vec![star16(window(16, at, |index| cell(0, extent, index)))],
        997,
    );
}

#[test]
fn two_outputs_and_a_coefficient() {
    let extent = [12, 300];
    let value = |component, index| cell(component, extent, index) as f32;
    // The coefficient goes on beyond the ends as at them.
    let clamped = |index: [isize; 2]| [index[0].clamp(0, 11), index[1].clamp(0, 299)];
    check(
        extent,
        &[[1, 1], [2, 1], [1, 3], [2, 2]],
        |grid| Moments {
            k: grid
                .field(|index| value(1, index.map(|i| i as isize)))
                .into(),
            scale: 0.7,
        },
        |operator, grid| {
            let x = grid.field(|index| value(0, index.map(|i| i as isize)));
            let y = operator.forward(&x)?;
            let z = operator.adjoint(&y)?;
            let all = |field: &Field<f32, 2>| {
                Ok(field
                    .gather_all()?
                    .iter()
                    .map(|value| f64::from(*value))
                    .collect())
            };
            Ok(vec![all(&y.0)?, all(&y.1)?, all(&z)?])
        },
        |at| {
            let u = window(4, at, |index| value(0, index));
            let k = window(4, at, |index| value(1, clamped(index)));
            let (first, second) = moments(u, k, 0.7);
            vec![f64::from(first), f64::from(second)]
        },
        5,
    );
}

#[test]
fn long_sums_in_branches() {
    let extent = [300];
    let w = std::array::from_fn(|o| noise(2, 0, o));
    for wide in [false, true] {
        check(
            extent,
            &[[1], [2], [3], [4]],
            |grid| Branches {
                k: grid
                    .field(|index| cell(1, extent, index.map(|i| i as isize)))
                    .into(),
                w,
                wide,
            },
            applied,
            |at| {
                let u = window(69, at, |index| cell(0, extent, index));
                let k = window(40, at, |index| {
                    cell(1, extent, index.map(|i| i.clamp(0, 299)))
                });
                vec![branches(
                    u,
                    k,
                    Position::new(at.map(|i| i as usize), extent),
                    w,
                    wide,
                )]
            },
            1,
        );
    }
}
