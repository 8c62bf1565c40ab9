//! Jobs within the job: ranks that split off compute by themselves.

use halo::Result;
use halo::comm::{Route, Routes};
use halo::prelude::*;

use super::common::kernels::SevenPoint;
use super::harness::check;

pub fn checks(comm: &Comm) -> Result {
    check(comm, "split", || split(comm))?;
    check(comm, "a solver on half of the ranks", || half(comm))
}

fn split(comm: &Comm) -> Result {
    let (rank, size) = (comm.rank(), comm.size());
    for round in 0..3 {
        let mine = (rank % 3 != 2).then_some(7 * (rank % 3));
        let Some(part) = comm.split(mine)? else {
            assert!(mine.is_none());
            continue;
        };
        let members: Vec<usize> = (0..size).filter(|other| other % 3 == rank % 3).collect();
        assert_eq!((part.size(), members[part.rank()]), (members.len(), rank));
        let mut sum = [rank as i64];
        part.all_reduce_sum(&mut sum)?;
        assert_eq!(sum[0], members.iter().sum::<usize>() as i64);
        // The same tags and routes in the part and in the whole: no message goes astray.
        let next = (part.rank() + 1) % part.size();
        let previous = (part.rank() + part.size() - 1) % part.size();
        part.send(next, 5, &[1, rank as u8])?;
        comm.send(rank, 5, &[2, rank as u8])?;
        assert_eq!(part.receive(previous, 5)?, [1, members[previous] as u8]);
        assert_eq!(comm.receive(rank, 5)?, [2, rank as u8]);
        let at = |peer| {
            vec![Route {
                peer,
                tag: 0,
                bytes: 1,
            }]
        };
        let mut ring = part.channel(&Routes {
            sends: at(next),
            receives: at(previous),
        })?;
        ring.send_buffer(0)[0] = rank as u8 + round;
        ring.start()?;
        while ring.wait_any()?.is_some() {}
        assert_eq!(ring.receive_buffer(0), [members[previous] as u8 + round]);
        // Parts of parts.
        let alone = part.split(Some(part.rank()))?.expect("a number was given");
        assert_eq!((alone.rank(), alone.size()), (0, 1));
        alone.barrier()?;
    }
    Ok(())
}

/// Each half computes another problem; both get the bits of one rank.
fn half(comm: &Comm) -> Result {
    let second = comm.rank() >= comm.size().div_ceil(2);
    let part = comm
        .split(Some(usize::from(second)))?
        .expect("a number was given");
    let seed = 1 + u64::from(second);
    let norm = |comm: &Comm| -> Result<f64> {
        let grid = Grid::new(comm, [28, 11, 10])?;
        let operator = SevenPoint { w: [1.0, 0.3, 0.7] }.on(&grid)?;
        operator.exact_adjoint_test()?;
        let mut x = grid.random(seed);
        for _ in 0..5 {
            x = operator.adjoint(&operator.forward(&x)?)?;
        }
        x.norm()
    };
    assert_eq!(norm(&part)?.to_bits(), norm(&Comm::solo())?.to_bits());
    comm.barrier()
}
