//! What a user sees when a kernel is wrong: a folder per theme, the messages beside each case. They are to be read as a
//! user would; `TRYBUILD=overwrite cargo test --test ui` writes them anew.
//!
//! What must compile without a warning is part of this program, and runs.

#[path = "ui/pass/claims.rs"]
mod claims;
#[path = "ui/pass/coefficients.rs"]
mod coefficients;
#[path = "ui/pass/derivatives.rs"]
mod derivatives;
#[path = "ui/pass/hygiene.rs"]
mod hygiene;
#[path = "ui/pass/locations.rs"]
mod locations;
#[path = "ui/pass/placement.rs"]
mod placement;

#[test]
fn mistakes_are_told_at_their_token() {
    let cases = trybuild::TestCases::new();
    for theme in [
        "algebra",
        "attribute",
        "body",
        "claims",
        "derivatives",
        "generics",
        "halo",
        "in_place",
        "linearity",
        "locations",
        "module",
        "offsets",
        "operator",
        "scalars",
        "several",
        "signature",
        "types",
    ] {
        cases.compile_fail(format!("tests/ui/{theme}/*.rs"));
    }
}
