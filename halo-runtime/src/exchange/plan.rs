//! Who sends which cells to whom: the halo exchange of one rank as plain data.
//!
//! A plan is computed from the decomposition and the footprint alone, without a message, so that it can be printed,
//! compared and tested for any rank of any process grid. Both ends of a message are enumerated from one list of pieces
//! per axis; that is why they agree on its size, its tag and the order of its cells.

use std::fmt;

use super::footprint::{Direction, Footprint};
use super::piece::{Piece, for_each_choice, pieces};
use crate::grid::{Decomposition, Region};

/// One message of an exchange, as one of its two ranks sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message<const D: usize> {
    /// The rank at the other end.
    pub peer: usize,
    /// Distinct among the messages from one rank to another: the direction, then the piece of its ghosts.
    pub tag: u32,
    /// Where the ghosts lie as the receiver sees it, per axis: -1 before its block, 0 beside it, 1 past it.
    pub direction: [isize; D],
    /// The cells sent, or the ghosts received, in local indices of this rank; they travel in row-major order.
    pub region: Region<D>,
}

/// Ghosts that are cells of the same block, on a periodic axis that one rank spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SelfCopy<const D: usize> {
    /// Where the ghosts lie, per axis: -1 before the block, 0 beside it, 1 past it.
    pub direction: [isize; D],
    /// The owned cells, in local indices.
    pub from: Region<D>,
    /// The ghosts, in local indices.
    pub to: Region<D>,
}

/// What one rank sends, receives and copies so that every ghost its footprint reads holds its cell.
///
/// Ghosts outside a non-periodic axis belong to nobody and appear in no plan. A halo wider than the blocks takes its
/// cells straight from the ranks that own them, there is no chain of messages. Directions that the footprint does
/// not touch have no message.
///
/// ```
/// use halo::{Decomposition, Footprint, Plan, ProcessGrid};
///
/// let process_grid = ProcessGrid::new([3], 3)?;
/// let decomposition = Decomposition::balanced([10], [false], process_grid)?;
/// let plan = Plan::new(&decomposition, 1, &Footprint::new([[-1], [0]]));
/// assert_eq!(plan.to_string(), "\
/// rank 1 owns [4..7]
///   sends    1 cells [2..3] to rank 2, its [-1]
///   receives 1 cells [-1..0] from rank 0, at [-1]
/// ");
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan<const D: usize> {
    rank: usize,
    block: Region<D>,
    sends: Vec<Message<D>>,
    receives: Vec<Message<D>>,
    copies: Vec<SelfCopy<D>>,
}

impl<const D: usize> Plan<D> {
    /// The plan of `rank`; no communication.
    pub fn new(decomposition: &Decomposition<D>, rank: usize, footprint: &Footprint<D>) -> Self {
        let mut plan = Plan {
            rank,
            block: decomposition.block(rank),
            sends: Vec::new(),
            receives: Vec::new(),
            copies: Vec::new(),
        };
        for direction in footprint.directions() {
            let pieces = std::array::from_fn(|axis| pieces(decomposition, axis, &direction));
            plan.add_sends(decomposition, &direction, &pieces);
            plan.add_receives(decomposition, &direction, &pieces);
        }
        plan
    }

    /// The rank whose plan this is.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Whether this rank needs nothing and is needed for nothing.
    pub fn is_empty(&self) -> bool {
        self.sends.is_empty() && self.receives.is_empty() && self.copies.is_empty()
    }

    /// What the rank sends: regions of owned cells.
    pub fn sends(&self) -> &[Message<D>] {
        &self.sends
    }

    /// What the rank receives: regions of ghosts.
    pub fn receives(&self) -> &[Message<D>] {
        &self.receives
    }

    /// What the rank copies within its own block.
    pub fn copies(&self) -> &[SelfCopy<D>] {
        &self.copies
    }

    /// Number of cells the rank sends in one exchange.
    pub fn cells_sent(&self) -> usize {
        count(&self.sends)
    }

    /// Number of ghosts the rank receives in one exchange.
    pub fn cells_received(&self) -> usize {
        count(&self.receives)
    }

    fn add_sends(
        &mut self,
        decomposition: &Decomposition<D>,
        direction: &Direction<D>,
        pieces: &[Vec<Piece>; D],
    ) {
        let process_grid = decomposition.process_grid();
        let place = process_grid.coordinates(self.rank);
        let mut tags = Tags::new(direction);
        for_each_choice(
            pieces,
            |axis, piece| piece.from == place[axis],
            |chosen| {
                let peer = process_grid.rank(chosen.map(|piece| piece.to));
                if peer != self.rank {
                    self.sends.push(Message {
                        peer,
                        tag: tags.next(peer),
                        direction: direction.signs,
                        region: region(chosen, |piece| piece.source),
                    });
                }
            },
        );
    }

    fn add_receives(
        &mut self,
        decomposition: &Decomposition<D>,
        direction: &Direction<D>,
        pieces: &[Vec<Piece>; D],
    ) {
        let process_grid = decomposition.process_grid();
        let place = process_grid.coordinates(self.rank);
        let mut tags = Tags::new(direction);
        for_each_choice(
            pieces,
            |axis, piece| piece.to == place[axis],
            |chosen| {
                let peer = process_grid.rank(chosen.map(|piece| piece.from));
                let ghosts = region(chosen, |piece| piece.ghost);
                if peer == self.rank {
                    self.copies.push(SelfCopy {
                        direction: direction.signs,
                        from: region(chosen, |piece| piece.source),
                        to: ghosts,
                    });
                } else {
                    self.receives.push(Message {
                        peer,
                        tag: tags.next(peer),
                        direction: direction.signs,
                        region: ghosts,
                    });
                }
            },
        );
    }
}

impl<const D: usize> fmt::Display for Plan<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "rank {} owns {}", self.rank, self.block)?;
        for Message {
            peer,
            direction,
            region,
            ..
        } in &self.sends
        {
            let cells = region.count();
            writeln!(
                f,
                "  sends    {cells} cells {region} to rank {peer}, its {direction:?}"
            )?;
        }
        for Message {
            peer,
            direction,
            region,
            ..
        } in &self.receives
        {
            let cells = region.count();
            writeln!(
                f,
                "  receives {cells} cells {region} from rank {peer}, at {direction:?}"
            )?;
        }
        for SelfCopy {
            direction,
            from,
            to,
        } in &self.copies
        {
            let cells = to.count();
            writeln!(
                f,
                "  copies   {cells} cells {from} to {to}, at {direction:?}"
            )?;
        }
        Ok(())
    }
}

fn region<const D: usize>(pieces: [Piece; D], start: impl Fn(Piece) -> isize) -> Region<D> {
    let start = pieces.map(start);
    let end = std::array::from_fn(|axis| start[axis] + pieces[axis].len as isize);
    Region::new(start, end)
}

fn count<const D: usize>(messages: &[Message<D>]) -> usize {
    messages.iter().map(|message| message.region.count()).sum()
}

/// Tags of one direction: both ends of a pair of ranks meet its pieces in the same order and so number them alike.
struct Tags<const D: usize> {
    code: u32,
    /// Peers met so far, with the number of messages.
    met: Vec<(usize, u32)>,
}

impl<const D: usize> Tags<D> {
    fn new(direction: &Direction<D>) -> Self {
        Tags {
            code: direction.code(),
            met: Vec::new(),
        }
    }

    fn next(&mut self, peer: usize) -> u32 {
        let index = self.met.iter().position(|&(known, _)| known == peer);
        let index = index.unwrap_or_else(|| {
            self.met.push((peer, 0));
            self.met.len() - 1
        });
        let number = self.met[index].1;
        self.met[index].1 += 1;
        self.code + 3u32.pow(D as u32) * number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(sizes: &[usize], periodic: bool, offsets: &[isize], rank: usize) -> Plan<1> {
        let decomposition = Decomposition::from_blocks([sizes], [periodic]).unwrap();
        Plan::new(
            &decomposition,
            rank,
            &Footprint::new(offsets.iter().map(|&offset| [offset])),
        )
    }

    #[test]
    fn one_sided_stencils_send_one_way() {
        let plan = plan(&[4, 4, 4], false, &[0, 2], 1);
        assert_eq!(plan.sends().len(), 1);
        assert_eq!(
            (plan.sends()[0].peer, plan.sends()[0].region),
            (0, Region::new([0], [2]))
        );
        assert_eq!(
            (plan.receives()[0].peer, plan.receives()[0].region),
            (2, Region::new([4], [6]))
        );
    }

    #[test]
    fn two_neighbours_that_are_one_rank_are_told_apart_by_tags() {
        let plan = plan(&[3, 3], true, &[-1, 1], 0);
        let tags: Vec<_> = plan
            .sends()
            .iter()
            .map(|message| (message.peer, message.tag))
            .collect();
        assert_eq!(tags, [(1, 0), (1, 2)]);
    }

    #[test]
    fn a_rank_that_is_its_own_neighbour_copies() {
        let plan = plan(&[3], true, &[-1], 0);
        assert!(plan.sends().is_empty() && plan.receives().is_empty());
        assert_eq!(
            (plan.copies()[0].from, plan.copies()[0].to),
            (Region::new([2], [3]), Region::new([-1], [0]))
        );
    }

    #[test]
    fn a_thin_block_is_passed_over() {
        let plan = plan(&[3, 1, 3], false, &[-2], 2);
        let peers: Vec<_> = plan.receives().iter().map(|message| message.peer).collect();
        assert_eq!(peers, [0, 1]);
        assert_eq!((plan.cells_received(), plan.cells_sent()), (2, 0));
    }

    #[test]
    fn prints_what_goes_where() {
        let decomposition = Decomposition::from_blocks([&[2, 2], &[3]], [false, true]).unwrap();
        let plan = Plan::new(&decomposition, 0, &Footprint::new([[1, 0], [0, -1]]));
        assert_eq!(
            plan.to_string(),
            "rank 0 owns [0..2, 0..3]\n  \
             receives 3 cells [2..3, 0..3] from rank 1, at [1, 0]\n  \
             copies   2 cells [0..2, 2..3] to [0..2, -1..0], at [0, -1]\n"
        );
    }
}
