//! The pictures of the tour: which quantities, in which units and colours.

use std::fs;
use std::path::{Path, PathBuf};

use halo::{Error, Result};

use super::figure::{Figure, Panel};
use super::frame::Frame;
use super::map::Map;
use super::palette::Palette;
use super::picture::Picture;
use super::relief::{Relief, STEPS};

/// Pixels of the longer side of the map.
const LONGER: f64 = 880.0;

/// Makes the folder for the pictures.
///
/// # Errors
/// The folder can neither be found nor made.
pub fn open(folder: &Path) -> Result {
    fs::create_dir_all(folder).map_err(|error| Error::File {
        path: folder.to_owned(),
        message: format!("no folder for the pictures can be made here: {error}"),
    })
}

/// Draws all pictures and returns their files.
///
/// # Errors
/// A file cannot be written.
pub fn draw(map: &Map, relief: &Relief, folder: &Path) -> Result<Vec<PathBuf>> {
    let known = map.place.is_some();
    let unit = |metric, plain| if known { metric } else { plain };
    let name = if known {
        "Jacksboro fault, Tennessee: "
    } else {
        ""
    };
    // On a map in metres, slopes are read as angles and curvatures per kilometre.
    let slope = relief
        .slope
        .map(|s| if known { s.atan().to_degrees() } else { *s });
    let laplacian = relief.laplacian.map(|c| if known { 1e3 * c } else { *c });
    let difference = relief.difference();
    let [before, after] = &relief.shades;
    let elevations = |values| Palette::sequential(colorous::VIRIDIS, values);

    let frame = &Frame::of(map, LONGER);
    let pictures = [
        (
            "elevation",
            Picture {
                title: &format!("{name}elevation"),
                frame,
                label: unit("elevation (m)", "elevation"),
                values: &relief.elevation,
                palette: elevations(&relief.elevation),
                shade: Some(before),
            },
        ),
        (
            "slope",
            Picture {
                title: &format!("{name}slope"),
                frame,
                label: unit("slope (°)", "slope (per cell)"),
                values: &slope,
                palette: Palette::sequential(colorous::MAGMA, &slope),
                shade: None,
            },
        ),
        (
            "laplacian",
            Picture {
                title: &format!("{name}Laplacian of the elevation"),
                frame,
                label: unit("Laplacian (km\u{207b}¹)", "Laplacian (per cell²)"),
                values: &laplacian,
                palette: Palette::diverging(&laplacian),
                shade: None,
            },
        ),
        (
            "diffused",
            Picture {
                title: &format!("{name}after {STEPS} steps of diffusion"),
                frame,
                label: unit("elevation (m)", "elevation"),
                values: &relief.diffused,
                palette: elevations(&relief.elevation),
                shade: Some(after),
            },
        ),
        (
            "difference",
            Picture {
                title: &format!("{name}what diffusion changed"),
                frame,
                label: unit(
                    "diffused minus original elevation (m)",
                    "diffused minus original",
                ),
                values: &difference,
                palette: Palette::diverging(&difference),
                shade: None,
            },
        ),
    ];
    let save = |(name, picture): &(&str, Picture)| {
        let path = folder.join(name).with_extension("png");
        Figure::column([picture as &dyn Panel])
            .save(&path)
            .map(|()| path)
    };
    pictures.iter().map(save).collect()
}
