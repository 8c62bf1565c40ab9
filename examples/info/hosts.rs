//! Which hosts the ranks are on.

use std::collections::BTreeMap;

use halo::{Comm, Result};

/// Collective: `8 on 2 hosts: 4 on a, 4 on b`.
pub fn of(comm: &Comm) -> Result<String> {
    let facts = comm.facts();
    let host = facts.into_iter().find(|(name, _)| *name == "host");
    let host = host.map_or("this one".into(), |(_, host)| host);
    let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
    for host in comm.all_gather(host.as_bytes())? {
        *hosts
            .entry(String::from_utf8_lossy(&host).into_owned())
            .or_default() += 1;
    }
    let each: Vec<String> = hosts
        .iter()
        .map(|(host, ranks)| format!("{ranks} on {host}"))
        .collect();
    let plural = if hosts.len() == 1 { "" } else { "s" };
    Ok(format!(
        "{} on {} host{plural}: {}",
        comm.size(),
        hosts.len(),
        each.join(", ")
    ))
}
