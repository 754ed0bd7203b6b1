//! Selection of a kernel with a probability proportional to its weight.

/// Number of entries of the guide, usually more than there are kernels. Changes no suggestion.
const GUIDE: usize = 64;

/// Cumulative weights with a guide table (Chen and Asau 1974). The table gives the start of the search for a quantile,
/// which then takes much less than one step on average.
#[derive(Clone, Debug)]
pub(super) struct GuideTable {
    /// Cumulative shares of the weights before each index; infinity after the last.
    cumulative: Vec<f64>,
    /// The reciprocal of the share of each index.
    inverses: Vec<f64>,
    /// For each `g`, the index at quantile `g / GUIDE`.
    guide: [u32; GUIDE],
}

impl GuideTable {
    /// From at least one positive weight.
    pub(super) fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let mut cumulative = Vec::with_capacity(weights.len() + 1);
        cumulative.push(0.0);
        let mut sum = 0.0;
        for weight in weights {
            sum += weight;
            cumulative.push(sum / total);
        }
        cumulative[weights.len()] = 1.0;
        let inverses = cumulative.windows(2).map(|pair| 1.0 / (pair[1] - pair[0])).collect();
        cumulative[weights.len()] = f64::INFINITY;
        let (mut guide, mut index) = ([0; GUIDE], 0);
        for (g, entry) in guide.iter_mut().enumerate() {
            while cumulative[index + 1] <= g as f64 / GUIDE as f64 {
                index += 1;
            }
            *entry = index as u32;
        }
        Self { cumulative, inverses, guide }
    }

    /// The index at quantile `q` in `[0, 1)`, and the fraction of its weight that lies below `q`.
    #[inline]
    pub(super) fn at(&self, q: f64) -> (usize, f64) {
        // The conversion to 32 bits takes one instruction; one to an unsigned number of 64 bits takes several.
        let mut index = self.guide[((q * GUIDE as f64) as u32 as usize).min(GUIDE - 1)] as usize;
        while self.cumulative[index + 1] <= q {
            index += 1;
        }
        (index, ((q - self.cumulative[index]) * self.inverses[index]).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::GuideTable;

    #[test]
    fn quantiles_of_weights() {
        for weights in [vec![1.0], vec![1.0, 3.0], vec![1e-6, 1.0, 1e-6, 2.0], vec![0.1; 101]] {
            let table = GuideTable::new(&weights);
            let total: f64 = weights.iter().sum();
            for step in 0..10_000 {
                let q = (f64::from(step) + 0.5) / 10_000.0;
                let (index, share) = table.at(q);
                assert!((0.0..=1.0).contains(&share));
                let mass = weights[..index].iter().sum::<f64>() + share * weights[index];
                assert!((mass / total - q).abs() < 1e-9, "{q}: {index} {share}");
            }
        }
    }
}
