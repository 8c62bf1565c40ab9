//! The operator of a case: its name and parameters as `cases.json` spells them, with PyLops's defaults.

use halo::{
    Error, Field, Grid, Result,
    stock::{self, Direction, GradientGrid, Kind, PerAxis},
};
use serde::{Deserialize, Deserializer, de};

use super::{
    array::Array,
    convolution::{Convolution, LineConvolution},
    run::local,
};

/// An operator by name, with its parameters.
#[derive(Deserialize)]
#[serde(tag = "op", content = "params")]
pub enum Operation {
    FirstDerivative(FirstDerivative),
    SecondDerivative(SecondDerivative),
    Laplacian(Laplacian),
    Gradient(Gradient),
    FirstDirectionalDerivative(Gradient),
    SecondDirectionalDerivative(Gradient),
    NonStationaryConvolve1D(LineConvolution),
    NonStationaryConvolve2D(Convolution),
    NonStationaryConvolve3D(Convolution),
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FirstDerivative {
    axis: isize,
    sampling: f64,
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    order: usize,
    edge: bool,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondDerivative {
    axis: isize,
    sampling: f64,
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    edge: bool,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Laplacian {
    axes: Vec<isize>,
    weights: Numbers,
    sampling: Numbers,
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    edge: bool,
}

/// Of a gradient, and of the derivatives in a direction.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gradient {
    sampling: Numbers,
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    edge: bool,
}

/// A number for all axes, or one for each.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Numbers {
    Same(f64),
    Each(Vec<f64>),
}

impl Operation {
    /// The shape of y, for an x of this shape.
    pub fn dimsd(&self, dims: &[usize]) -> Vec<usize> {
        match self {
            Operation::Gradient(_) => [&[dims.len()], dims].concat(),
            _ => dims.to_vec(),
        }
    }
}

impl FirstDerivative {
    pub fn on<const D: usize>(&self) -> Result<stock::FirstDerivative> {
        Ok(stock::FirstDerivative::new(axis::<D>(self.axis)?)
            .sampling(self.sampling)
            .kind(self.kind)
            .order(self.order)
            .edge(self.edge))
    }
}

impl SecondDerivative {
    pub fn on<const D: usize>(&self) -> Result<stock::SecondDerivative> {
        Ok(stock::SecondDerivative::new(axis::<D>(self.axis)?)
            .sampling(self.sampling)
            .kind(self.kind)
            .edge(self.edge))
    }
}

impl Laplacian {
    pub fn on<const D: usize>(&self) -> Result<stock::Laplacian> {
        let axes: Result<Vec<_>> = self.axes.iter().map(|number| axis::<D>(*number)).collect();
        Ok(stock::Laplacian::new(axes?)
            .weights(self.weights.clone())
            .sampling(self.sampling.clone())
            .kind(self.kind)
            .edge(self.edge))
    }
}

impl Gradient {
    pub fn gradient(&self) -> stock::Gradient {
        stock::Gradient::new()
            .sampling(self.sampling.clone())
            .kind(self.kind)
            .edge(self.edge)
    }

    pub fn first_in<const D: usize>(
        &self,
        direction: Direction<D>,
    ) -> stock::FirstDirectionalDerivative<D> {
        stock::FirstDirectionalDerivative::new(direction)
            .sampling(self.sampling.clone())
            .kind(self.kind)
            .edge(self.edge)
    }

    pub fn second_in<const D: usize>(
        &self,
        direction: Direction<D>,
    ) -> stock::SecondDirectionalDerivative<D> {
        stock::SecondDirectionalDerivative::new(direction)
            .sampling(self.sampling.clone())
            .kind(self.kind)
            .edge(self.edge)
    }
}

/// The direction `v` of a case, of shape (axes) or (axes, dims..).
pub fn direction<const D: usize>(grid: &Grid<D>, v: Option<&Array>) -> Result<Direction<D>>
where
    Grid<D>: GradientGrid<D>,
{
    let v = v.ok_or_else(|| Error::Invalid("the case names no file `v` of directions".into()))?;
    let expected = [&[D], &grid.extent()[..]].concat();
    if v.shape == [D] {
        return Ok(Direction::Constant(std::array::from_fn(|axis| {
            v.values[axis]
        })));
    }
    if v.shape == expected {
        let components: [Field<f64, D>; D] =
            std::array::from_fn(|axis| local(grid, &v.values, axis));
        return Ok(Direction::Fields(components));
    }
    Err(Error::ShapeMismatch {
        what: "the direction v".into(),
        expected,
        found: v.shape.clone(),
    })
}

/// The axis that a number names; negative ones count from the end.
pub fn axis<const D: usize>(number: isize) -> Result<usize> {
    let counted = if number < 0 {
        number + D as isize
    } else {
        number
    };
    usize::try_from(counted)
        .ok()
        .filter(|axis| *axis < D)
        .ok_or_else(|| Error::Invalid(format!("there is no axis {number} among {D} axes")))
}

fn kind<'de, D: Deserializer<'de>>(source: D) -> std::result::Result<Kind, D::Error> {
    String::deserialize(source)?
        .parse()
        .map_err(de::Error::custom)
}

impl From<Numbers> for PerAxis {
    fn from(numbers: Numbers) -> PerAxis {
        match numbers {
            Numbers::Same(number) => number.into(),
            Numbers::Each(numbers) => numbers.into(),
        }
    }
}

impl Default for FirstDerivative {
    fn default() -> Self {
        FirstDerivative {
            axis: -1,
            sampling: 1.0,
            kind: Kind::Centered,
            order: 3,
            edge: false,
        }
    }
}

impl Default for SecondDerivative {
    fn default() -> Self {
        SecondDerivative {
            axis: -1,
            sampling: 1.0,
            kind: Kind::Centered,
            edge: false,
        }
    }
}

impl Default for Laplacian {
    fn default() -> Self {
        Laplacian {
            axes: vec![-2, -1],
            weights: Numbers::Same(1.0),
            sampling: Numbers::Same(1.0),
            kind: Kind::Centered,
            edge: false,
        }
    }
}

impl Default for Gradient {
    fn default() -> Self {
        Gradient {
            sampling: Numbers::Same(1.0),
            kind: Kind::Centered,
            edge: false,
        }
    }
}
