//! White paper, and what can be put on it: letters, lines and points of colour, all measured in pixels.
//!
//! `plotters` supplies letters and shapes; its font is bundled, so that every machine draws the same.

use std::fmt::Display;

use halo::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};

const FONT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/data/DejaVuSans-subset.ttf"
));

/// Sizes of the letters in pixels.
pub const LARGE: i32 = 28;
pub const MEDIUM: i32 = 22;
pub const SMALL: i32 = 20;

/// A sheet of paper or a part of one; places count from its upper left corner.
pub struct Paper<'a> {
    canvas: DrawingArea<BitMapBackend<'a>, Shift>,
}

impl<'a> Paper<'a> {
    /// White paper of this width and height; `pixels` are three bytes each.
    ///
    /// # Errors
    /// The font cannot be read; `pixels` are not those of the paper.
    pub fn new(pixels: &'a mut [u8], size: [i32; 2]) -> Result<Self> {
        // Registering the font once more does no harm.
        register_font("sans-serif", FontStyle::Normal, FONT)
            .map_err(|_| cannot_draw("its font cannot be read"))?;
        let [across, down] = size.map(|pixels| pixels as u32);
        let canvas = BitMapBackend::with_buffer(pixels, (across, down)).into_drawing_area();
        canvas.fill(&WHITE).map_err(cannot_draw)?;
        Ok(Paper { canvas })
    }

    /// The part from a corner on, of this width and height.
    pub fn part(&self, (left, above): (i32, i32), [width, height]: [i32; 2]) -> Self {
        let canvas = self.canvas.clone();
        Paper {
            canvas: canvas.shrink((left, above), (width, height)),
        }
    }

    pub fn point(&self, place: (i32, i32), [red, green, blue]: [u8; 3]) -> Result {
        let colour = RGBColor(red, green, blue);
        self.canvas.draw_pixel(place, &colour).map_err(cannot_draw)
    }

    pub fn line(&self, from: (i32, i32), to: (i32, i32)) -> Result {
        self.path([from, to], [0; 3], 1)
    }

    /// Straight lines from place to place, so many pixels thick.
    pub fn path(
        &self,
        places: impl Into<Vec<(i32, i32)>>,
        [red, green, blue]: [u8; 3],
        thickness: u32,
    ) -> Result {
        let style = RGBColor(red, green, blue).stroke_width(thickness);
        let path = PathElement::new(places, style);
        self.canvas.draw(&path).map_err(cannot_draw)
    }

    /// A thin line around an area of this size.
    pub fn frame(&self, (x, y): (i32, i32), (width, height): (i32, i32)) -> Result {
        let frame = Rectangle::new([(x - 1, y - 1), (x + width, y + height)], BLACK);
        self.canvas.draw(&frame).map_err(cannot_draw)
    }

    /// Covers the area between two corners, so far as it is opaque.
    pub fn cover(
        &self,
        corners: [(i32, i32); 2],
        [red, green, blue]: [u8; 3],
        opacity: f64,
    ) -> Result {
        let colour = RGBColor(red, green, blue).mix(opacity);
        let plate = Rectangle::new(corners, colour.filled());
        self.canvas.draw(&plate).map_err(cannot_draw)
    }

    pub fn text(
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

fn cannot_draw(error: impl Display) -> Error {
    Error::Invalid(format!("a picture cannot be drawn: {error}"))
}
