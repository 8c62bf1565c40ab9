//! The paper a picture is drawn on: where title, map, axes and bars stand, and how their text is set.
//!
//! `plotters` supplies letters and shapes; its font is bundled, so that every machine draws the same.

use std::fmt::Display;

use halo::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};

use super::axis::{Axis, round_step};
use super::map::Map;
use super::palette::Palette;

const FONT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/data/DejaVuSans-subset.ttf"
));

/// Pixels around the map; the colour bar stands on its right.
const LEFT: i32 = 140;
const ABOVE: i32 = 64;
const RIGHT: i32 = 180;
const BELOW: i32 = 84;
/// Pixels between the map and its colour bar, of the bar's width, and of a tick.
const GAP: i32 = 28;
const BAR: i32 = 26;
const TICK: i32 = 7;
/// Sizes of the letters in pixels.
const LARGE: i32 = 28;
const MEDIUM: i32 = 22;
const SMALL: i32 = 20;

/// The canvas, and the map's place on it: `width` x `height` pixels from (`LEFT`, `ABOVE`) on.
pub struct Sheet<'a> {
    canvas: DrawingArea<BitMapBackend<'a>, Shift>,
    width: i32,
    height: i32,
}

impl<'a> Sheet<'a> {
    /// Width and height of the paper around a map of this size.
    pub fn paper([width, height]: [i32; 2]) -> [u32; 2] {
        [width + LEFT + RIGHT, height + ABOVE + BELOW].map(|pixels| pixels as u32)
    }

    /// White paper around a map of this size; `pixels` are three bytes each.
    ///
    /// # Errors
    /// The font cannot be read; `pixels` are not those of the paper.
    pub fn new(pixels: &'a mut [u8], size: [i32; 2]) -> Result<Self> {
        // Registering the font once more does no harm.
        register_font("sans-serif", FontStyle::Normal, FONT)
            .map_err(|_| cannot_draw("its font cannot be read"))?;
        let [across, down] = Sheet::paper(size);
        let canvas = BitMapBackend::with_buffer(pixels, (across, down)).into_drawing_area();
        canvas.fill(&WHITE).map_err(cannot_draw)?;
        let [width, height] = size;
        Ok(Sheet {
            canvas,
            width,
            height,
        })
    }

    pub fn title(&self, text: &str) -> Result {
        let place = (LEFT + self.width / 2, ABOVE / 2);
        self.text(text, place, LARGE, (HPos::Center, VPos::Center), false)
    }

    /// Colours the map: `colour(down, across)` is asked for places from 0 to 1 along each axis.
    pub fn cells(&self, colour: impl Fn(f64, f64) -> [u8; 3]) -> Result {
        let place = |pixel: i32, length: i32| (f64::from(pixel) + 0.5) / f64::from(length);
        for y in 0..self.height {
            for x in 0..self.width {
                let [red, green, blue] = colour(place(y, self.height), place(x, self.width));
                self.canvas
                    .draw_pixel((LEFT + x, ABOVE + y), &RGBColor(red, green, blue))
                    .map_err(cannot_draw)?;
            }
        }
        self.frame((LEFT, ABOVE), (self.width, self.height))
    }

    /// Ticks and labels on the lower and the left side.
    pub fn sides(&self, map: &Map) -> Result {
        let (bottom, middle) = (ABOVE + self.height, LEFT + self.width / 2);
        let eastward = Axis::eastward(map);
        for tick in eastward.ticks(most_ticks(self.width, 120)) {
            let x = LEFT + along(self.width, tick.place);
            self.line((x, bottom), (x, bottom + TICK))?;
            let below = (x, bottom + TICK + 5);
            self.text(&tick.text, below, SMALL, (HPos::Center, VPos::Top), false)?;
        }
        let place = (middle, bottom + BELOW - 16);
        self.text(
            &eastward.label,
            place,
            MEDIUM,
            (HPos::Center, VPos::Bottom),
            false,
        )?;

        let southward = Axis::southward(map);
        for tick in southward.ticks(most_ticks(self.height, 50)) {
            let y = ABOVE + along(self.height, tick.place);
            self.line((LEFT - TICK, y), (LEFT, y))?;
            let left = (LEFT - TICK - 5, y + 2);
            self.text(&tick.text, left, SMALL, (HPos::Right, VPos::Center), false)?;
        }
        let place = (14, ABOVE + self.height / 2);
        self.text(
            &southward.label,
            place,
            MEDIUM,
            (HPos::Center, VPos::Top),
            true,
        )
    }

    /// A length on the ground, where the spacing is known in metres.
    pub fn scale_bar(&self, map: &Map) -> Result {
        if map.place.is_none() {
            return Ok(());
        }
        let kilometres = 1e-3 * map.spacing()[1] * map.extent[1] as f64;
        let length = round_step(kilometres, 9);
        let pixels = along(self.width, length / kilometres);
        let (x, y) = (LEFT + 20, ABOVE + self.height - 24);
        let plate = Rectangle::new(
            [(x - 10, y - 34), (x + pixels + 10, y + 12)],
            WHITE.mix(0.8).filled(),
        );
        self.canvas.draw(&plate).map_err(cannot_draw)?;
        let bar = Rectangle::new([(x, y - 2), (x + pixels, y + 2)], BLACK.filled());
        self.canvas.draw(&bar).map_err(cannot_draw)?;
        let above = (x + pixels / 2, y - 8);
        self.text(
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
            let [red, green, blue] = palette.colour(value, 1.0);
            RGBColor(red, green, blue)
        };
        for y in 0..self.height {
            let place = 1.0 - (f64::from(y) + 0.5) / f64::from(self.height);
            let row = [(left, ABOVE + y), (left + BAR - 1, ABOVE + y)];
            let row = PathElement::new(row, colour(place));
            self.canvas.draw(&row).map_err(cannot_draw)?;
        }
        self.frame((left, ABOVE), (BAR, self.height))?;
        if palette.clipped {
            self.point((left, ABOVE - 3), -1, colour(1.0))?;
            self.point((left, ABOVE + self.height + 2), 1, colour(0.0))?;
        }

        let axis = Axis::new(label, palette.high, palette.low);
        let right = left + BAR;
        for tick in axis.ticks(most_ticks(self.height, 50)) {
            let y = ABOVE + along(self.height, tick.place);
            self.line((right, y), (right + TICK, y))?;
            let beside = (right + TICK + 5, y + 2);
            self.text(&tick.text, beside, SMALL, (HPos::Left, VPos::Center), false)?;
        }
        let place = (LEFT + self.width + RIGHT - 40, ABOVE + self.height / 2);
        self.text(&axis.label, place, MEDIUM, (HPos::Center, VPos::Top), true)
    }

    /// A triangle as wide as the colour bar, pointing up (-1) or down (1).
    fn point(&self, (left, y): (i32, i32), down: i32, colour: RGBColor) -> Result {
        for row in 0..BAR / 2 {
            let ends = [left + row, left + BAR - 1 - row].map(|x| (x, y + down * row));
            let row = PathElement::new(ends, colour);
            self.canvas.draw(&row).map_err(cannot_draw)?;
        }
        Ok(())
    }

    fn frame(&self, (x, y): (i32, i32), (width, height): (i32, i32)) -> Result {
        let frame = Rectangle::new([(x - 1, y - 1), (x + width, y + height)], BLACK);
        self.canvas.draw(&frame).map_err(cannot_draw)
    }

    fn line(&self, from: (i32, i32), to: (i32, i32)) -> Result {
        let line = PathElement::new([from, to], BLACK);
        self.canvas.draw(&line).map_err(cannot_draw)
    }

    fn text(
        &self,
        text: &str,
        place: (i32, i32),
        size: i32,
        (across, down): (HPos, VPos),
        upward: bool,
    ) -> Result {
        let mut font = ("sans-serif", size).into_font();
        if upward {
            font = font.transform(FontTransform::Rotate270);
        }
        let style = TextStyle::from(font).pos(Pos::new(across, down));
        self.canvas
            .draw_text(text, &style, place)
            .map_err(cannot_draw)
    }
}

fn along(length: i32, place: f64) -> i32 {
    (f64::from(length) * place).round() as i32
}

/// How many ticks suit a side, each with this much room.
fn most_ticks(length: i32, room: i32) -> usize {
    (length / room).clamp(3, 10) as usize
}

fn cannot_draw(error: impl Display) -> Error {
    Error::Invalid(format!("a picture cannot be drawn: {error}"))
}
