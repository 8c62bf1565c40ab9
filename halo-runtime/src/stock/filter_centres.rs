//! Where the filters of a non-stationary convolution lie along one axis, checked as PyLops demands: regular, within the grid.

use crate::{
    error::{Error, Result},
    stencil::Centres,
};

/// The lattice that the centres along one axis make.
///
/// # Errors
/// No centre, distances that differ or are not positive, a centre beyond an axis of this extent.
pub(super) fn lattice(centres: &[usize], axis: usize, extent: usize) -> Result<Centres> {
    let invalid = |message: String| Err(Error::Invalid(message));
    let (Some(&first), Some(&last)) = (centres.first(), centres.last()) else {
        return invalid(format!(
            "a convolution is given no filter centre along axis {axis}; give one at least"
        ));
    };
    let spacing = centres.get(1).map_or(1, |second| second.abs_diff(first));
    for pair in centres.windows(2) {
        if pair[0].checked_add(spacing) != Some(pair[1]) || spacing == 0 {
            return invalid(format!(
                "the filter centres along axis {axis} are {} and {} after steps of {spacing}; interpolate the filters at centres \
                 that ascend in equal steps",
                pair[0], pair[1]
            ));
        }
    }
    if last >= extent {
        return invalid(format!(
            "the filter centre {last} lies beyond axis {axis}, which has {extent} points; give indices of points"
        ));
    }
    Ok(Centres {
        count: centres.len(),
        first: first as f64,
        spacing: spacing as f64,
        kept: 0..centres.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_ascend_in_equal_steps_within_the_axis() {
        let found = lattice(&[4, 10, 16], 0, 17).unwrap();
        assert_eq!((found.count, found.first, found.spacing), (3, 4.0, 6.0));
        assert_eq!(lattice(&[4], 0, 5).unwrap().count, 1);
        for (centres, word) in [
            (&[][..], "no filter centre"),
            (&[4, 4], "4 and 4"),
            (&[4, 2], "4 and 2"),
            (&[2, 4, 7], "4 and 7"),
            (&[2, usize::MAX, 1], "equal steps"),
            (&[2, 17], "beyond axis 3"),
        ] {
            let message = lattice(centres, 3, 17).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
