//! Ways to fail. Each must end all ranks soon, with a message that names the one that failed.

use std::process::ExitCode;
use std::time::Duration;

use halo::comm::{Route, Routes};
use halo::prelude::*;
use halo::{Error, Result};

use super::common::kernels::{Anisotropic, Wide};
use super::harness::report;

/// Runs a program with the fault of that name on the last rank.
pub fn run(name: &str) -> ExitCode {
    let fault: fn(&Comm) -> Result = match name {
        "panic" => |comm| diffuse(comm, |last| assert!(!last, "no {} today", 42)).map(drop),
        "error" => |comm| {
            let step = |last| match last {
                true => Err(Error::Invalid("the time step is too long".into())),
                false => Ok(()),
            };
            diffuse_or(comm, step).map(drop)
        },
        "killed" => |comm| {
            diffuse(comm, |last| {
                if last {
                    // SIGKILL to oneself, as the system does when memory runs out.
                    let me = std::process::id().to_string();
                    let _ = std::process::Command::new("kill")
                        .args(["-9", &me])
                        .status();
                    std::thread::sleep(Duration::from_secs(100));
                }
            })
            .map(drop)
        },
        "exit" => |comm| {
            diffuse(comm, |last| {
                if last {
                    std::process::exit(3);
                }
            })
            .map(drop)
        },
        "receive" => |comm| wait(comm, |comm| comm.receive(comm.size() - 1, 9).map(drop)),
        "barrier" => |comm| wait(comm, |comm| comm.barrier()),
        "sum" => |comm| wait(comm, |comm| comm.all_reduce_sum(&mut [1])),
        "gather" => |comm| wait(comm, |comm| comm.all_gather(&[7; 100]).map(drop)),
        "broadcast" => |comm| wait(comm, |comm| comm.broadcast(comm.size() - 1, &mut vec![])),
        "channel" => channel,
        "abort" => |comm| {
            if comm.rank() + 1 == comm.size() {
                comm.abort(&Error::Invalid("enough".into()));
            }
            comm.barrier()
        },
        // The others compute, or wait where halo cannot see it, and so learn of nothing.
        "deaf" => |comm| match comm.rank() + 1 == comm.size() {
            true => Err(Error::Invalid("nobody listens".into())),
            false => {
                std::thread::sleep(Duration::from_secs(1000));
                Ok(())
            }
        },
        "early" => |comm| match comm.rank() + 1 == comm.size() {
            // Returns without applying the operator that the others apply.
            true => Grid::new(comm, [24, 24]).map(drop),
            false => diffuse(comm, |_| ()).map(drop),
        },
        "file" => |comm| {
            let grid = Grid::new(comm, [24, 24])?;
            halo::io::npy::read::<f64, 2>(&grid, "no/such/file.npy").map(drop)
        },
        "thin" => |comm| {
            let grid = Grid::new(comm, [2 * comm.size()])?;
            Wide { w: [1.0; 9] }
                .boundary(Boundary::Reflect)
                .on(&grid)
                .map(drop)
        },
        // Letters that nobody receives are lost, and nothing else.
        "unread" => |comm| {
            for bytes in [8, 2_000_000] {
                comm.send((comm.rank() + 1) % comm.size(), 3, &vec![1; bytes])?;
            }
            comm.barrier()
        },
        _ => {
            eprintln!("no such fault: {name}");
            return ExitCode::from(2);
        }
    };
    report(halo::launch(fault))
}

/// Steps of diffusion, at one of which the last rank does something.
fn diffuse_or(comm: &Comm, act: impl Fn(bool) -> Result) -> Result<f64> {
    let grid = Grid::new(comm, [24, 24])?;
    let step = Anisotropic {
        kx: 1.0.into(),
        ky: 0.5.into(),
        dt: 0.1,
    };
    let step = step.boundary(Boundary::Clamp).on(&grid)?;
    let mut u = grid.field(|[i, j]| (i + 2 * j) as f64);
    let mut next = grid.zeros();
    for k in 0..50 {
        act(k == 30 && comm.rank() + 1 == comm.size())?;
        step.forward_into(&u, &mut next)?;
        std::mem::swap(&mut u, &mut next);
    }
    step.adjoint(&u)?.norm()
}

fn diffuse(comm: &Comm, act: impl Fn(bool)) -> Result<f64> {
    diffuse_or(comm, |last| {
        act(last);
        Ok(())
    })
}

/// The last rank fails while the others wait.
fn wait(comm: &Comm, mut wait: impl FnMut(&Comm) -> Result) -> Result {
    match comm.rank() + 1 == comm.size() {
        true => Err(Error::Invalid("the last rank gives up".into())),
        false => wait(comm),
    }
}

/// As [`wait`], with messages of a channel that are never sent.
fn channel(comm: &Comm) -> Result {
    let last = comm.size() - 1;
    let at = |peer| Route {
        peer,
        tag: 0,
        bytes: 8,
    };
    let mut channel = comm.channel(&match comm.rank() == last {
        true => Routes {
            sends: (0..last).map(at).collect(),
            receives: vec![],
        },
        false => Routes {
            sends: vec![],
            receives: vec![at(last)],
        },
    })?;
    wait(comm, |_| {
        channel.start()?;
        channel.wait_any().map(drop)
    })
}
