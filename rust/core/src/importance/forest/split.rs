//! The best split of one parameter in a node.
//!
//! The gain of a split is the reduction of the sum of squares about the means. With the weights `W` and the means `m`
//! of the sides it is `W_l W_r / (W_l + W_r) (m_l - m_r)^2`.

use super::axis::SplitAxis;
use super::tree::SplitRule;
use crate::space::Axis;

/// Sums of weights and of weighted values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) weight: f64,
    pub(super) value: f64,
}

impl Sum {
    pub(super) fn add(&mut self, weight: f64, value: f64) {
        self.weight += weight;
        self.value += weight * value;
    }

    fn minus(self, other: Self) -> Self {
        Self { weight: self.weight - other.weight, value: self.value - other.value }
    }

    /// The gain of splitting this sum into `left` and the rest; zero if a side is empty.
    pub(super) fn gain(self, left: Self) -> f64 {
        let right = self.minus(left);
        if left.weight <= 0.0 || right.weight <= 0.0 {
            return 0.0;
        }
        let difference = left.value / left.weight - right.value / right.weight;
        left.weight * right.weight / self.weight * difference * difference
    }
}

/// Whether a gain is larger than the best so far. Gains that differ only by rounding count as equal, so that the unit
/// of the values does not matter. 1e-9 lies far above the error of a sum; a choice, not measured.
pub(super) fn exceeds(gain: f64, best: f64) -> bool {
    gain > best * (1.0 + 1e-9)
}

/// The weights and values of a bootstrap sample.
pub(super) struct BootstrapSample<'a> {
    pub(super) weights: &'a [f64],
    pub(super) values: &'a [f64],
}

impl BootstrapSample<'_> {
    pub(super) fn sum(&self, rows: &[u32]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(self.weights[*row as usize], self.values[*row as usize]);
        }
        sum
    }

    /// The best cut of an ordered axis between rows that are sorted by their coordinates `x`; `None` if all coordinates
    /// are equal.
    pub(super) fn cut(&self, axis: &Axis, x: &[f64], sorted: &[u32]) -> Option<(f64, SplitRule)> {
        let total = self.sum(sorted);
        let (mut left, mut best) = (Sum::default(), None);
        for pair in sorted.windows(2) {
            let (row, next) = (pair[0] as usize, pair[1] as usize);
            left.add(self.weights[row], self.values[row]);
            if x[row] < x[next] {
                let gain = total.gain(left);
                if best.is_none_or(|(best_gain, _, _)| exceeds(gain, best_gain)) {
                    best = Some((gain, x[row], x[next]));
                }
            }
        }
        best.map(|(best_gain, below, above)| (best_gain, SplitRule::UpTo(SplitAxis::between(axis, below, above))))
    }

    /// The best division of the codes into two groups: those with the lowest means against the others, which is the
    /// best of all divisions (Breiman et al., "Classification and Regression Trees", 1984, theorem 4.5). `None` if
    /// there is only one code.
    ///
    /// Codes without rows join the heavier group. `sums` is scratch space for one sum per code; it is empty before and
    /// after.
    pub(super) fn groups(&self, codes: &[f64], rows: &[u32], sums: &mut [Sum]) -> Option<(f64, SplitRule)> {
        let mut codes_present: Vec<usize> = Vec::new();
        for row in rows.iter().map(|row| *row as usize).filter(|row| !codes[*row].is_nan()) {
            let code = codes[row] as usize;
            if sums[code].weight == 0.0 {
                codes_present.push(code);
            }
            sums[code].add(self.weights[row], self.values[row]);
        }
        let mean = |code: &usize| sums[*code].value / sums[*code].weight;
        codes_present.sort_by(|a, b| mean(a).total_cmp(&mean(b)).then(a.cmp(b)));
        let best = best_prefix(&codes_present, sums);
        let rule = best.map(|(gain, end, is_heavier)| {
            let mut left = vec![is_heavier; sums.len()];
            codes_present.iter().enumerate().for_each(|(position, code)| left[*code] = position < end);
            (gain, SplitRule::Among(left))
        });
        for code in codes_present {
            sums[code] = Sum::default();
        }
        rule
    }
}

/// The best end of the left group of sorted codes: its gain, the end, and whether the left group is the heavier one.
fn best_prefix(sorted: &[usize], sums: &[Sum]) -> Option<(f64, usize, bool)> {
    let add = |mut sum: Sum, code: &usize| {
        sum.weight += sums[*code].weight;
        sum.value += sums[*code].value;
        sum
    };
    let total = sorted.iter().fold(Sum::default(), add);
    let (mut left, mut best) = (Sum::default(), None);
    for (end, code) in (1..sorted.len()).zip(sorted) {
        left = add(left, code);
        let gain = total.gain(left);
        if best.is_none_or(|(best_gain, _, _)| exceeds(gain, best_gain)) {
            best = Some((gain, end, 2.0 * left.weight > total.weight));
        }
    }
    best
}
