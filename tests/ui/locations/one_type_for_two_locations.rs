use halo::prelude::*;

#[stencil]
fn to_face(u: Input<f64, 1>) -> On<Face<0>, f64> {
    u[0] - u[-1]
}

#[stencil]
fn to_cell(u: Input<f64, 1, Face<0>>) -> f64 {
    u[1] - u[0]
}

type Cells = Field<f64, 1>;
type Faces = Field<f64, 1, Face<0>>;

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let _ = [
        Operator::<Cells, Faces>::new(ToFace.on(&grid)?),
        Operator::new(ToCell.on(&grid)?),
    ];
    Ok(())
}
