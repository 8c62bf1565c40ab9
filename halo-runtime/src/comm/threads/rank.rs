//! One thread's end of a job: the communicator that its program is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::channel::ThreadChannel;
use super::group::Group;
use super::job::Job;
use super::meeting::Table;
use crate::comm::awaited::Awaited;
use crate::comm::communicator::{check_letter, check_peer};
use crate::comm::gathering::Gathering;
use crate::comm::{Channel, Comm, Communicator, Routes};
use crate::error::{Error, Result};

pub(in crate::comm) struct ThreadRank {
    job: Arc<Job>,
    group: Arc<Group>,
    /// This rank's number in the group.
    rank: usize,
    /// Collective calls made so far.
    meetings: AtomicU64,
    /// Channels made so far.
    channels: AtomicU64,
    /// Times that the group was split so far.
    splits: AtomicU64,
}

/// The only rank of a job of its own.
pub(in crate::comm) fn solo() -> ThreadRank {
    ThreadRank::new(Arc::new(Job::new(1)), 0)
}

impl ThreadRank {
    /// A rank of the whole job; to be called once for each.
    pub fn new(job: Arc<Job>, rank: usize) -> ThreadRank {
        let group = job.groups.all(job.size());
        ThreadRank::of_group(job, group, rank)
    }

    fn of_group(job: Arc<Job>, group: Arc<Group>, rank: usize) -> ThreadRank {
        ThreadRank {
            job,
            group,
            rank,
            meetings: AtomicU64::new(0),
            channels: AtomicU64::new(0),
            splits: AtomicU64::new(0),
        }
    }

    /// This rank's desk, which has its number in the whole job.
    fn desk(&self) -> usize {
        self.group.members[self.rank]
    }

    /// Comes to the next meeting and waits until it is full; gives its number, to leave it by.
    fn meet(&self, gathering: Gathering, bring: impl FnOnce(&mut Table)) -> Result<u64> {
        let (job, desk) = (&*self.job, self.desk());
        let (meetings, number) = (&self.group.meetings, self.meetings.fetch_add(1, Relaxed));
        job.check(desk)?;
        if meetings.come(number, self.rank, gathering, bring) {
            job.ring_all();
        } else {
            job.desks[desk].wait(job, desk, Awaited::Meeting(gathering), |_| {
                meetings.is_full(number).then_some(())
            })?;
        }
        Ok(number)
    }

    fn gather(&self, gathering: Gathering, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        let number = self.meet(gathering, |table| {
            table.parts[self.rank].extend_from_slice(bytes)
        })?;
        self.group
            .meetings
            .leave(number, |table| table.parts.clone())
    }
}

impl Communicator for ThreadRank {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.group.members.len()
    }

    fn sharing_cores(&self) -> usize {
        self.job.size()
    }

    fn backend(&self) -> &'static str {
        if self.job.size() == 1 {
            "solo"
        } else {
            "threads"
        }
    }

    fn barrier(&self) -> Result {
        let number = self.meet(Gathering::Barrier, |_| ())?;
        self.group.meetings.leave(number, |_| ())
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
        self.group
            .meetings
            .leave(number, |table| values.copy_from_slice(&table.sums))
    }

    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result {
        check_peer(self, root)?;
        let number = self.meet(Gathering::Broadcast { root }, |table| {
            if self.rank == root {
                table.parts[root].extend_from_slice(bytes);
            }
        })?;
        if self.rank == root {
            self.group.meetings.leave(number, |_| ())
        } else {
            self.group
                .meetings
                .leave(number, |table| bytes.clone_from(&table.parts[root]))
        }
    }

    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result {
        check_letter(self, to, tag)?;
        let letter = bytes.to_vec();
        self.job.desks[self.group.members[to]].deliver(&self.job, |mail| {
            mail.letters
                .entry((self.group.id, self.rank, tag))
                .or_default()
                .push_back(letter);
        });
        Ok(())
    }

    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>> {
        check_letter(self, from, tag)?;
        let (desk, key) = (self.desk(), (self.group.id, from, tag));
        let from = self.group.members[from];
        self.job.desks[desk].wait(&self.job, desk, Awaited::Letter { from, tag }, |mail| {
            mail.letters.get_mut(&key)?.pop_front()
        })
    }

    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>> {
        let number = (self.group.id, self.channels.fetch_add(1, Relaxed));
        // The mailboxes stand before any rank can leave the meeting, and so before any message is sent to them.
        let channel = ThreadChannel::open(self.job.clone(), self.desk(), number, routes);
        let all = self.gather(Gathering::Channel, &routes.encode())?;
        let all: Vec<_> = all.iter().map(|bytes| Routes::decode(bytes)).collect();
        Routes::check(&all)?;
        Ok(Box::new(channel.connect(self.rank, &self.group, &all)))
    }

    fn split(&self, number: Option<usize>) -> Result<Option<Comm>> {
        let split = self.splits.fetch_add(1, Relaxed);
        let mine = encode(number);
        let all = self.gather(Gathering::Split, &mine)?;
        let Some(number) = number else {
            return Ok(None);
        };
        let alike: Vec<usize> = (0..self.size()).filter(|rank| all[*rank] == mine).collect();
        let rank = alike.partition_point(|rank| *rank < self.rank);
        let members = alike.iter().map(|rank| self.group.members[*rank]).collect();
        let group = self
            .job
            .groups
            .join((self.group.id, split, number), members);
        Ok(Some(Comm::new(ThreadRank::of_group(
            self.job.clone(),
            group,
            rank,
        ))))
    }

    fn abort(&self, error: &Error) {
        self.job.fail(self.desk(), error);
    }
}

fn encode(number: Option<usize>) -> Vec<u8> {
    number.map_or(vec![], |number| number.to_le_bytes().to_vec())
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
    #[test]
    fn parts_of_a_job_keep_their_messages_apart() {
        let done = promptly(|| {
            launch_all(6, |comm| {
                for round in 0..20 {
                    let Some(part) = comm.split((comm.rank() > 0).then_some(comm.rank() % 2))?
                    else {
                        assert_eq!(comm.rank(), 0);
                        continue;
                    };
                    let members: Vec<usize> =
                        (1..6).filter(|rank| rank % 2 == comm.rank() % 2).collect();
                    assert_eq!(
                        (members[part.rank()], part.size()),
                        (comm.rank(), members.len())
                    );
                    let mut sum = [comm.rank() as i64];
                    part.all_reduce_sum(&mut sum)?;
                    assert_eq!(sum[0] as usize, members.iter().sum::<usize>());
                    let next = (part.rank() + 1) % part.size();
                    part.send(next, 0, &[round])?;
                    comm.send(members[next], 0, &[round + 100])?;
                    let previous = (part.rank() + part.size() - 1) % part.size();
                    assert_eq!(comm.receive(members[previous], 0)?, [round + 100]);
                    assert_eq!(part.receive(previous, 0)?, [round]);
                    let alone = part.split(Some(part.rank()))?.expect("a number was given");
                    assert_eq!(
                        (alone.rank(), alone.size(), alone.backend()),
                        (0, 1, "threads")
                    );
                    alone.barrier()?;
                }
                Ok(())
            })
        });
        assert_eq!(done, Ok(vec![(); 6]));
    }

    #[test]
    fn a_failure_in_one_part_ends_the_waits_of_the_other() {
        let outcome = promptly(|| {
            launch_all(5, |comm| {
                let part = comm
                    .split(Some(comm.rank() % 2))?
                    .expect("a number was given");
                match comm.rank() {
                    3 => Err(Error::NoRanks),
                    _ => part.receive(part.size() - 1, 1).map(drop),
                }
            })
        });
        assert_eq!(outcome, Err(Error::NoRanks));
    }

    #[test]
    fn waiting_across_parts_for_each_other_is_an_error() {
        let message = complaint(promptly(|| {
            launch_all(3, |comm| {
                let part = comm
                    .split(Some(comm.rank() / 2))?
                    .expect("a number was given");
                match comm.rank() {
                    0 => part.barrier(),
                    1 => comm.receive(2, 5).map(drop),
                    _ => comm.receive(1, 6).map(drop),
                }
            })
        }));
        for words in [
            "rank 0",
            "the others in barrier",
            "a message with tag 5 from rank 2",
        ] {
            assert!(message.contains(words), "{message}");
        }
    }
}
