//! Vectors that can be saved and read back on any number of ranks, bit for bit: what a run that is to be resumed is made of.

use std::path::Path;

use ndarray::IntoDimension;

use crate::error::Result;
use crate::field::{Field, Vector};
use crate::grid::Location;
use crate::io::npy;
use crate::scalar::Scalar;

/// A vector that is saved as files and read back: fields, and tuples of vectors that can.
///
/// ```
/// use halo::{Comm, Grid, Vector, solver::Persist};
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let pair = (grid.random::<f64>(1), grid.random::<halo::Complex<f32>>(2));
/// let folder = std::env::temp_dir().join("halo-persist-example");
/// std::fs::create_dir_all(&folder).unwrap();
/// pair.save(&folder, "pair")?; // pair.0.npy, pair.1.re.npy and pair.1.im.npy
/// let mut again = pair.zeros_like();
/// again.load(&folder, "pair")?;
/// assert_eq!(again.1.view(), pair.1.view());
/// # std::fs::remove_dir_all(folder).ok();
/// # Ok::<(), halo::Error>(())
/// ```
pub trait Persist: Vector {
    /// Collective: writes the vector into a folder, as files whose names begin with `name`.
    ///
    /// # Errors
    /// The same on every rank, where a file cannot be written.
    fn save(&self, folder: &Path, name: &str) -> Result;

    /// Collective: takes the values that were saved, also by another number of ranks.
    ///
    /// # Errors
    /// The same on every rank, where a file is missing or damaged or holds a vector of another space.
    fn load(&mut self, folder: &Path, name: &str) -> Result;
}

impl<T: Scalar, const D: usize, L: Location> Persist for Field<T, D, L>
where
    [usize; D]: IntoDimension,
{
    fn save(&self, folder: &Path, name: &str) -> Result {
        if T::COMPLEX {
            npy::write(&self.map(T::re), folder.join(format!("{name}.re.npy")))?;
            npy::write(&self.map(T::im), folder.join(format!("{name}.im.npy")))
        } else {
            npy::write(&self.map(T::re), folder.join(format!("{name}.npy")))
        }
    }

    fn load(&mut self, folder: &Path, name: &str) -> Result {
        let grid = self.grid().clone();
        let read = |part: String| npy::read_at::<L, T::Real, D>(&grid, folder.join(part));
        if T::COMPLEX {
            let (re, im) = (
                read(format!("{name}.re.npy"))?,
                read(format!("{name}.im.npy"))?,
            );
            self.zip(&re, |value, re| *value = T::from_real(re))?;
            self.zip(&im, |value, im| *value = T::from_parts(value.re(), im))
        } else {
            let values = read(format!("{name}.npy"))?;
            self.zip(&values, |value, re| *value = T::from_real(re))
        }
    }
}

macro_rules! product_space {
    ($($vector:ident $place:tt),+) => {
        impl<$($vector: Persist),+> Persist for ($($vector,)+) {
            fn save(&self, folder: &Path, name: &str) -> Result {
                $(self.$place.save(folder, &format!("{name}.{}", $place))?;)+
                Ok(())
            }

            fn load(&mut self, folder: &Path, name: &str) -> Result {
                $(self.$place.load(folder, &format!("{name}.{}", $place))?;)+
                Ok(())
            }
        }
    };
}

product_space!(A 0, B 1);
product_space!(A 0, B 1, C 2);
product_space!(A 0, B 1, C 2, E 3);
product_space!(A 0, B 1, C 2, E 3, F 4);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5, H 6);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5, H 6, I 7);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_on;
    use crate::grid::{Face, Grid};
    use num_complex::Complex;

    type Vectors = (
        (Field<f64, 2>, Field<f32, 2, Face<1>>),
        Field<Complex<f64>, 2>,
    );

    fn vectors(comm: &crate::Comm) -> Result<Vectors> {
        let grid = Grid::new(comm, [7, 5])?;
        let mut vectors = ((grid.zeros(), grid.zeros_at()), grid.zeros());
        vectors.randomize(4);
        // Values that text or a detour through another type might lose.
        let awkward = [-0.0, f64::MIN_POSITIVE / 8.0, f64::MAX, 0.1];
        vectors.0.0.update(|[i, j], cell| {
            if i == 0 {
                *cell = *awkward.get(j).unwrap_or(cell);
            }
        });
        Ok(vectors)
    }

    #[test]
    fn what_is_saved_on_some_ranks_is_loaded_on_others() {
        let folder = std::env::temp_dir().join(format!("halo-persist-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        launch_on(6, |comm| vectors(comm)?.save(&folder, "v")).unwrap();
        launch_on(4, |comm| {
            let expected = vectors(comm)?;
            let mut found = expected.zeros_like();
            found.load(&folder, "v")?;
            let bits = |x: f64| x.to_bits();
            assert_eq!(
                found.0.0.map(bits).view().to_owned(),
                expected.0.0.map(bits).view()
            );
            assert_eq!(found.0.1.view(), expected.0.1.view());
            assert_eq!(found.1.view(), expected.1.view());
            assert!(found.load(&folder, "w").is_err());
            Ok(())
        })
        .unwrap();
        std::fs::remove_dir_all(folder).ok();
    }
}
