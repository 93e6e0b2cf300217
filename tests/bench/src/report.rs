//! What is printed.

use std::fs;
use std::time::Duration;

use crate::contestant::{AGAINST, ARRAY, EAGER, LAZY, LIMIT, OTHER, QUARRY};
use crate::measure::Sample;
use crate::summary::{figures, ratio};
use crate::table::{Table, number};
use crate::workload::Workload;

/// Requests per second, and how they compare.
pub(crate) fn throughput(samples: &[Sample], workloads: &[&Workload]) -> String {
    let names = present(samples);
    let mut titles = vec!["requests per second".to_owned()];
    for name in &names {
        titles.push(title(name).to_owned());
    }
    for name in &names {
        titles.extend(comparison(name).map(str::to_owned));
    }
    let mut table = Table::new(titles);
    for workload in workloads {
        let mut cells = vec![workload.title.to_owned()];
        let rate = |name| figures(samples, workload.name, name).map(|figures| figures.rate);
        cells.extend(names.iter().map(|name| number(rate(name))));
        for name in names.iter().filter(|name| comparison(name).is_some()) {
            let compared = match *name {
                QUARRY | AGAINST => ratio(samples, workload.name, name, LIMIT),
                _ => ratio(samples, workload.name, QUARRY, name),
            };
            cells.push(number(compared));
        }
        table.line(cells);
    }
    table.text()
}

/// How long answers take.
pub(crate) fn latency(samples: &[Sample], workloads: &[&Workload]) -> String {
    let names = present(samples);
    let mut titles = vec!["ms, median and 99th percentile".to_owned()];
    titles.extend(names.iter().map(|name| title(name).to_owned()));
    let mut table = Table::new(titles);
    for workload in workloads {
        let mut cells = vec![workload.title.to_owned()];
        for name in &names {
            let ms = |time: Duration| number(Some(time.as_secs_f64() * 1e3));
            let cell = figures(samples, workload.name, name);
            cells.push(cell.map_or("–".to_owned(), |f| format!("{} / {}", ms(f.p50), ms(f.p99))));
        }
        table.line(cells);
    }
    table.text()
}

/// How long single requests take with a distant database, and how many times as long with an ORM.
pub(crate) fn distant(samples: &[Sample], workloads: &[&Workload], away: f64) -> String {
    let names: Vec<&str> = present(samples).into_iter().filter(|name| *name != ARRAY).collect();
    let away = number(Some(away));
    let mut titles = vec![format!("ms, one client, the database {away} ms away")];
    titles.extend(names.iter().map(|name| title(name).to_owned()));
    let orms: Vec<&str> =
        names.iter().copied().filter(|name| [LAZY, EAGER].contains(name)).collect();
    titles.extend(orms.iter().filter_map(|name| comparison(name)).map(str::to_owned));
    let mut table = Table::new(titles);
    for workload in workloads {
        let mut cells = vec![workload.title.to_owned()];
        let median = |name: &&str| figures(samples, workload.name, name).map(|it| it.p50);
        cells.extend(
            names.iter().map(|name| number(median(name).map(|time| time.as_secs_f64() * 1e3))),
        );
        cells.extend(orms.iter().map(|name| number(ratio(samples, workload.name, QUARRY, name))));
        table.line(cells);
    }
    table.text()
}

/// Where the processor time of a request goes.
pub(crate) fn processor(samples: &[Sample], workloads: &[&Workload]) -> String {
    let names: Vec<&str> = present(samples)
        .into_iter()
        .filter(|name| [LIMIT, QUARRY, AGAINST].contains(name))
        .collect();
    let mut titles = vec!["µs of processor time per request".to_owned()];
    for name in &names {
        titles.extend(
            ["itself", "PostgreSQL", "the client"].map(|part| format!("{}: {part}", title(name))),
        );
    }
    let mut table = Table::new(titles);
    for workload in workloads {
        let mut cells = vec![workload.title.to_owned()];
        for name in &names {
            let cpu = figures(samples, workload.name, name).map(|figures| figures.cpu);
            cells.extend((0..3).map(|part| number(cpu.map(|cpu| cpu[part]))));
        }
        table.line(cells);
    }
    table.text()
}

/// Contestants in the order of columns.
fn present(samples: &[Sample]) -> Vec<&'static str> {
    [LIMIT, ARRAY, QUARRY, AGAINST, LAZY, EAGER, OTHER]
        .into_iter()
        .filter(|name| samples.iter().any(|sample| sample.contestant == *name))
        .collect()
}

fn title(name: &str) -> &str {
    match name {
        LIMIT => "hand-written",
        ARRAY => "hand-written, arrays",
        QUARRY => "Quarry",
        AGAINST => "other build",
        LAZY => "ORM, lazy",
        EAGER => "ORM, eager",
        _ => "other server",
    }
}

/// The column that says how Quarry compares, or another build of it.
fn comparison(name: &str) -> Option<&'static str> {
    match name {
        QUARRY => Some("of hand-written"),
        AGAINST => Some("other build of hand-written"),
        LAZY => Some("× lazy ORM"),
        EAGER => Some("× eager ORM"),
        OTHER => Some("× other server"),
        _ => None,
    }
}

/// The machine and the programs, in words.
pub(crate) fn machine(server_version: &str) -> String {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processors", |(_, model)| model.trim());
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok());
    let memory =
        kib.map_or(String::new(), |kib| format!(" and {:.0} GiB of memory", kib / 1048576.0));
    format!(
        "{cpus} virtual processors ({model}){memory} carry servers, PostgreSQL {server_version} and the client together"
    )
}
