//! A rank's share of an outcome as bytes, for ranks that share no memory.

use super::common::subject::Part;

/// The share as bytes.
pub fn wrap(part: &Part) -> Vec<u8> {
    let mut words = part.products.to_vec();
    for arrays in [&part.forward, &part.adjoint] {
        words.push(arrays.len() as u64);
        for cells in arrays {
            words.push(cells.len() as u64);
            words.extend(cells.iter().flat_map(|(cell, bits)| [*cell as u64, *bits]));
        }
    }
    words.into_iter().flat_map(u64::to_le_bytes).collect()
}

/// The inverse of [`wrap`].
pub fn unwrap(bytes: &[u8]) -> Part {
    let (words, _) = bytes.as_chunks::<8>();
    let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mut next = || words.next().expect("a whole parcel");
    let products = [(); 4].map(|()| next());
    let mut arrays = || -> Vec<Vec<(usize, u64)>> {
        let count = next();
        let cells = |_| (0..next()).map(|_| (next() as usize, next())).collect();
        (0..count).map(cells).collect()
    };
    let (forward, adjoint) = (arrays(), arrays());
    Part {
        forward,
        adjoint,
        products,
    }
}
