//! A vector that an operator keeps between applications, so that nothing is allocated after the first.

use std::cell::RefCell;

use crate::error::{Error, Result};

/// Storage for one vector, made when first needed. What it holds at first is what the last use left there.
pub(crate) struct Scratch<V> {
    vector: RefCell<Option<V>>,
}

impl<V> Scratch<V> {
    /// No vector yet.
    pub(crate) fn new() -> Self {
        Scratch {
            vector: RefCell::new(None),
        }
    }

    /// Calls `work` with the vector.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Invalid`] from within another use of the same vector.
    pub(crate) fn with<R>(
        &self,
        operator: &str,
        make: impl FnOnce() -> V,
        work: impl FnOnce(&mut V) -> Result<R>,
    ) -> Result<R> {
        let mut vector = self.vector.try_borrow_mut().map_err(|_| {
            Error::Invalid(format!(
                "`{operator}` is applied within its own application; build a second operator for that"
            ))
        })?;
        work(vector.get_or_insert_with(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_made_once_and_not_lent_twice() {
        let scratch = Scratch::new();
        scratch
            .with(
                "a",
                || vec![1],
                |vector| {
                    vector.push(2);
                    let inner = scratch.with("a", || unreachable!(), |_: &mut Vec<i32>| Ok(()));
                    assert!(inner.unwrap_err().to_string().contains("within its own"));
                    Ok(())
                },
            )
            .unwrap();
        let kept = scratch.with("a", || unreachable!(), |vector| Ok(vector.clone()));
        assert_eq!(kept.unwrap(), [1, 2]);
    }
}
