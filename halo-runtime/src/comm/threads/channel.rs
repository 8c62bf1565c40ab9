//! A channel between threads: messages change hands as whole buffers, nothing is copied.
//!
//! A sender's buffer goes to the receiver's mailbox and an emptied one comes back in its place. So a route settles on
//! as many buffers as its ranks have ever been apart, at most four, and is then free of allocation.

use std::sync::Arc;

use super::desk::{Mailbox, Words};
use super::group::Group;
use super::job::Job;
use crate::comm::awaited::Awaited;
use crate::comm::{Channel, Route, Routes};
use crate::error::{Error, Result};

pub(super) struct ThreadChannel {
    job: Arc<Job>,
    /// This rank's desk.
    desk: usize,
    /// The group, and the channel's number there, the same on all its ranks.
    number: (u64, u64),
    sends: Vec<Outgoing>,
    receives: Vec<Incoming>,
    /// Receives started and not yet reported.
    open: usize,
}

struct Outgoing {
    route: Route,
    /// The peer's desk.
    desk: usize,
    /// The route's place among the peer's receives.
    place: usize,
    words: Words,
}

struct Incoming {
    route: Route,
    words: Words,
    open: bool,
}

impl ThreadChannel {
    /// Puts up the mailboxes for this rank's receives.
    pub fn open(job: Arc<Job>, desk: usize, number: (u64, u64), routes: &Routes) -> ThreadChannel {
        let mailboxes = routes.receives.iter().map(|_| Mailbox::default()).collect();
        job.desks[desk].look(|mail| mail.channels.insert(number, mailboxes));
        let sends = routes.sends.iter().map(|route| Outgoing {
            route: *route,
            desk: 0,
            place: 0,
            words: words(route.bytes),
        });
        let receives = routes.receives.iter().map(|route| Incoming {
            route: *route,
            words: words(route.bytes),
            open: false,
        });
        let (sends, receives) = (sends.collect(), receives.collect());
        ThreadChannel {
            job,
            desk,
            number,
            sends,
            receives,
            open: 0,
        }
    }

    /// Finds the mailbox of each send, given this rank's number in its group and the checked routes of all its ranks.
    pub fn connect(mut self, rank: usize, group: &Group, all: &[Routes]) -> ThreadChannel {
        for Outgoing {
            route, desk, place, ..
        } in &mut self.sends
        {
            *desk = group.members[route.peer];
            let mut receives = all[route.peer].receives.iter();
            *place = receives
                .position(|receive| (receive.peer, receive.tag) == (rank, route.tag))
                .expect("checked routes match");
        }
        self
    }

    /// Takes the first open message that has arrived into its buffer.
    fn take(&mut self) -> Option<usize> {
        let (number, receives) = (self.number, &mut self.receives);
        let taken =
            self.job.desks[self.desk].look(|mail| take(mail.channels.get_mut(&number)?, receives));
        self.open -= usize::from(taken.is_some());
        taken
    }
}

fn take(mailboxes: &mut [Mailbox], receives: &mut [Incoming]) -> Option<usize> {
    let pairs = mailboxes.iter_mut().zip(receives).enumerate();
    for (place, (mailbox, receive)) in pairs.filter(|(_, (_, receive))| receive.open) {
        if let Some(words) = mailbox.arrived.pop_front() {
            mailbox
                .returned
                .push(std::mem::replace(&mut receive.words, words));
            receive.open = false;
            return Some(place);
        }
    }
    None
}

impl Channel for ThreadChannel {
    fn send_buffer(&mut self, route: usize) -> &mut [u8] {
        let Outgoing { route, words, .. } = &mut self.sends[route];
        &mut bytemuck::cast_slice_mut(words)[..route.bytes]
    }

    fn start(&mut self) -> Result {
        self.job.check(self.desk)?;
        if self.open > 0 {
            return Err(Error::Communication(format!(
                "rank {} starts a channel of which {} messages are still to be received; \
                 take all messages of an exchange before starting the next",
                self.desk, self.open
            )));
        }
        for receive in &mut self.receives {
            receive.open = true;
        }
        self.open = self.receives.len();
        for Outgoing {
            route,
            desk,
            place,
            words: filled,
        } in &mut self.sends
        {
            self.job.desks[*desk].deliver(&self.job, |mail| {
                // A peer that has dropped its end no longer has the mailbox.
                if let Some(mailboxes) = mail.channels.get_mut(&self.number) {
                    let mailbox = &mut mailboxes[*place];
                    let empty = mailbox.returned.pop().unwrap_or_else(|| words(route.bytes));
                    mailbox.arrived.push_back(std::mem::replace(filled, empty));
                }
            });
        }
        Ok(())
    }

    fn poll(&mut self) -> Result<Option<usize>> {
        self.job.check(self.desk)?;
        Ok(if self.open > 0 { self.take() } else { None })
    }

    fn wait_any(&mut self) -> Result<Option<usize>> {
        if self.open == 0 {
            return Ok(None);
        }
        let ThreadChannel {
            job,
            desk,
            number,
            receives,
            open,
            ..
        } = self;
        let taken =
            job.desks[*desk].wait(job, *desk, Awaited::Channel { open: *open }, |mail| {
                take(mail.channels.get_mut(number)?, receives)
            })?;
        *open -= 1;
        Ok(Some(taken))
    }

    fn receive_buffer(&self, route: usize) -> &[u8] {
        let Incoming { route, words, open } = &self.receives[route];
        match open {
            true => &[],
            false => &bytemuck::cast_slice(words)[..route.bytes],
        }
    }
}

impl Drop for ThreadChannel {
    fn drop(&mut self) {
        self.job.desks[self.desk].look(|mail| mail.channels.remove(&self.number));
    }
}

fn words(bytes: usize) -> Words {
    vec![0; bytes.div_ceil(size_of::<u64>())]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::comm::deadline::promptly;
    use crate::comm::{Comm, launch_all};

    fn route(peer: usize, tag: u32, bytes: usize) -> Route {
        Route { peer, tag, bytes }
    }

    /// Every rank sends to every rank, itself included, twice.
    fn everybody_to_everybody(comm: &Comm, bytes: usize) -> Routes {
        let sends = (0..comm.size()).flat_map(|peer| [route(peer, 0, bytes), route(peer, 1, 1)]);
        let mut routes = Routes {
            sends: sends.collect(),
            receives: vec![],
        };
        // The places of the receives differ from those of the sends.
        routes.receives = routes.sends.iter().rev().copied().collect();
        routes
    }

    fn exchange(comm: &Comm, channel: &mut dyn Channel, routes: &Routes, round: u8) -> Result {
        for (place, route) in routes.sends.iter().enumerate() {
            channel
                .send_buffer(place)
                .fill(comm.rank() as u8 ^ route.tag as u8 ^ round);
        }
        channel.start()?;
        let mut seen = vec![false; routes.receives.len()];
        while let Some(place) = if round < 15 {
            channel.wait_any()?
        } else {
            poll(channel)?
        } {
            assert!(!std::mem::replace(&mut seen[place], true), "reported twice");
            let route = routes.receives[place];
            let expected = vec![route.peer as u8 ^ route.tag as u8 ^ round; route.bytes];
            assert_eq!(channel.receive_buffer(place), expected);
        }
        assert!(seen.iter().all(|seen| *seen));
        Ok(())
    }

    /// Polls a few times, then waits.
    fn poll(channel: &mut dyn Channel) -> Result<Option<usize>> {
        for _ in 0..3 {
            if let Some(place) = channel.poll()? {
                return Ok(Some(place));
            }
        }
        channel.wait_any()
    }

    #[test]
    fn every_message_arrives_once_in_its_exchange() {
        for ranks in [1, 2, 5, 27] {
            let done = promptly(move || {
                launch_all(ranks, |comm| {
                    let small = everybody_to_everybody(comm, 0);
                    let large = everybody_to_everybody(comm, 100);
                    let (mut first, mut second) = (comm.channel(&small)?, comm.channel(&large)?);
                    for round in 0..30 {
                        exchange(comm, &mut *first, &small, round)?;
                        exchange(comm, &mut *second, &large, round + 100)?;
                    }
                    Ok(())
                })
            });
            assert_eq!(done, Ok(vec![(); ranks]));
        }
    }

    #[test]
    fn a_fast_rank_may_be_ahead_and_buffers_are_reused() {
        let done = promptly(|| {
            launch_all(2, |comm| {
                let (messages, none) = (
                    vec![route(1 - comm.rank(), 0, 8), route(1 - comm.rank(), 1, 8)],
                    vec![],
                );
                let mut channel = comm.channel(&match comm.rank() {
                    0 => Routes {
                        sends: messages,
                        receives: none,
                    },
                    _ => Routes {
                        sends: none,
                        receives: messages,
                    },
                })?;
                let mut buffers = BTreeSet::new();
                for round in 0..40u8 {
                    if comm.rank() == 0 {
                        for number in [2 * round, 2 * round + 1] {
                            (0..2).for_each(|place| channel.send_buffer(place).fill(number));
                            channel.start()?;
                        }
                    }
                    comm.barrier()?;
                    if comm.rank() == 1 {
                        for number in [2 * round, 2 * round + 1] {
                            channel.start()?;
                            assert_eq!([channel.wait_any()?, channel.poll()?], [Some(0), Some(1)]);
                            assert_eq!(channel.wait_any()?, None);
                            for place in 0..2 {
                                assert_eq!(channel.receive_buffer(place), [number; 8]);
                                buffers.insert(channel.receive_buffer(place).as_ptr().addr());
                            }
                        }
                    }
                    comm.barrier()?;
                }
                Ok(buffers.len())
            })
        });
        assert!(matches!(done.unwrap()[..], [0, 4..=8]));
    }

    #[test]
    fn buffers_are_aligned_for_numbers() {
        let comm = Comm::solo();
        let routes = everybody_to_everybody(&comm, 24);
        let mut channel = comm.channel(&routes).unwrap();
        bytemuck::cast_slice_mut::<u8, f64>(channel.send_buffer(0)).fill(2.5);
        assert_eq!(
            bytemuck::cast_slice::<u8, f64>(channel.receive_buffer(1)),
            [0.0; 3]
        );
        channel.start().unwrap();
        while channel.wait_any().unwrap().is_some() {}
        assert_eq!(
            bytemuck::cast_slice::<u8, f64>(channel.receive_buffer(1)),
            [2.5; 3]
        );
    }

    #[test]
    fn dropping_a_channel_in_flight_harms_nobody() {
        let done = promptly(|| {
            launch_all(3, |comm| {
                let routes = everybody_to_everybody(comm, 16);
                for _ in 0..20 {
                    let mut channel = comm.channel(&routes)?;
                    channel.start()?;
                    if comm.rank() == 0 {
                        channel.wait_any()?;
                    }
                }
                let mut channel = comm.channel(&routes)?;
                exchange(comm, &mut *channel, &routes, 3)
            })
        });
        assert_eq!(done, Ok(vec![(); 3]));
    }

    #[test]
    fn an_exchange_must_end_before_the_next() {
        let comm = Comm::solo();
        let mut channel = comm.channel(&everybody_to_everybody(&comm, 8)).unwrap();
        channel.start().unwrap();
        channel.wait_any().unwrap();
        let error = channel.start().unwrap_err().to_string();
        assert!(
            error.contains("1 messages are still to be received"),
            "{error}"
        );
    }

    #[test]
    fn routes_that_do_not_match_fail_alike_on_all_ranks() {
        let errors = launch_all(3, |comm| {
            let sends = if comm.rank() == 1 {
                vec![route(2, 4, 8)]
            } else {
                vec![]
            };
            let refused = comm.channel(&Routes {
                sends,
                receives: vec![],
            });
            Ok(refused.err().map(|error| error.to_string()))
        });
        let expected = "rank 1 sends a message with tag 4 to rank 2, which expects none";
        assert_eq!(errors.unwrap(), vec![Some(expected.to_owned()); 3]);
    }
}
