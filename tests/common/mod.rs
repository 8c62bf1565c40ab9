//! What the outer tests share: kernels, random cases, the oracle, and a job that runs one on the other.

pub mod case;
pub mod deadline;
pub mod kernels;
pub mod label;
pub mod language;
pub mod numbers;
pub mod one_axis;
pub mod oracle;
pub mod random;
pub mod scalars;
pub mod several_axes;
pub mod specimen;
pub mod subject;
