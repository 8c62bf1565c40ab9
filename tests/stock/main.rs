//! The stock operators: against reference results, against each other, and what they refuse.

mod convolution;
mod golden;
mod periodic;
mod refusals;
mod relations;
