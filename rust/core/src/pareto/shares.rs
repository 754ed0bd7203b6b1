//! How often each of some uncertain points is on the front.

use super::dominance;

/// Number of joint draws. The standard error of a share is at most `1 / (2 sqrt(256))`, 0.03. Changes no suggestion.
pub const DRAWS: usize = 256;

/// For each of `n` points, the share of [`DRAWS`] joint draws in which no other point dominates it. `draw` gives
/// all points of the draw with this number.
pub fn front_shares(n: usize, draw: impl FnMut(usize) -> Vec<Vec<f64>>) -> Vec<f64> {
    let mut counts = vec![0_u32; n];
    for points in (0..DRAWS).map(draw) {
        for i in dominance::front(&points) {
            counts[i] += 1;
        }
    }
    counts.into_iter().map(|count| f64::from(count) / DRAWS as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::{DRAWS, front_shares};

    /// In every fourth draw the second point is dominated by the first.
    #[test]
    fn shares_count_the_draws_in_which_a_point_is_on_the_front() {
        let draw = |number: usize| vec![vec![0.0, 0.0], vec![if number.is_multiple_of(4) { 1.0 } else { -1.0 }, 1.0]];
        assert_eq!(DRAWS % 4, 0);
        assert_eq!(front_shares(2, draw), [1.0, 0.75]);
        assert!(front_shares(0, |_| Vec::new()).is_empty());
    }
}
