//! An error on its way to the other ranks: its text, and what is known of where it comes from.

use crate::error::Error;

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Report {
    /// The rank that the error is already known to stem from, if any.
    rank: Option<usize>,
    /// Whether that rank panicked.
    panicked: bool,
    message: String,
}

impl Report {
    pub fn new(error: &Error) -> Report {
        let (rank, panicked, message) = match error {
            Error::OnRank { rank, message } => (Some(*rank), false, message.clone()),
            Error::Panicked { rank, message } => (Some(*rank), true, message.clone()),
            other => (None, false, other.to_string()),
        };
        Report {
            rank,
            panicked,
            message,
        }
    }

    /// Never empty: an empty report is the absence of an error.
    pub fn encode(&self) -> Vec<u8> {
        let rank = self.rank.map_or(u64::MAX, |rank| rank as u64);
        let panicked = [u8::from(self.panicked)];
        [&rank.to_le_bytes()[..], &panicked, self.message.as_bytes()].concat()
    }

    /// The inverse of [`Report::encode`].
    pub fn decode(bytes: &[u8]) -> Report {
        let (rank, rest) = bytes.split_first_chunk().unwrap_or((&[0xff; 8], bytes));
        let (panicked, message) = rest.split_first().unwrap_or((&0, rest));
        let rank = u64::from_le_bytes(*rank);
        Report {
            rank: (rank != u64::MAX).then_some(rank as usize),
            panicked: *panicked != 0,
            message: String::from_utf8_lossy(message).into_owned(),
        }
    }

    /// The error that ends a wait on another rank.
    #[cfg(feature = "mpi")]
    pub fn into_aborted(self, reported_by: usize) -> Error {
        let rank = self.rank.unwrap_or(reported_by);
        let message = match self.panicked {
            true => format!("rank {rank} panicked: {}", self.message),
            false => self.message,
        };
        Error::Aborted { rank, message }
    }

    /// The error that all ranks return.
    pub fn into_error(self, reported_by: usize) -> Error {
        let (rank, message) = (self.rank.unwrap_or(reported_by), self.message);
        match self.panicked {
            true => Error::Panicked { rank, message },
            false => Error::OnRank { rank, message },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_the_journey() {
        let message = String::from("too warm");
        let plain = Report::new(&Error::Invalid(message.clone()));
        let on_rank = Error::OnRank {
            rank: 3,
            message: message.clone(),
        };
        let panicked = Error::Panicked { rank: 0, message };
        for report in [&plain, &Report::new(&on_rank), &Report::new(&panicked)] {
            assert_eq!(Report::decode(&report.encode()), *report);
        }
        assert_eq!(plain.into_error(3), on_rank);
        assert_eq!(Report::new(&on_rank).into_error(7), on_rank);
        assert_eq!(Report::new(&panicked).into_error(7), panicked);
    }
}
