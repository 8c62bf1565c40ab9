//! "Did you mean": the known name nearest to a misspelt one.

/// ``did you mean `halo`?`` for a name at most two edits (and half its length) from a known one.
pub fn did_you_mean(written: &str, known: &[&str]) -> Option<String> {
    let nearest = known.iter().min_by_key(|name| edits(written, name))?;
    let near = edits(written, nearest);
    (near <= 2 && 2 * near <= nearest.len()).then(|| format!("did you mean `{nearest}`?"))
}

/// Levenshtein distance.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, left) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(edits("halo", "halo"), 0);
        assert_eq!(edits("hallo", "halo"), 1);
        assert_eq!(edits("", "axes"), 4);
        assert_eq!(edits("kitten", "sitting"), 3);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["halo", "axes"];
        assert_eq!(did_you_mean("hlo", &known).unwrap(), "did you mean `halo`?");
        assert!(did_you_mean("colour", &known).is_none());
        assert!(did_you_mean("x", &["a"]).is_none());
    }
}
