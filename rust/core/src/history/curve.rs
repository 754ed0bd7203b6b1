//! Finds a step among the reports of a trial.

/// The number of reports `(step, value)` at or before a step.
pub fn reports_until(curve: &[(u64, f64)], step: u64) -> usize {
    // If every step is reported, the index follows from the first one.
    let Some((first, _)) = curve.first().filter(|(first, _)| *first <= step) else { return 0 };
    let guess = (step - first) as usize;
    match curve.get(guess) {
        Some((at, _)) if *at == step => guess + 1,
        _ => curve.partition_point(|(at, _)| *at <= step),
    }
}

#[cfg(test)]
mod tests {
    use super::reports_until;

    #[test]
    fn steps_may_be_skipped_or_start_late() {
        let curve = [(2, 5.0), (3, 4.0), (4, 3.0), (9, 1.0)];
        assert_eq!([0, 1, 2, 3, 4, 5, 8, 9, 10].map(|step| reports_until(&curve, step)), [0, 0, 1, 2, 3, 3, 3, 4, 4]);
        assert_eq!(reports_until(&[], 3), 0);
    }
}
