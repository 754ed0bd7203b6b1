//! Whether the model finds the losses noisy, and whether it may.

use crate::model::gp::GaussianProcess;

/// Share of the variance of the losses beyond which noise counts (measured: `benches/results/auto.md`).
const SIGNIFICANT_SHARE: f64 = 0.05;
/// Share beyond which the best value told is luck more than merit (measured: `benches/results/auto.md`).
const DOMINANT_SHARE: f64 = 0.5;

/// Whether a model finds noise that counts in what it was fitted to.
pub(super) fn is_significant(model: &GaussianProcess) -> bool {
    model.noise_share() > SIGNIFICANT_SHARE
}

/// Whether most of the variance that a model was fitted to is noise.
pub(super) fn dominates(model: &GaussianProcess) -> bool {
    model.noise_share() > DOMINANT_SHARE
}

/// Whether values lie closer together than noise of this deviation would let them.
///
/// Whatever the values are without the noise, a normal one of deviation `s` puts each into a given interval of width
/// `w` with a probability of at most `w / (s sqrt(2 pi))`, which is 4 % at `w = s / 10`. Where a quarter of all values,
/// the best ones, lies in one of that width, they repeat better than that. A model that was told many values close to
/// the optimum takes what it cannot resolve there for noise.
pub(super) fn is_contradicted(mut values: Vec<f64>, std: f64) -> bool {
    values.sort_by(f64::total_cmp);
    let ends = values.first().zip(values.get(values.len() / 4));
    ends.is_some_and(|(best, last)| last - best < 0.1 * std)
}

#[cfg(test)]
mod tests {
    use super::is_contradicted;
    use crate::numerics::{Purpose, Stream};

    #[test]
    fn values_that_crowd_at_the_best_contradict_noise_as_wide_as_the_rest() {
        let values: Vec<f64> = (0..16).map(|i| if i < 5 { 1e-4 * f64::from(i) } else { f64::from(i) }).collect();
        assert!(is_contradicted(values.clone(), 0.01));
        assert!(!is_contradicted(values.clone(), 1e-3));
        assert!(!is_contradicted(values, f64::NAN));
        assert!(!is_contradicted(Vec::new(), 1.0));
    }

    /// The hardest case: all values are equal but for the noise.
    #[test]
    fn noise_that_is_there_is_not_contradicted() {
        for n in [16, 40, 200] {
            let is_wrong = |seed: &u64| {
                let mut stream = Stream::new(*seed, 0, Purpose::Sample, 0);
                is_contradicted((0..n).map(|_| stream.normal()).collect(), 1.0)
            };
            assert!((0..1000).filter(is_wrong).count() <= 5, "{n}");
        }
    }
}
