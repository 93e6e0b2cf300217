//! From samples to figures: medians over rounds, and percentiles over all answers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::Sample;

/// The figures of a contestant in a workload.
pub(crate) struct Figures {
    /// Requests per second, the median of the rounds.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Microseconds of processor time per request: its own, PostgreSQL's, and ours.
    pub(crate) cpu: [f64; 3],
}

/// The figures of a contestant, if it took part.
pub(crate) fn figures(samples: &[Sample], workload: &str, contestant: &str) -> Option<Figures> {
    let own: Vec<&Sample> = of(samples, workload, contestant).collect();
    let mut latencies: Vec<Duration> =
        own.iter().flat_map(|sample| sample.turn.latencies.iter().copied()).collect();
    latencies.sort_unstable();
    let count = latencies.len() as f64;
    let cpu = |part: fn(&Sample) -> Duration| {
        own.iter().map(|sample| part(sample).as_secs_f64()).sum::<f64>() * 1e6 / count
    };
    Some(Figures {
        rate: median(own.iter().map(|sample| sample.turn.rate()).collect())?,
        p50: percentile(&latencies, 50)?,
        p99: percentile(&latencies, 99)?,
        cpu: [cpu(|s| s.cpu.server), cpu(|s| s.cpu.database), cpu(|s| s.cpu.load)],
    })
}

/// How many times the requests of another a contestant answers: the median of the rounds in which
/// both took part.
pub(crate) fn ratio(samples: &[Sample], workload: &str, contestant: &str, to: &str) -> Option<f64> {
    let ratios = of(samples, workload, contestant).filter_map(|sample| {
        let other = of(samples, workload, to).find(|other| other.round == sample.round)?;
        Some(sample.turn.rate() / other.turn.rate())
    });
    median(ratios.collect())
}

/// One sample, for other programs.
pub(crate) fn to_json(sample: &Sample) -> Value {
    let mut latencies = sample.turn.latencies.clone();
    latencies.sort_unstable();
    let micros = |percent| percentile(&latencies, percent).map(|time| time.as_micros() as u64);
    json!({
        "workload": sample.workload,
        "contestant": sample.contestant,
        "round": sample.round,
        "requests": latencies.len(),
        "bytes": sample.turn.bytes,
        "seconds": sample.turn.elapsed.as_secs_f64(),
        "p50_us": micros(50),
        "p99_us": micros(99),
        "cpu_ms": {
            "server": sample.cpu.server.as_millis() as u64,
            "database": sample.cpu.database.as_millis() as u64,
            "load": sample.cpu.load.as_millis() as u64,
        },
    })
}

fn of<'a>(
    samples: &'a [Sample],
    workload: &'a str,
    contestant: &'a str,
) -> impl Iterator<Item = &'a Sample> {
    samples.iter().filter(move |s| s.workload == workload && s.contestant == contestant)
}

/// The middle one; of an even number the mean of both.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len() % 2 == 1 { upper } else { (values[values.len() / 2 - 1] + upper) / 2.0 })
}

/// The least value that is not below so many percent of all.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Some(Duration::from_millis(100)));
        assert_eq!(percentile(&times, 99), Some(Duration::from_millis(198)));
        assert_eq!(percentile(&times[..1], 99), Some(Duration::from_millis(1)));
        assert_eq!(percentile(&[], 99), None);
    }
}
