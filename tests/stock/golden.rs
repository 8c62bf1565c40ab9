//! The example `golden` as a whole program, over the reference results of the project and over broken copies of them.
//!
//! The example's sources are compiled into this test, so it always runs what stands there.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../examples/golden/main.rs"]
#[allow(dead_code, reason = "the test calls what `main` calls")]
mod program;

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

/// Exit code, output and complaints.
fn golden(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let arguments = ["golden"].iter().chain(arguments).map(Into::into);
    let code = program::run(arguments, &mut out, &mut complaints);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(complaints))
}

#[test]
fn the_reference_is_met_on_all_ranks_and_process_grids() {
    let (code, out, complaints) = golden(&[REFERENCE]);
    assert_eq!((code, complaints.as_str()), (0, ""), "{out}");
    assert_eq!(out.matches("equal bits").count(), 9, "{out}");
    assert!(out.contains("40 rows of table.json agree"), "{out}");
    assert!(
        out.contains("2 ranks along axis 0 cannot share its extent of 1"),
        "{out}"
    );
    assert!(out.contains("cases agree in all"), "{out}");
}

/// A family of the reference in a folder of its own, to be broken; removed when the test ends.
struct Copy(PathBuf);

impl Copy {
    fn of(family: &str) -> Self {
        let name = format!(
            "halo-golden-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let copy = Copy(std::env::temp_dir().join(name));
        fs::create_dir_all(copy.0.join(family)).unwrap();
        for entry in fs::read_dir(Path::new(REFERENCE).join(family)).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, copy.0.join(family).join(from.file_name().unwrap())).unwrap();
        }
        let index = format!(r#"{{"families": {{"{family}": {{}}, "wavelet": {{"cases": 12}}}}}}"#);
        fs::write(copy.0.join("index.json"), index).unwrap();
        copy
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no {old}");
        fs::write(path, text.replacen(old, new, 1)).unwrap();
    }

    /// The program on two ranks fails and says all of this.
    #[track_caller]
    fn fails_with(&self, words: &[&str]) {
        let (code, out, complaints) = golden(&[&self.0.display().to_string(), "--ranks", "2"]);
        assert_eq!(code, 1, "{out}");
        for word in words {
            assert!(
                (out.clone() + &complaints).contains(word),
                "no {word} in {out}{complaints}"
            );
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn what_is_not_supported_yet_is_named() {
    let copy = Copy::of("gradient");
    let folder = copy.0.display().to_string();
    let (code, out, _) = golden(&[&folder, "--ranks", "1"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("not supported yet, its 12 cases are not run"),
        "{out}"
    );
    let (code, out, complaints) = golden(&[&folder, "--family", "wavelet"]);
    assert_eq!(code, 1);
    assert!(out.contains("not supported yet") && complaints.contains("nothing was run"));
}

#[test]
fn a_wrong_number_is_found() {
    let copy = Copy::of("gradient");
    for (file, direction) in [
        ("grad_23_forward.y.npy", "forward"),
        ("grad_23_backward.aty.npy", "adjoint"),
    ] {
        let path = copy.0.join("gradient").join(file);
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 8;
        let value = f64::from_le_bytes(bytes[last..].try_into().unwrap());
        bytes[last..].copy_from_slice(&(value + 1e-9).to_le_bytes());
        fs::write(path, bytes).unwrap();
        let case = file.split('.').next().unwrap();
        copy.fails_with(&[&format!("{case} on 2 ranks as [2]: {direction} is off by")]);
    }
    copy.fails_with(&["2 failures"]);
}

#[test]
fn a_wrong_layout_is_found() {
    let copy = Copy::of("halo");
    copy.replace(
        "halo/table.json",
        "\"halo\": [[0, 1]]",
        "\"halo\": [[1, 1]]",
    );
    copy.replace("halo/table.json", "[64, 64, 64, 64]", "[64, 64, 65, 63]");
    copy.replace("halo/cases.json", "\"halo\": [2, 1]", "\"halo\": [1, 2]");
    copy.fails_with(&[
        "halo_128_g2_i1 on [2] ranks: Rank",
        "halo_256_g4_i1 on [4] ranks: the even split is another",
        "halo_9x5_g2x2_t2_1 on [2, 2] ranks",
        "3 failures",
    ]);
    let copy = Copy::of("halo");
    let refused = "\"halo\": 4, \"error\": \"width exceeds block\", ";
    copy.replace("halo/table.json", refused, "\"halo\": 4, ");
    let served = "\"dims\": [128], \"grid\": [2], \"halo\": 2, ";
    let error = format!("{served}\"error\": \"width exceeds block\", ");
    copy.replace("halo/table.json", served, &error);
    copy.fails_with(&[
        "halo_10_g3_i4 on [3] ranks: a halo of 4 points",
        "halo_128_g2_i2 on [2] ranks: ran, though it is to be refused",
    ]);
}

#[test]
fn another_course_of_iterations_is_found() {
    let copy = Copy::of("cgls");
    copy.replace("cgls/cases.json", "\"eps\": 5.0", "\"eps\": 5.0001");
    copy.replace("cgls/cases.json", "\"damp\": 0.4", "\"damp\": 0.5");
    copy.fails_with(&[
        "cgls_smooth1d_derivative on 2 ranks as [2]: iterates is off by",
        "cgls_damped_derivative on 2 ranks as [2]: cost is off by",
    ]);
}

#[test]
fn filters_elsewhere_are_found() {
    let copy = Copy::of("nonstat_convolve_1d");
    copy.replace(
        "nonstat_convolve_1d/cases.json",
        "[5, 15, 25, 35]",
        "[5, 14, 23, 32]",
    );
    copy.replace(
        "nonstat_convolve_1d/cases.json",
        "[0, 13, 26, 39]",
        "[0, 13, 26, 38]",
    );
    copy.fails_with(&[
        "ns1_rand0_40_a0 on 2 ranks as [2]: forward is off by",
        "ns1_rand1_40_a0 on 2 ranks as [2]: the filter centres",
    ]);
}

#[test]
fn a_missing_or_damaged_file_is_named() {
    let copy = Copy::of("gradient");
    fs::write(copy.0.join("gradient/x_23.npy"), "no array").unwrap();
    copy.fails_with(&["grad_23_forward", "x_23.npy"]);
    fs::remove_file(copy.0.join("gradient/x_23.npy")).unwrap();
    copy.fails_with(&["grad_23_forward", "x_23.npy"]);
    copy.replace("gradient/cases.json", "\"cases\": [", "\"cases\": ");
    copy.fails_with(&["gradient/cases.json"]);
    fs::remove_file(copy.0.join("gradient/cases.json")).unwrap();
    copy.fails_with(&["gradient/cases.json"]);
    fs::remove_file(copy.0.join("index.json")).unwrap();
    copy.fails_with(&["index.json"]);
}

#[test]
fn a_case_that_makes_no_sense_is_named() {
    let change = |old: &str, new: &str, words: &[&str]| {
        let copy = Copy::of("gradient");
        copy.replace("gradient/cases.json", old, new);
        copy.fails_with(&[&["grad_23_forward"], words].concat());
    };
    change(
        "\"Gradient\"",
        "\"Divergence\"",
        &["unknown variant `Divergence`"],
    );
    change(
        "\"kind\"",
        "\"width\": 3, \"kind\"",
        &["unknown field `width`"],
    );
    change("\"forward\"", "\"upward\"", &["no kind \"upward\""]);
    change(
        "\"sampling\": [0.5]",
        "\"sampling\": [0.5, 1.0]",
        &["2 samplings"],
    );
    change("\"dims\": [23]", "\"dims\": [24]", &["dimsd is [1, 23]"]);
    change(
        "\"dims\": [23], \"dimsd\": [1, 23]",
        "\"dims\": [24], \"dimsd\": [1, 24]",
        &["shape [23]"],
    );
}

#[test]
fn wrong_usage_is_explained() {
    let (code, _, complaints) = golden(&["no/such/folder"]);
    assert_eq!(code, 1);
    assert!(
        complaints.contains("no folder no/such/folder"),
        "{complaints}"
    );
    let (code, _, complaints) = golden(&[REFERENCE, "--family", "laplace"]);
    assert_eq!(code, 1);
    assert!(
        complaints.contains("it has") && complaints.contains("laplacian"),
        "{complaints}"
    );
    for ranks in ["0", "many", "1,,2", "65"] {
        let (code, _, complaints) = golden(&[REFERENCE, "--ranks", ranks]);
        assert_eq!(code, 2, "{ranks}");
        assert!(
            complaints.contains("whole numbers from 1 to 64"),
            "{complaints}"
        );
    }
}
