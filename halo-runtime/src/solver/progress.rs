//! The progress bar of a long run: on rank 0, on a terminal, after two seconds; otherwise nothing is done or allocated.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Iteration;

/// How long a run takes before it is shown.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) struct Bar {
    shown: bool,
    name: &'static str,
    limit: usize,
    begin: Instant,
    bar: Option<ProgressBar>,
}

impl Bar {
    pub fn new(wanted: bool, rank: usize, name: &'static str, limit: usize) -> Self {
        Bar {
            shown: wanted && rank == 0 && stderr().is_terminal(),
            name,
            limit,
            begin: Instant::now(),
            bar: None,
        }
    }

    pub fn update(&mut self, now: &Iteration) {
        if !self.shown || self.begin.elapsed() < PATIENCE {
            return;
        }
        let bar = self
            .bar
            .get_or_insert_with(|| ProgressBar::new(self.limit as u64).with_style(style()));
        bar.set_position(now.number as u64);
        bar.set_message(format!("{}: residual {:.3e}", self.name, now.residual));
    }

    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {pos} of at most {len}, {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
