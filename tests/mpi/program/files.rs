//! Files read and written by all ranks at once.

use std::fs;
use std::path::PathBuf;

use halo::Result;
use halo::io::npy;
use halo::prelude::*;

use super::harness::{check, refusal};

pub fn checks(comm: &Comm) -> Result {
    check(comm, "there and back", || there_and_back(comm))?;
    check(comm, "scatter and gather", || scatter_and_gather(comm))?;
    check(comm, "refused files", || refused(comm))
}

/// A name that all ranks agree on.
fn path(comm: &Comm, name: &str) -> Result<PathBuf> {
    let mut job = std::process::id().to_string().into_bytes();
    comm.broadcast(0, &mut job)?;
    let job = String::from_utf8_lossy(&job).into_owned();
    Ok(std::env::temp_dir().join(format!("halo-mpi-{job}-{name}")))
}

fn remove(comm: &Comm, path: &PathBuf) -> Result {
    comm.barrier()?;
    if comm.rank() == 0 {
        fs::remove_file(path).ok();
    }
    Ok(())
}

/// A file of which each rank holds a share, the same bytes as one rank writes.
fn there_and_back(comm: &Comm) -> Result {
    let (path, alone) = (path(comm, "field.npy")?, path(comm, "alone.npy")?);
    let extent = [40, 30, 50];
    let grid = Grid::new(comm, extent)?;
    let field = grid.random::<f64>(7);
    npy::write(&field, &path)?;
    let again = npy::read::<f64, 3>(&Grid::new(comm, npy::shape(&path)?)?, &path)?;
    assert!(again.view() == field.view());
    if comm.rank() == 0 {
        let solo = Grid::new(&Comm::solo(), extent)?;
        npy::write(&solo.random::<f64>(7), &alone)?;
        assert!(fs::read(&path).unwrap() == fs::read(&alone).unwrap());
        fs::remove_file(&alone).unwrap();
    }
    remove(comm, &path)
}

fn scatter_and_gather(comm: &Comm) -> Result {
    let root = comm.size() - 1;
    let grid = Grid::new(comm, [31, 29])?;
    let field = grid.random::<f64>(2);
    let whole = field.gather(root)?;
    assert_eq!(whole.is_some(), comm.rank() == root);
    let again = grid.scatter(root, whole.as_ref().map(|array| array.view()))?;
    assert!(again.view() == field.view());
    Ok(())
}

fn refused(comm: &Comm) -> Result {
    let grid = Grid::new(comm, [30, 4])?;
    let field = grid.zeros::<f64>();
    let message = refusal(comm, npy::read::<f64, 2>(&grid, "no/such/file.npy"))?;
    assert!(
        message.contains("no/such/file.npy: cannot be opened"),
        "{message}"
    );
    let message = refusal(comm, npy::write(&field, "no/such/folder/field.npy"))?;
    assert!(message.contains("cannot be created"), "{message}");
    let message = refusal(comm, npy::write(&field, std::env::temp_dir()))?;
    assert!(message.contains("is a directory"), "{message}");

    // What one rank alone cannot read is refused by all.
    let path = path(comm, "odd.npy")?;
    npy::write(&field, &path)?;
    let last = comm.size() - 1;
    let mine = match comm.rank() == last {
        true => PathBuf::from("no/such/share.npy"),
        false => path.clone(),
    };
    let message = refusal(comm, npy::read::<f64, 2>(&grid, &mine))?;
    assert!(message.contains("no/such/share.npy"), "{message}");
    assert!(
        last == 0 || message.contains(&format!("on rank {last}")),
        "{message}"
    );

    // A target that may not be written to, and one whose disk is full.
    if comm.rank() == 0 {
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
    }
    comm.barrier()?;
    let message = refusal(comm, npy::write(&field, &path))?;
    assert!(message.contains("is read-only"), "{message}");
    remove(comm, &path)?;
    if cfg!(target_os = "linux") {
        let full = self::path(comm, "full.npy")?;
        let partial = full.with_extension("npy.partial");
        if comm.rank() == 0 {
            std::os::unix::fs::symlink("/dev/full", &partial).unwrap();
        }
        comm.barrier()?;
        let message = refusal(comm, npy::write(&field, &full))?;
        assert!(message.contains("No space left"), "{message}");
        assert!(comm.rank() > 0 || fs::symlink_metadata(&partial).is_err());
    }
    Ok(())
}
