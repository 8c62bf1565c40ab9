//! The filters of the tour's convolutions: wavelets of Ricker whose frequency rises along the trace, and bells of Gauss.

use std::f64::consts::PI;

use halo::Result;
use halo::prelude::*;
use ndarray::{Array2, Array4};

/// Seconds between the samples of a trace.
pub const INTERVAL: f64 = 0.004;
/// Samples of a wavelet, and traces of a bell.
pub const SAMPLES: usize = 29;
pub const TRACES: usize = 15;

/// The first wavelet's place, and the distance between them.
const FIRST: f64 = 16.0;
const SPACING: f64 = 32.0;
/// The first bell's place and their distance.
const FIRST_TRACE: f64 = 8.0;
const TRACE_SPACING: f64 = 16.0;

/// The wavelet's frequency in hertz at each of its places.
pub const FREQUENCIES: [f64; 8] = [20.0, 28.0, 36.0, 44.0, 52.0, 60.0, 68.0, 76.0];
/// The bell's width in traces at each of its places.
const WIDTHS: [f64; 3] = [0.8, 1.6, 2.4];

/// One wavelet per place, on a line that starts at this sample.
pub fn on_line(start: isize) -> Result<FilterBank<[f64; SAMPLES], 1>> {
    let wavelets = Array2::from_shape_fn((FREQUENCIES.len(), SAMPLES), |(place, sample)| {
        ricker(FREQUENCIES[place], sample)
    });
    FilterBank::new(&wavelets, [FIRST - start as f64], [SPACING])
}

/// One product of a bell and a wavelet per place, on a plane that starts at this trace and sample.
pub fn on_plane([trace, sample]: [isize; 2]) -> Result<FilterBank<[[f64; SAMPLES]; TRACES], 2>> {
    let shape = (WIDTHS.len(), FREQUENCIES.len(), TRACES, SAMPLES);
    let filters = Array4::from_shape_fn(shape, |(bell, place, trace, sample)| {
        gauss(WIDTHS[bell], trace) * ricker(FREQUENCIES[place], sample)
    });
    let first = [FIRST_TRACE - trace as f64, FIRST - sample as f64];
    FilterBank::new(&filters, first, [TRACE_SPACING, SPACING])
}

/// The wavelet of a peak frequency (N. Ricker, Geophysics 18, 1953), 1 in its middle.
fn ricker(frequency: f64, sample: usize) -> f64 {
    let time = INTERVAL * (sample as f64 - (SAMPLES / 2) as f64);
    let square = (PI * frequency * time).powi(2);
    (1.0 - 2.0 * square) * (-square).exp()
}

/// The bell of a width, 1 in its middle.
fn gauss(width: f64, trace: usize) -> f64 {
    let distance = (trace as f64 - (TRACES / 2) as f64) / width;
    (-0.5 * distance * distance).exp()
}
