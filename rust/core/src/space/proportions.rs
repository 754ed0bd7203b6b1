//! Moves a configuration onto equations, such as the sum of a mixture, in proportion.

use super::constraint::{EQUATION_TOLERANCE, is_equation};
use super::{Configuration, Constraint, SearchSpace, Value};

impl SearchSpace {
    /// Scales the floats of each equation that is broken by a common factor, so that it holds and they keep their
    /// ratios; if all are zero, they have none and share equally. Parameters with levels and the parameter `kept` stay,
    /// and so do floats whose terms cancel, since no factor changes their sum. With one share of a mixture kept, the
    /// result lies on its Cox direction (Cox 1971, *A note on polynomial response functions for mixtures*).
    ///
    /// Nothing else is taken into account: the result may break constraints, and the activity stays.
    pub(crate) fn scaled(&self, Configuration(mut values): Configuration, kept: Option<usize>) -> Configuration {
        for constraint in self.constraints() {
            let Constraint::Linear { terms, lower, upper } = constraint else { continue };
            if is_equation(*lower, *upper) && !constraint.holds(self.parameters(), &values) {
                self.scale(terms, *upper, kept, &mut values);
            }
        }
        Configuration(values)
    }

    /// Scales the floats of one sum, all of whose parameters are active.
    fn scale(&self, terms: &[(usize, f64)], sum: f64, kept: Option<usize>, values: &mut [Option<Value>]) {
        let mut rest = sum;
        let mut free: Vec<(usize, f64, f64)> = Vec::new();
        for &(i, weight) in terms {
            match values[i] {
                Some(Value::Real(x)) if kept != Some(i) => free.push((i, weight, weight * x)),
                Some(value) => rest -= weight * self.parameters()[i].domain.number(value).to_f64(),
                None => return,
            }
        }
        let whole: f64 = free.iter().map(|(_, _, term)| term).sum();
        let largest = free.iter().fold(0.0, |largest: f64, (_, _, term)| largest.max(term.abs()));
        if largest > 0.0 && whole.abs() <= EQUATION_TOLERANCE * largest {
            return;
        }
        let n = free.len() as f64;
        for (i, weight, term) in free {
            let share = if largest == 0.0 { 1.0 / n } else { term / whole };
            let (low, high) = self.parameters()[i].domain.ends();
            let number = |end: Value| self.parameters()[i].domain.number(end).to_f64();
            let x = (rest * share / weight).clamp(number(low), number(high));
            values[i] = Some(Value::Real(x));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{integer, linear, numbers, point, real, space};
    use super::*;

    fn mixture() -> SearchSpace {
        space(vec![real(0.0, 1.0); 3], vec![linear(&[1.0, 1.0, 1.0], 1.0, 1.0)])
    }

    #[test]
    fn shares_keep_their_ratios() {
        let scaled = |at: &[f64], kept| numbers(&mixture().scaled(point(at), kept));
        let assert_near = |found: Vec<f64>, expected: [f64; 3]| {
            assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-15), "{found:?}");
        };
        assert_near(scaled(&[0.5, 0.5, 0.5], None), [1.0 / 3.0; 3]);
        assert_near(scaled(&[0.5, 0.3, 0.1], Some(0)), [0.5, 0.375, 0.125]);
        assert_near(scaled(&[1.0, 0.3, 0.1], Some(0)), [1.0, 0.0, 0.0]);
        assert_eq!(scaled(&[0.5, 0.25, 0.25], Some(0)), [0.5, 0.25, 0.25], "an equation that holds moves nothing");
    }

    #[test]
    fn shares_without_ratios_are_equal() {
        assert_eq!(numbers(&mixture().scaled(point(&[0.5, 0.0, 0.0]), Some(0))), [0.5, 0.25, 0.25]);
    }

    #[test]
    fn floats_whose_terms_cancel_stay() {
        let difference = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, -1.0], 0.5, 0.5)]);
        assert_eq!(numbers(&difference.scaled(point(&[0.5, 0.5]), None)), [0.5, 0.5]);
        let rounded = [0.1 + 0.2, 0.3];
        assert_eq!(numbers(&difference.scaled(point(&rounded), None)), rounded);
        assert_eq!(numbers(&difference.scaled(point(&[0.5, 0.25]), None)), [1.0, 0.5]);
    }

    #[test]
    fn weights_count_and_parameters_with_levels_stay() {
        let space = space(vec![real(0.0, 9.0), real(0.0, 9.0), integer(3)], vec![linear(&[1.0, 2.0, 1.0], 10.0, 10.0)]);
        let at = Configuration(vec![Some(Value::Real(2.0)), Some(Value::Real(1.0)), Some(Value::Level(2))]);
        let Configuration(values) = space.scaled(at, None);
        assert_eq!(values, [Some(Value::Real(4.0)), Some(Value::Real(2.0)), Some(Value::Level(2))]);
    }

    #[test]
    fn a_value_stays_within_its_limits() {
        let space = space(vec![real(0.0, 1.0), real(0.0, 0.25)], vec![linear(&[1.0, 1.0], 1.0, 1.0)]);
        assert_eq!(numbers(&space.scaled(point(&[0.5, 0.25]), Some(0))), [0.5, 0.25]);
    }
}
