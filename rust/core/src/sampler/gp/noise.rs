//! Whether the model finds noise in the losses, and whether the losses contradict it.

use crate::model::gp::GaussianProcess;

/// Share of the variance of the losses above which noise is significant (measured: `benches/results/auto.md`).
const SIGNIFICANT_SHARE: f64 = 0.05;
/// Share above which the best observed value is mostly due to luck (measured: `benches/results/auto.md`).
const DOMINANT_SHARE: f64 = 0.5;

/// Whether a model finds significant noise in its observations.
pub(super) fn is_significant(model: &GaussianProcess) -> bool {
    model.noise_share() > SIGNIFICANT_SHARE
}

/// Whether noise is most of the variance of the observations of a model.
pub(super) fn dominates(model: &GaussianProcess) -> bool {
    model.noise_share() > DOMINANT_SHARE
}

/// Whether values are closer together than noise of this standard deviation allows.
///
/// For any noise-free values, normal noise with standard deviation `s` puts each value into a given interval of width
/// `w` with a probability of at most `w / (s sqrt(2 pi))`, which is 4 % for `w = s / 10`. If the best quarter of all
/// values lies in an interval of this width, the noise is smaller. A model with many observations close to the optimum
/// attributes structure that it cannot resolve there to noise.
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
    fn close_best_values_contradict_noise_as_large_as_the_rest() {
        let values: Vec<f64> = (0..16).map(|i| if i < 5 { 1e-4 * f64::from(i) } else { f64::from(i) }).collect();
        assert!(is_contradicted(values.clone(), 0.01));
        assert!(!is_contradicted(values.clone(), 1e-3));
        assert!(!is_contradicted(values, f64::NAN));
        assert!(!is_contradicted(Vec::new(), 1.0));
    }

    /// The hardest case: all values are equal except for the noise.
    #[test]
    fn real_noise_is_not_contradicted() {
        for n in [16, 40, 200] {
            let is_wrong = |seed: &u64| {
                let mut stream = Stream::new(*seed, 0, Purpose::Sample, 0);
                is_contradicted((0..n).map(|_| stream.normal()).collect(), 1.0)
            };
            assert!((0..1000).filter(is_wrong).count() <= 5, "{n}");
        }
    }
}
