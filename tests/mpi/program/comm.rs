//! What every backend promises of its messages.

use halo::comm::{Channel, MOST_TAG, Route, Routes};
use halo::{Comm, Error, Result};

use super::harness::{check, refusal};

pub fn checks(comm: &Comm) -> Result {
    check(comm, "backend", || {
        let expected = std::env::var("HALO_EXPECT").unwrap_or("mpi".into());
        assert_eq!(comm.backend(), expected);
        assert!(comm.threads()? >= 1);
        Ok(())
    })?;
    check(comm, "collectives", || collectives(comm))?;
    check(comm, "long collectives", || long_collectives(comm))?;
    check(comm, "letters", || letters(comm))?;
    check(comm, "long letters", || long_letters(comm))?;
    check(comm, "agreement", || agreement(comm))?;
    check(comm, "channels", || channels(comm))?;
    check(comm, "a fast rank", || a_fast_rank(comm))?;
    check(comm, "channels dropped in flight", || {
        dropped_in_flight(comm)
    })?;
    check(comm, "misuse", || misuse(comm))
}

fn collectives(comm: &Comm) -> Result {
    let (rank, size) = (comm.rank(), comm.size());
    for round in 0..40 {
        let all = comm.all_gather(&vec![rank as u8; (rank + round) % 4])?;
        for (other, bytes) in all.iter().enumerate() {
            assert_eq!(bytes, &vec![other as u8; (other + round) % 4]);
        }
        let mut sums = [rank as i64, 1, i64::MAX];
        comm.all_reduce_sum(&mut sums)?;
        let ranks = size as i64;
        let expected = [ranks * (ranks - 1) / 2, ranks, i64::MAX.wrapping_mul(ranks)];
        assert_eq!(sums, expected);
        let root = round % size;
        let mut word = match rank == root {
            true => vec![42, root as u8],
            false => vec![0; 9],
        };
        comm.broadcast(root, &mut word)?;
        assert_eq!(word, [42, root as u8]);
        comm.barrier()?;
    }
    Ok(())
}

/// Lengths around those at which a second message is needed, and an empty one in between.
fn long_collectives(comm: &Comm) -> Result {
    let (rank, size) = (comm.rank(), comm.size());
    let pattern = |seed: usize, length: usize| -> Vec<u8> {
        (0..length).map(|k| (seed * 31 + k * 7) as u8).collect()
    };
    for length in [55, 56, 57, 63, 64, 65, 100_003] {
        let length = |of: usize| if of % 3 == 1 { 0 } else { length + of };
        let all = comm.all_gather(&pattern(rank, length(rank)))?;
        assert_eq!(all.len(), size);
        for (other, bytes) in all.iter().enumerate() {
            assert_eq!(*bytes, pattern(other, length(other)));
        }
        let mut bytes = pattern(rank, 5);
        let root = size - 1;
        if rank == root {
            bytes = pattern(77, length(2));
        }
        comm.broadcast(root, &mut bytes)?;
        assert_eq!(bytes, pattern(77, length(2)));
    }
    let mut sums: Vec<i64> = (0..10_000).collect();
    comm.all_reduce_sum(&mut sums)?;
    assert!(
        sums.iter()
            .enumerate()
            .all(|(k, sum)| *sum == (k * size) as i64)
    );
    Ok(())
}

fn letters(comm: &Comm) -> Result {
    let size = comm.size();
    let tags = [0, MOST_TAG];
    for to in 0..size {
        for number in 0..20 {
            comm.send(to, tags[number % 2], &[comm.rank() as u8, number as u8])?;
        }
    }
    for from in (0..size).rev() {
        for number in (1..20).step_by(2).chain((0..20).step_by(2)) {
            assert_eq!(
                comm.receive(from, tags[number % 2])?,
                [from as u8, number as u8]
            );
        }
    }
    Ok(())
}

/// Sent by all before any is received: no send waits for its receiver.
fn long_letters(comm: &Comm) -> Result {
    let bytes = |from: usize, to: usize| vec![(16 * from + to) as u8; 300_001 + from];
    for to in 0..comm.size() {
        comm.send(to, 7, &bytes(comm.rank(), to))?;
    }
    for from in 0..comm.size() {
        assert!(comm.receive(from, 7)? == bytes(from, comm.rank()));
    }
    Ok(())
}

fn agreement(comm: &Comm) -> Result {
    let last = comm.size() - 1;
    assert_eq!(comm.agree(Ok(comm.rank())), Ok(comm.rank()));
    let long = "too warm ".repeat(30);
    let local = match comm.rank() == last {
        true => Err(Error::Invalid(long.clone())),
        false => Ok(()),
    };
    let error = comm.agree(local).unwrap_err();
    match last {
        0 => assert_eq!(error, Error::Invalid(long)),
        rank => assert_eq!(
            error,
            Error::OnRank {
                rank,
                message: long
            }
        ),
    }
    let everywhere = Error::NoRanks;
    assert_eq!(comm.agree::<()>(Err(everywhere.clone())), Err(everywhere));
    Ok(())
}

fn route(peer: usize, tag: u32, bytes: usize) -> Route {
    Route { peer, tag, bytes }
}

/// Every rank sends to every rank, itself included, twice.
fn everybody_to_everybody(comm: &Comm, bytes: usize) -> Routes {
    let sends = (0..comm.size()).flat_map(|peer| [route(peer, 900_000, bytes), route(peer, 1, 1)]);
    let sends: Vec<_> = sends.collect();
    // The places of the receives differ from those of the sends.
    let receives = sends.iter().rev().copied().collect();
    Routes { sends, receives }
}

struct Ring {
    routes: Routes,
    channel: Box<dyn Channel>,
    rank: usize,
}

impl Ring {
    fn new(comm: &Comm, bytes: usize) -> Result<Ring> {
        let routes = everybody_to_everybody(comm, bytes);
        Ok(Ring {
            channel: comm.channel(&routes)?,
            rank: comm.rank(),
            routes,
        })
    }

    fn begin(&mut self, round: u8) -> Result {
        for (place, route) in self.routes.sends.iter().enumerate() {
            let value = self.rank as u8 ^ route.tag as u8 ^ round;
            let buffer = self.channel.send_buffer(place);
            assert!(buffer.len() == route.bytes && buffer.as_ptr().addr().is_multiple_of(8));
            buffer.fill(value);
        }
        self.channel.start()
    }

    fn finish(&mut self, round: u8, polls: bool) -> Result {
        let mut seen = vec![false; self.routes.receives.len()];
        loop {
            let polled = if polls { self.channel.poll()? } else { None };
            let Some(place) = polled.map_or_else(|| self.channel.wait_any(), |k| Ok(Some(k)))?
            else {
                break;
            };
            assert!(!std::mem::replace(&mut seen[place], true), "reported twice");
            let route = self.routes.receives[place];
            let expected = route.peer as u8 ^ route.tag as u8 ^ round;
            let found = self.channel.receive_buffer(place);
            assert!(found.len() == route.bytes && found.iter().all(|byte| *byte == expected));
        }
        assert!(seen.iter().all(|seen| *seen));
        Ok(())
    }
}

/// Several channels of equal routes, all under way at once and finished in another order.
fn channels(comm: &Comm) -> Result {
    let mut rings = [0, 100, 70_000]
        .map(|bytes| Ring::new(comm, bytes))
        .into_iter();
    let mut rings = [rings.next(), rings.next(), rings.next()].map(|ring| ring.expect("three"));
    let [first, second, third] = &mut rings;
    let (first, second, third) = (first.as_mut(), second.as_mut(), third.as_mut());
    let (Ok(first), Ok(second), Ok(third)) = (first, second, third) else {
        return Err(Error::Invalid("a channel was refused".into()));
    };
    for round in 0..30 {
        first.begin(round)?;
        third.begin(round + 100)?;
        second.begin(round + 50)?;
        second.finish(round + 50, round % 2 == 0)?;
        first.finish(round, round % 2 == 1)?;
        third.finish(round + 100, round % 3 == 0)?;
    }
    Ok(())
}

/// One rank may be exchanges ahead: what it sends early waits, however long it is.
fn a_fast_rank(comm: &Comm) -> Result {
    if comm.size() == 1 {
        return Ok(());
    }
    for bytes in [8, 200_000] {
        let routes = match comm.rank() {
            0 => Routes {
                sends: vec![route(1, 0, bytes), route(1, 1, bytes)],
                receives: vec![],
            },
            1 => Routes {
                sends: vec![],
                receives: vec![route(0, 1, bytes), route(0, 0, bytes)],
            },
            _ => Routes::default(),
        };
        let mut channel = comm.channel(&routes)?;
        for round in 0..5u8 {
            for ahead in 0..3 {
                let number = 3 * round + ahead;
                if comm.rank() == 0 {
                    (0..2).for_each(|place| {
                        channel.send_buffer(place).fill(number + 50 * place as u8)
                    });
                    channel.start()?;
                    assert_eq!(channel.wait_any()?, None);
                }
            }
            comm.barrier()?;
            for ahead in 0..3 {
                let number = 3 * round + ahead;
                if comm.rank() == 1 {
                    channel.start()?;
                    assert!(channel.receive_buffer(0).is_empty());
                    let mut places = [channel.wait_any()?, channel.wait_any()?];
                    places.sort();
                    assert_eq!((places, channel.wait_any()?), ([Some(0), Some(1)], None));
                    for place in 0..2 {
                        let expected = number + 50 * (1 - place as u8);
                        assert!(
                            channel
                                .receive_buffer(place)
                                .iter()
                                .all(|byte| *byte == expected)
                        );
                    }
                }
            }
            comm.barrier()?;
        }
    }
    Ok(())
}

fn dropped_in_flight(comm: &Comm) -> Result {
    for bytes in [16, 100_000] {
        for round in 0..20 {
            let mut ring = Ring::new(comm, bytes)?;
            ring.begin(round)?;
            if comm.rank() == 0 {
                ring.channel.wait_any()?;
            }
        }
        let mut ring = Ring::new(comm, bytes)?;
        ring.begin(3)?;
        ring.finish(3, false)?;
    }
    Ok(())
}

fn misuse(comm: &Comm) -> Result {
    let mut ring = Ring::new(comm, 8)?;
    ring.begin(1)?;
    let error = ring.channel.start().unwrap_err().to_string();
    assert!(
        error.contains("messages are still to be received"),
        "{error}"
    );
    ring.finish(1, false)?;

    let (rank, size) = (comm.rank(), comm.size());
    for refused in [
        comm.send(size, 0, &[]),
        comm.send(0, MOST_TAG + 1, &[]),
        comm.receive(size, 0).map(drop),
        comm.broadcast(size, &mut vec![]),
    ] {
        assert!(
            matches!(refused, Err(Error::Communication(_))),
            "{refused:?}"
        );
    }
    let sends = match rank + 1 == size {
        true => vec![route(0, 4, 8)],
        false => vec![],
    };
    let receives = vec![];
    let message = refusal(comm, comm.channel(&Routes { sends, receives }).map(drop))?;
    assert!(
        message.contains("sends a message with tag 4 to rank 0, which expects none"),
        "{message}"
    );

    if size > 1 && cfg!(debug_assertions) {
        let answer = match rank {
            1 => comm.all_reduce_sum(&mut [0; 5]),
            _ => comm.barrier(),
        };
        let message = refusal(comm, answer)?;
        assert!(
            message.contains("barrier") && message.contains("all_reduce_sum of 5 numbers"),
            "{message}"
        );
    }
    Ok(())
}
