//! The meeting that opens a collective call: which call each rank makes, and what it brings where that is short.
//!
//! MPI does not tell when ranks make different collective calls; it hangs, or mixes their data.

use std::sync::Arc;

use super::envelope;
use super::raw::{Group, Operation};
use crate::comm::gathering::Gathering;
use crate::error::{Error, Result};

/// Words of the call.
const CALL: usize = 2;

/// Words that come along; what is longer needs a second message.
const AT_ONCE: usize = 14;

/// Collective: every rank's bytes; `finish` waits for an operation.
///
/// # Errors
/// The ranks make different calls.
pub(super) fn gather(
    group: &Arc<Group>,
    gathering: Gathering,
    bytes: &[u8],
    mut finish: impl FnMut(&mut Operation) -> Result,
) -> Result<Vec<Vec<u8>>> {
    let sealed = envelope::seal(bytes);
    let mut block = gathering.code().to_vec();
    block.extend(sealed.iter().take(AT_ONCE));
    block.resize(CALL + AT_ONCE, 0);
    let mut roll = group.all_gather(block)?;
    finish(&mut roll)?;
    let (calls, parts): (Vec<_>, Vec<_>) = roll
        .written()
        .chunks(CALL + AT_ONCE)
        .map(|block| block.split_at(CALL))
        .unzip();
    if let Some(by) = calls.iter().position(|call| *call != calls[0]) {
        let [first, other] =
            [0, by].map(|rank| Gathering::decode([calls[rank][0], calls[rank][1]]));
        return Err(Error::Communication(other.differs(by, first, 0)));
    }
    let lengths: Vec<usize> = parts.iter().map(|part| envelope::words(part)).collect();
    if lengths.iter().all(|length| *length <= AT_ONCE) {
        let parts = parts.iter().map(|part| envelope::open(part).to_vec());
        return Ok(parts.collect());
    }
    let mut all = group.all_gather_varied(sealed, &lengths)?;
    finish(&mut all)?;
    let mut rest = all.written();
    let parts = lengths.iter().map(|length| {
        let (part, others) = rest.split_at(*length);
        rest = others;
        envelope::open(part).to_vec()
    });
    Ok(parts.collect())
}
