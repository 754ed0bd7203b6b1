//! The steps at which learning curves are compared.

/// Checkpoints grow by this factor, at least by one step.
const RATIO: f64 = 1.4;

/// Steps from 1 that grow geometrically.
fn grid() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(1.0_f64), |at| Some((at * RATIO).max(at + 1.0))).map(|at| at.round() as u64)
}

/// The steps of the grid before `last`, followed by `last`.
pub(super) fn checkpoints(last: u64) -> Vec<u64> {
    grid().take_while(|step| *step < last).chain([last]).collect()
}

/// The latest step of the grid after `previous` and up to `step`; `None` if there is none.
pub fn checkpoint_reached(previous: Option<u64>, step: u64) -> Option<u64> {
    // Beyond 2^64 every step of the grid saturates at the largest integer.
    let reached = grid().take_while(|at| *at <= step && *at < u64::MAX).last()?;
    previous.is_none_or(|previous| previous < reached).then_some(reached)
}

#[cfg(test)]
mod tests {
    use super::{checkpoint_reached, checkpoints};

    #[test]
    fn checkpoints_grow_geometrically() {
        assert_eq!(checkpoints(27), [1, 2, 3, 4, 6, 8, 12, 16, 23, 27]);
        assert_eq!(checkpoints(1), [1]);
        assert_eq!(checkpoints(0), [0]);
        assert!(checkpoints(u64::MAX).len() < 150);
    }

    #[test]
    fn a_checkpoint_is_reached_once() {
        assert_eq!(checkpoint_reached(None, 0), None);
        assert_eq!(checkpoint_reached(None, 5), Some(4));
        assert_eq!(checkpoint_reached(Some(3), 5), Some(4));
        assert_eq!(checkpoint_reached(Some(4), 5), None);
        assert!(checkpoint_reached(None, u64::MAX).is_some());
    }
}
