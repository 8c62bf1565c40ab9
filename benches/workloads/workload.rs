//! A workload as it was asked for, on these ranks: what the cases share.

use std::any::type_name;

use halo::prelude::*;
use halo::{Error, Result, Scalar};
use serde_json::Value;

use super::command_line::{Case, CommandLine, Direction};
use super::report::Report;
use super::stopwatch::Seconds;

pub struct Workload<'a> {
    pub comm: &'a Comm,
    pub command_line: &'a CommandLine,
    pub case: Case,
}

impl Workload<'_> {
    fn all_dims(&self) -> &[usize] {
        match self.command_line.dims.is_empty() {
            true => self.case.dims(),
            false => &self.command_line.dims,
        }
    }

    /// The points along each axis.
    pub fn dims<const D: usize>(&self) -> Result<[usize; D]> {
        let dims = self.all_dims();
        dims.try_into().map_err(|_| {
            let case = self.case;
            Error::Invalid(format!(
                "{case:?} has {D} axes; give --dims {D} numbers, not {}",
                dims.len()
            ))
        })
    }

    pub fn wants(&self, direction: Direction) -> bool {
        [direction, Direction::All].contains(&self.command_line.direction)
    }

    /// The seconds of an application to a state that stays as it is. Collective.
    pub fn seconds(&self, mut apply: impl FnMut() -> Result) -> Result<Seconds> {
        self.seconds_from(&mut (), |()| Ok(()), |()| apply())
    }

    /// The seconds of an application to a state that has to be prepared each time. Collective.
    pub fn seconds_from<S>(
        &self,
        state: &mut S,
        prepare: impl FnMut(&mut S) -> Result,
        apply: impl FnMut(&mut S) -> Result,
    ) -> Result<Seconds> {
        let repeats = self.command_line.repeats as usize;
        Seconds::of(self.comm, repeats, state, prepare, apply)
    }

    /// Measures A x and Aᵀ u, of which the checksum is that of <u, A x>. Collective.
    pub fn both_ways<const D: usize>(
        &self,
        operator: &impl LinearOperator<Domain = Field<f64, D>, Range = Field<f64, D>>,
        x: &Field<f64, D>,
        u: &Field<f64, D>,
        details: Value,
    ) -> Result {
        if self.wants(Direction::Forward) {
            let mut y = operator.zero_range();
            let seconds = self.seconds(|| operator.forward_into(x, &mut y))?;
            self.report::<f64>(Direction::Forward, &seconds, u.dot(&y)?, &details)?;
        }
        if self.wants(Direction::Adjoint) {
            let mut y = operator.zero_domain();
            let seconds = self.seconds(|| operator.adjoint_into(u, &mut y))?;
            self.report::<f64>(Direction::Adjoint, &seconds, x.dot(&y)?, &details)?;
        }
        Ok(())
    }

    /// Prints the line of a direction, on one rank.
    pub fn report<T: Scalar>(
        &self,
        direction: Direction,
        seconds: &Seconds,
        checksum: f64,
        details: &Value,
    ) -> Result {
        if self.comm.rank() > 0 {
            return Ok(());
        }
        let report = Report {
            peer: &self.command_line.peer,
            variant: match (self.comm.backend(), self.comm.size()) {
                (_, 1) => "threads",
                ("threads", _) => "ranks",
                (backend, _) => backend,
            },
            case: self.case,
            direction,
            dtype: type_name::<T>(),
            dims: self.all_dims(),
            ranks: self.comm.size(),
            threads: self.command_line.threads,
            seconds_per_apply: seconds.median(),
            seconds_min: seconds.least(),
            repeats: seconds.repeats(),
            checksum,
            details: details.clone(),
        };
        // Where nobody reads what is written, there is nobody to tell.
        report.print().ok();
        Ok(())
    }
}
