//! Refuses code nested deeper than any person nests it, before anything recurses into it: a macro must never overflow its
//! stack.

use proc_macro2::{TokenStream, TokenTree};

use crate::diagnostics::Context;
use crate::ir::place::Place;

const DEEPEST: usize = 100;

/// `None`, and an error, where brackets are nested too deeply.
pub fn check_depth(tokens: &TokenStream, context: &Context) -> Option<()> {
    let mut open = vec![tokens.clone().into_iter()];
    while let Some(innermost) = open.last_mut() {
        match innermost.next() {
            Some(TokenTree::Group(group)) if open.len() > DEEPEST => {
                let message = format!(
                    "brackets are nested more than {DEEPEST} deep\nhelp: name a part of this with `let`"
                );
                context.error_at(Place::at(group.span_open()), message);
                return None;
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(depth: usize) -> bool {
        let source = format!("{}x{}", "(".repeat(depth), ")".repeat(depth));
        let context = Context::new();
        let accepted = check_depth(&source.parse().unwrap(), &context).is_some();
        assert_eq!(context.check().is_ok(), accepted);
        accepted
    }

    #[test]
    fn only_deep_nesting_is_refused() {
        assert!(accepted(20));
        assert!(accepted(100));
        assert!(!accepted(101));
    }
}
