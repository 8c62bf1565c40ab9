//! Where title, drawing, axes and bars stand on paper, and how they are set.

use halo::Result;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::{Axis, round_step};
use super::frame::Frame;
use super::palette::Palette;
use super::paper::{LARGE, MEDIUM, Paper, SMALL};

/// Pixels around the drawing; colour bar and legend stand on its right.
const LEFT: i32 = 140;
const ABOVE: i32 = 64;
const RIGHT: i32 = 180;
const BELOW: i32 = 84;
/// Pixels between the drawing and its colour bar, of the bar's width, and of a tick.
const GAP: i32 = 28;
const BAR: i32 = 26;
const TICK: i32 = 7;

/// How a curve is drawn.
#[derive(Clone, Copy)]
pub struct Stroke {
    pub colour: [u8; 3],
    pub thickness: u32,
    pub dashed: bool,
}

/// The paper, and the drawing's place on it: `width` x `height` pixels from (`LEFT`, `ABOVE`) on.
pub struct Sheet<'p, 'f> {
    paper: Paper<'p>,
    frame: &'f Frame,
    width: i32,
    height: i32,
}

impl<'p, 'f> Sheet<'p, 'f> {
    /// Width and height of the paper for such a drawing.
    pub fn outer(frame: &Frame) -> [i32; 2] {
        let [width, height] = frame.size;
        [width + LEFT + RIGHT, height + ABOVE + BELOW]
    }

    /// Paper of that size, to be drawn on.
    pub fn new(paper: Paper<'p>, frame: &'f Frame) -> Self {
        let [width, height] = frame.size;
        Sheet {
            paper,
            frame,
            width,
            height,
        }
    }

    pub fn title(&self, text: &str) -> Result {
        let place = (LEFT + self.width / 2, ABOVE / 2);
        self.paper
            .text(text, place, LARGE, (HPos::Center, VPos::Center), false)
    }

    /// Colours the drawing: `colour(down, across)` is asked for places from 0 to 1 along each axis.
    pub fn cells(&self, colour: impl Fn(f64, f64) -> [u8; 3]) -> Result {
        let place = |pixel: i32, length: i32| (f64::from(pixel) + 0.5) / f64::from(length);
        for y in 0..self.height {
            for x in 0..self.width {
                let colour = colour(place(y, self.height), place(x, self.width));
                self.paper.point((LEFT + x, ABOVE + y), colour)?;
            }
        }
        self.paper.frame((LEFT, ABOVE), (self.width, self.height))
    }

    /// Ticks and labels on the lower and the left side.
    pub fn sides(&self) -> Result {
        let (bottom, middle) = (ABOVE + self.height, LEFT + self.width / 2);
        let Frame { across, down, .. } = self.frame;
        for tick in across.ticks(most_ticks(self.width, 120)) {
            let x = LEFT + along(self.width, tick.place);
            self.paper.line((x, bottom), (x, bottom + TICK))?;
            let below = (x, bottom + TICK + 5);
            self.paper
                .text(&tick.text, below, SMALL, (HPos::Center, VPos::Top), false)?;
        }
        let place = (middle, bottom + BELOW - 16);
        self.paper.text(
            &across.label,
            place,
            MEDIUM,
            (HPos::Center, VPos::Bottom),
            false,
        )?;

        for tick in down.ticks(most_ticks(self.height, 50)) {
            let y = ABOVE + along(self.height, tick.place);
            self.paper.line((LEFT - TICK, y), (LEFT, y))?;
            let left = (LEFT - TICK - 5, y + 2);
            self.paper
                .text(&tick.text, left, SMALL, (HPos::Right, VPos::Center), false)?;
        }
        let place = (14, ABOVE + self.height / 2);
        self.paper
            .text(&down.label, place, MEDIUM, (HPos::Center, VPos::Top), true)
    }

    /// A length on the ground, where it is known.
    pub fn scale_bar(&self) -> Result {
        let Some(kilometres) = self.frame.kilometres else {
            return Ok(());
        };
        let length = round_step(kilometres, 9);
        let pixels = along(self.width, length / kilometres);
        let (x, y) = (LEFT + 20, ABOVE + self.height - 24);
        let plate = [(x - 10, y - 34), (x + pixels + 10, y + 12)];
        self.paper.cover(plate, [255; 3], 0.8)?;
        self.paper
            .cover([(x, y - 2), (x + pixels, y + 2)], [0; 3], 1.0)?;
        let above = (x + pixels / 2, y - 8);
        self.paper.text(
            &format!("{length} km"),
            above,
            SMALL,
            (HPos::Center, VPos::Bottom),
            false,
        )
    }

    /// The colours of the values; pointed where there are values beyond the ends.
    pub fn colour_bar(&self, palette: &Palette, label: &str) -> Result {
        let left = LEFT + self.width + GAP;
        let colour = |place: f64| {
            let value = palette.low + place * (palette.high - palette.low);
            palette.colour(value, 1.0)
        };
        for y in 0..self.height {
            let place = 1.0 - (f64::from(y) + 0.5) / f64::from(self.height);
            let row = [(left, ABOVE + y), (left + BAR - 1, ABOVE + y)];
            self.paper.path(row, colour(place), 1)?;
        }
        self.paper.frame((left, ABOVE), (BAR, self.height))?;
        if palette.clipped {
            self.point((left, ABOVE - 3), -1, colour(1.0))?;
            self.point((left, ABOVE + self.height + 2), 1, colour(0.0))?;
        }

        let axis = Axis::new(label, palette.high, palette.low);
        let right = left + BAR;
        for tick in axis.ticks(most_ticks(self.height, 50)) {
            let y = ABOVE + along(self.height, tick.place);
            self.paper.line((right, y), (right + TICK, y))?;
            let beside = (right + TICK + 5, y + 2);
            self.paper
                .text(&tick.text, beside, SMALL, (HPos::Left, VPos::Center), false)?;
        }
        let place = (LEFT + self.width + RIGHT - 40, ABOVE + self.height / 2);
        self.paper
            .text(&axis.label, place, MEDIUM, (HPos::Center, VPos::Top), true)
    }

    /// A triangle as wide as the colour bar, pointing up (-1) or down (1).
    fn point(&self, (left, y): (i32, i32), down: i32, colour: [u8; 3]) -> Result {
        for row in 0..BAR / 2 {
            let ends = [left + row, left + BAR - 1 - row].map(|x| (x, y + down * row));
            self.paper.path(ends, colour, 1)?;
        }
        Ok(())
    }

    /// Faint lines at the ticks, behind curves.
    pub fn lattice(&self) -> Result {
        const FAINT: [u8; 3] = [225; 3];
        let (right, bottom) = (LEFT + self.width, ABOVE + self.height);
        let Frame { across, down, .. } = self.frame;
        for tick in across.ticks(most_ticks(self.width, 120)) {
            let x = LEFT + along(self.width, tick.place);
            self.paper.path([(x, ABOVE), (x, bottom)], FAINT, 1)?;
        }
        for tick in down.ticks(most_ticks(self.height, 50)) {
            let y = ABOVE + along(self.height, tick.place);
            self.paper.path([(LEFT, y), (right, y)], FAINT, 1)?;
        }
        self.paper.frame((LEFT, ABOVE), (self.width, self.height))
    }

    /// A line through places from 0 to 1 along each axis, across and down.
    pub fn curve(&self, places: impl Iterator<Item = [f64; 2]>, stroke: Stroke) -> Result {
        let places = places.map(|[across, down]| {
            let across = along(self.width, across.clamp(0.0, 1.0));
            let down = along(self.height, down.clamp(0.0, 1.0));
            (LEFT + across, ABOVE + down)
        });
        self.stroke(&places.collect::<Vec<_>>(), stroke)
    }

    /// What the curves are called.
    pub fn legend(&self, entries: &[(&str, Stroke)]) -> Result {
        const ROW: i32 = 24;
        let left = LEFT + self.width + 14;
        let mut y = ABOVE + 16;
        for (name, stroke) in entries {
            self.stroke(&[(left, y), (left + 30, y)], *stroke)?;
            for line in name.lines() {
                let beside = (left + 38, y + 2);
                self.paper
                    .text(line, beside, SMALL, (HPos::Left, VPos::Center), false)?;
                y += ROW;
            }
            y += ROW / 2;
        }
        Ok(())
    }

    fn stroke(&self, places: &[(i32, i32)], stroke: Stroke) -> Result {
        let Stroke {
            colour,
            thickness,
            dashed,
        } = stroke;
        if !dashed {
            return self.paper.path(places, colour, thickness);
        }
        for dash in dashes(places) {
            self.paper.path(dash, colour, thickness)?;
        }
        Ok(())
    }
}

/// Cuts a line into dashes of 8 pixels, 6 apart.
fn dashes(places: &[(i32, i32)]) -> Vec<[(i32, i32); 2]> {
    const DASH: f64 = 8.0;
    const PERIOD: f64 = 14.0;
    let (mut dashes, mut done) = (Vec::new(), 0.0);
    for pair in places.windows(2) {
        let [from, to] = [pair[0], pair[1]].map(|(x, y)| [f64::from(x), f64::from(y)]);
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let at = |distance: f64| {
            let part = if length > 0.0 { distance / length } else { 0.0 };
            let [x, y] = [0, 1].map(|axis| from[axis] + part * (to[axis] - from[axis]));
            (x.round() as i32, y.round() as i32)
        };
        let mut here = 0.0;
        while here < length {
            let phase = (done + here) % PERIOD;
            let step = if phase < DASH {
                DASH - phase
            } else {
                PERIOD - phase
            };
            let next = (here + step.max(1e-6)).min(length);
            if phase < DASH {
                dashes.push([at(here), at(next)]);
            }
            here = next;
        }
        done += length;
    }
    dashes
}

fn along(length: i32, place: f64) -> i32 {
    (f64::from(length) * place).round() as i32
}

/// How many ticks suit a side, each with this much room.
fn most_ticks(length: i32, room: i32) -> usize {
    (length / room).clamp(3, 10) as usize
}
