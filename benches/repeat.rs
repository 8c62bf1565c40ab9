//! Repeated application, several steps in one pass over memory, against as many single steps.
//!
//! `cargo bench --bench repeat -- [STEPS_PER_PASS..]`. All run in turn in one process, on one rank and on two; the ratios of
//! medians are printed (above 1: repeating is faster), first with the steps per pass that the library chooses, then with those
//! given.

use std::time::Instant;

use halo::prelude::*;
use halo::stencil::Tuning;

const ROUNDS: usize = 7;
const STEPS: usize = 8;

#[stencil]
fn seven_point(u: Input<f64, 3>, w: [f64; 7]) -> f64 {
    w[0] * u[[-1, 0, 0]]
        + w[1] * u[[0, -1, 0]]
        + w[2] * u[[0, 0, -1]]
        + w[3] * u[[0, 0, 0]]
        + w[4] * u[[0, 0, 1]]
        + w[5] * u[[0, 1, 0]]
        + w[6] * u[[1, 0, 0]]
}

/// A step of a wave, of order eight in space.
#[stencil(overwrite = before)]
fn wave(now: Input<f32, 3>, before: Input<f32, 3>, c: Coef<f32, 3>) -> f32 {
    const W: [f32; 5] = [-205.0 / 72.0, 1.6, -0.2, 8.0 / 315.0, -1.0 / 560.0];
    let mut sum = 3.0 * W[0] * now[[0, 0, 0]];
    for k in 1..=4 {
        sum += W[k as usize]
            * (now[[-k, 0, 0]]
                + now[[k, 0, 0]]
                + now[[0, -k, 0]]
                + now[[0, k, 0]]
                + now[[0, 0, -k]]
                + now[[0, 0, k]]);
    }
    2.0 * now[[0, 0, 0]] - before[[0, 0, 0]] + c[[0, 0, 0]] * sum
}

/// Median seconds of single steps and of repetitions with each of some tunings, taken in turn.
fn measure(
    tunings: &[Option<usize>],
    mut single: impl FnMut() -> halo::Result,
    mut repeated: impl FnMut(Option<usize>) -> halo::Result,
) -> halo::Result<Vec<f64>> {
    let mut seconds = vec![Vec::new(); tunings.len() + 1];
    let mut clock = |slot: usize, work: &mut dyn FnMut() -> halo::Result| -> halo::Result {
        let start = Instant::now();
        work()?;
        seconds[slot].push(start.elapsed().as_secs_f64());
        Ok(())
    };
    for _ in 0..ROUNDS {
        clock(0, &mut single)?;
        for (k, tuning) in tunings.iter().enumerate() {
            clock(k + 1, &mut || repeated(*tuning))?;
        }
    }
    let median = |mut seconds: Vec<f64>| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    Ok(seconds.into_iter().map(median).collect())
}

fn report(
    name: &str,
    extent: [usize; 3],
    comm: &Comm,
    threads: usize,
    tunings: &[Option<usize>],
    seconds: &[f64],
) {
    if comm.rank() > 0 {
        return;
    }
    let points: usize = extent.iter().product();
    let rate = |seconds: f64| (points * STEPS) as f64 / seconds / 1e9;
    print!(
        "{name:7} {extent:3?}, {} ranks of {threads} threads: single {:.2} Gpt/s",
        comm.size(),
        rate(seconds[0])
    );
    for (tuning, repeated) in tunings.iter().zip(&seconds[1..]) {
        let steps = tuning.map_or("auto".into(), |steps| steps.to_string());
        print!(
            "; {steps} {:.2} ({:.2})",
            rate(*repeated),
            seconds[0] / repeated
        );
    }
    println!();
}

fn diffusion(
    comm: &Comm,
    extent: [usize; 3],
    tune: impl Fn(&mut Tuning) + Copy,
    tunings: &[Option<usize>],
) -> halo::Result<Vec<f64>> {
    let grid = Grid::new(comm, extent)?;
    let w = [0.1, 0.15, 0.1, 0.3, 0.1, 0.15, 0.1];
    let operator = SevenPoint { w }.on(&grid)?;
    operator.tune(tune)?;
    let x = grid.field(|[i, j, k]| ((i + 3 * j + 7 * k) % 17) as f64);
    let (mut y, mut z) = (grid.zeros(), grid.zeros());
    let mut out = grid.zeros();
    measure(
        tunings,
        || {
            operator.forward_into(&x, &mut y)?;
            for _ in 1..STEPS {
                operator.forward_into(&y, &mut z)?;
                std::mem::swap(&mut y, &mut z);
            }
            Ok(())
        },
        |steps| {
            operator.tune(|tuning| tuning.steps_per_pass = steps)?;
            operator.repeat_into(STEPS, &x, &mut out)
        },
    )
}

fn waves(
    comm: &Comm,
    extent: [usize; 3],
    tune: impl Fn(&mut Tuning) + Copy,
    tunings: &[Option<usize>],
) -> halo::Result<Vec<f64>> {
    let grid = Grid::new(comm, extent)?;
    let c = grid
        .field(|[i, j, k]| 0.1 + 0.001 * ((i + j + k) % 7) as f32)
        .into();
    let step = Wave { c }.on(&grid)?;
    step.tune(tune)?;
    let start = || grid.field(|[i, j, k]| ((i + 3 * j + 7 * k) % 17) as f32);
    let (mut now, mut before) = (start(), start());
    let (mut new, mut old) = (start(), start());
    measure(
        tunings,
        || {
            for _ in 0..STEPS {
                step.forward_in_place(&now, &mut before)?;
                std::mem::swap(&mut now, &mut before);
            }
            Ok(())
        },
        |steps| {
            step.tune(|tuning| tuning.steps_per_pass = steps)?;
            step.repeat_in_place(STEPS, &mut new, &mut old)
        },
    )
}

fn main() -> halo::Result {
    let given = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let tunings: Vec<Option<usize>> = std::iter::once(None).chain(given.map(Some)).collect();
    for (ranks, threads) in [(1, 1), (1, 2), (2, 1)] {
        halo::launch_on(ranks, |comm| {
            let tune = |tuning: &mut Tuning| tuning.threads = threads;
            for extent in [[512, 512, 256], [256, 256, 256]] {
                let seconds = diffusion(comm, extent, tune, &tunings)?;
                report("7-point", extent, comm, threads, &tunings, &seconds);
            }
            for extent in [[384, 384, 384], [256, 256, 256]] {
                let seconds = waves(comm, extent, tune, &tunings)?;
                report("wave", extent, comm, threads, &tunings, &seconds);
            }
            Ok(())
        })?;
    }
    Ok(())
}
