//! What the properties need, with the kernels that were drawn in the place of those that were written.

#[path = "../../common/case.rs"]
pub mod case;
#[path = "../../common/deadline.rs"]
pub mod deadline;
#[path = "../../common/numbers.rs"]
pub mod numbers;
#[allow(dead_code)]
#[path = "../../common/oracle.rs"]
pub mod oracle;
#[path = "../../common/random.rs"]
pub mod random;
#[path = "../../common/specimen.rs"]
pub mod specimen;
#[allow(dead_code)]
#[path = "../../common/subject.rs"]
pub mod subject;

// Of a random kernel's style nothing is asked, of its claims that they hold.
#[allow(unused, double_negations, clippy::all)]
#[deny(deprecated)]
pub mod kernels {
    include!(concat!(env!("OUT_DIR"), "/zoo.rs"));
}
