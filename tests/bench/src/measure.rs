//! Rounds: everybody takes a turn, again and again, so that a machine whose speed drifts is the
//! same for all.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::contestant::{Contestant, Contestants, LIMIT, OTHER};
use crate::database::Prepared;
use crate::equal::{difference, leaves, normalize};
use crate::flags::Flags;
use crate::load::{self, End, Turn};
use crate::process;
use crate::workload::Workload;

/// The part of a turn that comes before it and is not counted.
const WARM_UP: f64 = 0.2;

/// A turn of this many times its length ends the contestant's part in the workload.
const TOO_SLOW: u32 = 4;

/// A turn of a contestant.
pub(crate) struct Sample {
    pub(crate) workload: &'static str,
    pub(crate) contestant: &'static str,
    pub(crate) round: u32,
    pub(crate) turn: Turn,
    pub(crate) cpu: Cpu,
}

/// Processor time of a turn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    pub(crate) server: Duration,
    pub(crate) database: Duration,
    /// Our own.
    pub(crate) load: Duration,
}

impl Cpu {
    fn now(contestant: &Contestant, postmaster: Option<u32>) -> Self {
        Self {
            server: contestant.process.map(process::cpu).unwrap_or_default(),
            database: postmaster.map(process::cpu_of_children).unwrap_or_default(),
            load: process::cpu(std::process::id()),
        }
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server.saturating_sub(earlier.server),
            database: self.database.saturating_sub(earlier.database),
            load: self.load.saturating_sub(earlier.load),
        }
    }
}

/// Measures a workload.
pub(crate) async fn workload(
    flags: &Flags,
    workload: &Workload,
    contestants: &Contestants,
    database: &Prepared,
) -> Result<Vec<Sample>> {
    let mut taking_part: Vec<&Contestant> =
        contestants.list.iter().filter(|contestant| contestant.offers(workload)).collect();
    compare(workload, &taking_part, database).await?;
    let mut samples = Vec::new();
    for round in 0..flags.rounds {
        // Nobody is always the one after the heaviest.
        taking_part.rotate_left(1);
        let mut slow = Vec::new();
        for contestant in &taking_part {
            let sample = turn(flags, workload, contestant, database, round).await;
            let sample =
                sample.with_context(|| format!("{}, {}", workload.name, contestant.name))?;
            let length = Duration::from_secs_f64(flags.seconds);
            if !workload.is_command() && sample.turn.elapsed > length * TOO_SLOW {
                slow.push(contestant.name);
            }
            samples.push(sample);
        }
        taking_part.retain(|contestant| !slow.contains(&contestant.name));
    }
    Ok(samples)
}

async fn turn(
    flags: &Flags,
    workload: &Workload,
    contestant: &Contestant,
    database: &Prepared,
    round: u32,
) -> Result<Sample> {
    let connections = flags.connections;
    let requests = async |count| {
        let variables = workload.variables(&database.client, count).await?;
        anyhow::Ok(Arc::new(workload.requests(&contestant.style, &variables)?))
    };
    let (measured, end) = if workload.is_command() {
        let warm_up = requests(workload.count() / 10).await?;
        let measured = requests(workload.count()).await?;
        database.tidy().await?;
        load::run(contestant.address, &warm_up, connections, End::Once).await?;
        (measured, End::Once)
    } else {
        let measured = requests(workload.count()).await?;
        let warm_up = End::After(Duration::from_secs_f64(flags.seconds * WARM_UP));
        load::run(contestant.address, &measured, connections, warm_up).await?;
        (measured, End::After(Duration::from_secs_f64(flags.seconds)))
    };
    let before = Cpu::now(contestant, database.postmaster);
    let turn = load::run(contestant.address, &measured, connections, end).await?;
    let cpu = Cpu::now(contestant, database.postmaster).since(before);
    Ok(Sample { workload: workload.name, contestant: contestant.name, round, turn, cpu })
}

/// Makes sure that everybody answers the same.
async fn compare(
    workload: &Workload,
    contestants: &[&Contestant],
    database: &Prepared,
) -> Result<()> {
    let expected = contestants.iter().find(|contestant| contestant.name == LIMIT);
    let expected = expected.context("the limit does not take part")?;
    let expected = answers(workload, expected, database).await?;
    for contestant in contestants {
        let found = answers(workload, contestant, database).await;
        let found = found.with_context(|| format!("{}, {}", workload.name, contestant.name))?;
        for (expected, found) in expected.iter().zip(&found) {
            // Another product has names and types of its own.
            let differs = match contestant.name {
                OTHER if leaves(expected) == leaves(found) => None,
                OTHER => Some(format!("{} and {} values", leaves(expected), leaves(found))),
                _ => difference(expected, found, ""),
            };
            if let Some(differs) = differs {
                let (name, contestant) = (workload.name, contestant.name);
                bail!("{name}: {LIMIT} and {contestant} answer differently, at {differs}");
            }
        }
    }
    Ok(())
}

async fn answers(
    workload: &Workload,
    contestant: &Contestant,
    database: &Prepared,
) -> Result<Vec<Value>> {
    let variables = workload.variables(&database.client, 5).await?;
    let mut answers = Vec::new();
    for request in workload.requests(&contestant.style, &variables)? {
        let mut answer = load::ask(contestant.address, &request).await?;
        let mut data = answer["data"].take();
        normalize(&mut data, workload.volatile.unwrap_or_default());
        answers.push(data);
    }
    Ok(answers)
}
