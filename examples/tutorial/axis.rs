//! A scale from values to a length, with ticks at round values: the sides of a map, and its colour bar.

use super::map::Map;

/// A scale that runs from one value to another, which may be smaller.
pub struct Axis {
    pub label: String,
    from: f64,
    to: f64,
    format: fn(f64, usize) -> String,
    /// Whether equal steps stand for equal factors.
    logarithmic: bool,
}

/// A marked place on an axis.
pub struct Tick {
    /// 0 where the axis starts, 1 where it ends.
    pub place: f64,
    pub text: String,
}

impl Axis {
    /// An axis of plain numbers.
    pub fn new(label: impl Into<String>, from: f64, to: f64) -> Self {
        Axis {
            label: label.into(),
            from,
            to,
            format: number,
            logarithmic: false,
        }
    }

    /// An axis of positive numbers on which equal steps stand for equal factors.
    pub fn logarithmic(label: impl Into<String>, from: f64, to: f64) -> Self {
        Axis {
            logarithmic: true,
            ..Axis::new(label, from, to)
        }
    }

    /// Where a value lies: 0 where the axis starts, 1 where it ends.
    pub fn place(&self, value: f64) -> f64 {
        match self.logarithmic {
            true => (value / self.from).ln() / (self.to / self.from).ln(),
            false => (value - self.from) / (self.to - self.from),
        }
    }

    /// The lower side of a map, from west to east: longitudes, or columns.
    pub fn eastward(map: &Map) -> Self {
        let columns = map.extent[1] as f64;
        match map.place {
            None => Axis::new("column", 0.0, columns),
            Some(place) => Axis {
                format: |value, decimals| degrees(value, decimals, 'E', 'W'),
                ..Axis::new("longitude", place.west, place.west + place.step * columns)
            },
        }
    }

    /// The left side of a map, from north to south: latitudes, or rows.
    pub fn southward(map: &Map) -> Self {
        let rows = map.extent[0] as f64;
        match map.place {
            None => Axis::new("row", 0.0, rows),
            Some(place) => Axis {
                format: |value, decimals| degrees(value, decimals, 'N', 'S'),
                ..Axis::new("latitude", place.north, place.north - place.step * rows)
            },
        }
    }

    /// Ticks at round values, no more than `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        if self.logarithmic {
            return self.decades(low, high);
        }
        let step = round_step(high - low, most);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let first = (low / step - 1e-9).ceil();
        let last = (high / step + 1e-9).floor();
        let count = (last - first + 1.0).clamp(0.0, most as f64) as usize;
        let tick = |k: usize| {
            let value = (first + k as f64) * step;
            Tick {
                place: self.place(value),
                text: (self.format)(value, decimals),
            }
        };
        (0..count).map(tick).collect()
    }

    /// Ticks at the powers of ten, and in a short range at twice and five times them too.
    fn decades(&self, low: f64, high: f64) -> Vec<Tick> {
        let digits: &[f64] = match high / low {
            ratio if ratio > 3e2 => &[1.0],
            _ => &[1.0, 2.0, 5.0],
        };
        let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let values = powers.flat_map(|power| {
            let decimals = (-power).max(0) as usize;
            let value = move |digit: &f64| (digit * 10_f64.powi(power), decimals);
            digits.iter().map(value)
        });
        let inside = values
            .filter(|(value, _)| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9));
        let tick = |(value, decimals): (f64, usize)| Tick {
            place: self.place(value),
            text: (self.format)(value, decimals),
        };
        inside.map(tick).collect()
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50, .. (or 0.1, 0.2, ..) that fits into `length` fewer than `most` times.
pub fn round_step(length: f64, most: usize) -> f64 {
    let least = length / (most as f64 - 1.0);
    let decade = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * decade);
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    steps.into_iter().find(fits).unwrap_or(10.0 * decade)
}

/// With a minus sign as wide as a plus; very large and small numbers with an exponent.
fn number(value: f64, decimals: usize) -> String {
    let text = match value.abs() {
        0.0 if decimals > 4 => "0".into(),
        size if size >= 1e5 || decimals > 4 => format!("{value:.1e}"),
        _ => format!("{:.decimals$}", value + 0.0),
    };
    text.replace('-', "\u{2212}")
}

fn degrees(value: f64, decimals: usize, positive: char, negative: char) -> String {
    let side = if value < 0.0 { negative } else { positive };
    format!("{:.decimals$}°\u{a0}{side}", value.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: &Axis, most: usize) -> Vec<String> {
        let ticks = axis.ticks(most).into_iter();
        ticks
            .map(|tick| format!("{} at {:.2}", tick.text, tick.place.abs()))
            .collect()
    }

    #[test]
    fn ticks_stand_at_round_values() {
        let axis = Axis::new("", -7.0, 8.0);
        assert_eq!(
            texts(&axis, 4),
            ["\u{2212}5 at 0.13", "0 at 0.47", "5 at 0.80"]
        );
        let falling = Axis::new("", 0.25, 0.0);
        assert_eq!(
            texts(&falling, 4),
            ["0.0 at 1.00", "0.1 at 0.60", "0.2 at 0.20"]
        );
        let tiny = Axis::new("", 0.0, 2.1e-9);
        assert_eq!(texts(&tiny, 3), ["0 at 0.00", "2.0e\u{2212}9 at 0.95"]);
    }

    #[test]
    fn a_logarithmic_axis_marks_the_powers_of_ten() {
        let axis = Axis::logarithmic("", 10.0, 1e-3);
        assert_eq!(
            texts(&axis, 5),
            [
                "0.001 at 1.00",
                "0.01 at 0.75",
                "0.1 at 0.50",
                "1 at 0.25",
                "10 at 0.00"
            ]
        );
        let short = Axis::logarithmic("", 0.8, 3.0);
        assert_eq!(texts(&short, 5), ["1 at 0.17", "2 at 0.69"]);
    }

    #[test]
    fn degrees_name_their_side() {
        assert_eq!(degrees(-84.4, 1, 'E', 'W'), "84.4°\u{a0}W");
        assert_eq!(degrees(36.65, 2, 'N', 'S'), "36.65°\u{a0}N");
    }

    #[test]
    fn steps_are_one_two_or_five_of_a_decade() {
        assert_eq!(round_step(30.0, 9), 5.0);
        assert_eq!(round_step(10.0, 11), 1.0);
        assert_eq!(round_step(840.0, 10), 100.0);
    }
}
