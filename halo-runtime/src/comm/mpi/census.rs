//! Whether the messages that all ranks declare fit together, found out without any rank seeing those of all.
//!
//! Every send adds a hash of its two ends, tag and length to a sum over all ranks, and every receive takes the same hash
//! away: the sum is zero if each has its other end, and otherwise is not, but for one case in 2^64. Only then do the ranks
//! show each other everything, to find the words for it.

use crate::comm::{Route, Routes};

/// What one rank contributes.
pub(super) struct Census {
    /// Hashes of sends less those of receives, modulo 2^64; and how many routes are wrong by themselves.
    pub balance: [u64; 2],
    /// How many messages this rank sends to one other at most.
    pub most_to_one: u64,
}

impl Census {
    /// The balances of all ranks, summed, where all is well.
    pub const BALANCED: [u64; 2] = [0, 0];

    pub fn of(rank: usize, ranks: usize, routes: &Routes) -> Census {
        let sent = routes.sends.iter().map(|send| hash(rank, send.peer, send));
        let received = routes
            .receives
            .iter()
            .map(|receive| hash(receive.peer, rank, receive));
        let balance = sum(sent).wrapping_sub(sum(received));
        let odd = odd(&routes.sends, ranks) + odd(&routes.receives, ranks);
        let to_same = |send: &Route| {
            routes
                .sends
                .iter()
                .filter(|other| other.peer == send.peer)
                .count()
        };
        let most_to_one = routes.sends.iter().map(to_same).max().unwrap_or(0);
        Census {
            balance: [balance, odd as u64],
            most_to_one: most_to_one as u64,
        }
    }
}

/// Routes whose peer does not exist, or that cannot be told from another.
fn odd(routes: &[Route], ranks: usize) -> usize {
    let twin = |(place, route): (usize, &Route)| {
        let same = |other: &Route| (other.peer, other.tag) == (route.peer, route.tag);
        routes[..place].iter().any(same)
    };
    let strangers = routes.iter().filter(|route| route.peer >= ranks).count();
    strangers
        + routes
            .iter()
            .enumerate()
            .filter(|route| twin(*route))
            .count()
}

fn sum(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(0, u64::wrapping_add)
}

fn hash(from: usize, to: usize, route: &Route) -> u64 {
    let numbers = [
        from as u64,
        to as u64,
        u64::from(route.tag),
        route.bytes as u64,
    ];
    numbers
        .into_iter()
        .fold(0, |hash, number| mix(hash ^ mix(number)))
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(peer: usize, tag: u32, bytes: usize) -> Route {
        Route { peer, tag, bytes }
    }

    fn balanced(jobs: &[Routes]) -> bool {
        let census = jobs
            .iter()
            .enumerate()
            .map(|(rank, routes)| Census::of(rank, jobs.len(), routes));
        let total = census.fold([0u64; 2], |[a, b], census| {
            [
                a.wrapping_add(census.balance[0]),
                b.wrapping_add(census.balance[1]),
            ]
        });
        total == Census::BALANCED
    }

    fn routes(sends: &[Route], receives: &[Route]) -> Routes {
        Routes {
            sends: sends.to_vec(),
            receives: receives.to_vec(),
        }
    }

    #[test]
    fn it_says_what_the_full_check_says() {
        let good = [
            routes(
                &[route(1, 0, 8), route(0, 1, 4)],
                &[route(0, 1, 4), route(1, 9, 16)],
            ),
            routes(&[route(0, 9, 16)], &[route(0, 0, 8)]),
        ];
        assert!(balanced(&good) && Routes::check(&good).is_ok());
        let one = |sends: &[Route], receives: &[Route]| [routes(sends, &[]), routes(&[], receives)];
        let bad = [
            one(&[route(1, 5, 8)], &[]),
            one(&[], &[route(0, 5, 8)]),
            one(&[route(1, 5, 8)], &[route(0, 5, 16)]),
            one(&[route(1, 5, 8)], &[route(0, 6, 8)]),
            one(&[route(1, 5, 8); 2], &[route(0, 5, 8); 2]),
            one(&[route(4, 5, 8)], &[]),
        ];
        for jobs in bad {
            assert!(
                !balanced(&jobs) && Routes::check(&jobs).is_err(),
                "{jobs:?}"
            );
        }
    }

    #[test]
    fn messages_to_one_rank_are_counted() {
        let sends = [route(1, 0, 8), route(1, 3, 8), route(0, 0, 8)];
        assert_eq!(Census::of(0, 2, &routes(&sends, &[])).most_to_one, 2);
    }
}
