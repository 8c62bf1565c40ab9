//! One rank of a larger job as a job of its own: its blocks are small grids to the operators that work on them.
//!
//! It differs from a solo job in what it knows of its cores: the other ranks still compute on them.

use super::channel::{Channel, Routes};
use super::communicator::{Comm, Communicator};
use super::threads::{self, ThreadRank};
use crate::error::{Error, Result};

pub(super) struct Alone {
    rank: ThreadRank,
    sharing_cores: usize,
}

impl Alone {
    pub(super) fn new(sharing_cores: usize) -> Self {
        Alone {
            rank: threads::solo(),
            sharing_cores,
        }
    }
}

impl Communicator for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn sharing_cores(&self) -> usize {
        self.sharing_cores
    }

    fn backend(&self) -> &'static str {
        "alone"
    }

    fn barrier(&self) -> Result {
        self.rank.barrier()
    }

    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.rank.all_gather(bytes)
    }

    fn all_reduce_sum(&self, values: &mut [i64]) -> Result {
        self.rank.all_reduce_sum(values)
    }

    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result {
        self.rank.broadcast(root, bytes)
    }

    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result {
        self.rank.send(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>> {
        self.rank.receive(from, tag)
    }

    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>> {
        self.rank.channel(routes)
    }

    fn split(&self, number: Option<usize>) -> Result<Option<Comm>> {
        self.rank.split(number)
    }

    fn abort(&self, error: &Error) {
        self.rank.abort(error);
    }
}
