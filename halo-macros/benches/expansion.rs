//! What the macro costs: the time from a kernel's tokens to those of its expansion.
//!
//! A macro in a debug build of a program is not optimised either, which is what counts:
//! `CARGO_PROFILE_DEV_OPT_LEVEL=0 cargo bench -p halo-macros --bench expansion --profile dev`. A kernel of 25 points is to
//! take less than 10 ms, and many kernels as much more time as they are.

// The modules are here for their pipeline, not for their tests.
#![allow(dead_code, unused_imports)]

use std::time::{Duration, Instant};

use proc_macro2::TokenStream;

#[path = "../src/adjoint/mod.rs"]
mod adjoint;
#[path = "../src/analysis/mod.rs"]
mod analysis;
#[path = "../src/compile.rs"]
mod compile;
#[path = "../src/diagnostics.rs"]
mod diagnostics;
#[path = "../src/expand/mod.rs"]
mod expand;
#[path = "../src/identity/mod.rs"]
mod identity;
#[path = "../src/ir/mod.rs"]
mod ir;
#[path = "../src/kernels.rs"]
mod kernels;
#[path = "../src/symmetry.rs"]
mod symmetry;
#[path = "../src/syntax/mod.rs"]
mod syntax;
#[path = "../src/wrt.rs"]
mod wrt;

const ROUNDS: usize = 15;

const KERNELS: [(&str, &str); 6] = [
    (
        "5 points",
        "fn five(u: Input<f64, 2>, c: f64) -> f64 {
            c * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]])
        }",
    ),
    (
        "25 points, a box of 5 x 5",
        "fn boxed(u: Input<f64, 2>, w: [[f64; 5]; 5]) -> f64 {
            let mut sum = 0.0;
            for i in -2..=2 {
                for j in -2..=2 {
                    sum += w[(i + 2) as usize][(j + 2) as usize] * u[[i, j]];
                }
            }
            sum
        }",
    ),
    (
        "25 points, order 8 in three axes, with a coefficient",
        "fn wave(u: Input<f64, 3>, c: Coef<f64, 3>) -> f64 {
            const W: [f64; 5] = [-205.0 / 72.0, 8.0 / 5.0, -1.0 / 5.0, 8.0 / 315.0, -1.0 / 560.0];
            let mut lap = 3.0 * W[0] * u[[0, 0, 0]];
            for r in 1..=4 {
                let w = W[r as usize];
                lap += w * (u[[-r, 0, 0]] + u[[r, 0, 0]]);
                lap += w * (u[[0, -r, 0]] + u[[0, r, 0]]);
                lap += w * (u[[0, 0, -r]] + u[[0, 0, r]]);
            }
            c[[0, 0, 0]] * c[[0, 0, 0]] * lap
        }",
    ),
    (
        "81 points, a box of 9 x 9",
        "fn boxed(u: Input<f64, 2>, w: [[f64; 9]; 9]) -> f64 {
            let mut sum = 0.0;
            for i in -4..=4 {
                for j in -4..=4 {
                    sum += w[(i + 4) as usize][(j + 4) as usize] * u[[i, j]];
                }
            }
            sum
        }",
    ),
    (
        "97 points, a star of radius 16 in three axes",
        "fn star(u: Input<f64, 3>, w: [f64; 17]) -> f64 {
            let mut sum = 3.0 * w[0] * u[[0, 0, 0]];
            for r in 1..=16 {
                sum += w[r as usize] * (u[[-r, 0, 0]] + u[[r, 0, 0]]);
                sum += w[r as usize] * (u[[0, -r, 0]] + u[[0, r, 0]]);
                sum += w[r as usize] * (u[[0, 0, -r]] + u[[0, 0, r]]);
            }
            sum
        }",
    ),
    (
        "729 points, a box of 9 x 9 x 9",
        "fn boxed(u: Input<f64, 3>, w: [[[f64; 9]; 9]; 9]) -> f64 {
            let mut sum = 0.0;
            for i in -4..=4 {
                for j in -4..=4 {
                    for k in -4..=4 {
                        sum += w[(i + 4) as usize][(j + 4) as usize][(k + 4) as usize] * u[[i, j, k]];
                    }
                }
            }
            sum
        }",
    ),
];

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| name.contains(wanted));
    for (name, kernel) in KERNELS.into_iter().filter(|(name, _)| is_wanted(name)) {
        let kernel: TokenStream = kernel.parse().expect("a kernel");
        let tokens = count(compile::compile(TokenStream::new(), kernel.clone()));
        let time = fastest(|| expand(std::slice::from_ref(&kernel)));
        println!(
            "{:9.2} ms  {tokens:6} tokens  {name}",
            1e3 * time.as_secs_f64()
        );
    }
    for count in [1, 10, 40].into_iter().filter(|_| wanted.is_none()) {
        let kernels = vec![KERNELS[2].1.parse().expect("a kernel"); count];
        let time = fastest(|| expand(&kernels));
        println!(
            "{:9.2} ms  {count} kernels of 25 points",
            1e3 * time.as_secs_f64()
        );
    }
}

fn expand(kernels: &[TokenStream]) {
    for kernel in kernels {
        std::hint::black_box(compile::compile(TokenStream::new(), kernel.clone()));
    }
}

fn fastest(work: impl Fn()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let (start, before) = (Instant::now(), on_processor());
        work();
        match (before, on_processor()) {
            (Some(before), Some(after)) => after - before,
            _ => start.elapsed(),
        }
    });
    times.min().unwrap_or_default()
}

/// The time that this thread has had a processor, where the system tells: other programs do not count.
fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Tokens of an expansion, those in brackets included.
fn count(tokens: TokenStream) -> usize {
    let of = |tree| match tree {
        proc_macro2::TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(of).sum()
}
