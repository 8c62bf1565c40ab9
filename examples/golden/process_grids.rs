//! The process grids that a case is run on.

/// More process grids than this for one case and rank count are thinned out evenly.
const MOST: usize = 20;

/// The ways to put `ranks` ranks on the axes, so that each rank has a cell.
pub fn process_grids(ranks: usize, dims: &[usize]) -> Vec<Vec<usize>> {
    let all = factorizations(ranks, dims);
    let count = all.len().min(MOST);
    (0..count)
        .map(|k| all[k * all.len() / count].clone())
        .collect()
}

fn factorizations(ranks: usize, dims: &[usize]) -> Vec<Vec<usize>> {
    let Some((extent, others)) = dims.split_first() else {
        return if ranks == 1 { vec![vec![]] } else { vec![] };
    };
    (1..=ranks.min(*extent))
        .filter(|along| ranks.is_multiple_of(*along))
        .flat_map(|along| {
            let rest = factorizations(ranks / along, others);
            rest.into_iter()
                .map(move |rest| [vec![along], rest].concat())
        })
        .collect()
}
