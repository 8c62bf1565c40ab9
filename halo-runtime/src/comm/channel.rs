//! Persistent messages: declared once, then exchanged again and again without allocating.
//!
//! What is in flight owns its buffers, so no borrow has to outlive a call and a channel may be dropped at any time. The
//! shape is that of MPI's persistent requests: `start` is `MPI_Startall`, `poll` is `MPI_Testany`, `wait_any` is
//! `MPI_Waitany`.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};

/// One message of a channel, seen from one of its ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    /// The rank at the other end, possibly oneself.
    pub peer: usize,
    /// Tells apart several messages between the same two ranks in the same direction.
    pub tag: u32,
    /// The length of the message.
    pub bytes: usize,
}

/// All messages of a channel that one rank sends and receives.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Routes {
    /// The messages sent.
    pub sends: Vec<Route>,
    /// The messages received.
    pub receives: Vec<Route>,
}

/// A set of messages ready to be exchanged, made by [`Communicator::channel`](super::Communicator::channel).
///
/// Each exchange is: fill the whole of every send buffer, `start`, then take receives with `poll` or `wait_any` until
/// `wait_any` returns `None`. After the first exchange nothing is allocated. Ranks may be one exchange apart: what a
/// fast one sends early waits for its receiver.
///
/// ```
/// use halo::comm::{Route, Routes};
/// let received = halo::launch_all(3, |comm| {
///     let (next, previous) = ((comm.rank() + 1) % 3, (comm.rank() + 2) % 3);
///     let mut ring = comm.channel(&Routes {
///         sends: vec![Route { peer: next, tag: 0, bytes: 1 }],
///         receives: vec![Route { peer: previous, tag: 0, bytes: 1 }],
///     })?;
///     ring.send_buffer(0)[0] = comm.rank() as u8;
///     ring.start()?;
///     while let Some(0) = ring.wait_any()? {}
///     Ok(ring.receive_buffer(0)[0])
/// })?;
/// assert_eq!(received, [2, 0, 1]);
/// # Ok::<(), halo::Error>(())
/// ```
pub trait Channel: Send {
    /// The buffer of the send route `route`, aligned to 8 bytes. After `start` its content is unspecified.
    fn send_buffer(&mut self, route: usize) -> &mut [u8];

    /// Sends every send buffer and opens every receive; never waits. Fails if receives of the last exchange are open.
    fn start(&mut self) -> Result;

    /// A receive route whose message has arrived and was not yet reported, if there is one now.
    fn poll(&mut self) -> Result<Option<usize>>;

    /// Waits for the next receive route to complete; `None` when all are reported.
    fn wait_any(&mut self) -> Result<Option<usize>>;

    /// The message last reported for the receive route `route`, aligned to 8 bytes; zeros before the first, and empty from
    /// `start` until it is reported.
    fn receive_buffer(&self, route: usize) -> &[u8];
}

impl Routes {
    /// Checks that the routes of all ranks fit together; the same answer on every rank.
    pub(super) fn check(jobs: &[Routes]) -> Result {
        let mut open = BTreeMap::new();
        for (rank, routes) in jobs.iter().enumerate() {
            for route in routes.sends.iter().chain(&routes.receives) {
                if route.peer >= jobs.len() {
                    return Err(refuse(format!(
                        "rank {rank} names rank {} as the peer of a message, the job has {} ranks",
                        route.peer,
                        jobs.len()
                    )));
                }
            }
            for route in &routes.sends {
                if open
                    .insert((rank, route.peer, route.tag), route.bytes)
                    .is_some()
                {
                    return Err(refuse(format!(
                        "rank {rank} sends two messages with tag {} to rank {}; give each a tag of its own",
                        route.tag, route.peer
                    )));
                }
            }
        }
        let mut met = BTreeSet::new();
        for (rank, routes) in jobs.iter().enumerate() {
            for route in &routes.receives {
                let (from, tag) = (route.peer, route.tag);
                match open.get(&(from, rank, tag)) {
                    Some(bytes) if *bytes != route.bytes => {
                        return Err(refuse(format!(
                            "rank {from} sends {bytes} bytes with tag {tag} to rank {rank}, which expects {}",
                            route.bytes
                        )));
                    }
                    Some(_) if met.insert((from, rank, tag)) => {}
                    Some(_) => {
                        return Err(refuse(format!(
                            "rank {rank} receives twice with tag {tag} from rank {from}; give each a tag of its own"
                        )));
                    }
                    None => {
                        return Err(refuse(format!(
                            "rank {rank} expects a message with tag {tag} from rank {from}, which sends none"
                        )));
                    }
                }
            }
        }
        match open.keys().find(|message| !met.contains(*message)) {
            Some((from, to, tag)) => Err(refuse(format!(
                "rank {from} sends a message with tag {tag} to rank {to}, which expects none"
            ))),
            None => Ok(()),
        }
    }

    /// The routes as bytes, for the other ranks to check.
    pub(super) fn encode(&self) -> Vec<u8> {
        let routes = self.sends.iter().chain(&self.receives);
        let words =
            routes.flat_map(|route| [route.peer as u64, u64::from(route.tag), route.bytes as u64]);
        std::iter::once(self.sends.len() as u64)
            .chain(words)
            .flat_map(u64::to_le_bytes)
            .collect()
    }

    /// The inverse of [`Routes::encode`].
    pub(super) fn decode(bytes: &[u8]) -> Routes {
        let word = |word: &[u8; 8]| u64::from_le_bytes(*word);
        let (words, _) = bytes.as_chunks::<8>();
        let Some((sends, rest)) = words.split_first() else {
            return Routes::default();
        };
        let (triples, _) = rest.as_chunks::<3>();
        let mut routes = triples.iter().map(|[peer, tag, bytes]| Route {
            peer: word(peer) as usize,
            tag: word(tag) as u32,
            bytes: word(bytes) as usize,
        });
        let sends = routes.by_ref().take(word(sends) as usize).collect();
        Routes {
            sends,
            receives: routes.collect(),
        }
    }
}

fn refuse(message: String) -> Error {
    Error::Communication(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(peer: usize, tag: u32, bytes: usize) -> Route {
        Route { peer, tag, bytes }
    }

    fn problem(jobs: &[Routes]) -> String {
        Routes::check(jobs).unwrap_err().to_string()
    }

    #[test]
    fn routes_survive_the_journey() {
        let routes = Routes {
            sends: vec![route(3, 7, 80), route(0, 1, 0)],
            receives: vec![route(2, 9, 8)],
        };
        assert_eq!(Routes::decode(&routes.encode()), routes);
        assert_eq!(
            Routes::decode(&Routes::default().encode()),
            Routes::default()
        );
    }

    #[test]
    fn matching_routes_pass() {
        let first = Routes {
            sends: vec![route(1, 0, 8), route(0, 1, 4)],
            receives: vec![route(0, 1, 4)],
        };
        let second = Routes {
            sends: vec![],
            receives: vec![route(0, 0, 8)],
        };
        assert_eq!(Routes::check(&[first, second]), Ok(()));
    }

    #[test]
    fn every_mismatch_is_named() {
        let sends = |routes: &[Route]| Routes {
            sends: routes.to_vec(),
            receives: vec![],
        };
        let receives = |routes: &[Route]| Routes {
            sends: vec![],
            receives: routes.to_vec(),
        };
        let none = Routes::default;
        assert!(
            problem(&[sends(&[route(1, 5, 8)]), none()]).ends_with("to rank 1, which expects none")
        );
        assert!(
            problem(&[receives(&[route(1, 5, 8)]), none()])
                .ends_with("from rank 1, which sends none")
        );
        assert!(problem(&[sends(&[route(4, 5, 8)]), none()]).ends_with("the job has 2 ranks"));
        assert!(
            problem(&[sends(&[route(1, 5, 8); 2]), none()])
                .contains("sends two messages with tag 5")
        );
        assert!(
            problem(&[sends(&[route(1, 5, 8)]), receives(&[route(0, 5, 16)])])
                .contains("sends 8 bytes with tag 5 to rank 1, which expects 16")
        );
        assert!(
            problem(&[sends(&[route(1, 5, 8)]), receives(&[route(0, 5, 8); 2])])
                .contains("rank 1 receives twice with tag 5")
        );
    }
}
