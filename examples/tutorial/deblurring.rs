//! What is impossible without true adjoints: a part of the map, blurred and noisy, made sharp again on all ranks.
//!
//! Twice: by least squares, whose solution is smooth, and by total variation, which keeps edges.

use std::time::{Duration, Instant};

use halo::Result;
use halo::prelude::*;
use halo::stock;
use ndarray::Array2;

use super::blurring::blur;
use super::comparison::expect_equal_bits;
use super::kernels::Laplacian;
use super::map::Map;
use super::scene::{Ground, Scene};
use super::table::Table;

/// The most cells of a side of the part.
const MOST: [usize; 2] = [160, 200];
/// The largest noise, in parts of the ground's root mean square height above its mean.
const NOISE: f64 = 0.03;
const SEED: u64 = 2;
/// The weight of the Laplacian in least squares.
const ROUGHNESS: f64 = 0.1;
/// The weight of the total variation, in parts of the largest noise.
const VARIATION: f64 = 0.2;

/// The ground, what was seen of it, and what was restored from that.
pub struct Deblurring {
    /// The part of the map.
    pub part: Map,
    pub truth: Ground,
    pub seen: Ground,
    /// Root mean square of the differences between what was seen and the ground.
    pub error: f64,
    /// The largest noise.
    pub noise: f64,
    /// The weight of the total variation.
    pub variation: f64,
    pub least_squares: Restored,
    pub total_variation: Restored,
}

/// The outcome of one method.
pub struct Restored {
    pub ground: Ground,
    /// Why the solver ended.
    pub status: String,
    /// Root mean square of the differences from the ground, from the start on.
    pub errors: Vec<f64>,
    /// Distance from a solution, relative to that of zero, from the start on.
    pub optimalities: Vec<f64>,
    pub time: Duration,
}

impl Deblurring {
    /// Blurs the middle of a map, adds noise, and restores it on the ranks of `comm`; rank 0 gets the result.
    ///
    /// # Errors
    /// The map cannot be read or is too small for the ranks; an exact adjoint test fails.
    pub fn compute(comm: &Comm, map: &Map) -> Result<Option<Self>> {
        let part = map.middle(MOST);
        let grid = Grid::new(comm, part.extent)?;
        let scene = Scene::of(&part, &grid)?;
        let blur = blur(&grid)?;
        blur.exact_adjoint_test()?;

        let noise = NOISE * scene.size()?;
        let mut seen = blur.forward(&scene.height)?;
        seen.axpy(noise, &grid.random(SEED))?;

        // Beyond the edges the ground is level, as the blur has it.
        let laplacian = Laplacian {
            inv_dy2: 1.0,
            inv_dx2: 1.0,
        };
        let laplacian = laplacian.boundary(Boundary::Clamp).on(&grid)?;
        let least_squares = Cgls::new(&blur, &seen)
            .regularise(ROUGHNESS, &laplacian)
            .stop(Stop::after(100).relative(1e-4));
        let least_squares = Restored::by(least_squares, &scene)?;

        let variation = VARIATION * noise;
        let gradient = stock::Gradient::new()
            .kind(stock::Kind::Forward)
            .on(&grid)?;
        let total_variation = TotalVariation::isotropic(&blur, &seen, &gradient, variation)
            .stop(Stop::after(100).relative(2e-3));
        let total_variation = Restored::by(total_variation, &scene)?;

        let error = scene.error(&seen)?;
        let grounds = [scene.ground(&scene.height)?, scene.ground(&seen)?];
        let ([Some(truth), Some(seen)], Some(least_squares), Some(total_variation)) =
            (grounds, least_squares, total_variation)
        else {
            return Ok(None);
        };
        Ok(Some(Deblurring {
            part,
            truth,
            seen,
            error,
            noise,
            variation,
            least_squares,
            total_variation,
        }))
    }

    /// What each method minimised, and how well it did.
    pub fn table(&self, unit: &str) -> Table {
        let headings = ["", "minimised", "error", "iterations", "time", "status"];
        let mut table = Table::new(headings);
        let seen = format!("{:.2}{unit}", self.error);
        table.row(["as seen", "", &seen, "", "", ""]);
        let methods = [
            (
                "least squares",
                format!("|A z - b|² + {ROUGHNESS}² |Laplacian z|²"),
                &self.least_squares,
            ),
            (
                "total variation",
                format!("|A z - b|² + {:.2} TV(z)", self.variation),
                &self.total_variation,
            ),
        ];
        for (name, minimised, method) in methods {
            table.row([
                name,
                &minimised,
                &format!("{:.2}{unit}", method.error()),
                &method.iterations().to_string(),
                &format!("{:.2} s", method.time.as_secs_f64()),
                &method.status,
            ]);
        }
        table
    }

    /// An error unless all bits of all results are those of another computation, on one rank.
    pub fn expect_equal(&self, serial: &Deblurring) -> Result {
        let bits = |what, of: fn(&Deblurring) -> &Array2<f64>| {
            expect_equal_bits(what, of(self), of(serial))
        };
        bits("blurred ground", |all| &all.seen.elevation)?;
        bits("least squares", |all| &all.least_squares.ground.elevation)?;
        bits("total variation", |all| {
            &all.total_variation.ground.elevation
        })
    }
}

impl Restored {
    fn by<'a>(
        solver: impl Solver<'a, Unknown = Field<f64, 2>>,
        scene: &'a Scene,
    ) -> Result<Option<Self>> {
        let start = scene.error(&scene.height.zeros_like())?;
        let mut errors = vec![Ok(start)];
        let clock = Instant::now();
        let mut run = solver.begin()?;
        while run.step()?.is_some() {
            errors.push(scene.error(run.x()));
        }
        let solution = run.finish()?;
        let time = clock.elapsed();
        let first = solution.history[0].optimality;
        let optimalities = solution.history.optimalities();
        let errors: Result<Vec<f64>> = errors.into_iter().collect();
        let (errors, status) = (errors?, solution.status.to_string());
        let optimalities = optimalities.iter().map(|now| now / first).collect();
        Ok(scene.ground(&solution.x)?.map(|ground| Restored {
            ground,
            status,
            errors,
            optimalities,
            time,
        }))
    }

    /// Iterations done.
    pub fn iterations(&self) -> usize {
        self.optimalities.len() - 1
    }

    /// Root mean square of the differences from the ground in the end.
    pub fn error(&self) -> f64 {
        self.errors[self.errors.len() - 1]
    }
}
