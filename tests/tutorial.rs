//! The tutorial as a whole program: what it answers to good and bad input, on several numbers of ranks.
//!
//! The example's sources are compiled into this test, so it always runs what stands there.

use std::fs;
use std::path::{Path, PathBuf};

use halo::io::npy;
use halo::prelude::*;

#[path = "../examples/tutorial/main.rs"]
#[allow(dead_code, reason = "the test calls what `main` calls")]
mod tutorial;

/// The pictures that are the same on any number of ranks.
const PICTURES: [&str; 10] = [
    "elevation",
    "slope",
    "laplacian",
    "diffused",
    "difference",
    "convolution_inputs",
    "convolution_forward",
    "convolution_adjoint",
    "deblurring",
    "convergence",
];
/// The one that shows what rounding does where blocks meet.
const ROUNDING: &str = "convolution_differences.png";

/// A folder of one test, removed with its files when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("halo-tutorial-{}-{test}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn map<const D: usize>(&self, extent: [usize; D], value: impl Fn([usize; D]) -> f64) -> String
    where
        [usize; D]: ndarray::IntoDimension,
    {
        let path = self.file("map.npy");
        let grid = Grid::new(&Comm::solo(), extent).unwrap();
        npy::write(&grid.field(value), &path).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Exit code, output and complaints.
fn tutorial(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut complaints) = (Vec::new(), Vec::new());
    let arguments = ["tutorial"].iter().chain(arguments).map(Into::into);
    let code = tutorial::run(arguments, &mut out, &mut complaints);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(complaints))
}

fn hills([i, j]: [usize; 2]) -> f64 {
    100.0 * (0.2 * i as f64).sin() * (0.3 * j as f64).cos() + i as f64
}

/// The tutorial of a map on some ranks; returns its output and its pictures.
fn toured(folder: &Folder, map: &str, ranks: &str) -> (String, Vec<Vec<u8>>) {
    let out = folder.file(ranks);
    let (code, text, complaints) = tutorial(&[
        "--ranks",
        ranks,
        "--input",
        map,
        "--out",
        &out.display().to_string(),
    ]);
    assert_eq!((code, complaints.as_str()), (0, ""), "{ranks} ranks");
    let picture = |name: &&str| fs::read(out.join(name).with_extension("png")).unwrap();
    (text, PICTURES.iter().map(picture).collect())
}

#[test]
fn any_number_of_ranks_draws_the_same_pictures() {
    let folder = Folder::new("ranks");
    let map = folder.map([41, 30], hills);
    let (_, serial) = toured(&folder, &map, "1");
    for picture in &serial {
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    }
    for ranks in ["3", "4"] {
        let (text, pictures) = toured(&folder, &map, ranks);
        assert!(text.starts_with(&format!("halo on {ranks} ranks")));
        assert!(text.contains("equal, bit for bit"));
        assert!(pictures == serial, "{ranks} ranks draw other pictures");
    }
}

#[test]
fn the_map_of_the_project_is_toured() {
    let folder = Folder::new("default");
    let (code, text, complaints) =
        tutorial(&["--ranks", "4", "--out", &folder.0.display().to_string()]);
    assert_eq!((code, complaints.as_str()), (0, ""));
    assert!(
        text.contains("344 x 403 cells of 92.8 m x 74.5 m"),
        "{text}"
    );
    let pictures = fs::read_dir(&folder.0).unwrap().count();
    assert!(folder.file(ROUNDING).exists());
    assert_eq!(pictures, PICTURES.len() + 1);
}

#[test]
fn cells_without_a_value_are_left_out() {
    let folder = Folder::new("holes");
    let map = folder.map([20, 25], |[i, j]| match (i, j) {
        (5..9, 7) => f64::NAN,
        (0, 0) => f64::INFINITY,
        _ => hills([i, j]),
    });
    let (text, _) = toured(&folder, &map, "4");
    assert!(text.contains("5 of its cells have no value"), "{text}");
}

#[test]
fn a_level_map_is_drawn_too() {
    let folder = Folder::new("level");
    let map = folder.map([6, 5], |_| 7.0);
    toured(&folder, &map, "2");
}

/// The one line that bad input is answered with.
fn refusal(arguments: &[&str]) -> String {
    let (code, _, complaints) = tutorial(arguments);
    assert_eq!(code, 1, "{arguments:?}: {complaints}");
    assert!(complaints.starts_with("tutorial: "), "{complaints}");
    assert_eq!(complaints.lines().count(), 1, "{complaints}");
    complaints
}

#[test]
fn bad_maps_are_refused_in_one_line() {
    let folder = Folder::new("bad");
    let out = folder.file("out").display().to_string();
    let refused =
        |map: &str, ranks: &str| refusal(&["--input", map, "--ranks", ranks, "--out", &out]);

    assert!(refused("no/such/map.npy", "2").contains("no/such/map.npy: cannot be opened"));
    assert!(refused(&folder.map([9], |_| 1.0), "2").contains("an array of 1 axes"));
    assert!(refused(&folder.map([3, 3, 3], |_| 1.0), "2").contains("an array of 3 axes"));
    assert!(refused(&folder.map([9, 9], |_| f64::NAN), "2").contains("holds no finite number"));
    assert!(refused(&folder.map([9, 9], |_| 1e200), "2").contains("holds 1e200"));
    assert!(refused(&folder.map([2, 2], |_| 1.0), "5").contains("5 ranks cannot share"));
    assert!(refused(&folder.map([4, 3], |_| 1.0), "4").contains("use fewer ranks along axis"));
    assert!(refused(&folder.map([1, 9], |_| 1.0), "1").contains("axis 0 has extent 1"));

    let text = folder.file("text.npy");
    fs::write(&text, "1 2 3").unwrap();
    assert!(refused(&text.display().to_string(), "2").contains("is no .npy file"));
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_before_the_work() {
    let folder = Folder::new("out");
    let file = folder.map([9, 9], hills);
    let below = Path::new(&file).join("pictures").display().to_string();
    for out in [&file, &below] {
        let (code, text, complaints) = tutorial(&["--out", out]);
        assert_eq!((code, text.as_str()), (1, ""), "{complaints}");
        assert!(
            complaints.contains("no folder for the pictures"),
            "{complaints}"
        );
    }
}

#[test]
fn more_ranks_than_cells_are_refused() {
    let folder = Folder::new("many");
    let out = folder.0.display().to_string();
    assert!(
        refusal(&["--ranks", "102", "--out", &out])
            .contains("102 ranks along axis 0 cannot share its extent of 101")
    );
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    for arguments in [
        &["--ranks", "0"][..],
        &["--ranks", "two"],
        &["--colour"],
        &["map.npy"],
        &["--out"],
    ] {
        let (code, text, complaints) = tutorial(arguments);
        assert_eq!((code, text.as_str()), (2, ""), "{arguments:?}");
        assert!(complaints.starts_with("error: "), "{complaints}");
    }
    let (code, text, complaints) = tutorial(&["--help"]);
    assert_eq!((code, complaints.as_str()), (0, ""));
    assert!(text.contains("--ranks <N>"), "{text}");
}
