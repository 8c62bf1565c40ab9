//! One property: whatever the macro is given, it comes back soon, without a panic, and what it makes of an item that
//! parses is made of items that parse.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use proc_macro2::TokenStream;

use crate::compile::compile;
use crate::diagnostics::Context;
use crate::syntax::depth::check_depth;

/// What is allowed to one case. It includes waiting for a busy machine; a kernel takes milliseconds.
const LONGEST: Duration = Duration::from_secs(60);
/// Half of the stack on which rustc runs macros; but there a macro may be less optimised than it is in its own tests.
const STACK: usize = 4 << 20;

/// What the attribute is given: its arguments, and what it stands on.
pub struct Case {
    pub attr: TokenStream,
    pub item: TokenStream,
}

impl Case {
    /// `None` where the texts are no tokens.
    pub fn parse(attr: &str, item: &str) -> Option<Case> {
        Some(Case {
            attr: attr.parse().ok()?,
            item: item.parse().ok()?,
        })
    }

    fn written(&self) -> String {
        let mut item = self.item.to_string();
        if item.len() > 4000 {
            item.truncate(item.floor_char_boundary(4000));
            item.push_str(" ..");
        }
        format!("#[stencil({})]\n{item}", self.attr)
    }
}

/// Tries cases 0 to `count`; how many there were, and how many of them expanded without an error.
pub fn survive(count: u64, case: impl Fn(u64) -> Option<Case> + Send + 'static) -> (u64, u64) {
    let (say, heard) = channel();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        let (mut tried, mut clean) = (0, 0);
        for number in 0..count {
            let Some(case) = case(number) else {
                continue;
            };
            // Nobody listens any longer where an earlier case took too long.
            let _ = say.send(case.written());
            tried += 1;
            clean += u64::from(expand(&case));
        }
        (tried, clean)
    });
    let worker = worker.expect("a thread can be started");
    watch(&heard);
    match worker.join() {
        Ok(counts) => counts,
        Err(_) => panic!("see the case above"),
    }
}

/// Whether the case has no mistakes.
fn expand(case: &Case) -> bool {
    let parses = is_shallow(&case.item) && syn::parse2::<syn::File>(case.item.clone()).is_ok();
    let expanded = catch_unwind(AssertUnwindSafe(|| {
        compile(case.attr.clone(), case.item.clone())
    }));
    let Ok(expansion) = expanded else {
        panic!("the macro panics on\n{}", case.written());
    };
    let mut problem = String::new();
    if parses && let Err(error) = syn::parse2::<syn::File>(expansion.clone()) {
        let _ = write!(problem, "{error}: {expansion}");
    }
    assert!(
        problem.is_empty(),
        "the expansion of\n{}\ndoes not parse: {problem}",
        case.written()
    );
    !expansion.to_string().contains("compile_error")
}

/// Whether the test itself may parse it on this stack.
fn is_shallow(item: &TokenStream) -> bool {
    let context = Context::new();
    let shallow = check_depth(item, &context);
    context.check().is_ok() && shallow.is_some()
}

/// Panics where one case takes too long.
fn watch(heard: &Receiver<String>) {
    let mut latest = "the first case".to_string();
    loop {
        let begun = Instant::now();
        match heard.recv_timeout(LONGEST) {
            Ok(next) => latest = next,
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                panic!("not over after {:?}:\n{latest}", begun.elapsed())
            }
        }
    }
}
