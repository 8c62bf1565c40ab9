//! The parts of an application: rows, packing, exchange, reductions; on fields that fit the cache.
//!
//! `cargo bench -p parts`. How long the macro takes is measured by `cargo bench -p halo-macros --bench expansion`.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use halo::exchange::{Exchange, Footprint, Slab};
use halo::field::Layout;
use halo::grid::Region;
use halo::prelude::*;
use halo::stencil::Stencil;
use halo::{Result, launch_on};

/// Points along each axis of a block.
const SIDE: usize = 64;

#[stencil(halo = 1)]
fn seven_point(u: Input<f64, 3>) -> f64 {
    (u[[-1, 0, 0]] + u[[1, 0, 0]]) + (u[[0, -1, 0]] + u[[0, 1, 0]]) + (u[[0, 0, -1]] + u[[0, 0, 1]])
        - 6.0 * u[[0, 0, 0]]
}

/// The 64 rows of a grid, of so many points each.
fn row(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("row");
    for points in [8, 32, 128, 512] {
        let grid = Grid::new(&Comm::solo().with_threads(1), [8, 8, points]).expect("a grid");
        let operator = SevenPoint.on(&grid).expect("an operator");
        let x = grid.random::<f64>(1);
        let mut y = grid.zeros();
        group.throughput(Throughput::Elements(64 * points as u64));
        group.bench_function(BenchmarkId::new("forward", points), |bencher| {
            bencher.iter(|| operator.forward_into(&x, &mut y).expect("y = A x"));
        });
        group.bench_function(BenchmarkId::new("adjoint", points), |bencher| {
            bencher.iter(|| operator.adjoint_into(&x, &mut y).expect("x = A' y"));
        });
    }
}

/// One face of a block, by the stencil's own packer.
fn pack(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pack");
    group.throughput(Throughput::Bytes((SIDE * SIDE * size_of::<f64>()) as u64));
    let layout = Layout::new([SIDE; 3], [[1; 2]; 3], size_of::<f64>());
    let cells = vec![1.0; layout.len()];
    let mut buffer = vec![0.0; SIDE * SIDE];
    for (axis, face) in ["planes", "rows", "strided"].into_iter().enumerate() {
        let region = Region::of_extent([SIDE; 3]).with_axis(axis, 0, 1);
        let slab = Slab::new(&layout, &region);
        group.bench_function(face, |bencher| {
            bencher.iter(|| SevenPoint::pack(&slab, &cells, &mut buffer));
        });
    }
}

/// One exchange between two ranks that are threads, with the neighbour along an axis.
fn exchange(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exchange");
    for axis in 0..3 {
        group.bench_function(BenchmarkId::new("axis", axis), |bencher| {
            bencher.iter_custom(|times| exchanges(axis, times).expect("exchanges"));
        });
    }
}

/// How long so many exchanges take.
fn exchanges(axis: usize, times: u64) -> Result<Duration> {
    let mut extent = [SIDE; 3];
    extent[axis] *= 2;
    let mut process_grid = [1; 3];
    process_grid[axis] = 2;
    launch_on(2, |comm| {
        let grid = Grid::builder(&comm.with_threads(1), extent).process_grid(process_grid);
        let grid = grid.margin([[1; 2]; 3]).build()?;
        let mut exchange = Exchange::new(&grid, &Footprint::new(SevenPoint::FOOTPRINT))?;
        let field = grid.random::<f64>(1);
        let mut once = || exchange.begin(&field, SevenPoint::pack)?.finish();
        once()?;
        let begin = Instant::now();
        (0..times).try_for_each(|_| once())?;
        Ok(begin.elapsed())
    })
}

/// A sum that is the same in any order, against the loop that is not.
fn dot(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dot");
    group.throughput(Throughput::Elements((SIDE * SIDE * SIDE) as u64));
    let grid = Grid::new(&Comm::solo().with_threads(1), [SIDE; 3]).expect("a grid");
    let [x, y] = [1, 2].map(|seed| grid.random::<f64>(seed));
    group.bench_function("exact", |bencher| {
        bencher.iter(|| x.dot(&y).expect("a number"));
    });
    let [a, b] = [0.7, -0.3].map(|number| vec![number; SIDE * SIDE * SIDE]);
    group.bench_function("plain", |bencher| {
        bencher.iter(|| a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>());
    });
}

criterion_group!(benches, row, pack, exchange, dot);
criterion_main!(benches);
