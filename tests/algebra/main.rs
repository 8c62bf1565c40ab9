//! Operators made of operators: random chains, haloed blocks and product spaces, against what they must equal on any
//! ranks. `HALO_LONG=1` tries forty times as many.

#[path = "../common/deadline.rs"]
mod deadline;
#[path = "../common/random.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod random;

mod chains;
mod cropping_halo;
mod definitions;
mod haloes;
mod local;
mod mismatches;
mod pool;
mod replicas;
mod spaces;
mod walls;
