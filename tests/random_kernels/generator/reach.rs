//! Which cells a kernel may read, and how far it does read: what the tests have to know of it.

use crate::random::Random;

pub struct Reach {
    /// The furthest that offsets of inputs may go, per axis and side.
    pub limit: Vec<[isize; 2]>,
    style: Style,
    /// How far inputs are read, per axis and side.
    pub inputs: Vec<[usize; 2]>,
    /// How far coefficients are read, on any axis.
    pub coefficients: usize,
    /// How many more reads of inputs the kernel may hold, loops unrolled.
    pub budget: usize,
}

#[derive(Clone, Copy)]
enum Style {
    Anywhere,
    /// Along one axis at a time.
    Cross,
    /// Never along one axis alone.
    Diagonal,
    /// Never the point itself.
    OffCentre,
}

impl Reach {
    pub fn draw(axes: usize, random: &mut Random) -> Self {
        let furthest = [6, 3, 2, 1][axes - 1];
        let mut side = || {
            let furthest = random.pick(&[1, 1, furthest]);
            random.between(0, furthest) as isize
        };
        let mut limit: Vec<[isize; 2]> = (0..axes).map(|_| [side(), side()]).collect();
        if limit.iter().flatten().all(|limit| *limit == 0) && random.chance(80) {
            limit[random.between(0, axes - 1)] = [1, 1];
        }
        let style = random.pick(&[
            Style::Anywhere,
            Style::Cross,
            Style::Cross,
            Style::Diagonal,
            Style::OffCentre,
        ]);
        Reach {
            inputs: vec![[0; 2]; axes],
            limit,
            style,
            coefficients: 0,
            budget: random.between(2, 24),
        }
    }

    /// A random offset within the limit.
    pub fn offset(&self, random: &mut Random) -> Vec<isize> {
        let axes = self.limit.len();
        let mut offset = vec![0; axes];
        // A style that the limit does not leave room for is given up.
        for _ in 0..10 {
            for (along, [low, high]) in offset.iter_mut().zip(&self.limit) {
                *along = random.between(0, (low + high) as usize) as isize - low;
            }
            let moved = offset.iter().filter(|along| **along != 0).count();
            match self.style {
                Style::Anywhere => return offset,
                Style::Cross => {
                    let axis = random.between(0, axes - 1);
                    let along = offset[axis];
                    offset.fill(0);
                    offset[axis] = along;
                    return offset;
                }
                Style::Diagonal if moved >= axes.min(2) => return offset,
                Style::OffCentre if moved > 0 => return offset,
                _ => {}
            }
        }
        offset
    }

    pub fn allows(&self, axis: usize, along: isize) -> bool {
        let [low, high] = self.limit[axis];
        (-low..=high).contains(&along)
    }

    /// Remembers a read of an input.
    pub fn read(&mut self, offset: &[isize]) {
        self.budget = self.budget.saturating_sub(1);
        for ([low, high], along) in self.inputs.iter_mut().zip(offset) {
            *low = (*low).max(-along.min(&0) as usize);
            *high = (*high).max(*along.max(&0) as usize);
        }
    }

    /// Remembers a read of a coefficient.
    pub fn read_coefficient(&mut self, offset: &[isize]) {
        for along in offset {
            self.coefficients = self.coefficients.max(along.unsigned_abs());
        }
    }
}
