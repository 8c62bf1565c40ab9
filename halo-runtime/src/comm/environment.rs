//! What the environment says about a job: how many ranks, how many threads, how many cores.

use std::env::{self, VarError};

use crate::error::{Error, Result};

/// The cores that this process may use, at least 1.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The cores that this process may use, by name: processes that share their cores give the same answer. Empty where the
/// system does not tell.
#[cfg(feature = "mpi")]
pub(super) fn allowed_cores() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let list = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    list.unwrap_or_default().trim().to_owned()
}

/// The positive number in an environment variable; `None` if it is unset or empty.
pub(super) fn count(variable: &'static str) -> Result<Option<usize>> {
    match env::var(variable) {
        Ok(value) => parse(variable, &value),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(value)) => parse(variable, &value.to_string_lossy()),
    }
}

fn parse(variable: &'static str, value: &str) -> Result<Option<usize>> {
    match value.trim() {
        "" => Ok(None),
        number => match number.parse() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(Error::Environment {
                variable,
                value: value.to_owned(),
                message: "give a whole number of at least 1, or leave it unset".into(),
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positive_numbers_are_counts() {
        assert_eq!(parse("HALO_RANKS", "8"), Ok(Some(8)));
        assert_eq!(parse("HALO_RANKS", " 27\n"), Ok(Some(27)));
        assert_eq!(parse("HALO_RANKS", ""), Ok(None));
        assert_eq!(count("HALO_A_VARIABLE_THAT_NOBODY_SETS"), Ok(None));
    }

    #[test]
    fn anything_else_is_refused_with_the_remedy() {
        for value in ["0", "-2", "two", "3.5", "99999999999999999999999"] {
            let error = parse("HALO_RANKS", value).unwrap_err();
            assert!(matches!(
                &error,
                Error::Environment {
                    variable: "HALO_RANKS",
                    ..
                }
            ));
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("HALO_RANKS={value}: give a whole number"))
            );
        }
    }
}
