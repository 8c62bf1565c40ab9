//! Instructions that a sweep costs a point, counted by valgrind's callgrind: they depend on the compiler, not on noise.
//!
//! Every case runs twice in a process of its own, a few applications apart, so that only whole applications are counted. The
//! bounds are a fifth above what was counted with AVX2, which leaves room for other compilers. `cargo bench --bench
//! instructions -- WORDS` counts the cases whose names hold all the words. Without valgrind nothing is counted and the reason
//! is told; `HALO_VALGRIND=require` makes that a failure.

mod program;

use std::process::{Command, ExitCode};

use program::CASES;

/// Applications in the shorter run, and in the longer one.
const APPLICATIONS: [usize; 2] = [2, 6];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, case, applications] = &arguments[..]
        && verb == "apply"
    {
        return program::apply(case, applications.parse().unwrap_or(1));
    }
    if let Some(reason) = lacking() {
        eprintln!("instructions: skipped, {reason}");
        return match std::env::var("HALO_VALGRIND").as_deref() {
            Ok("require") => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        };
    }
    let words = arguments.iter().filter(|word| !word.starts_with('-'));
    let mut failed = 0;
    for case in CASES {
        if !words.clone().all(|word| case.name.contains(word.as_str())) {
            continue;
        }
        match per_point(case.name, case.points()) {
            Ok(count) if count <= case.at_most => {
                eprintln!(
                    "{} ... ok, {count:.2} a point of at most {}",
                    case.name, case.at_most
                );
            }
            Ok(count) => {
                failed += 1;
                eprintln!(
                    "{} ... FAILED, {count:.2} a point, at most {}",
                    case.name, case.at_most
                );
            }
            Err(message) => {
                failed += 1;
                eprintln!("{} ... FAILED\n{message}", case.name);
            }
        }
    }
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Why nothing can be counted here.
fn lacking() -> Option<String> {
    if !cfg!(target_arch = "x86_64") {
        return Some("the bounds are those of x86-64".into());
    }
    #[cfg(target_arch = "x86_64")]
    if !std::arch::is_x86_feature_detected!("avx2") {
        return Some("this processor has no AVX2".into());
    }
    match Command::new("valgrind").arg("--version").output() {
        Ok(output) if output.status.success() => None,
        _ => Some("valgrind is not installed".into()),
    }
}

fn per_point(case: &str, points: usize) -> Result<f64, String> {
    let [few, many] = APPLICATIONS;
    let instructions = count(case, many)?.saturating_sub(count(case, few)?);
    Ok(instructions as f64 / ((many - few) * points) as f64)
}

/// Instructions of a process that applies a case so many times.
fn count(case: &str, applications: usize) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["apply", case, &applications.to_string()])
        .env("HALO_ISA", "avx2")
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split("Collected :").nth(1));
    let number = collected.and_then(|number| number.trim().parse().ok());
    match (output.status.success(), number) {
        (true, Some(number)) => Ok(number),
        _ => Err(format!("{}\n{said}", output.status)),
    }
}
