//! How composite operators are written in messages: as the formula that made them.

/// The name within parentheses where one of `signs` stands in it outside of any.
pub(crate) fn bracketed(name: &str, signs: &[&str]) -> String {
    let mut depth = 0_usize;
    for (at, character) in name.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 && signs.iter().any(|sign| name[at..].starts_with(sign)) => {
                return format!("({name})");
            }
            _ => {}
        }
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_binds_less_is_bracketed() {
        assert_eq!(bracketed("a + b", &[" + "]), "(a + b)");
        assert_eq!(bracketed("(a + b) * c", &[" + "]), "(a + b) * c");
        assert_eq!(bracketed("a * b", &[" + "]), "a * b");
    }
}
