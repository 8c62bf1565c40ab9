//! Repeating gives the bits of as many single steps, whatever lies beyond the ends, on any ranks and threads, however deep
//! a pass and however small the cache that its tiles are cut for.

use halo::prelude::*;
use halo::stencil::{InPlace, Stencil};

#[stencil]
fn narrow(u: Input<f64, 1>) -> f64 {
    0.4 * u[-1] + 0.3 * u[0] + 0.25 * u[1]
}

#[stencil]
fn one_sided(u: Input<f64, 1>) -> f64 {
    0.6 * u[0] - 0.3 * u[3]
}

#[stencil]
fn own_rows(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        0.5 * (u[1] - u[0])
    } else {
        0.5 * u[-1] + u[1] / (2 + at.index(0)) as f64
    }
}

#[stencil]
fn lopsided(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    k[[0, 0]] * (u[[-2, 0]] - u[[1, 1]]) + k[[1, -1]] * u[[0, 0]] - 0.25 * u[[0, -1]]
}

/// Its adjoint has a field of intermediate values.
#[stencil]
fn scaled(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    let mut sum = -0.3 * u[[0, 0]];
    for d in 1..=4 {
        sum += 0.05 * ((u[[-d, 0]] + u[[d, 0]]) - 0.5 * (u[[0, -d]] + u[[0, d]]));
    }
    k[[0, 0]] * sum
}

#[stencil]
fn seven_point(u: Input<f64, 3>, k: Coef<f64, 3>) -> f64 {
    let sides = 0.2 * u[[0, -1, 0]] + 0.1 * u[[0, 1, 0]] + 0.15 * (u[[0, 0, -1]] - u[[0, 0, 1]]);
    k[[0, 0, 0]] * (u[[-1, 0, 0]] + 0.5 * u[[1, 0, 0]] - u[[0, 0, 0]]) + sides
}

#[stencil]
fn corners(u: Input<f64, 3>) -> f64 {
    let mut sum = 0.1 * u[[0, 0, 0]];
    for i in -1..=1 {
        for j in -2..=2 {
            sum += 0.05 * (u[[i, j, 1]] - u[[-i, j, -1]]);
        }
    }
    sum
}

#[stencil(overwrite = before)]
fn wave(before: Input<f32, 3>, now: Input<f32, 3>, c: Coef<f32, 3>) -> f32 {
    let mut sum = -2.9 * now[[0, 0, 0]];
    for k in 1..=4 {
        sum += 0.2 * (now[[-k, 0, 0]] + now[[k, 0, 0]] + now[[0, -k, 0]] + now[[0, k, 0]]);
        sum += 0.1 * (now[[0, 0, -k]] + now[[0, 0, k]]);
    }
    2.0 * now[[0, 0, 0]] - before[[0, 0, 0]] + c[[0, 0, 0]] * sum
}

#[stencil(overwrite = before)]
fn string(now: Input<f64, 1>, before: Input<f64, 1>, c: f64) -> f64 {
    2.0 * now[0] - before[0] + c * (now[-2] - now[-1] + now[1] - now[0])
}

/// A system: not tiled, and repeated all the same.
#[stencil]
fn rotate(u: Input<f64, 1>, v: Input<f64, 1>) -> (f64, f64) {
    (0.8 * u[0] - 0.6 * v[1], 0.6 * u[-1] + 0.8 * v[0])
}

#[stencil]
fn smooth_faces(u: Input<f64, 2, Face<0>>) -> On<Face<0>, f64> {
    0.3 * u[[-1, 0]] + 0.2 * u[[1, 0]] - 0.4 * u[[0, 1]]
}

/// A way of computing that must not show.
#[derive(Clone, Copy, Debug)]
struct Way {
    depth: Option<usize>,
    threads: usize,
    cache: usize,
}

const TIMES: [usize; 4] = [0, 1, 2, 7];

fn ways() -> impl Iterator<Item = Way> {
    let way = |(depth, threads, cache)| Way {
        depth,
        threads,
        cache,
    };
    [
        (None, 2, 0),
        (None, 3, 1 << 30),
        (Some(1), 1, 0),
        (Some(2), 1, 0),
        (Some(2), 3, 1 << 30),
        (Some(3), 1, 1 << 12),
        (Some(4), 1, 0),
        (Some(5), 2, 1 << 12),
    ]
    .into_iter()
    .map(way)
}

/// Tries `check` with every kind at the ends, periodic axes, on several ranks.
fn everywhere<const D: usize>(
    extent: [usize; D],
    check: impl Fn(&Grid<D>, Boundary) -> halo::Result + Sync,
) {
    for ranks in [1, 2, 4] {
        halo::launch_on(ranks, |comm| {
            let periodics = [0, 1, D].map(|first| std::array::from_fn(|axis| axis >= first));
            for periodic in periodics {
                let grid = Grid::builder(comm, extent).periodic(periodic).build()?;
                for kind in Boundary::ALL {
                    check(&grid, kind)?;
                }
            }
            Ok(())
        })
        .unwrap();
    }
}

fn bits<S: Scalar<Real: Into<f64>>, const D: usize, L: Location>(
    field: &Field<S, D, L>,
) -> Vec<u64> {
    let own = field.block().indices();
    own.filter_map(|index| field.get(index.map(|i| i as usize)))
        .map(|value| {
            let value: f64 = value.re().into();
            if value.is_nan() {
                u64::MAX
            } else {
                value.to_bits()
            }
        })
        .collect()
}

/// Repeated and single applications of a stencil, forward and adjoint.
fn repeats_as_single_steps<K, L: Location, const D: usize>(
    operator: halo::Result<StencilOperator<K, D>>,
    x: &Field<f64, D, L>,
    kind: Boundary,
) -> halo::Result
where
    K: Stencil<Scalar = f64>,
    StencilOperator<K, D>: LinearOperator<Domain = Field<f64, D, L>, Range = Field<f64, D, L>>,
{
    let operator = match operator {
        Ok(operator) => operator,
        Err(halo::Error::AxisTooShort { .. } | halo::Error::ThinBlock { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut states = vec![(x.clone(), x.clone())];
    for _ in 0..7 {
        let (there, back) = &states[states.len() - 1];
        states.push((operator.forward(there)?, operator.adjoint(back)?));
    }
    let states: Vec<_> = states
        .iter()
        .map(|(there, back)| (bits(there), bits(back)))
        .collect();
    for way in ways() {
        operator.tune(|tuning| {
            (tuning.steps_per_pass, tuning.threads, tuning.cache) =
                (way.depth, way.threads, way.cache);
        })?;
        for times in TIMES {
            // Something else there before, beyond the ends as well.
            let mut there = operator.forward(x)?;
            operator.forward(&there)?;
            let mut back = x.zeros_like();
            operator.repeat_into(times, x, &mut there)?;
            operator.adjoint_repeat_into(times, x, &mut back)?;
            let found = (bits(&there), bits(&back));
            assert!(
                found == states[times],
                "{kind}, {times} times, {way:?}, {}",
                operator
            );
        }
    }
    Ok(())
}

#[test]
fn on_one_axis() {
    everywhere([23], |grid, kind| {
        let x = grid.random::<f64>(1);
        repeats_as_single_steps(Narrow.boundary(kind).on(grid), &x, kind)?;
        repeats_as_single_steps(OneSided.boundary(kind).on(grid), &x, kind)?;
        repeats_as_single_steps(OwnRows.boundary(kind).on(grid), &x, kind)
    });
}

#[test]
fn with_coefficients() {
    everywhere([14, 17], |grid, kind| {
        let x = grid.random::<f64>(1);
        let k = grid.random::<f64>(2).into();
        repeats_as_single_steps(Lopsided { k }.boundary(kind).on(grid), &x, kind)
    });
    assert!(Scaled::FACTS.adjoint.intermediates.is_some());
    everywhere([24, 21], |grid, kind| {
        let x = grid.random::<f64>(1);
        let k = grid.random::<f64>(2).into();
        repeats_as_single_steps(Scaled { k }.boundary(kind).on(grid), &x, kind)
    });
}

#[test]
fn on_three_axes() {
    everywhere([9, 12, 10], |grid, kind| {
        let x = grid.random::<f64>(1);
        let k = grid.random::<f64>(2).into();
        repeats_as_single_steps(SevenPoint { k }.boundary(kind).on(grid), &x, kind)
    });
    everywhere([8, 19, 7], |grid, kind| {
        let x = grid.random::<f64>(1);
        repeats_as_single_steps(Corners.boundary(kind).on(grid), &x, kind)
    });
}

/// Planes of a tile are batched over where the stencil acts on other axes.
#[test]
fn on_chosen_axes() {
    for axis in 0..3 {
        everywhere([6, 8, 7], |grid, kind| {
            let x = grid.random::<f64>(1);
            let along = Narrow.along([axis]);
            match grid.periodic()[axis] {
                true => repeats_as_single_steps(along.on(grid), &x, kind),
                false => repeats_as_single_steps(along.boundary(kind).on(grid), &x, kind),
            }
        });
    }
}

#[test]
fn on_faces() {
    everywhere([11, 9], |grid, kind| {
        let x = grid.random_at::<Face<0>, f64>(1);
        repeats_as_single_steps(SmoothFaces.boundary(kind).on(grid), &x, kind)
    });
}

#[test]
fn fields_without_margin_are_repeated_too() {
    everywhere([12, 9], |grid, kind| {
        // Made before the operator asks the grid for a margin.
        let x = grid.random::<f64>(1);
        let k = grid.random::<f64>(2).into();
        let Ok(operator) = Lopsided { k }.boundary(kind).on(grid) else {
            return Ok(());
        };
        let mut y = x.clone();
        operator.tune(|tuning| tuning.steps_per_pass = Some(3))?;
        operator.repeat_into(5, &x, &mut y)?;
        let mut expected = x.clone();
        for _ in 0..5 {
            expected = operator.forward(&expected)?;
        }
        assert_eq!(bits(&y), bits(&expected), "{kind}");
        Ok(())
    });
}

/// Pairs of states after so many steps, in one call and step by step.
fn steps_in_place<K, const D: usize>(
    step: halo::Result<StencilOperator<K, D>>,
    grid: &Grid<D>,
    kind: Boundary,
) -> halo::Result
where
    K: Stencil<Scalar: Scalar<Real: Into<f64>>>,
    K: InPlace<Kept<<K as Stencil>::Scalar, D> = Field<<K as Stencil>::Scalar, D>>,
    K: Stencil<Range<<K as Stencil>::Scalar, D> = Field<<K as Stencil>::Scalar, D>>,
{
    let step = match step {
        Ok(step) => step,
        Err(halo::Error::AxisTooShort { .. } | halo::Error::ThinBlock { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let start = || [1, 2].map(|seed| grid.random::<K::Scalar>(seed));
    let [mut now, mut before] = start();
    let mut states = vec![(bits(&now), bits(&before))];
    for _ in 0..7 {
        step.forward_in_place(&now, &mut before)?;
        std::mem::swap(&mut now, &mut before);
        states.push((bits(&now), bits(&before)));
    }
    for way in ways() {
        step.tune(|tuning| {
            (tuning.steps_per_pass, tuning.threads, tuning.cache) =
                (way.depth, way.threads, way.cache);
        })?;
        for times in TIMES {
            let [mut now, mut before] = start();
            step.repeat_in_place(times, &mut now, &mut before)?;
            let found = (bits(&now), bits(&before));
            assert!(
                found == states[times],
                "{kind}, {times} times, {way:?}, {step}"
            );
        }
    }
    Ok(())
}

#[test]
fn in_place() {
    everywhere([17, 21, 10], |grid, kind| {
        let c = grid.random::<f32>(3).into();
        steps_in_place(Wave { c }.boundary(kind).on(grid), grid, kind)
    });
    everywhere([40], |grid, kind| {
        steps_in_place(String { c: 0.3 }.boundary(kind).on(grid), grid, kind)
    });
}

#[test]
fn systems_go_step_by_step() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [20])?;
    let operator = Rotate.boundary(Boundary::Mirror).on(&grid)?;
    let x = (grid.random::<f64>(1), grid.random::<f64>(2));
    let expected = operator.forward(&operator.forward(&operator.forward(&x)?)?)?;
    let found = operator.repeat(3, &x)?;
    assert_eq!(
        (bits(&found.0), bits(&found.1)),
        (bits(&expected.0), bits(&expected.1))
    );
    let back = operator.adjoint(&operator.adjoint(&x)?)?;
    let mut found = operator.zero_domain();
    operator.adjoint_repeat_into(2, &x, &mut found)?;
    assert_eq!(
        (bits(&found.0), bits(&found.1)),
        (bits(&back.0), bits(&back.1))
    );
    Ok(())
}

/// Large enough for a tile's planes to be cut between workers.
#[test]
fn on_many_threads() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [60, 96, 70])?;
    let k = grid.random::<f64>(2).into();
    let operator = SevenPoint { k }.boundary(Boundary::Extrapolate).on(&grid)?;
    let x = grid.random::<f64>(1);
    let mut expected = x.clone();
    for _ in 0..6 {
        expected = operator.forward(&expected)?;
    }
    for threads in [1, 2, 3, 7] {
        for cache in [1 << 16, 3 << 20, 1 << 30] {
            operator.tune(|tuning| {
                (tuning.threads, tuning.cache) = (threads, cache);
                tuning.steps_per_pass = (cache == 1 << 16).then_some(3);
            })?;
            let found = operator.repeat(6, &x)?;
            assert!(
                found.view() == expected.view(),
                "{threads} threads, {cache} bytes"
            );
        }
    }
    Ok(())
}
