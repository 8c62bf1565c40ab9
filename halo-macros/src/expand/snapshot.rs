//! Whole expansions as files, so that a change of generated code is read in review.
//!
//! `HALO_BLESS=1 cargo test -p halo-macros snapshot` writes them anew.

use std::{env, fs, path::PathBuf};

use proc_macro2::TokenStream;

use crate::compile::compile;

/// Compares the expansion of a kernel, formatted, with the file of that name.
fn assert_expands(name: &str, attr: &str, kernel: &str) {
    let expansion = compile(
        attr.parse().unwrap(),
        kernel.parse::<TokenStream>().unwrap(),
    );
    let found = prettyplease::unparse(&syn::parse2(expansion).unwrap());
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "src", "expand", "snapshots"]
        .iter()
        .collect();
    let file = folder.join(name).with_extension("expanded");
    if env::var_os("HALO_BLESS").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {}", number + 1, file.display());
    }
    assert_eq!(
        found.lines().count(),
        expected.lines().count(),
        "lines of {}",
        file.display()
    );
}

#[test]
fn five_point() {
    assert_expands(
        "five_point",
        "halo = 1, axes = (0, 1)",
        "/// Five-point Laplacian.
        pub fn laplacian(u: Input<f64, 2>, inv_h2: f64) -> f64 {
            inv_h2 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]])
        }",
    );
}

#[test]
fn coefficient_and_region() {
    assert_expands(
        "coefficient_and_region",
        "",
        "fn outflow(u: Input<f32, 1>, k: Coef<f32, 1>, at: Position<1>, dt: f32) -> f32 {
            if at.from_high(0) < 1 {
                u[0] - u[-1]
            } else {
                dt * k[0].sqrt() * (u[1] - u[0])
            }
        }",
    );
}

#[test]
fn any_scalar() {
    assert_expands(
        "any_scalar",
        "wrt = ()",
        "/// A flux in any numbers, with a real weight.
         pub fn flux<T: Scalar>(u: Input<T, 1>, k: Coef<T, 1>, weight: T::Real) -> T {
             0.5 * (k[0] * u[1] - k[-1] * u[-1]) / weight
         }",
    );
}

#[test]
fn filters() {
    assert_expands(
        "filters",
        "wrt = ()",
        "/// A filter that changes along the axis, and an entry that no sum reads.
         pub fn filtered(x: Input<f64, 1>, h: Bank<[f64; 9], 1>) -> f64 {
             let mut sum = 0.0;
             for k in -4..=4 {
                 sum += h[-k][(k + 4) as usize] * x[-k];
             }
             h[0][4] * sum + h[0][4] * h[0][0] * x[0]
         }",
    );
}

#[test]
fn long_sum() {
    assert_expands(
        "long_sum",
        "wrt = ()",
        "fn smooth(u: Input<f64, 1>, k: Coef<f64, 1>, w: [f64; 67]) -> f64 {
            let mut sum = 0.0;
            for o in -33..=33 {
                sum += w[(o + 33) as usize] * u[o];
            }
            k[0] * sum
        }",
    );
}

#[test]
fn shared_values() {
    assert_expands(
        "shared_values",
        "wrt = ()",
        "/// The adjoint gathers `c * y` from 17 points.
        pub fn scaled(u: Input<f64, 2>, c: Coef<f64, 2>) -> f64 {
            let weights = [1.6, -0.2, 0.02, -0.001];
            let mut sum = -5.7 * u[[0, 0]];
            for d in 1..=4 {
                let ring = u[[-d, 0]] + u[[d, 0]] + u[[0, -d]] + u[[0, d]];
                sum += weights[(d - 1) as usize] * ring;
            }
            c[[0, 0]] * sum
        }",
    );
}
