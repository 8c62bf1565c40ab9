//! What goes wrong while a program runs ends in an error that names the numbers: the same on every rank, and never a hang.

use halo::prelude::*;
use halo::{Error, Result, launch_all, launch_on};
use ndarray::{Array2, Array3};

use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::subject::alike;

/// The error that every rank gets.
fn refused<T>(ranks: usize, program: impl Fn(&Comm) -> Result<T> + Sync) -> Error {
    let results = within(60, || launch_all(ranks, |comm| Ok(program(comm).map(drop))))
        .expect("no rank ends the job");
    alike(results).expect_err("this is refused")
}

/// The error, and words that its message must hold.
#[track_caller]
fn assert_says(error: &Error, words: &[&str]) {
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in: {message}");
    }
}

/// Steps of diffusion, at one of which one rank leaves.
fn diffuse(comm: &Comm, leave: impl Fn(usize, usize) -> Result) -> Result<f64> {
    let grid = Grid::new(comm, [24, 24])?;
    let step = Anisotropic {
        kx: 1.0.into(),
        ky: 0.5.into(),
        dt: 0.1,
    }
    .boundary(Boundary::Clamp)
    .on(&grid)?;
    let mut u = grid.field(|[i, j]| (i + 2 * j) as f64);
    let mut next = grid.zeros();
    for k in 0..50 {
        leave(comm.rank(), k)?;
        step.forward_into(&u, &mut next)?;
        std::mem::swap(&mut u, &mut next);
    }
    step.adjoint(&u)?.norm()
}

#[test]
fn a_rank_that_panics_ends_the_job() {
    for ranks in [1, 2, 4, 9] {
        let last = ranks - 1;
        let error = within(60, || {
            launch_on(ranks, |comm| {
                diffuse(comm, |rank, step| {
                    assert!((rank, step) != (last, 20), "no {} today", 42);
                    Ok(())
                })
            })
        });
        assert_eq!(
            error,
            Err(Error::Panicked {
                rank: last,
                message: "no 42 today".into()
            })
        );
    }
}

#[test]
fn a_rank_that_fails_ends_the_job() {
    for ranks in [1, 2, 4, 9] {
        let failure = Error::Invalid("the time step is too long by 0.3 s".into());
        let error = within(60, || {
            launch_on(ranks, |comm| {
                diffuse(comm, |rank, step| match (rank, step) {
                    (0, 31) => Err(failure.clone()),
                    _ => Ok(()),
                })
            })
        });
        assert_eq!(error, Err(failure));
    }
}

#[test]
fn a_rank_that_leaves_early_is_missed() {
    let outcome = within(60, || {
        launch_on(3, |comm| match comm.rank() {
            // Returns without applying the operator that the others apply.
            2 => Grid::new(comm, [24, 24]).map(|_| 0.0),
            _ => diffuse(comm, |_, _| Ok(())),
        })
    });
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn fields_of_other_grids_are_refused() {
    for ranks in [1, 4] {
        let error = refused(ranks, |comm| {
            let operator = Corners.on(&Grid::new(comm, [12, 8])?)?;
            let other = Grid::new(comm, [8, 12])?;
            let (mut here, there) = (operator.zero_domain(), other.zeros());
            // Every way to bring in a field.
            assert!(
                operator
                    .forward_into(&here.clone(), &mut other.zeros())
                    .is_err()
            );
            assert!(operator.adjoint_into(&there, &mut here).is_err());
            assert!(
                operator
                    .adjoint_into(&here.clone(), &mut other.zeros())
                    .is_err()
            );
            let error = operator.forward(&there);
            // The operator goes on as before.
            operator.forward(&here)?;
            operator.exact_adjoint_test()?;
            error
        });
        assert!(matches!(error, Error::GridMismatch { .. }), "{error:?}");
        assert_says(
            &error,
            &["input", "corners", "[8, 12]", "[12, 8]", "one `Grid`"],
        );
    }
    // Cut otherwise is another grid too.
    let error = refused(2, |comm| {
        let operator = Upwind.on(&Grid::with_blocks(comm, [&[4, 4]])?)?;
        operator.forward(&Grid::with_blocks(comm, [&[5, 3]])?.zeros())
    });
    assert!(matches!(error, Error::GridMismatch { .. }), "{error:?}");
}

#[test]
fn coefficients_that_do_not_fit_are_refused() {
    for ranks in [1, 3] {
        let error = refused(ranks, |comm| {
            let grid = Grid::new(comm, [12, 8])?;
            FivePoint {
                k: Array2::<f64>::zeros((8, 12)).into(),
                inv_h2: 1.0,
            }
            .on(&grid)
        });
        assert!(matches!(error, Error::CoefficientShape { .. }), "{error:?}");
        assert_says(&error, &["`k`", "[8, 12]", "[12, 8]"]);

        let error = refused(ranks, |comm| {
            let grid = Grid::new(comm, [12, 8])?;
            FivePoint {
                k: Array3::<f64>::zeros((12, 8, 1)).into(),
                inv_h2: 1.0,
            }
            .on(&grid)
        });
        assert_says(&error, &["`k`", "[12, 8, 1]", "[12, 8]"]);

        let error = refused(ranks, |comm| {
            let grid = Grid::new(comm, [12, 8])?;
            let k = Grid::new(comm, [12, 9])?.zeros::<f64>();
            FivePoint {
                k: k.into(),
                inv_h2: 1.0,
            }
            .on(&grid)
        });
        assert!(matches!(error, Error::GridMismatch { .. }), "{error:?}");
        assert_says(&error, &["`k`", "[12, 9]", "[12, 8]"]);

        let error = refused(ranks, |comm| {
            let grid = Grid::new(comm, [12, 8])?;
            let k = Grid::new(comm, [12])?.zeros::<f64>();
            FivePoint {
                k: k.into(),
                inv_h2: 1.0,
            }
            .on(&grid)
        });
        assert_says(&error, &["`k`", "[12, 8]"]);
    }
}

#[test]
fn a_coefficient_that_does_not_fit_on_one_rank_is_refused_on_all() {
    let error = refused(3, |comm| {
        let grid = Grid::new(comm, [12, 8])?;
        let rows = if comm.rank() == 1 { 11 } else { 12 };
        FivePoint {
            k: Array2::<f64>::zeros((rows, 8)).into(),
            inv_h2: 1.0,
        }
        .on(&grid)
    });
    assert_says(&error, &["rank 1", "`k`", "[11, 8]", "[12, 8]"]);
}

#[test]
fn axes_that_make_no_sense_are_refused() {
    for ranks in [1, 2] {
        let along = |axes: &'static [usize]| {
            refused(ranks, |comm| {
                FivePoint {
                    k: 1.0.into(),
                    inv_h2: 1.0,
                }
                .along(axes)
                .on(&Grid::new(comm, [6, 6, 6])?)
            })
        };
        assert_eq!(along(&[0, 3]), Error::AxisOutOfRange { axis: 3, axes: 3 });
        assert_says(&along(&[0, 3]), &["axis 3", "2"]);
        assert_eq!(along(&[1, 1]), Error::DuplicateAxis { axis: 1 });
        assert_eq!(
            along(&[2]),
            Error::AxisCount {
                expected: 2,
                found: 1
            }
        );
        // The attribute's own axes, on a grid that lacks one of them.
        let error = refused(ranks, |comm| {
            Gradient { inv_h: [1.0; 2] }.on(&Grid::new(comm, [6])?)
        });
        assert_eq!(error, Error::AxisOutOfRange { axis: 1, axes: 1 });
    }
}

#[test]
fn boundaries_that_make_no_sense_are_refused() {
    let placed = |axis, side| {
        refused(2, move |comm| {
            let grid = Grid::builder(comm, [6, 6, 6])
                .periodic([false, true, false])
                .build()?;
            Gradient { inv_h: [1.0; 2] }
                .boundary_at(axis, side, Boundary::Clamp)
                .on(&grid)
        })
    };
    assert_eq!(
        placed(3, Side::Low),
        Error::AxisOutOfRange { axis: 3, axes: 3 }
    );
    assert_says(&placed(2, Side::Low), &["axis 2", "`gradient`", "[0, 1]"]);
    assert_says(&placed(1, Side::High), &["axis 1", "periodic"]);
}

#[test]
fn grids_too_thin_for_their_boundaries_are_refused() {
    // Four cells past the end are the mirror of four cells inside.
    let error = refused(1, |comm| {
        Wide { w: [1.0; 9] }
            .boundary(Boundary::Mirror)
            .on(&Grid::new(comm, [3])?)
    });
    assert_eq!(
        error,
        Error::AxisTooShort {
            axis: 0,
            extent: 3,
            needed: 4,
            boundary: "Mirror".into()
        }
    );
    assert_says(&error, &["axis 0", "3", "at least 4", "Mirror"]);

    let error = refused(3, |comm| {
        let grid = Grid::with_blocks(comm, [&[6, 6, 2]])?;
        Wide { w: [1.0; 9] }.boundary(Boundary::Reflect).on(&grid)
    });
    assert_eq!(
        error,
        Error::ThinBlock {
            axis: 0,
            rank: 2,
            extent: 2,
            needed: 5,
            boundary: "Reflect".into()
        }
    );
    assert_says(&error, &["rank 2", "2", "axis 0", "fewer ranks"]);
}

#[test]
fn ranks_that_do_not_fit_the_grid_are_refused() {
    let error = refused(4, |comm| {
        Grid::builder(comm, [3, 9]).process_grid([4, 1]).build()
    });
    assert_eq!(
        error,
        Error::TooManyRanks {
            axis: 0,
            ranks: 4,
            extent: 3
        }
    );
    let error = refused(4, |comm| {
        Grid::builder(comm, [9, 9]).process_grid([3, 2]).build()
    });
    assert_eq!(
        error,
        Error::ProcessGridSize {
            grid: vec![3, 2],
            ranks: 4
        }
    );
    let error = refused(5, |comm| Grid::new(comm, [2, 2]));
    assert_eq!(
        error,
        Error::NoProcessGrid {
            ranks: 5,
            extent: vec![2, 2]
        }
    );
}
