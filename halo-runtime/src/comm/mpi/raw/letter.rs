//! Single messages, whose length the receiver does not know before they are there.

use std::sync::Arc;

use ::mpi::ffi;

use super::group::Group;
use super::library::Entered;
use super::operation::{Operation, Work, count};
use super::words::Words;
use crate::error::Result;

impl Group {
    /// Sends words to a rank; over when they are on their way.
    pub fn send(self: &Arc<Group>, to: usize, tag: u32, words: Vec<u64>) -> Result<Operation> {
        let length = count(words.len())?;
        let work = single(words.into());
        // SAFETY: M3, M4.
        unsafe {
            Operation::start(self, work, |work, request| {
                ffi::MPI_Isend(
                    work.memory[0].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    to as i32,
                    tag as i32,
                    self.handle(),
                    request,
                )
            })
        }
    }

    /// Receives the next message from a rank, or from any, if one is there; also tells who sent it.
    pub fn receive(
        self: &Arc<Group>,
        from: Option<usize>,
        tag: u32,
    ) -> Result<Option<(usize, Operation)>> {
        let Some((from, message, words)) = self.probe(from, tag)? else {
            return Ok(None);
        };
        let length = count(words)?;
        let mut message = message;
        // SAFETY: M3, M4: the memory has the length that MPI reported for this very message.
        let operation = unsafe {
            Operation::start(self, single(Words::zeros(words)), |work, request| {
                ffi::MPI_Imrecv(
                    work.memory[0].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    &mut message,
                    request,
                )
            })
        }?;
        Ok(Some((from, operation)))
    }

    /// Takes the next message out of the queue: its sender, its handle and its length.
    fn probe(
        &self,
        from: Option<usize>,
        tag: u32,
    ) -> Result<Option<(usize, ffi::MPI_Message, usize)>> {
        let entered = Entered::new()?;
        // SAFETY: M1, M3; the calls write one integer, one handle and one status, which is plain data.
        unsafe {
            let from = from.map_or(ffi::RSMPI_ANY_SOURCE, |rank| rank as i32);
            let (mut there, mut words) = (0, 0);
            let mut message = ffi::RSMPI_MESSAGE_NULL;
            let mut status: ffi::MPI_Status = std::mem::zeroed();
            entered.check(ffi::MPI_Improbe(
                from,
                tag as i32,
                self.handle(),
                &mut there,
                &mut message,
                &mut status,
            ))?;
            if there == 0 {
                return Ok(None);
            }
            entered.check(ffi::MPI_Get_count(&status, ffi::RSMPI_UINT64_T, &mut words))?;
            Ok(Some((status.MPI_SOURCE as usize, message, words as usize)))
        }
    }
}

fn single(words: Words) -> Work {
    Work {
        memory: vec![words],
        counts: vec![],
        collective: false,
    }
}
