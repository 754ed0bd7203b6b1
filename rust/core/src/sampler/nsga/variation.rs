//! Crossover and mutation.
//!
//! Numbers and ordered choices are crossed by simulated binary crossover (Deb and Agrawal 1995) and mutated by
//! polynomial mutation (Deb and Goyal 1996), in unit coordinates. An unordered choice is that of either parent; a
//! mutation draws another one from the prior. A parameter that only one parent has is inherited from it, and one that
//! neither has is drawn from its prior, parents of conditions before their children.

use crate::numerics::{Stream, exp, ln};
use crate::sampler::Context;
use crate::space::{Configuration, Value};

/// Probability that a child has numbers between or around those of both parents. As Deb et al. (2002).
const CROSSOVER: f64 = 0.9;
/// Distribution index of crossover: the larger, the closer are children to their parents. As pymoo (Blank and Deb 2020).
const CROSSOVER_INDEX: f64 = 15.0;
/// Distribution index of mutation, with the same effect. As Deb et al. (2002).
const MUTATION_INDEX: f64 = 20.0;
/// Draws until a mutation of a choice gives another one. (Half and twice: `benches/results/constants.md`.)
const MAX_DRAWS: usize = 4;

/// A child of the trials in two rows. Known constraints are not applied.
pub(super) fn child(first: usize, second: usize, context: &Context<'_>, stream: &mut Stream) -> Configuration {
    let (space, history) = (context.space, context.history);
    let [first, second] = [first, second].map(|row| history.configuration(space, row).0);
    let is_crossed = stream.uniform() < CROSSOVER;
    let rate = 1.0 / first.iter().flatten().count().max(1) as f64;
    space.complete(vec![None; first.len()], |i| {
        let inherited = match (first[i], second[i]) {
            (Some(a), Some(b)) if is_crossed => crossed(i, a, b, context, stream),
            (Some(a), _) => a,
            (None, Some(b)) => b,
            (None, None) => return space.draw_value(i, stream),
        };
        if stream.uniform() < rate { mutated(i, inherited, context, stream) } else { inherited }
    })
}

/// The value of a child of two parents: for half of the numbers near one of them, otherwise that of the first parent.
fn crossed(i: usize, a: Value, b: Value, context: &Context<'_>, stream: &mut Stream) -> Value {
    let axis = &context.space.axes()[i];
    let is_changed = stream.uniform() < 0.5;
    if !is_changed || a == b {
        return a;
    }
    if axis.is_unordered() {
        return b;
    }
    let (x, y) = (axis.to_unit(a), axis.to_unit(b));
    if x == y {
        return b;
    }
    let child = simulated_binary(x.min(y), x.max(y), stream.uniform());
    let near = if stream.uniform() < 0.5 { child.0 } else { child.1 };
    context.space.likely_value(i, near)
}

fn mutated(i: usize, value: Value, context: &Context<'_>, stream: &mut Stream) -> Value {
    let (space, axis) = (context.space, &context.space.axes()[i]);
    if axis.is_unordered() {
        let drawn = (0..MAX_DRAWS).map(|_| space.draw_value(i, stream)).find(|other| *other != value);
        return drawn.unwrap_or(value);
    }
    let moved = space.likely_value(i, polynomial(axis.to_unit(value), stream.uniform()));
    match (value, space.parameters()[i].domain.last_level()) {
        // A step within the cell of a level would change nothing.
        (Value::Level(level), Some(last)) if moved == value && last > 0 => {
            let is_up = level == 0 || (level < last && stream.uniform() < 0.5);
            let neighbour = if is_up { level + 1 } else { level - 1 };
            space.likely_value(i, axis.to_unit(Value::Level(neighbour)))
        }
        _ => moved,
    }
}

/// The two children of `x < y` in the unit interval at the quantile `u`, near `x` and near `y`.
///
/// A child is `(x + y)/2 -+ beta (y - x)/2`, where `beta` has the density `(n + 1)/2 beta^n` below 1 and
/// `(n + 1)/2 beta^-(n + 2)` above, cut off where the child would leave the interval.
fn simulated_binary(x: f64, y: f64, u: f64) -> (f64, f64) {
    let (half, power) = (0.5 * (y - x), CROSSOVER_INDEX + 1.0);
    let spread = |room: f64| {
        let alpha = 2.0 - pow(1.0 + room / half, -power);
        if u * alpha <= 1.0 { pow(u * alpha, 1.0 / power) } else { pow(1.0 / (2.0 - u * alpha), 1.0 / power) }
    };
    let middle = 0.5 * (x + y);
    ((middle - half * spread(x)).clamp(0.0, 1.0), (middle + half * spread(1.0 - y)).clamp(0.0, 1.0))
}

/// The mutation of `x` in the unit interval at the quantile `u`: a step whose size has a density proportional to
/// `(1 - |step|)^n`, cut off at the ends.
fn polynomial(x: f64, u: f64) -> f64 {
    let power = MUTATION_INDEX + 1.0;
    let step = if u <= 0.5 {
        pow(2.0 * u + (1.0 - 2.0 * u) * pow(1.0 - x, power), 1.0 / power) - 1.0
    } else {
        1.0 - pow(2.0 * (1.0 - u) + (2.0 * u - 1.0) * pow(x, power), 1.0 / power)
    };
    (x + step).clamp(0.0, 1.0)
}

/// `x^a` for `x >= 0`, with the same bits on every processor.
fn pow(x: f64, a: f64) -> f64 {
    exp(a * ln(x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::Purpose;

    #[test]
    fn children_of_numbers_stay_in_the_interval_and_keep_their_mean() {
        for i in 1..1000 {
            let u = f64::from(i) / 1000.0;
            for (x, y) in [(0.0, 1.0), (0.3, 0.3 + 1e-12), (0.2, 0.8), (0.0, 1e-300), (0.9, 1.0)] {
                let (a, b) = simulated_binary(x, y, u);
                assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b) && a <= b, "{x} {y} {u}: {a} {b}");
            }
            for x in [0.0, 1e-300, 0.5, 1.0] {
                assert!((0.0..=1.0).contains(&polynomial(x, u)), "{x} {u}");
            }
        }
        let (a, b) = simulated_binary(0.4, 0.6, 0.3);
        assert!((a + b - 1.0).abs() < 1e-12);
    }

    /// `beta` is below 1 with probability 1/2, where nothing is cut off: children lie between their parents half the
    /// time. Its median is 1.
    #[test]
    fn the_spread_of_children_has_the_published_distribution() {
        assert!((simulated_binary(0.49, 0.51, 0.5).0 - 0.49).abs() < 1e-12);
        // At the quantile 1/4 the spread is (2/4)^(1/16), at 3/4 its inverse.
        let spread = |u: f64| (0.5 - simulated_binary(0.49, 0.51, u).0) / 0.01;
        assert!((spread(0.25) - libm::pow(0.5, 1.0 / 16.0)).abs() < 1e-9);
        assert!((spread(0.75) - libm::pow(0.5, -1.0 / 16.0)).abs() < 1e-9);
    }

    /// The median step is zero; the quarter step from the middle solves `(1 - s)^21 = 1/2 + 1/2 (1/2)^21`.
    #[test]
    fn the_steps_of_mutation_have_the_published_distribution() {
        assert!((polynomial(0.5, 0.5) - 0.5).abs() < 1e-12);
        let expected = 1.0 - libm::pow(0.5 + 0.5 * libm::pow(0.5, 21.0), 1.0 / 21.0);
        assert!((0.5 - polynomial(0.5, 0.25) - expected).abs() < 1e-12);
        assert!((polynomial(0.5, 0.75) - 0.5 - expected).abs() < 1e-12);
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let mean = (0..4000).map(|_| polynomial(0.5, stream.uniform())).sum::<f64>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
    }
}
