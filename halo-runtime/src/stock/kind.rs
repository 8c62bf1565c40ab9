//! On which side of a point a difference lies: the choice that all derivatives of `stock` share.

use std::{fmt, str::FromStr};

use crate::error::{Error, Result};

/// Where the points of a difference lie, as PyLops names it.
///
/// ```
/// use halo::stock::Kind;
///
/// assert_eq!("forward".parse(), Ok(Kind::Forward));
/// assert_eq!(Kind::default().to_string(), "centered");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// At the point and above it.
    Forward,
    /// At the point and below it.
    Backward,
    /// On both sides alike.
    #[default]
    Centered,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Forward, Kind::Backward, Kind::Centered];

    fn word(self) -> &'static str {
        match self {
            Kind::Forward => "forward",
            Kind::Backward => "backward",
            Kind::Centered => "centered",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(word: &str) -> Result<Kind> {
        let known = Kind::ALL.into_iter().find(|kind| kind.word() == word);
        known.ok_or_else(|| {
            Error::Invalid(format!(
                "there is no kind \"{word}\" of difference; use forward, backward or centered"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_others_are_named() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "centred".parse::<Kind>().unwrap_err().to_string();
        assert!(error.contains("\"centred\"") && error.contains("centered"));
    }
}
