//! Banks of filters: convolutions whose filter changes from point to point, against the formula written out, against
//! reference results, and exactly adjoint.

use halo::io::npy;
use halo::launch_all;
use halo::operator::StencilExt;
use halo::prelude::*;
use ndarray::{Array2, Array3, Array4};

#[path = "common/random.rs"]
#[allow(dead_code)]
mod random;

use random::noise;

#[stencil]
fn convolve(x: Input<f64, 1>, h: Bank<[f64; 65], 1>) -> f64 {
    let mut sum = 0.0;
    for k in -32..=32 {
        sum += h[[-k]][(k + 32) as usize] * x[-k];
    }
    sum
}

/// Few enough taps to stay unrolled, a filter with a name, and a second bank.
#[stencil]
fn derivative(
    x: Input<f32, 1>,
    h: Bank<[f32; 3], 1>,
    g: Bank<[f32; 1], 1>,
    at: Position<1>,
) -> f32 {
    let filter = h[[0]];
    let inner = filter[0] * x[-1] + filter[1] * x[0] + filter[2] * x[1];
    if at.from_high(0) < 2 {
        g[[-1]][0] * x[-1]
    } else {
        inner - g[[1]][0] * x[0]
    }
}

#[stencil]
fn spread(x: Input<f64, 2>, h: Bank<[[f64; 5]; 3], 2>) -> f64 {
    let mut sum = 0.0;
    for i in -1..=1 {
        for j in -2..=2 {
            sum += h[[-i, -j]][(i + 1) as usize][(j + 2) as usize] * x[[-i, -j]];
        }
    }
    sum
}

fn bits<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    values.into_iter().map(|value| value.to_bits()).collect()
}

fn value(index: isize, extent: usize) -> f64 {
    let inside = (0..extent as isize).contains(&index);
    if inside {
        noise(3, 0, index as usize)
    } else {
        0.0
    }
}

/// Rows of several strips and of several cells of the lattice, centres that are no whole numbers.
#[test]
fn any_ranks_give_the_bits_of_the_plain_function() {
    const N: usize = 300;
    let filters = Array2::from_shape_fn((7, 65), |(m, k)| noise(4, m, k));
    let bank = || FilterBank::new(&filters, [20.5], [37.25]).expect("a bank");
    for process_grid in [[1, 1], [1, 2], [2, 2], [1, 4]] {
        let ranks = process_grid.iter().product();
        launch_all(ranks, |comm| {
            let grid = Grid::builder(comm, [3, N])
                .process_grid(process_grid)
                .build()?;
            let mirrored = Convolve { h: bank() }
                .along([1])
                .boundary(Boundary::Mirror)
                .on(&grid)?;
            mirrored.exact_adjoint_test()?;
            let operator = Convolve { h: bank() }.along([1]).on(&grid)?;
            operator.exact_adjoint_test()?;
            let x = grid.field(|[i, j]| (i + 1) as f64 * value(j as isize, N));
            let y = operator.forward(&x)?.gather_all()?;
            for (i, j) in (0..3).flat_map(|i| (0..N).map(move |j| (i, j))) {
                let at = j as isize;
                let u = Input::window([32], [32], |[o]| (i + 1) as f64 * value(at + o, N));
                let h = Bank::window([32], [32], |[o]| bank().at([at + o]));
                assert_eq!(bits(&[y[[i, j]]]), bits(&[convolve(u, h)]), "at {i}, {j}");
            }
            Ok(())
        })
        .expect("the operator works");
    }
}

#[test]
fn two_banks_conditions_and_periodic_axes() {
    const N: usize = 140;
    let filters = Array2::from_shape_fn((5, 3), |(m, k)| noise(5, m, k) as f32);
    let weights = Array2::from_shape_fn((2, 1), |(m, _)| noise(6, m, 0) as f32);
    for (ranks, periodic) in [(1, false), (2, true), (3, false), (4, true)] {
        let bits = launch_all(ranks, |comm| {
            let grid = Grid::builder(comm, [N]).periodic([periodic]).build()?;
            let (h, g) = (
                FilterBank::new(&filters, [0.0], [31.0])?,
                FilterBank::new(&weights, [-20.0], [200.0])?,
            );
            let operator = Derivative {
                h: h.clone(),
                g: g.clone(),
            }
            .on(&grid)?;
            operator.exact_adjoint_test()?;
            let x = grid.field(|[i]| value(i as isize, N) as f32);
            let y = operator.forward(&x)?.gather_all()?;
            for i in 0..N as isize {
                let wrapped = |o: isize| match periodic {
                    true => (i + o).rem_euclid(N as isize),
                    false => i + o,
                };
                let u = Input::window([1], [1], |[o]| value(wrapped(o), N) as f32);
                let h = Bank::window([1], [1], |[o]| h.at([wrapped(o)]));
                let g = Bank::window([1], [1], |[o]| g.at([wrapped(o)]));
                let expected = derivative(u, h, g, Position::new([i as usize], [N]));
                assert_eq!(y[[i as usize]].to_bits(), expected.to_bits(), "at {i}");
            }
            operator.update(|derivative| derivative.h = derivative.h.clone())?;
            let again = operator.forward(&x)?.gather_all()?;
            assert_eq!(again, y);
            Ok(y.map(|value| value.to_bits()))
        })
        .expect("the operator works");
        assert!(bits.iter().all(|other| *other == bits[0]));
    }
}

/// The stencil axes the right way round and exchanged: the row runs along either.
#[test]
fn two_axes() {
    let filters =
        Array4::from_shape_fn((3, 4, 3, 5), |(m, n, k, l)| noise(7, 4 * m + n, 5 * k + l));
    for (ranks, axes) in [(1, [0, 1]), (1, [1, 0]), (4, [0, 1]), (3, [1, 0])] {
        launch_all(ranks, |comm| {
            let grid = Grid::new(comm, [20, 150])?;
            let extent = axes.map(|axis| grid.extent()[axis]);
            let bank = FilterBank::new(&filters, [1.0, 2.0], [6.0, 4.5])?;
            let operator = Spread { h: bank.clone() }.along(axes).on(&grid)?;
            operator.exact_adjoint_test()?;
            let x = |at: [isize; 2]| value(at[0], extent[0]) * value(at[1], extent[1]);
            let on_stencil = |index: [usize; 2]| axes.map(|axis| index[axis] as isize);
            let field = grid.field(|index| x(on_stencil(index)));
            let y = operator.forward(&field)?.gather_all()?;
            for (index, found) in y.indexed_iter() {
                let at = on_stencil([index.0, index.1]);
                let moved = |o: [isize; 2]| [at[0] + o[0], at[1] + o[1]];
                let u = Input::window([1, 2], [1, 2], |o| x(moved(o)));
                let h = Bank::window([1, 2], [1, 2], |o| bank.at(moved(o)));
                assert_eq!(found.to_bits(), spread(u, h).to_bits(), "at {index:?}");
            }
            Ok(())
        })
        .expect("the operator works");
    }
}

/// A filter of the reference's length, in three axes too.
#[stencil]
fn spread3(x: Input<f64, 3>, h: Bank<[[[f64; 5]; 3]; 3], 3>) -> f64 {
    let mut sum = 0.0;
    for i in -1..=1 {
        for j in -1..=1 {
            for k in -2..=2 {
                sum += h[[-i, -j, -k]][(i + 1) as usize][(j + 1) as usize][(k + 2) as usize]
                    * x[[-i, -j, -k]];
            }
        }
    }
    sum
}

/// Every input point spreads its own filter, written out.
#[test]
fn three_axes_against_the_formula() {
    let extent = [8usize, 7, 9];
    let filters = Array3::from_shape_fn((8, 3 * 3 * 5, 1), |(m, k, _)| noise(8, m, k));
    let filters = filters
        .into_shape_with_order((2, 2, 2, 3, 3, 5))
        .expect("as many");
    let (first, spacing) = ([2.0, 1.0, 2.0], [4.0, 3.0, 5.0]);
    let x = |i: usize, j: usize, k: usize| noise(9, 0, (i * 7 + j) * 9 + k);
    // Trilinear by the textbook: the sum over the corners of products of weights.
    let filter = |at: [usize; 3], entry: [usize; 3]| {
        let mut sum = 0.0;
        for corner in 0..8usize {
            let mut weight = 1.0;
            let mut centre = [0; 3];
            for axis in 0..3 {
                let t = ((at[axis] as f64 - first[axis]) / spacing[axis]).clamp(0.0, 1.0);
                centre[axis] = corner >> axis & 1;
                weight *= if centre[axis] == 1 { t } else { 1.0 - t };
            }
            let [[a, b, c], [d, e, f]] = [centre, entry];
            sum += weight * filters[[a, b, c, d, e, f]];
        }
        sum
    };
    let mut expected = Array3::<f64>::zeros(extent);
    for (i, j, k) in ndarray::indices(extent) {
        for (a, b, c) in ndarray::indices([3, 3, 5]) {
            let to = [i + a, j + b, k + c];
            let low = [1, 1, 2];
            if (0..3).all(|axis| to[axis] >= low[axis] && to[axis] - low[axis] < extent[axis]) {
                let to = [to[0] - 1, to[1] - 1, to[2] - 2];
                expected[to] += filter([i, j, k], [a, b, c]) * x(i, j, k);
            }
        }
    }
    launch_all(4, |comm| {
        let grid = Grid::new(comm, extent)?;
        let h = FilterBank::new(&filters, first, spacing)?;
        let operator = Spread3 { h }.on(&grid)?;
        operator.exact_adjoint_test()?;
        let y = operator
            .forward(&grid.field(|[i, j, k]| x(i, j, k)))?
            .gather_all()?;
        for (found, expected) in y.iter().zip(&expected) {
            assert!(
                (found - expected).abs() < 1e-13,
                "{found} instead of {expected}"
            );
        }
        Ok(())
    })
    .expect("the operator works");
}

/// A convolution with filters of this many entries, and its results by another program.
macro_rules! reference {
    ($test:ident, $kernel:ident, $structure:ident, $entries:literal, $case:literal, $axis:literal, $shape:expr, $first:literal, $spacing:literal,
     [$x:literal, $yy:literal, $filters:literal]) => {
        #[stencil]
        fn $kernel(x: Input<f64, 1>, h: Bank<[f64; $entries], 1>) -> f64 {
            const HALF: isize = $entries / 2;
            let mut sum = 0.0;
            for k in -HALF..=HALF {
                sum += h[[-k]][(k + HALF) as usize] * x[-k];
            }
            sum
        }

        #[test]
        fn $test() {
            const FOLDER: &str = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/golden/nonstat_convolve_1d/"
            );
            let path = |name: &str| format!("{FOLDER}{name}");
            for ranks in 1..=4 {
                launch_all(ranks, |comm| {
                    let grid = Grid::new(comm, $shape)?;
                    // Small enough for every rank to hold whole.
                    let solo = Comm::solo();
                    let filters = path($filters);
                    let filters: Field<f64, 2> =
                        npy::read(&Grid::new(&solo, npy::shape(&filters)?)?, &filters)?;
                    let h = FilterBank::new(&filters.view(), [$first], [$spacing])?;
                    let operator = $structure { h }.along([$axis]).on(&grid)?;
                    operator.exact_adjoint_test()?;
                    let read = |name: &str| npy::read::<f64, _>(&grid, path(name));
                    let close = |found: &Field<f64, _>, name: &str| {
                        let expected = read(name)?;
                        for (found, expected) in found.view().iter().zip(expected.view()) {
                            let difference = (found - expected).abs();
                            assert!(difference <= 1e-12, "{name}: {found} instead of {expected}");
                        }
                        Ok::<(), halo::Error>(())
                    };
                    close(&operator.forward(&read($x)?)?, concat!($case, ".y.npy"))?;
                    close(&operator.adjoint(&read($yy)?)?, concat!($case, ".aty.npy"))
                })
                .expect("the operator works");
            }
        }
    };
}

reference!(
    reference_5,
    convolve5,
    Convolve5,
    5,
    "ns1_rand0_40_a0",
    0,
    [40],
    5.0,
    10.0,
    ["x_40.npy", "yy_40.npy", "hs_rand0.npy"]
);
reference!(
    reference_9,
    convolve9,
    Convolve9,
    9,
    "ns1_rand5_6x31_a1",
    1,
    [6, 31],
    7.0,
    8.0,
    ["x_6x31.npy", "yy_6x31.npy", "hs_rand5.npy"]
);
reference!(
    reference_29,
    convolve29,
    Convolve29,
    29,
    "ns1_ricker_r2",
    0,
    [128],
    16.0,
    32.0,
    ["x_128.npy", "yy_128.npy", "hs_ricker_r2.npy"]
);
