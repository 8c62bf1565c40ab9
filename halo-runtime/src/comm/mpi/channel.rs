//! A channel between processes: persistent requests, started and completed in each exchange.
//!
//! A receive has one buffer. A send has as many as its ranks have ever been apart, most often one: a buffer that the last
//! exchange has not sent off yet is left to MPI, and another takes its place. So `start` never waits.

use std::sync::Arc;

use super::job::Job;
use super::members::Members;
use super::raw::{Batch, Group, Persistent};
use crate::comm::awaited::Awaited;
use crate::comm::{Channel, Route, Routes};
use crate::error::{Error, Result};

pub(super) struct MpiChannel {
    job: Arc<Job>,
    members: Members,
    sends: Vec<Outgoing>,
    receives: Vec<Persistent>,
    /// Receives that have come through and are not reported yet, the next one last.
    arrived: Vec<usize>,
    /// Receives started and not yet reported.
    open: usize,
    batch: Batch,
    /// An error of [`Channel::send_buffer`], which `start` returns, and what was filled instead.
    failure: Option<(Error, Vec<u64>)>,
}

/// One message sent in every exchange.
struct Outgoing {
    group: Arc<Group>,
    to: usize,
    tag: u32,
    bytes: usize,
    /// The buffers, that of the next exchange first.
    buffers: Vec<Persistent>,
}

impl MpiChannel {
    /// Declares the messages; that the routes of all ranks fit together has been checked. The tags from `first` on are
    /// this channel's.
    pub fn open(
        job: Arc<Job>,
        members: Members,
        group: Arc<Group>,
        first: u32,
        routes: &Routes,
    ) -> Result<MpiChannel> {
        let sends = routes.sends.iter().map(|route| Outgoing {
            group: group.clone(),
            to: route.peer,
            tag: first + place(&routes.sends, route),
            bytes: route.bytes,
            buffers: vec![],
        });
        let receives = routes.receives.iter().map(|route| {
            let tag = first + place(&routes.receives, route);
            Persistent::receive(&group, route.peer, tag, route.bytes)
        });
        let mut channel = MpiChannel {
            job,
            members,
            sends: sends.collect(),
            arrived: Vec::with_capacity(routes.receives.len()),
            receives: receives.collect::<Result<_>>()?,
            open: 0,
            batch: Batch::default(),
            failure: None,
        };
        channel
            .sends
            .iter_mut()
            .try_for_each(Outgoing::make_ready)?;
        Ok(channel)
    }

    /// Takes note of what has come through.
    fn look(&mut self) -> Result<Option<usize>> {
        if self.arrived.is_empty() {
            self.arrived.extend(self.batch.through(&mut self.receives)?);
            self.arrived.reverse();
        }
        let next = self.arrived.pop();
        self.open -= usize::from(next.is_some());
        Ok(next)
    }
}

/// How many messages between the same two ranks, in the same direction, come before one: both of them count alike.
fn place(routes: &[Route], route: &Route) -> u32 {
    let before = |other: &&Route| other.peer == route.peer && other.tag < route.tag;
    routes.iter().filter(before).count() as u32
}

impl Outgoing {
    /// Puts a buffer first that is free.
    fn make_ready(&mut self) -> Result {
        for place in 0..self.buffers.len() {
            if self.buffers[place].test()? {
                self.buffers.swap(0, place);
                return Ok(());
            }
        }
        let buffer = Persistent::send(&self.group, self.to, self.tag, self.bytes)?;
        self.buffers.insert(0, buffer);
        Ok(())
    }
}

impl Channel for MpiChannel {
    fn send_buffer(&mut self, route: usize) -> &mut [u8] {
        let send = &mut self.sends[route];
        match send.make_ready() {
            Ok(()) => send.buffers[0].buffer_mut(),
            Err(error) => {
                let words = vec![0; send.bytes.div_ceil(size_of::<u64>())];
                let (_, words) = self.failure.insert((error, words));
                &mut bytemuck::cast_slice_mut(words)[..send.bytes]
            }
        }
    }

    fn start(&mut self) -> Result {
        self.job.check()?;
        if let Some((failure, _)) = self.failure.take() {
            return Err(failure);
        }
        if self.open > 0 {
            return Err(Error::Communication(format!(
                "rank {} starts a channel of which {} messages are still to be received; \
                 take all messages of an exchange before starting the next",
                self.job.all().rank(),
                self.open
            )));
        }
        self.sends.iter_mut().try_for_each(Outgoing::make_ready)?;
        // Receives first: a message that finds its buffer ready need not be kept elsewhere.
        let sends = self.sends.iter_mut().map(|send| &mut send.buffers[0]);
        self.batch.start(self.receives.iter_mut().chain(sends))?;
        self.open = self.receives.len();
        Ok(())
    }

    fn poll(&mut self) -> Result<Option<usize>> {
        self.job.check()?;
        if self.open > 0 { self.look() } else { Ok(None) }
    }

    fn wait_any(&mut self) -> Result<Option<usize>> {
        if self.open == 0 {
            return Ok(None);
        }
        let (job, members) = (self.job.clone(), self.members.clone());
        let awaited = Awaited::Channel { open: self.open };
        job.wait(awaited, &members, || self.look()).map(Some)
    }

    fn receive_buffer(&self, route: usize) -> &[u8] {
        self.receives[route].buffer()
    }
}
