//! A step in place gives the bits of the step that is not, whatever lies beyond the ends, on any ranks and threads, and is
//! transposed by its adjoint.

use halo::prelude::*;

#[stencil(overwrite = before)]
fn leapfrog(now: Input<f64, 2>, before: Input<f64, 2>, c2: Coef<f64, 2>) -> f64 {
    let laplacian = now[[-1, 0]] + now[[1, 0]] + now[[0, -1]] + now[[0, 1]] - 4.0 * now[[0, 0]];
    2.0 * now[[0, 0]] - before[[0, 0]] + c2[[0, 0]] * laplacian
}

/// The velocities of a staggered wave, each over itself.
#[stencil(overwrite = (vx, vy))]
fn accelerate(
    vx: Input<f64, 2, Face<0>>,
    p: Input<f64, 2>,
    vy: Input<f64, 2, Face<1>>,
    dt: f64,
) -> (On<Face<0>, f64>, On<Face<1>, f64>) {
    (
        vx[[0, 0]] - dt * (p[[0, 0]] - p[[-1, 0]]),
        0.5 * vy[[0, 0]] - dt * (p[[0, 0]] - p[[0, -1]]),
    )
}

/// Nothing is kept: both inputs are overwritten, and each output needs both.
#[stencil(overwrite = (b, a))]
fn turn(a: Input<f64, 1>, b: Input<f64, 1>, k: Coef<f64, 1>) -> (f64, f64) {
    (k[0] * a[0] - b[0], a[0] + k[1] * b[0])
}

#[stencil(overwrite = before)]
fn own_rows(before: Input<f64, 1>, now: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 2 {
        now[1] - before[0] * at.index(0) as f64
    } else {
        now[-2] + before[0] / (1 + at.index(0)) as f64
    }
}

const KINDS: [Boundary; 5] = [
    Boundary::Zero,
    Boundary::Clamp,
    Boundary::Mirror,
    Boundary::Extrapolate,
    Boundary::Valid,
];

/// On several ranks and threads, with rows longer than what is set aside at a time.
fn everywhere<const D: usize>(
    extent: [usize; D],
    check: impl Fn(&Grid<D>, Boundary, usize) -> halo::Result + Sync,
) {
    for ranks in [1, 2, 3, 4] {
        let outcome = halo::launch_on(ranks, |comm| {
            for periodic in [[false; D], [true; D]] {
                let grid = Grid::builder(comm, extent).periodic(periodic).build()?;
                for kind in KINDS {
                    for threads in [1, 2] {
                        check(&grid, kind, threads)?;
                    }
                }
            }
            Ok(())
        });
        outcome.unwrap();
    }
}

fn bits<const D: usize, L: Location>(field: &Field<f64, D, L>) -> Vec<u64> {
    let own = field.block().indices();
    own.filter_map(|index| field.get(index.map(|i| i as usize)))
        .map(f64::to_bits)
        .collect()
}

#[test]
fn one_input_is_kept() {
    everywhere([7, 1100], |grid, kind, threads| {
        let c2 = grid.random::<f64>(9).into();
        let step = Leapfrog { c2 }.boundary(kind).on(grid)?;
        step.tune(|tuning| (tuning.threads, tuning.cache) = (threads, (threads - 1) << 30))?;
        let [now, before, other] = [1, 2, 3].map(|seed| grid.random::<f64>(seed));
        let expected = step.forward(&(now.clone(), before.clone()))?;
        let mut state = before;
        step.forward_in_place(&now, &mut state)?;
        assert_eq!(bits(&state), bits(&expected), "{kind}");

        let (of_now, of_before) = step.adjoint(&state)?;
        let mut sum = other.clone();
        sum.axpy(1.0, &of_now)?;
        let mut kept = other;
        step.adjoint_in_place(&mut kept, &mut state)?;
        assert_eq!(
            (bits(&kept), bits(&state)),
            (bits(&sum), bits(&of_before)),
            "{kind}"
        );
        step.exact_adjoint_test()
    });
}

#[test]
fn fields_of_a_system_are_overwritten_each() {
    everywhere([9, 700], |grid, kind, threads| {
        let step = Accelerate { dt: 0.1 }.boundary(kind).on(grid)?;
        step.tune(|tuning| (tuning.threads, tuning.cache) = (threads, (threads - 1) << 30))?;
        let vx = grid.random_at::<Face<0>, f64>(1);
        let vy = grid.random_at::<Face<1>, f64>(2);
        let p = grid.random::<f64>(3);
        let expected = step.forward(&(vx.clone(), p.clone(), vy.clone()))?;
        let mut state = (vx, vy);
        step.forward_in_place(&p, &mut state)?;
        let both =
            |(vx, vy): &(Field<f64, 2, Face<0>>, Field<f64, 2, Face<1>>)| (bits(vx), bits(vy));
        assert_eq!(both(&state), both(&expected), "{kind}");
        let (x, sum, y) = step.adjoint(&state)?;
        let mut kept = grid.zeros::<f64>();
        step.adjoint_in_place(&mut kept, &mut state)?;
        assert_eq!(
            (bits(&kept), both(&state)),
            (bits(&sum), both(&(x, y))),
            "{kind}"
        );
        Ok(())
    });
}

#[test]
fn nothing_need_be_kept() {
    everywhere([1500], |grid, kind, threads| {
        let k = grid.random::<f64>(9).into();
        let step = Turn { k }.boundary(kind).on(grid)?;
        step.tune(|tuning| (tuning.threads, tuning.cache) = (threads, (threads - 1) << 30))?;
        let [a, b] = [1, 2].map(|seed| grid.random::<f64>(seed));
        let expected = step.forward(&(a.clone(), b.clone()))?;
        // The first output takes the place of b, the second that of a.
        let mut state = (b, a);
        step.forward_in_place(&(), &mut state)?;
        assert_eq!(bits(&state.0), bits(&expected.0), "{kind}");
        assert_eq!(bits(&state.1), bits(&expected.1), "{kind}");
        let (of_a, of_b) = step.adjoint(&state)?;
        step.adjoint_in_place(&mut (), &mut state)?;
        assert_eq!(
            (bits(&state.0), bits(&state.1)),
            (bits(&of_b), bits(&of_a)),
            "{kind}"
        );
        Ok(())
    });
}

#[test]
fn rows_of_their_own_are_overwritten_too() {
    everywhere([900], |grid, kind, threads| {
        let step = OwnRows.boundary(kind).on(grid)?;
        step.tune(|tuning| (tuning.threads, tuning.cache) = (threads, (threads - 1) << 30))?;
        let [before, now] = [1, 2].map(|seed| grid.random::<f64>(seed));
        let expected = step.forward(&(before.clone(), now.clone()))?;
        let mut state = before;
        step.forward_in_place(&now, &mut state)?;
        assert_eq!(bits(&state), bits(&expected), "{kind}");
        Ok(())
    });
}

/// ⟨F (u, v), (a, b)⟩ = ⟨(u, v), Fᵀ (a, b)⟩ of ten steps there and ten back.
#[test]
fn steps_back_are_the_transpose_of_steps_there() -> halo::Result {
    halo::launch_on(3, |comm| {
        let grid = Grid::new(comm, [12, 13])?;
        let c2 = grid
            .field(|[i, j]| 0.1 + 0.01 * ((i + j) % 7) as f64)
            .into();
        let step = Leapfrog { c2 }.boundary(Boundary::Mirror).on(&grid)?;
        let [u, v, a, b] = [1, 2, 3, 4].map(|seed| grid.random::<f64>(seed));
        let (mut now, mut before) = (u.clone(), v.clone());
        for _ in 0..10 {
            step.forward_in_place(&now, &mut before)?;
            std::mem::swap(&mut now, &mut before);
        }
        let (mut of_now, mut of_before) = (a.clone(), b.clone());
        for _ in 0..10 {
            std::mem::swap(&mut of_now, &mut of_before);
            step.adjoint_in_place(&mut of_now, &mut of_before)?;
        }
        let there = now.dot(&a)? + before.dot(&b)?;
        let back = u.dot(&of_now)? + v.dot(&of_before)?;
        assert!(
            (there - back).abs() < 1e-10 * there.abs().max(1.0),
            "{there} {back}"
        );
        Ok(())
    })
}
