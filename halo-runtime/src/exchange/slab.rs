//! The cells of a region as runs at regular distances in memory: what is packed into a message.
//!
//! A slab is made from a layout when needed, so one exchange serves fields of any margin. Pack functions whose run
//! width is a literal are about twice as fast on strided faces; generated code picks them by [`Slab::width`].

use crate::field::Layout;
use crate::grid::Region;
use crate::scalar::Element;

/// Copies a slab out of the cells of a field, for messages: [`Slab::pack_any`], or a choice of literal widths.
pub type PackFn<S> = fn(&Slab, &[S], &mut [S]);

/// Runs of `width` contiguous cells, repeated along up to three further axes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slab {
    start: usize,
    width: usize,
    outer: [Repeat; 3],
}

/// How often something repeats, and at what distance in cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Repeat {
    count: usize,
    stride: usize,
}

impl Slab {
    /// The cells of a region of local indices, which may lie in the margin, in row-major order.
    pub fn new<const D: usize>(layout: &Layout<D>, region: &Region<D>) -> Self {
        let width = region.len(D - 1);
        let mut outer = [Repeat {
            count: 1,
            stride: width.max(1),
        }; 3];
        for axis in 0..D - 1 {
            outer[4 - D + axis] = Repeat {
                count: region.len(axis),
                stride: layout.strides()[axis],
            };
        }
        let empty = region.is_empty();
        let start = if empty {
            0
        } else {
            layout.offset(region.start)
        };
        Slab {
            start,
            width,
            outer,
        }
    }

    /// Number of cells in a contiguous run.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        let runs: usize = self.outer.iter().map(|repeat| repeat.count).product();
        runs * self.width
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies the slab out of the storage of a field; `W` must be its width.
    ///
    /// # Panics
    /// When `out` is shorter than the slab, or the slab belongs to another layout.
    pub fn pack<S: Element, const W: usize>(&self, cells: &[S], out: &mut [S]) {
        assert_eq!(W, self.width, "a slab is packed in runs of its own width");
        let (runs, _) = out[..self.len()].as_chunks_mut::<W>();
        let Repeat { count, stride } = self.outer[2];
        let strands = self.starts(2).zip(runs.chunks_mut(count.max(1)));
        for (start, runs) in strands {
            let strand = &cells[start..start + (count - 1) * stride + W];
            for (run, cells) in runs.iter_mut().zip(strand.chunks(stride)) {
                run.copy_from_slice(&cells[..W]);
            }
        }
    }

    /// Copies the slab out of the storage of a field, whatever its width.
    ///
    /// # Panics
    /// When `out` is shorter than the slab, or the slab belongs to another layout.
    pub fn pack_any<S: Element>(&self, cells: &[S], out: &mut [S]) {
        let runs = out[..self.len()].chunks_mut(self.width.max(1));
        for (start, run) in self.starts(3).zip(runs) {
            run.copy_from_slice(&cells[start..start + self.width]);
        }
    }

    /// The first cells of what repeats along the first `levels` of the outer axes, in row-major order.
    fn starts(&self, levels: usize) -> impl Iterator<Item = usize> + use<> {
        let [a, b, c] = std::array::from_fn(|level| {
            let Repeat { count, stride } = self.outer[level];
            let count = if level < levels { count } else { 1 };
            (0..count).map(move |k| k * stride)
        });
        let start = self.start;
        a.flat_map(move |a| {
            let c = c.clone();
            b.clone()
                .flat_map(move |b| c.clone().map(move |c| start + a + b + c))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed<const D: usize>(layout: Layout<D>, region: Region<D>) {
        let cells: Vec<u64> = (0..layout.len() as u64).collect();
        let slab = Slab::new(&layout, &region);
        let expected: Vec<_> = region
            .indices()
            .map(|index| layout.offset(index) as u64)
            .collect();
        assert_eq!(slab.len(), expected.len());
        let mut out = vec![0; expected.len()];
        slab.pack_any(&cells, &mut out);
        assert_eq!(out, expected);
        out.fill(0);
        match slab.width() {
            1 => slab.pack::<_, 1>(&cells, &mut out),
            2 => slab.pack::<_, 2>(&cells, &mut out),
            3 => slab.pack::<_, 3>(&cells, &mut out),
            _ => return,
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn packs_row_major_in_any_number_of_axes() {
        let line = Layout::new([7], [[2, 1]], 8);
        packed(line, Region::new([-2], [1]));
        let plane = Layout::new([5, 4], [[1, 1], [2, 3]], 8);
        packed(plane, Region::new([0, 2], [5, 4]));
        packed(plane, Region::new([-1, -2], [2, 7]));
        let cube = Layout::new([3, 4, 5], [[1, 1]; 3], 8);
        for region in [
            Region::new([0, 0, 4], [3, 4, 5]),
            Region::new([0, 3, 0], [3, 4, 5]),
            Region::new([-1, -1, -1], [1, 2, 2]),
        ] {
            packed(cube, region);
        }
        let four = Layout::new([2, 3, 2, 3], [[1, 0], [0, 1], [1, 1], [2, 0]], 8);
        packed(four, Region::new([-1, 0, -1, -2], [2, 4, 3, 0]));
    }

    #[test]
    fn an_empty_slab_packs_nothing() {
        let layout = Layout::new([5, 4], [[1, 1]; 2], 8);
        for region in [Region::new([0, 1], [5, 1]), Region::new([2, 0], [2, 3])] {
            packed(layout, region);
            assert!(Slab::new(&layout, &region).is_empty());
        }
    }

    #[test]
    #[should_panic(expected = "runs of its own width")]
    fn another_width_is_refused() {
        let layout = Layout::new([5, 4], [[1, 1]; 2], 8);
        Slab::new(&layout, &Region::new([0, 0], [5, 2])).pack::<u64, 1>(&[0; 80], &mut [0; 10]);
    }
}
