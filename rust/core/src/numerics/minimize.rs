//! Projected limited-memory BFGS for smooth functions in a box.
//!
//! Variables at a bound at which the descent direction points outwards are fixed. On the others, the two-loop recursion
//! (Nocedal and Wright 2006, algorithm 7.4) gives a direction. Steps along its projection onto the box are shortened
//! until Armijo's condition holds (Bertsekas 1982). Budgets are counts, so the result is a pure function of the
//! arguments.

use super::linalg::dot;

/// Number of stored pairs. (Half and twice: `benches/results/constants.md`.)
const MEMORY: usize = 8;
/// Fraction of the predicted decrease that a step must achieve. As Nocedal and Wright (2006), section 3.1.
const ARMIJO: f64 = 1e-4;
/// Factor by which a failed step is shortened. (Half and twice: `benches/results/constants.md`.)
const SHORTEN: f64 = 0.4;
/// Maximum number of shortenings of a step before the search ends. (Half and twice: `benches/results/constants.md`.)
const MAX_SHORTENINGS: usize = 20;

/// Stopping criteria.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Maximum number of iterations.
    pub iterations: usize,
    /// Largest component of the projected gradient at which the search ends.
    pub gradient: f64,
    /// The search ends when a full step decreases the value by less than this.
    pub decrease: f64,
}

/// A minimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The point.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The gradient there.
    pub gradient: Vec<f64>,
    /// Number of evaluations of the function.
    pub evaluations: usize,
}

/// Minimizes `f` in the box `bounds` from `start` (moved into the box).
///
/// `f(x, gradient)` returns the value and writes the gradient; `None` means that `f` is undefined at `x`, and the step
/// is shortened. Returns `None` if `f` is undefined at the start.
pub fn minimize_in_box(
    mut f: impl FnMut(&[f64], &mut [f64]) -> Option<f64>,
    start: &[f64],
    bounds: &[(f64, f64)],
    stop: Stop,
) -> Option<Minimum> {
    let mut descent = Descent::new(start, bounds.to_vec(), stop);
    let mut gradient = vec![0.0; start.len()];
    while let Some(x) = descent.point() {
        let value = f(x, &mut gradient);
        descent.tell(value, &gradient);
    }
    descent.minimum()
}

/// The minimization as an ask-and-tell loop, so that several searches can be evaluated together.
pub struct Descent {
    bounds: Vec<(f64, f64)>,
    stop: Stop,
    /// The best point so far with its value and gradient; before the first evaluation the value is infinite.
    best: Evaluated,
    /// The next point to evaluate; `None` at the end.
    trial: Option<Vec<f64>>,
    direction: Vec<f64>,
    step: f64,
    shortenings: usize,
    iterations: usize,
    evaluations: usize,
    memory: Memory,
}

struct Evaluated {
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Descent {
    /// A search in the box `bounds` from `start` (moved into the box).
    pub fn new(start: &[f64], bounds: Vec<(f64, f64)>, stop: Stop) -> Self {
        let x: Vec<f64> = start.iter().zip(&bounds).map(|(x, (low, high))| x.clamp(*low, *high)).collect();
        let trial = Some(x.clone());
        let best = Evaluated { gradient: vec![0.0; x.len()], x, value: f64::INFINITY };
        let (direction, memory) = (Vec::new(), Memory::default());
        Self { bounds, stop, best, trial, direction, step: 1.0, shortenings: 0, iterations: 0, evaluations: 0, memory }
    }

    /// The next point to evaluate; `None` when the search has ended.
    pub fn point(&self) -> Option<&[f64]> {
        self.trial.as_deref()
    }

    /// Records the value and the gradient at [`Self::point`]; `None` if the function is undefined there.
    pub fn tell(&mut self, value: Option<f64>, gradient: &[f64]) {
        let Some(trial) = self.trial.take() else { return };
        self.evaluations += 1;
        let first = self.evaluations == 1;
        match value {
            Some(value) if first || value <= self.best.value + ARMIJO * self.decrease(&trial) => {
                let converged = !first && self.shortenings == 0 && self.best.value - value < self.stop.decrease;
                if !first {
                    self.memory.push(&self.best.x, &trial, &self.best.gradient, gradient);
                    self.iterations += 1;
                }
                self.best = Evaluated { x: trial, value, gradient: gradient.to_vec() };
                if !converged {
                    self.start_iteration();
                }
            }
            _ if first => {}
            _ => self.shorten(),
        }
    }

    /// The best point; `None` if the function is undefined at the start.
    pub fn minimum(self) -> Option<Minimum> {
        let Evaluated { x, value, gradient } = self.best;
        (value < f64::INFINITY).then_some(Minimum { x, value, gradient, evaluations: self.evaluations })
    }

    /// First-order change of the value from the best point to `trial`.
    fn decrease(&self, trial: &[f64]) -> f64 {
        self.best.gradient.iter().zip(trial).zip(&self.best.x).map(|((g, t), x)| g * (t - x)).sum()
    }

    /// Starts in a new direction from the best point, unless the search ends there.
    fn start_iteration(&mut self) {
        let free = free_variables(&self.best.x, &self.best.gradient, &self.bounds);
        let steepest = free.iter().map(|i| self.best.gradient[*i].abs()).fold(0.0, f64::max);
        if steepest > self.stop.gradient && self.iterations < self.stop.iterations {
            self.direction = self.memory.direction(&self.best.gradient, &free);
            (self.step, self.shortenings) = (1.0, 0);
            self.trial = Some(projected_step(&self.best.x, &self.direction, self.step, &self.bounds));
        }
    }

    /// Tries a shorter step in the same direction, unless the limit is reached.
    fn shorten(&mut self) {
        self.step *= SHORTEN;
        self.shortenings += 1;
        if self.shortenings < MAX_SHORTENINGS {
            self.trial = Some(projected_step(&self.best.x, &self.direction, self.step, &self.bounds));
        }
    }
}

/// Variables that may move downhill.
fn free_variables(x: &[f64], gradient: &[f64], bounds: &[(f64, f64)]) -> Vec<usize> {
    let is_fixed = |i: &usize| {
        let (low, high) = bounds[*i];
        low == high || (x[*i] <= low && gradient[*i] > 0.0) || (x[*i] >= high && gradient[*i] < 0.0)
    };
    (0..x.len()).filter(|i| !is_fixed(i)).collect()
}

fn projected_step(x: &[f64], direction: &[f64], step: f64, bounds: &[(f64, f64)]) -> Vec<f64> {
    let step_coordinate = |((x, d), (low, high)): ((&f64, &f64), &(f64, f64))| (x + step * d).clamp(*low, *high);
    x.iter().zip(direction).zip(bounds).map(step_coordinate).collect()
}

/// The latest pairs `s = x' - x`, `t = g' - g`.
#[derive(Default)]
struct Memory {
    pairs: std::collections::VecDeque<(Vec<f64>, Vec<f64>)>,
}

impl Memory {
    /// Stores a pair if its curvature is positive beyond rounding errors. 1e-12 is a choice, not measured.
    fn push(&mut self, x: &[f64], next: &[f64], gradient: &[f64], slope: &[f64]) {
        let s: Vec<f64> = next.iter().zip(x).map(|(a, b)| a - b).collect();
        let t: Vec<f64> = slope.iter().zip(gradient).map(|(a, b)| a - b).collect();
        if dot(&s, &t) > 1e-12 * dot(&t, &t) {
            self.pairs.push_back((s, t));
            if self.pairs.len() > MEMORY {
                self.pairs.pop_front();
            }
        }
    }

    /// `-H g` on the free variables, zero on the others; without pairs, the steepest descent with length 0.1
    /// (a choice, not measured).
    fn direction(&self, gradient: &[f64], free: &[usize]) -> Vec<f64> {
        let mut q = vec![0.0; gradient.len()];
        for i in free {
            q[*i] = -gradient[*i];
        }
        let on_free = |a: &[f64], b: &[f64]| free.iter().map(|i| a[*i] * b[*i]).sum::<f64>();
        let usable: Vec<_> = self.pairs.iter().filter(|(s, t)| on_free(s, t) > 0.0).collect();
        let Some((s, t)) = usable.last() else {
            let norm = dot(&q, &q).sqrt();
            return q.iter().map(|x| 0.1 * x / norm.max(1e-300)).collect();
        };
        let initial = on_free(s, t) / on_free(t, t);
        let mut alphas = Vec::with_capacity(usable.len());
        for (s, t) in usable.iter().rev() {
            let alpha = on_free(s, &q) / on_free(s, t);
            for i in free {
                q[*i] -= alpha * t[*i];
            }
            alphas.push(alpha);
        }
        for i in free {
            q[*i] *= initial;
        }
        for ((s, t), alpha) in usable.iter().zip(alphas.iter().rev()) {
            let beta = on_free(t, &q) / on_free(s, t);
            for i in free {
                q[*i] += (alpha - beta) * s[*i];
            }
        }
        q
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{Stop, minimize_in_box};

    const EXACT: Stop = Stop { iterations: 500, gradient: 1e-9, decrease: 0.0 };

    // The signature of functions that are minimized.
    #[allow(clippy::unnecessary_wraps)]
    fn rosenbrock(x: &[f64], g: &mut [f64]) -> Option<f64> {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        (g[0], g[1]) = (-2.0 * a - 400.0 * x[0] * b, 200.0 * b);
        Some(a * a + 100.0 * b * b)
    }

    #[test]
    fn the_valley_is_followed_to_its_end() {
        let minimum = minimize_in_box(rosenbrock, &[-1.2, 1.0], &[(-5.0, 5.0), (-5.0, 5.0)], EXACT).unwrap();
        assert!((minimum.x[0] - 1.0).abs() < 1e-6 && (minimum.x[1] - 1.0).abs() < 1e-6, "{minimum:?}");
        assert!(minimum.evaluations < 200);
    }

    #[test]
    fn a_bound_holds_and_the_rest_is_optimal() {
        // On x0 = 0.5 the minimum of Rosenbrock's function is at x1 = 0.25.
        let minimum = minimize_in_box(rosenbrock, &[-1.0, -1.0], &[(-2.0, 0.5), (-2.0, 2.0)], EXACT).unwrap();
        assert_eq!(minimum.x[0], 0.5);
        assert!((minimum.x[1] - 0.25).abs() < 1e-6, "{minimum:?}");
    }

    #[test]
    fn steps_are_shortened_where_the_function_is_undefined() {
        let f = |x: &[f64], g: &mut [f64]| {
            g[0] = 1.0 - 1.0 / x[0];
            (x[0] > 0.0).then(|| x[0] - libm::log(x[0]))
        };
        let minimum = minimize_in_box(f, &[3.0], &[(-10.0, 10.0)], EXACT).unwrap();
        assert!((minimum.x[0] - 1.0).abs() < 1e-6);
        assert!(minimize_in_box(f, &[-3.0], &[(-10.0, 10.0)], EXACT).is_none());
    }
}
