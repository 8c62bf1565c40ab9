//! CGLS, iteration by iteration, against what PyLops computes, on 1, 2, 3, 4 and 8 ranks.

use std::fs;
use std::path::PathBuf;

use halo::io::npy;
use halo::operator::Operator;
use halo::prelude::*;
use halo::solver::Run;
use halo::stock::{FirstDerivative, Gradient, Kind, Laplacian, SecondDerivative};
use ndarray::Array2;
use serde_json::Value;

const RANKS: [usize; 5] = [1, 2, 3, 4, 8];

/// One run of the reference.
struct Case {
    id: String,
    values: Value,
}

fn case(id: &str) -> Case {
    let text = fs::read_to_string(folder().join("cases.json")).expect("the reference");
    let family: Value = serde_json::from_str(&text).expect("a family");
    let cases = family["cases"].as_array().expect("cases");
    let values = cases.iter().find(|case| case["id"] == id);
    Case {
        id: id.into(),
        values: values.expect("the case").clone(),
    }
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/cgls"))
}

impl Case {
    fn path(&self, file: &str) -> PathBuf {
        folder().join(self.values["files"][file].as_str().expect("a file"))
    }

    fn number(&self, name: &str) -> f64 {
        self.values["params"][name].as_f64().expect("a parameter")
    }

    fn numbers(&self, file: &str) -> Vec<f64> {
        let file = fs::File::open(self.path(file)).expect("a file");
        let array = npyz::NpyFile::new(file).expect("an array");
        array.into_vec().expect("numbers")
    }

    fn field<const D: usize>(&self, grid: &Grid<D>, file: &str) -> Field<f64, D>
    where
        [usize; D]: ndarray::IntoDimension,
    {
        npy::read(grid, self.path(file)).expect("a field")
    }

    /// As the reference stops: after so many iterations, or where the square of the gradient is at most `tol`.
    fn stop(&self) -> Stop {
        let limit = self.values["params"]["niter"].as_u64().expect("a limit");
        Stop::after(limit as usize).absolute(self.number("tol").sqrt())
    }

    /// Steps through a run and compares all that the reference knows of it.
    fn check<const D: usize, Y: Vector>(
        &self,
        grid: &Grid<D>,
        solver: Cgls<'_, Field<f64, D>, Y>,
    ) -> halo::Result
    where
        [usize; D]: ndarray::IntoDimension,
    {
        let id = &self.id;
        let (at, drifts) = (
            &self.values["snapshot_iterations"],
            &self.values["snapshot_rounding_drift"],
        );
        let snapshots = self.numbers("snapshots");
        let cells: usize = grid.extent().iter().product();
        let mut run: Run<_> = solver
            .damping(self.number("damp"))
            .stop(self.stop())
            .begin()?;
        let mut compared = 0;
        let mut worst_drift = 0.0f64;
        while let Some(now) = run.step()? {
            if at[compared].as_u64() == Some(now.number as u64) {
                worst_drift = worst_drift.max(drifts[compared].as_f64().expect("a drift"));
                let snapshot = &snapshots[compared * cells..][..cells];
                self.close(run.x(), snapshot, 100.0 * worst_drift, now.number);
                compared += 1;
            }
        }
        assert_eq!(
            Some(compared),
            at.as_array().map(Vec::len),
            "{id}: snapshots"
        );
        assert_eq!(
            self.values["iterations"].as_u64(),
            Some(run.iteration().number as u64),
            "{id}: iterations"
        );
        let drift = self.values["checks"]["rounding_drift"]
            .as_f64()
            .expect("a drift");
        let allowed = 100.0 * drift.max(worst_drift);
        self.close(run.x(), &self.numbers("x"), allowed, run.iteration().number);
        let curves = [
            (run.history().residuals(), self.numbers("cost")),
            (
                run.history()
                    .optimalities()
                    .iter()
                    .map(|norm| norm * norm)
                    .collect(),
                self.numbers("gradient2"),
            ),
        ];
        for (found, expected) in curves {
            assert_eq!(found.len(), expected.len(), "{id}: curve");
            for (found, expected_now) in found.iter().zip(&expected) {
                let error = (found - expected_now).abs() / expected[0];
                assert!(
                    error <= allowed.max(1e-11),
                    "{id}: {found} for {expected_now}"
                );
            }
        }
        let objective = self.values["checks"]["damped_residual_norm"]
            .as_f64()
            .expect("a norm");
        let found = run.iteration().objective.sqrt();
        assert!(
            (found - objective).abs() <= allowed.max(1e-11) * objective,
            "{id}: {found}"
        );
        // And the direct solution, as near as the reference came.
        let mut rest = self.field(grid, "exact");
        let norm = rest.norm()?;
        rest.axpy(-1.0, run.x())?;
        let expected = self.values["checks"]["relative_error_to_exact"]
            .as_f64()
            .expect("an error");
        assert!(
            (rest.norm()? / norm - expected).abs() <= allowed.max(1e-11),
            "{id}: exact"
        );
        Ok(())
    }

    fn close<const D: usize>(
        &self,
        x: &Field<f64, D>,
        expected: &[f64],
        drift: f64,
        number: usize,
    ) {
        let extent = x.extent();
        let largest = expected
            .iter()
            .fold(1.0f64, |largest, value| largest.max(value.abs()));
        x.clone().update(|index, value| {
            let place = index
                .iter()
                .zip(extent)
                .fold(0, |place, (i, n)| place * n + i);
            let error = (*value - expected[place]).abs() / largest;
            assert!(
                error <= drift.max(1e-11),
                "{} after {number} iterations at {index:?}: off by {error:e}",
                self.id
            );
        });
    }
}

/// Runs a check on a grid of the case's shape, on all numbers of ranks that the shape allows.
fn on_all_ranks<const D: usize>(id: &str, check: impl Fn(&Case, &Grid<D>) -> halo::Result + Sync) {
    for ranks in RANKS {
        halo::launch_on(ranks, |comm| {
            let case = case(id);
            let dims = case.values["dims"].as_array().expect("a shape");
            let extent =
                std::array::from_fn(|axis| dims[axis].as_u64().expect("an extent") as usize);
            check(&case, &Grid::new(comm, extent)?)
        })
        .unwrap_or_else(|error| panic!("{id} on {ranks} ranks: {error}"));
    }
}

fn identity<const D: usize>(
    grid: &Grid<D>,
) -> halo::Result<Operator<Field<f64, D>, Field<f64, D>>> {
    #[stencil]
    fn same(u: Input<f64, 1>) -> f64 {
        u[0]
    }
    Ok(Operator::new(Same.along([0]).on(grid)?))
}

#[test]
fn smoothing_by_a_laplacian() {
    for (id, edge) in [
        ("cgls_smooth2d_laplacian", false),
        ("cgls_smooth2d_laplacian_edge", true),
        ("cgls_smooth2d_tol", false),
    ] {
        on_all_ranks::<2>(id, |case, grid| {
            let laplacian = Laplacian::new([0, 1]).edge(edge).on(grid)?;
            let (identity, b) = (identity(grid)?, case.field(grid, "b"));
            case.check(
                grid,
                Cgls::new(&identity, &b).regularise(case.number("eps"), &laplacian),
            )
        });
    }
}

#[test]
fn smoothing_by_a_gradient() {
    on_all_ranks::<3>("cgls_smooth3d_gradient", |case, grid| {
        let gradient = Gradient::new()
            .sampling([1.0, 0.5, 2.0])
            .kind(Kind::Forward)
            .on(grid)?;
        let (identity, b) = (identity(grid)?, case.field(grid, "b"));
        case.check(
            grid,
            Cgls::new(&identity, &b).regularise(case.number("eps"), &gradient),
        )
    });
}

#[test]
fn smoothing_by_a_derivative() {
    on_all_ranks::<1>("cgls_smooth1d_derivative", |case, grid| {
        let derivative = FirstDerivative::new(0).on(grid)?;
        let (identity, b) = (identity(grid)?, case.field(grid, "b"));
        case.check(
            grid,
            Cgls::new(&identity, &b).regularise(case.number("eps"), &derivative),
        )
    });
}

#[test]
fn damped_inversion_of_a_derivative() {
    on_all_ranks::<1>("cgls_damped_derivative", |case, grid| {
        let derivative = FirstDerivative::new(0)
            .sampling(0.5)
            .order(5)
            .edge(true)
            .on(grid)?;
        case.check(grid, Cgls::new(&derivative, &case.field(grid, "b")))
    });
}

#[test]
fn deblurring() {
    #[stencil]
    fn blur(x: Input<f64, 1>, h: Bank<[f64; 9], 1>) -> f64 {
        let mut sum = 0.0;
        for k in -4..=4 {
            sum += h[[-k]][(k + 4) as usize] * x[-k];
        }
        sum
    }
    on_all_ranks::<1>("cgls_deblur1d", |case, grid| {
        let filters = Array2::from_shape_vec((4, 9), case.numbers("hs")).expect("four filters");
        let h = FilterBank::new(&filters, [5.0], [15.0])?;
        let blur = Blur { h }.on(grid)?;
        let curvature = SecondDerivative::new(0).on(grid)?;
        let b = case.field(grid, "b");
        case.check(
            grid,
            Cgls::new(&blur, &b).regularise(case.number("eps"), &curvature),
        )
    });
}
