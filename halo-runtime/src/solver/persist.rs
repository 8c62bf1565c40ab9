//! Vectors that can be saved and read back on any number of ranks, bit for bit: what a run that is to be resumed is made of.

use std::path::Path;

use ndarray::IntoDimension;

use crate::error::Result;
use crate::field::{Blocks, Field, Replicated, Several, Vector};
use crate::grid::{Grid, Location};
use crate::io::npy;
use crate::scalar::Scalar;

/// A vector that is saved as files and read back: fields, replicated arrays, haloed blocks, tuples and lists of these.
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

/// One copy of the array, in one file.
impl<T: Scalar, const D: usize> Persist for Replicated<T, D>
where
    [usize; D]: IntoDimension,
{
    fn save(&self, folder: &Path, name: &str) -> Result {
        let saved = match self.comm().rank() {
            0 => self.by_itself().and_then(|copy| copy.save(folder, name)),
            _ => Ok(()),
        };
        self.comm().agree(saved)
    }

    fn load(&mut self, folder: &Path, name: &str) -> Result {
        let copy = self.by_itself().and_then(|mut copy| {
            copy.load(folder, name)?;
            Ok(copy)
        });
        let copy = self.comm().agree(copy)?;
        self.view_mut().assign(&copy.view());
        Ok(())
    }
}

impl<T: Scalar, const D: usize> Replicated<T, D>
where
    [usize; D]: IntoDimension,
{
    /// This rank's copy as a field of its own.
    fn by_itself(&self) -> Result<Field<T, D>> {
        let grid = Grid::new(&self.comm().alone(), self.shape())?;
        let mut copy = grid.zeros();
        copy.view_mut().assign(&self.view());
        Ok(copy)
    }
}

/// The blocks one after the other; they are read back on the same blocks only.
impl<T: Scalar, const D: usize> Persist for Blocks<T, D> {
    fn save(&self, folder: &Path, name: &str) -> Result {
        self.in_a_row()?.save(folder, name)
    }

    fn load(&mut self, folder: &Path, name: &str) -> Result {
        let mut row = self.in_a_row()?;
        row.load(folder, name)?;
        self.cells_mut()
            .iter_mut()
            .zip(&row.view())
            .for_each(|(cell, value)| *cell = *value);
        Ok(())
    }
}

impl<T: Scalar, const D: usize> Blocks<T, D> {
    /// Collective: the values of all ranks as a field on a line.
    fn in_a_row(&self) -> Result<Field<T, 1>> {
        let lengths = self.comm().all_gather(&self.cells().len().to_le_bytes())?;
        let length = |bytes: &Vec<u8>| {
            bytes
                .as_chunks()
                .0
                .first()
                .map_or(0, |word| usize::from_le_bytes(*word))
        };
        let lengths: Vec<usize> = lengths.iter().map(length).collect();
        let grid = Grid::with_blocks(self.comm(), [&lengths])?;
        let mut row = grid.zeros();
        row.view_mut()
            .iter_mut()
            .zip(self.cells())
            .for_each(|(value, cell)| *value = *cell);
        Ok(row)
    }
}

impl<V: Persist> Persist for Several<V> {
    fn save(&self, folder: &Path, name: &str) -> Result {
        let mut vectors = self.iter().enumerate();
        vectors.try_for_each(|(place, vector)| vector.save(folder, &format!("{name}.{place}")))
    }

    fn load(&mut self, folder: &Path, name: &str) -> Result {
        let mut vectors = self.iter_mut().enumerate();
        vectors.try_for_each(|(place, vector)| vector.load(folder, &format!("{name}.{place}")))
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
    use crate::grid::Face;
    use crate::operator::LinearOperator;
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

    #[test]
    fn arrays_blocks_and_lists_are_saved_too() {
        let folder = std::env::temp_dir().join(format!("halo-persist-all-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let vector = |comm: &crate::Comm, ghosts: usize| -> Result<_> {
            let grid = Grid::new(comm, [9, 4])?;
            let several = Several::new(vec![grid.zeros::<f32>(), grid.zeros()])?;
            let array = Replicated::<Complex<f64>, 2>::zeros(comm, [2, 3]);
            let halo = crate::operator::Halo::<f64, 2>::new(&grid, ghosts)?;
            let mut vector = (several, (array, halo.zero_range()));
            vector.randomize(3);
            Ok(vector)
        };
        launch_on(3, |comm| {
            let expected = vector(comm, 1)?;
            expected.save(&folder, "v")?;
            let mut found = expected.zeros_like();
            found.load(&folder, "v")?;
            assert_eq!(found.0[1].view(), expected.0[1].view());
            assert_eq!(found.1.0.view(), expected.1.0.view());
            assert_eq!(found.1.1.view(), expected.1.1.view());
            assert!(vector(comm, 2)?.load(&folder, "v").is_err());
            Ok(())
        })
        .unwrap();
        launch_on(2, |comm| {
            let (several, (array, _)) = vector(comm, 1)?;
            let mut found = (several.zeros_like(), array.zeros_like());
            found.0.load(&folder, "v.0")?;
            found.1.load(&folder, "v.1.0")?;
            assert_eq!(found.0[0].view(), several[0].view());
            assert_eq!(found.1.view(), array.view());
            Ok(())
        })
        .unwrap();
        std::fs::remove_dir_all(&folder).ok();
    }
}
