//! Colours for values: perceptually even ones, so that equal steps look equal.

use colorous::Gradient;
use ndarray::Array2;

/// What a cell without a value looks like.
const UNKNOWN: [u8; 3] = [225, 225, 225];

/// A range of values, and the colours from its one end to the other.
pub struct Palette {
    pub low: f64,
    pub high: f64,
    /// Whether there are values beyond the ends, drawn in the colour of the end.
    pub clipped: bool,
    gradient: Gradient,
    reversed: bool,
}

impl Palette {
    /// From the least value to the largest.
    pub fn sequential(gradient: Gradient, values: &Array2<f64>) -> Self {
        let sorted = sorted(values.iter().copied());
        let (low, high) = (quantile(&sorted, 0.0), quantile(&sorted, 1.0));
        // A single value, or one up to rounding, spans no range of its own.
        let size = low.abs().max(high.abs());
        let margin = match size {
            0.0 => 1.0,
            _ if high - low < 1e-9 * size => 0.5 * size,
            _ => 0.0,
        };
        Palette {
            low: low - margin,
            high: high + margin,
            clipped: false,
            gradient,
            reversed: false,
        }
    }

    /// Blue below zero and red above, as far as 99.5 % of the values reach.
    pub fn diverging(values: &Array2<f64>) -> Self {
        let sorted = sorted(values.iter().map(|value| value.abs()));
        let (most, all) = (quantile(&sorted, 0.995), quantile(&sorted, 1.0));
        // Of values that vanish almost everywhere, the others count.
        let end = [most, all]
            .into_iter()
            .find(|&end| end > 0.0)
            .unwrap_or(1.0);
        Palette {
            low: -end,
            high: end,
            clipped: all > end,
            gradient: colorous::RED_BLUE,
            reversed: true,
        }
    }

    /// The colour of a value, darkened where `light`, from 0 to 1, is low.
    pub fn colour(&self, value: f64, light: f64) -> [u8; 3] {
        if value.is_nan() {
            return UNKNOWN;
        }
        let place = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        let place = if self.reversed { 1.0 - place } else { place };
        let light = if light.is_nan() { 1.0 } else { light };
        let colour = self.gradient.eval_continuous(place).as_array();
        colour.map(|part| (f64::from(part) * light).round() as u8)
    }
}

/// The known values in rising order.
fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value below which this fraction of the others lies; 0 where there are none.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let place = fraction * (sorted.len() as f64 - 1.0);
    sorted.get(place.max(0.0) as usize).copied().unwrap_or(0.0)
}
