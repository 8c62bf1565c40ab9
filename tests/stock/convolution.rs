//! Non-stationary convolution against its definition written out, on any blocks, and what it refuses.

use std::cell::RefCell;
use std::collections::BTreeSet;

use halo::operator::Operator;
use halo::prelude::*;
use halo::stock::NonStationaryConvolution;
use halo::{Result, launch_all, launch_on};
use ndarray::{Array, ArrayD, Dimension, IxDyn};

/// Some number that is different for different arguments.
fn number(seed: usize, k: usize) -> f64 {
    ((seed * 37 + k) as f64 * 0.7311).sin()
}

/// Filters of shape (centres.., entries..).
fn filters(shape: &[usize]) -> ArrayD<f64> {
    let mut k = 0;
    Array::from_shape_fn(IxDyn(shape), |_| {
        k += 1;
        number(5, k)
    })
}

/// All indices of an array of that shape.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let all = ndarray::indices(IxDyn(shape)).into_iter();
    all.map(|index| index.as_array_view().to_vec()).collect()
}

/// Each sample spreads its own filter: the entry at a point is the sum over the centres around it of products of weights.
fn spread<const D: usize>(
    extent: [usize; D],
    axes: &[usize],
    centres: &[&[usize]],
    filters: &ArrayD<f64>,
    periodic: [bool; D],
) -> ArrayD<f64> {
    let n = axes.len();
    let size = &filters.shape()[n..];
    let mut y = ArrayD::zeros(IxDyn(&extent));
    for from in indices(&extent) {
        let (mut low, mut way) = (vec![0; n], vec![0.0; n]);
        for k in 0..n {
            let (at, list) = (from[axes[k]], centres[k]);
            let inside = at.clamp(list[0], list[list.len() - 1]);
            low[k] = list.iter().rposition(|centre| *centre <= inside).unwrap();
            if let Some(next) = list.get(low[k] + 1) {
                way[k] = (inside - list[low[k]]) as f64 / (next - list[low[k]]) as f64;
            }
        }
        for entry in indices(size) {
            let mut value = 0.0;
            for corner in indices(&vec![2; n]) {
                let weights = (0..n).map(|k| [1.0 - way[k], way[k]][corner[k]]);
                let weight: f64 = weights.product();
                if weight != 0.0 {
                    let mut index: Vec<_> = (0..n).map(|k| low[k] + corner[k]).collect();
                    index.extend(&entry);
                    value += weight * filters[&index[..]];
                }
            }
            let mut to: Vec<isize> = from.iter().map(|index| *index as isize).collect();
            for k in 0..n {
                let axis = axes[k];
                to[axis] += entry[k] as isize - size[k] as isize / 2;
                if periodic[axis] {
                    to[axis] = to[axis].rem_euclid(extent[axis] as isize);
                }
            }
            if (0..D).all(|axis| (0..extent[axis] as isize).contains(&to[axis])) {
                let to: Vec<_> = to.iter().map(|index| *index as usize).collect();
                y[&to[..]] += value * input(&from);
            }
        }
    }
    y
}

fn input(index: &[usize]) -> f64 {
    number(
        11,
        index.iter().fold(0, |number, index| number * 31 + index),
    )
}

/// The operator on several process grids: the definition's values, the same bits everywhere, an exact adjoint.
fn check<const D: usize>(
    extent: [usize; D],
    periodic: [bool; D],
    process_grids: &[[usize; D]],
    expected: &ArrayD<f64>,
    operator: impl Fn(&Grid<D>) -> Result<Operator<Field<f64, D>, Field<f64, D>>> + Sync,
) where
    [usize; D]: ndarray::IntoDimension,
{
    let mut first: Option<Vec<u64>> = None;
    for process_grid in process_grids {
        let ranks = process_grid.iter().product();
        let bits = launch_all(ranks, |comm| {
            let grid = Grid::builder(comm, extent)
                .periodic(periodic)
                .process_grid(*process_grid)
                .build()?;
            let operator = operator(&grid)?;
            operator.exact_adjoint_test()?;
            operator.dot_test(1e-12)?;
            let x = grid.field(|index| input(&index));
            let y = operator.forward(&x)?.gather_all()?;
            for (found, expected) in y.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{found} instead of {expected} on {process_grid:?}"
                );
            }
            let back = operator.adjoint(&x)?.gather_all()?;
            Ok(y.iter()
                .chain(&back)
                .map(|value| value.to_bits())
                .collect::<Vec<_>>())
        })
        .unwrap();
        for bits in bits {
            assert_eq!(
                *first.get_or_insert_with(|| bits.clone()),
                bits,
                "{process_grid:?}"
            );
        }
    }
}

#[test]
fn along_a_line() {
    // Blocks of 5 points and fewer, filters of 13, 33 and 1.
    for (centres, size) in [
        (&[3, 9, 15, 21, 27][..], 13),
        (&[0, 31], 33),
        (&[8], 1),
        (&[5, 6, 7], 11),
    ] {
        let filters = filters(&[centres.len(), size]);
        for periodic in [false, true] {
            let expected = spread([32], &[0], &[centres], &filters, [periodic]);
            check([32], [periodic], &[[1], [2], [3], [8]], &expected, |grid| {
                NonStationaryConvolution::new([centres], &filters).on(grid)
            });
        }
    }
}

#[test]
fn along_any_axis_of_up_to_four() {
    let centres = &[1, 3, 5][..];
    let filters = filters(&[3, 5]);
    let extent = [3, 7, 6, 2];
    for axis in 1..3 {
        let expected = spread(extent, &[axis], &[centres], &filters, [false; 4]);
        check(
            extent,
            [false; 4],
            &[[1; 4], [1, 3, 2, 1], [3, 1, 1, 2], [1, 2, 3, 1]],
            &expected,
            |grid| {
                NonStationaryConvolution::new([centres], &filters)
                    .along([axis])
                    .on(grid)
            },
        );
    }
}

#[test]
fn in_a_plane() {
    let (rows, columns) = (&[2, 6, 10][..], &[0, 5, 10][..]);
    for size in [[3, 5], [9, 1], [17, 15]] {
        let filters = filters(&[3, 3, size[0], size[1]]);
        let grids = [[1, 1], [2, 1], [1, 3], [2, 2], [4, 2]];
        for periodic in [[false, false], [true, false]] {
            let expected = spread([12, 11], &[0, 1], &[rows, columns], &filters, periodic);
            check([12, 11], periodic, &grids, &expected, |grid| {
                NonStationaryConvolution::new([rows, columns], &filters).on(grid)
            });
        }
        // The axes exchanged, in a space.
        let extent = [12, 2, 11];
        let expected = spread(extent, &[2, 0], &[columns, rows], &filters, [false; 3]);
        check(
            extent,
            [false; 3],
            &[[1, 1, 1], [3, 1, 1], [2, 2, 2]],
            &expected,
            |grid| {
                NonStationaryConvolution::new([columns, rows], &filters)
                    .along([2, 0])
                    .on(grid)
            },
        );
    }
}

#[test]
fn in_a_space() {
    let centres = [&[1, 4][..], &[0, 2, 4], &[3]];
    for size in [[3, 3, 5], [1, 7, 3]] {
        let filters = filters(&[&[2, 3, 1][..], &size].concat());
        let expected = spread([6, 5, 7], &[0, 1, 2], &centres, &filters, [false; 3]);
        check(
            [6, 5, 7],
            [false; 3],
            &[[1, 1, 1], [2, 1, 2], [3, 2, 1], [1, 4, 2]],
            &expected,
            |grid| NonStationaryConvolution::new(centres, &filters).on(grid),
        );
    }
}

#[test]
fn a_rank_makes_the_filters_around_its_block_only() {
    let centres: Vec<usize> = (4..80).step_by(8).collect();
    let whole = filters(&[10, 10, 3, 3]);
    let made = launch_all(4, |comm| {
        let grid = Grid::with_blocks(comm, [&[20, 20, 20, 20], &[80]])?;
        let made = RefCell::new(BTreeSet::new());
        let part =
            NonStationaryConvolution::from_fn([&centres, &centres], [3, 3], |centre, entry| {
                made.borrow_mut().insert(centre[0]);
                whole[&[centre, entry].concat()[..]]
            })
            .on(&grid)?;
        let all = NonStationaryConvolution::new([&centres, &centres], &whole).on(&grid)?;
        let x = grid.random::<f64>(3);
        assert_eq!(part.forward(&x)?.view(), all.forward(&x)?.view());
        assert_eq!(part.adjoint(&x)?.view(), all.adjoint(&x)?.view());
        Ok(made.into_inner().into_iter().collect::<Vec<_>>())
    })
    .unwrap();
    // Rows -3..23, 17..43, .. with the ghosts of a kernel of 7 x 7; centres at 4, 12, 20, ..
    assert_eq!(
        made,
        [
            vec![0, 1, 2, 3],
            vec![1, 2, 3, 4, 5],
            vec![4, 5, 6, 7, 8],
            vec![6, 7, 8, 9]
        ]
    );
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    #[track_caller]
    fn refused<const N: usize>(
        convolution: NonStationaryConvolution<'_, N>,
        on: impl FnOnce(NonStationaryConvolution<'_, N>, &Grid<2>) -> Result<()>,
        words: &[&str],
    ) {
        let grid = Grid::new(&Comm::solo(), [100, 6]).unwrap();
        let message = on(convolution, &grid).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "no {word} in: {message}");
        }
    }
    let line = |convolution: NonStationaryConvolution<'_, 1>, grid: &Grid<2>| {
        convolution.on(grid).map(|_| ())
    };
    let plane = |convolution: NonStationaryConvolution<'_, 2>, grid: &Grid<2>| {
        convolution.on(grid).map(|_| ())
    };
    let shaped = |shape: &[usize]| filters(shape);
    refused(
        NonStationaryConvolution::new([&[1, 5]], &shaped(&[2, 4])),
        line,
        &["4 entries along axis 0", "odd"],
    );
    refused(
        NonStationaryConvolution::new([&[1, 5]], &shaped(&[3, 5])),
        line,
        &["[2] centres", "[3, 5]"],
    );
    refused(
        NonStationaryConvolution::new([&[1, 5, 8]], &shaped(&[3, 5])),
        line,
        &["5 and 8", "equal steps"],
    );
    refused(
        NonStationaryConvolution::new([&[1, 7]], &shaped(&[2, 5])).along([1]),
        line,
        &["centre 7", "axis 1"],
    );
    refused(
        NonStationaryConvolution::new([&[1]], &shaped(&[1, 5])).along([2]),
        line,
        &["axis 2"],
    );
    refused(
        NonStationaryConvolution::new([&[1], &[1]], &shaped(&[1, 1, 3, 3])).along([1]),
        plane,
        &["2 axes", "[1]"],
    );
    refused(
        NonStationaryConvolution::new([&[1], &[1]], &shaped(&[1, 1, 3, 3])).along([1, 1]),
        plane,
        &["axis 1"],
    );
    refused(
        NonStationaryConvolution::new([&[1]], &shaped(&[1, 131])),
        line,
        &[
            "131 entries",
            "#[stencil]",
            "Bank<[f64; 131], 1>",
            "for k in -65..=65",
        ],
    );
    refused(
        NonStationaryConvolution::new([&[1], &[1]], &shaped(&[1, 1, 3, 33])),
        plane,
        &["33 entries", "Bank<[[f64; 33]; 33], 2>"],
    );
}

/// What the error about a large filter says to write.
#[stencil]
fn convolve(x: Input<f64, 1>, h: Bank<[f64; 131], 1>) -> f64 {
    let mut sum = 0.0;
    for k in -65..=65 {
        sum += h[-k][(k + 65) as usize] * x[-k];
    }
    sum
}

#[test]
fn a_kernel_of_ones_own_serves_larger_filters() {
    let filters = filters(&[3, 131]);
    let expected = spread([100], &[0], &[&[10, 40, 70]], &filters, [false]);
    check([100], [false], &[[1], [4]], &expected, |grid| {
        let h = FilterBank::new(&filters, [10.0], [30.0])?;
        Ok(Operator::new(Convolve { h }.on(grid)?))
    });
}

#[test]
fn ranks_that_mean_different_filters_are_told() {
    let error = launch_on(3, |comm| {
        let grid = Grid::new(comm, [30])?;
        let size = if comm.rank() == 1 { 5 } else { 13 };
        let filters = filters(&[2, size]);
        NonStationaryConvolution::new([&[3, 9]], &filters)
            .on(&grid)
            .map(|_| ())
    });
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("rank 1") && message.contains("[2, 5]"),
        "{message}"
    );
}
