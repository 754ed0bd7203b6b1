//! The steps at which learning curves are compared.

/// Checkpoints grow by this factor, at least by one step.
const RATIO: f64 = 1.4;

/// Steps from 1 that grow geometrically, and `last`, at which everything is told.
pub(super) fn checkpoints(last: u64) -> Vec<u64> {
    let mut steps = Vec::new();
    let mut at = 1.0_f64;
    while (at.round() as u64) < last {
        steps.push(at.round() as u64);
        at = (at * RATIO).max(at + 1.0);
    }
    steps.push(last);
    steps
}

#[cfg(test)]
mod tests {
    use super::checkpoints;

    #[test]
    fn checkpoints_grow_geometrically() {
        assert_eq!(checkpoints(27), [1, 2, 3, 4, 6, 8, 12, 16, 23, 27]);
        assert_eq!(checkpoints(1), [1]);
        assert_eq!(checkpoints(0), [0]);
        assert!(checkpoints(u64::MAX).len() < 150);
    }
}
