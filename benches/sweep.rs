//! One application of a seven-point stencil, forward and adjoint, against the loop one would write by hand.
//!
//! `cargo bench --bench sweep`. All run in turn in one process on one rank and one thread, compiled for the same
//! instruction set; the ratios of medians are printed (above 1: the generated loop is faster).

use std::time::Instant;

use halo::prelude::*;

const WEIGHTS: [f64; 7] = [1.10, 1.20, 1.05, -6.0, 0.95, 0.80, 0.90];
const ROUNDS: usize = 9;

/// The seven-point stencil with distinct weights.
#[stencil(halo = 1)]
fn seven_point(u: Input<f64, 3>, w: [f64; 7]) -> f64 {
    w[0] * u[[-1, 0, 0]]
        + w[1] * u[[0, -1, 0]]
        + w[2] * u[[0, 0, -1]]
        + w[3] * u[[0, 0, 0]]
        + w[4] * u[[0, 0, 1]]
        + w[5] * u[[0, 1, 0]]
        + w[6] * u[[1, 0, 0]]
}

/// The same by hand, on an array with one layer of zeros around it.
struct ByHand {
    extent: [usize; 3],
    weights: [f64; 7],
    x: Vec<f64>,
    y: Vec<f64>,
}

impl ByHand {
    fn new(extent: [usize; 3], value: impl Fn([usize; 3]) -> f64) -> Self {
        let [n0, n1, n2] = extent;
        let cells = (n0 + 2) * (n1 + 2) * (n2 + 2);
        let weights = std::hint::black_box(WEIGHTS);
        let mut hand = ByHand {
            extent,
            weights,
            x: vec![0.0; cells],
            y: vec![0.0; cells],
        };
        for i in 0..n0 {
            for j in 0..n1 {
                for k in 0..n2 {
                    let at = hand.row(i, j) + k;
                    hand.x[at] = value([i, j, k]);
                }
            }
        }
        hand
    }

    #[inline(always)]
    fn row(&self, i: usize, j: usize) -> usize {
        let [_, n1, n2] = self.extent;
        ((i + 1) * (n1 + 2) + j + 1) * (n2 + 2) + 1
    }

    #[inline(always)]
    fn apply(&mut self) {
        let [n0, n1, n2] = self.extent;
        let (pitch, plane) = (n2 + 2, (n1 + 2) * (n2 + 2));
        let w = self.weights;
        for i in 0..n0 {
            for j in 0..n1 {
                let at = self.row(i, j);
                let x = |start: usize| &self.x[start..][..n2];
                let (back, ahead) = (x(at - plane), x(at + plane));
                let (left, right) = (x(at - pitch), x(at + pitch));
                let (before, centre, after) = (x(at - 1), x(at), x(at + 1));
                for (k, y) in self.y[at..][..n2].iter_mut().enumerate() {
                    *y = w[0] * back[k]
                        + w[1] * left[k]
                        + w[2] * before[k]
                        + w[3] * centre[k]
                        + w[4] * after[k]
                        + w[5] * right[k]
                        + w[6] * ahead[k];
                }
            }
        }
    }

    /// The loop on AVX2 where the processor has it, as the library would choose.
    fn apply_best(&mut self) {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2")]
            fn apply_avx2(hand: &mut ByHand) {
                hand.apply();
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2.
                return unsafe { apply_avx2(self) };
            }
        }
        self.apply();
    }
}

type Candidate<'a> = &'a mut dyn FnMut() -> halo::Result;

/// Median seconds of a call of each candidate, taken in turn.
fn medians(repeats: usize, candidates: &mut [Candidate<'_>]) -> halo::Result<Vec<f64>> {
    let mut seconds = vec![Vec::new(); candidates.len()];
    for _ in 0..ROUNDS {
        for (candidate, seconds) in candidates.iter_mut().zip(&mut seconds) {
            let start = Instant::now();
            for _ in 0..repeats {
                candidate()?;
            }
            seconds.push(start.elapsed().as_secs_f64() / repeats as f64);
        }
    }
    seconds
        .iter_mut()
        .for_each(|seconds| seconds.sort_by(f64::total_cmp));
    Ok(seconds.iter().map(|seconds| seconds[ROUNDS / 2]).collect())
}

fn main() -> halo::Result {
    println!("extent             boundary   by hand ns/pt   forward   adjoint  (ratios)");
    halo::launch_on(1, |comm| {
        for extent in [[16, 16, 16], [64, 64, 64], [256, 256, 256], [512, 512, 256]] {
            let grid = Grid::new(comm, extent)?;
            let points: usize = extent.iter().product();
            let repeats = (40_000_000 / points).clamp(2, 10_000);
            for boundary in [Boundary::Zero, Boundary::Valid, Boundary::Clamp] {
                let operator = SevenPoint { w: WEIGHTS }.boundary(boundary).on(&grid)?;
                operator.tune(|tuning| tuning.threads = 1)?;
                let value = |[i, j, k]: [usize; 3]| ((i + 3 * j + 7 * k) % 17) as f64;
                let x = grid.field(value);
                let (mut y, mut z) = (operator.zero_range(), operator.zero_domain());
                let mut hand = ByHand::new(extent, value);
                let mut by_hand = || {
                    hand.apply_best();
                    Ok(())
                };
                let mut forward = || operator.forward_into(&x, &mut y);
                let mut adjoint = || operator.adjoint_into(&x, &mut z);
                let seconds = medians(repeats, &mut [&mut by_hand, &mut forward, &mut adjoint])?;
                println!(
                    "{:18} {:9} {:14.3} {:9.2} {:9.2}",
                    format!("{extent:?}"),
                    boundary.to_string(),
                    seconds[0] / points as f64 * 1e9,
                    seconds[0] / seconds[1],
                    seconds[0] / seconds[2],
                );
            }
        }
        Ok(())
    })
}
