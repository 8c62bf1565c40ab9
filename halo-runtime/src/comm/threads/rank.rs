//! One thread's end of a job: the communicator that its program is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::channel::ThreadChannel;
use super::desk::Awaited;
use super::job::Job;
use super::meeting::{Gathering, Table};
use crate::comm::{Channel, Communicator, Routes};
use crate::error::{Error, Result};

pub(in crate::comm) struct ThreadRank {
    job: Arc<Job>,
    rank: usize,
    /// Collective calls made so far.
    meetings: AtomicU64,
    /// Channels made so far.
    channels: AtomicU64,
}

/// The only rank of a job of its own.
pub(in crate::comm) fn solo() -> ThreadRank {
    ThreadRank::new(Arc::new(Job::new(1)), 0)
}

impl ThreadRank {
    pub fn new(job: Arc<Job>, rank: usize) -> ThreadRank {
        ThreadRank {
            job,
            rank,
            meetings: AtomicU64::new(0),
            channels: AtomicU64::new(0),
        }
    }

    /// Comes to the next meeting and waits until it is full; gives its number, to leave it by.
    fn meet(&self, gathering: Gathering, bring: impl FnOnce(&mut Table)) -> Result<u64> {
        let (job, number) = (&*self.job, self.meetings.fetch_add(1, Relaxed));
        job.check(self.rank)?;
        if job.meetings.come(number, self.rank, gathering, bring)? {
            job.ring_all();
        } else {
            job.desks[self.rank].wait(job, self.rank, Awaited::Meeting(gathering), |_| {
                job.meetings.is_full(number).then_some(())
            })?;
        }
        Ok(number)
    }

    fn gather(&self, gathering: Gathering, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        let number = self.meet(gathering, |table| {
            table.parts[self.rank].extend_from_slice(bytes)
        })?;
        Ok(self.job.meetings.leave(number, |table| table.parts.clone()))
    }

    fn check_peer(&self, peer: usize) -> Result {
        if peer < self.size() {
            return Ok(());
        }
        Err(Error::Communication(format!(
            "rank {} names rank {peer} as its peer, the job has {} ranks",
            self.rank,
            self.size()
        )))
    }
}

impl Communicator for ThreadRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.job.size()
    }

    fn size_on_host(&self) -> usize {
        self.size()
    }

    fn backend(&self) -> &'static str {
        if self.size() == 1 { "solo" } else { "threads" }
    }

    fn barrier(&self) -> Result {
        let number = self.meet(Gathering::Barrier, |_| ())?;
        self.job.meetings.leave(number, |_| ());
        Ok(())
    }

    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.gather(Gathering::AllGather, bytes)
    }

    fn all_reduce_sum(&self, values: &mut [i64]) -> Result {
        let number = self.meet(
            Gathering::Sum {
                numbers: values.len(),
            },
            |table| {
                table.sums.resize(values.len(), 0);
                for (sum, value) in table.sums.iter_mut().zip(&*values) {
                    *sum = sum.wrapping_add(*value);
                }
            },
        )?;
        self.job
            .meetings
            .leave(number, |table| values.copy_from_slice(&table.sums));
        Ok(())
    }

    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result {
        self.check_peer(root)?;
        let number = self.meet(Gathering::Broadcast { root }, |table| {
            if self.rank == root {
                table.parts[root].extend_from_slice(bytes);
            }
        })?;
        if self.rank == root {
            self.job.meetings.leave(number, |_| ());
        } else {
            self.job
                .meetings
                .leave(number, |table| bytes.clone_from(&table.parts[root]));
        }
        Ok(())
    }

    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result {
        self.check_peer(to)?;
        let letter = bytes.to_vec();
        self.job.desks[to].deliver(&self.job, |mail| {
            mail.letters
                .entry((self.rank, tag))
                .or_default()
                .push_back(letter);
        });
        Ok(())
    }

    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>> {
        self.check_peer(from)?;
        self.job.desks[self.rank].wait(
            &self.job,
            self.rank,
            Awaited::Letter { from, tag },
            |mail| mail.letters.get_mut(&(from, tag))?.pop_front(),
        )
    }

    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>> {
        let number = self.channels.fetch_add(1, Relaxed);
        // The mailboxes stand before any rank can leave the meeting, and so before any message is sent to them.
        let channel = ThreadChannel::open(self.job.clone(), self.rank, number, routes);
        let all = self.gather(Gathering::Channel, &routes.encode())?;
        let all: Vec<_> = all.iter().map(|bytes| Routes::decode(bytes)).collect();
        Routes::check(&all)?;
        Ok(Box::new(channel.connect(&all)))
    }

    fn abort(&self, error: &Error) {
        self.job.fail(self.rank, error);
    }
}

#[cfg(test)]
mod tests {
    use crate::comm::deadline::promptly;
    use crate::comm::{Comm, Route, Routes, launch_all};
    use crate::error::Error;

    #[test]
    fn collectives_mix_in_any_order_on_many_ranks() {
        for ranks in [1, 2, 3, 27] {
            let done = promptly(move || {
                launch_all(ranks, |comm| {
                    let (rank, size) = (comm.rank(), comm.size());
                    for round in 0..40 {
                        let all = comm.all_gather(&vec![rank as u8; (rank + round) % 4])?;
                        for (other, bytes) in all.iter().enumerate() {
                            assert_eq!(bytes, &vec![other as u8; (other + round) % 4]);
                        }
                        let mut sums = [rank as i64, 1, i64::MAX];
                        comm.all_reduce_sum(&mut sums)?;
                        let (ranks, wrapped) = (size as i64, i64::MAX.wrapping_mul(size as i64));
                        assert_eq!(sums, [ranks * (ranks - 1) / 2, ranks, wrapped]);
                        let root = round % size;
                        let mut word = if rank == root {
                            vec![42, root as u8]
                        } else {
                            vec![0; 9]
                        };
                        comm.broadcast(root, &mut word)?;
                        assert_eq!(word, [42, root as u8]);
                        comm.barrier()?;
                    }
                    Ok(())
                })
            });
            assert_eq!(done, Ok(vec![(); ranks]));
        }
    }

    #[test]
    fn letters_keep_their_order_and_their_tags() {
        let done = promptly(|| {
            launch_all(5, |comm| {
                let size = comm.size();
                for to in 0..size {
                    for number in 0..20 {
                        comm.send(to, number % 2, &[comm.rank() as u8, number as u8])?;
                    }
                }
                for from in (0..size).rev() {
                    for number in (1..20).step_by(2).chain((0..20).step_by(2)) {
                        assert_eq!(comm.receive(from, number % 2)?, [from as u8, number as u8]);
                    }
                }
                Ok(())
            })
        });
        assert_eq!(done, Ok(vec![(); 5]));
    }

    fn complaint(answer: Result<impl std::fmt::Debug, Error>) -> String {
        match answer.unwrap_err() {
            Error::Communication(message) => message,
            other => panic!("another kind of error: {other:?}"),
        }
    }

    #[test]
    fn different_collective_calls_are_reported() {
        let message = complaint(promptly(|| {
            launch_all(3, |comm| match comm.rank() {
                1 => comm.all_reduce_sum(&mut [0; 5]),
                _ => comm.barrier(),
            })
        }));
        assert!(
            message.contains("barrier") && message.contains("all_reduce_sum of 5 numbers"),
            "{message}"
        );
    }

    #[test]
    fn waiting_for_each_other_is_an_error_that_tells_who_waits_for_what() {
        let message = complaint(promptly(|| {
            launch_all(3, |comm| match comm.rank() {
                0 => comm.barrier(),
                rank => comm.receive(3 - rank, 5).map(drop),
            })
        }));
        for part in [
            "rank 0",
            "the others in barrier",
            "a message with tag 5 from rank 2",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn waiting_for_a_rank_that_has_ended_is_an_error() {
        for _ in 0..50 {
            let message = complaint(promptly(|| {
                launch_all(4, |comm| match comm.rank() {
                    3 => comm.receive(0, 1).map(drop),
                    _ => Ok(()),
                })
            }));
            assert!(
                message.starts_with("rank 3 waits for a message with tag 1 from rank 0;"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_handle_that_outlives_its_job_never_hangs() {
        let comms = launch_all(2, |comm| Ok(comm.clone())).unwrap();
        complaint(promptly(move || comms[1].barrier()));
    }

    #[test]
    fn a_rank_alone_cannot_wait() {
        let comm = Comm::solo();
        comm.send(0, 3, b"note").unwrap();
        assert_eq!(comm.receive(0, 3), Ok(b"note".to_vec()));
        complaint(comm.receive(0, 3));
        comm.barrier().unwrap();
    }

    #[test]
    fn ranks_beyond_the_job_are_refused() {
        let comm = Comm::solo();
        complaint(comm.send(1, 0, &[]));
        complaint(comm.receive(1, 0));
        complaint(comm.broadcast(1, &mut Vec::new()));
        let routes = Routes {
            sends: vec![Route {
                peer: 1,
                tag: 0,
                bytes: 8,
            }],
            receives: vec![],
        };
        complaint(comm.channel(&routes).map(drop));
    }
}
