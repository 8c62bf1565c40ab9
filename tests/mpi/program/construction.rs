//! Very many constructions: none of them may use up communicators, tags, requests or memory.
//!
//! PyLops-MPI fails after 65,532 operators, MPICH after about 2,000 communicators.

use halo::Result;
use halo::prelude::*;

use super::common::kernels::Upwind;
use super::harness::check;

const CONSTRUCTIONS: usize = 100_000;

pub fn checks(comm: &Comm) -> Result {
    check(comm, "constructions", || constructions(comm))?;
    check(comm, "splits", || splits(comm))
}

fn constructions(comm: &Comm) -> Result {
    let grid = Grid::new(comm, [8 * comm.size()])?;
    let x = grid.random::<f64>(1);
    // Stays in use while tags run out again and again.
    let veteran = Upwind.on(&grid)?;
    let expected = veteran.forward(&x)?.norm()?;
    let mut settled = 0;
    for k in 0..CONSTRUCTIONS {
        let operator = Upwind.on(&grid)?;
        if k % 5_000 == 0 {
            for operator in [&operator, &veteran] {
                assert_eq!(operator.forward(&x)?.norm()?.to_bits(), expected.to_bits());
            }
        }
        if k == CONSTRUCTIONS / 4 {
            settled = resident();
        }
    }
    let grown = resident().saturating_sub(settled);
    assert!(
        grown < 8 << 20,
        "{grown} bytes more after {CONSTRUCTIONS} constructions"
    );
    Ok(())
}

/// More communicators than MPICH has at once.
fn splits(comm: &Comm) -> Result {
    for k in 0..5_000 {
        let part = comm
            .split(Some((comm.rank() + k) % 2))?
            .expect("a number was given");
        if k % 1_000 == 0 {
            part.barrier()?;
        }
    }
    Ok(())
}

/// Bytes of memory in use.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}
