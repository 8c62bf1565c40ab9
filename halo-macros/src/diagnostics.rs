//! Every mistake of a kernel is reported in one compile. Stages leave their errors here and go on; the pipeline asks
//! once, at its end, whether there were any. A context that is dropped unasked would swallow errors, so it refuses.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::Display;

use crate::ir::place::Place;

/// Gathers errors; [`Context::check`] must be called before it is dropped.
pub struct Context {
    /// `None` once checked.
    errors: RefCell<Option<Vec<syn::Error>>>,
    reported: RefCell<HashSet<String>>,
}

impl Context {
    pub fn new() -> Context {
        Context {
            errors: RefCell::new(Some(Vec::new())),
            reported: RefCell::default(),
        }
    }

    pub fn error(&self, error: syn::Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    pub fn error_at(&self, place: Place, message: impl Display) {
        self.error(place.error(message));
    }

    /// [`Context::error_at`], silent about a place that it was called for before: an unrolled loop makes one mistake
    /// many times.
    pub fn error_once(&self, place: Place, message: impl Display) {
        if self.reported.borrow_mut().insert(place.key()) {
            self.error_at(place, message);
        }
    }

    /// How many errors there are so far.
    pub fn count(&self) -> usize {
        self.errors.borrow().as_ref().map_or(0, Vec::len)
    }

    /// Forgets the errors after the first `count`: for an attempt that may fail.
    pub fn forget_after(&self, count: usize) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.truncate(count);
        }
    }

    /// All errors as one, or none.
    pub fn check(self) -> syn::Result<()> {
        let errors = self.errors.take().unwrap_or_default();
        let all = errors.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        all.map_or(Ok(()), Err)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if self.errors.borrow().is_some() && !std::thread::panicking() {
            panic!("a context was dropped before its errors were checked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_returned_at_once() {
        let context = Context::new();
        context.error_at(Place::call_site(), "one");
        context.error_at(Place::call_site(), "two");
        let error = context.check().unwrap_err();
        let messages: Vec<_> = error.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(messages, ["one", "two"]);
    }

    #[test]
    fn one_place_is_reported_once() {
        let context = Context::new();
        context.error_once(Place::call_site(), "one");
        context.error_once(Place::call_site(), "again");
        assert_eq!(context.count(), 1);
        assert!(context.check().is_err());
    }

    #[test]
    #[should_panic(expected = "before its errors were checked")]
    fn an_unchecked_context_is_refused() {
        drop(Context::new());
    }
}
