//! One process's end of a job: the communicator that its program is given.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ::mpi::ffi::MPI_Comm;
use ::mpi::traits::{AsRaw, Communicator as MpiCommunicator};

use super::census::Census;
use super::channel::MpiChannel;
use super::envelope;
use super::job::Job;
use super::members::Members;
use super::raw::{self, Group, Operation};
use super::roll_call::gather;
use super::tags::Tags;
use crate::comm::awaited::Awaited;
use crate::comm::communicator::{check_letter, check_peer};
use crate::comm::gathering::Gathering;
use crate::comm::{Channel, Comm, Communicator, Routes, environment};
use crate::error::{Error, Result};

/// Words that travel with the first message of a broadcast; longer ones need a second.
const AT_ONCE: usize = 8;

pub(in crate::comm) struct MpiRank {
    job: Arc<Job>,
    /// Carries single messages and collective calls.
    group: Arc<Group>,
    /// The ranks of the job that make up the group.
    members: Members,
    tags: Mutex<Tags>,
    sharing_cores: usize,
}

impl MpiRank {
    /// Collective: this process as a rank of the whole job, MPI being started if need be.
    pub fn start() -> Result<MpiRank> {
        /// All jobs of a process have the same ranks, so they look around once.
        static SHARING_CORES: OnceLock<usize> = OnceLock::new();
        raw::initialise()?;
        let world = Group::world()?;
        let sharing_cores = match SHARING_CORES.get() {
            Some(sharing_cores) => *sharing_cores,
            None => *SHARING_CORES.get_or_init({
                let found = sharing_cores(&world)?;
                move || found
            }),
        };
        MpiRank::new(world, sharing_cores, true)
    }

    /// Collective: this process as a rank of a communicator of a program that has started MPI itself.
    pub fn of<C>(communicator: &C) -> Result<MpiRank>
    where
        C: MpiCommunicator + AsRaw<Raw = MPI_Comm>,
    {
        raw::adopt()?;
        let group = Group::of(communicator)?;
        let sharing_cores = sharing_cores(&group)?;
        MpiRank::new(group, sharing_cores, false)
    }

    fn new(group: Arc<Group>, sharing_cores: usize, launched: bool) -> Result<MpiRank> {
        let crowded = sharing_cores > environment::cores();
        let job = Arc::new(Job::new(group.duplicate()?, crowded, launched));
        Ok(MpiRank {
            job,
            tags: Mutex::new(Tags::new(group.duplicate()?)),
            members: Members::All(group.size()),
            group,
            sharing_cores,
        })
    }

    pub(super) fn job(&self) -> &Arc<Job> {
        &self.job
    }

    fn wait(&self, gathering: Gathering, operation: &mut Operation) -> Result {
        let awaited = Awaited::Meeting(gathering);
        self.job.finish(awaited, &self.members, operation)
    }

    /// Waits until all have come to a collective call.
    fn finish(&self, gathering: Gathering, mut operation: Operation) -> Result<Operation> {
        self.wait(gathering, &mut operation)?;
        Ok(operation)
    }

    /// In debug builds, makes sure that all ranks make the same call, where [`gather`] does not see to it anyway.
    fn come(&self, gathering: Gathering) -> Result {
        match cfg!(debug_assertions) {
            true => self.gather(gathering, &[]).map(drop),
            false => Ok(()),
        }
    }

    fn gather(&self, gathering: Gathering, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        gather(&self.group, gathering, bytes, |operation| {
            self.wait(gathering, operation)
        })
    }
}

impl Communicator for MpiRank {
    fn rank(&self) -> usize {
        self.group.rank()
    }

    fn size(&self) -> usize {
        self.group.size()
    }

    fn sharing_cores(&self) -> usize {
        self.sharing_cores
    }

    fn backend(&self) -> &'static str {
        "mpi"
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        raw::facts()
    }

    fn barrier(&self) -> Result {
        self.come(Gathering::Barrier)?;
        self.finish(Gathering::Barrier, self.group.barrier()?)?;
        Ok(())
    }

    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.gather(Gathering::AllGather, bytes)
    }

    fn all_reduce_sum(&self, values: &mut [i64]) -> Result {
        let gathering = Gathering::Sum {
            numbers: values.len(),
        };
        self.come(gathering)?;
        let words: &[u64] = bytemuck::cast_slice(values);
        let sums = self.finish(gathering, self.group.sum(words.to_vec())?)?;
        values.copy_from_slice(bytemuck::cast_slice(sums.written()));
        Ok(())
    }

    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result {
        check_peer(self, root)?;
        let gathering = Gathering::Broadcast { root };
        self.come(gathering)?;
        let sealed = match self.rank() == root {
            true => envelope::seal(bytes),
            false => vec![],
        };
        let mut first = sealed.clone();
        first.resize(AT_ONCE, 0);
        let first = self.finish(gathering, self.group.broadcast(root, first)?)?;
        let length = envelope::words(first.written());
        if length <= AT_ONCE {
            *bytes = envelope::open(first.written()).to_vec();
        } else {
            let mut all = sealed;
            all.resize(length, 0);
            let all = self.finish(gathering, self.group.broadcast(root, all)?)?;
            *bytes = envelope::open(all.written()).to_vec();
        }
        Ok(())
    }

    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result {
        check_letter(self, to, tag)?;
        self.job.check()?;
        // Dropped while under way: MPI keeps it until it is received.
        self.group.send(to, tag, envelope::seal(bytes)).map(drop)
    }

    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>> {
        check_letter(self, from, tag)?;
        let sender = self.members.part([from]);
        let awaited = Awaited::Letter {
            from: sender.in_job(0),
            tag,
        };
        let mut operation = self.job.wait(awaited, &sender, || {
            let there = self.group.receive(Some(from), tag)?;
            Ok(there.map(|(_, operation)| operation))
        })?;
        self.job.finish(awaited, &sender, &mut operation)?;
        Ok(envelope::open(operation.written()).to_vec())
    }

    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>> {
        self.come(Gathering::Channel)?;
        let census = Census::of(self.rank(), self.size(), routes);
        let sum = self.finish(Gathering::Channel, self.group.sum(census.balance.to_vec())?)?;
        if sum.written() != Census::BALANCED {
            let all = self.gather(Gathering::Channel, &routes.encode())?;
            let all: Vec<_> = all.iter().map(|bytes| Routes::decode(bytes)).collect();
            Routes::check(&all)?;
        }
        let most = self.finish(
            Gathering::Channel,
            self.group.max(vec![census.most_to_one])?,
        )?;
        let mut tags = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        let (group, first) = tags.take(most.written()[0])?;
        let members = self.members.clone();
        let channel = MpiChannel::open(self.job.clone(), members, group, first, routes)?;
        Ok(Box::new(channel))
    }

    fn split(&self, number: Option<usize>) -> Result<Option<Comm>> {
        let mine = number.map_or(u64::MAX, |number| number as u64);
        let all = self.gather(Gathering::Split, &mine.to_le_bytes())?;
        let Some(group) = self.group.split(number)? else {
            return Ok(None);
        };
        let alike = |rank: &usize| all[*rank] == mine.to_le_bytes();
        let members = self.members.part((0..self.size()).filter(alike));
        Ok(Some(Comm::new(MpiRank {
            job: self.job.clone(),
            tags: Mutex::new(Tags::new(group.duplicate()?)),
            members,
            group,
            sharing_cores: self.sharing_cores,
        })))
    }

    fn abort(&self, error: &Error) {
        self.job.fail(error);
    }
}

/// Collective: how many ranks on this host may use the same cores as this one.
fn sharing_cores(group: &Group) -> Result<usize> {
    let cores = environment::allowed_cores();
    let (host, call) = (group.on_this_host()?, Gathering::AllGather);
    let neighbours = gather(&host, call, cores.as_bytes(), |operation| {
        while !operation.test()? {
            std::thread::yield_now();
        }
        Ok(())
    })?;
    let alike = |other: &&Vec<u8>| **other == cores.as_bytes();
    Ok(neighbours.iter().filter(alike).count())
}

impl Drop for MpiRank {
    fn drop(&mut self) {
        // A program that has started MPI itself would next, while the panic goes on, wait for the others in MPI_Finalize.
        if std::thread::panicking() && !self.job.is_launched() {
            self.job.end("it panicked, see its message");
        }
    }
}
