//! Small linear programs in a box.
//!
//! The dual simplex method for bounded variables (Lemke 1954, Wagner 1958), on a dense tableau. The box makes the first
//! basis, that of the slacks, dual feasible: each variable starts at the bound that its cost prefers. So there is no
//! first phase, and programs without a solution are recognized.
//!
//! Notation: a basic variable is `value - sum of row[j] * x_j` over the other ones, each of which is at one of its
//! bounds. All lower bounds are 0; the upper bound is 1, and infinite for slacks.

use std::cmp::Ordering;

/// `sum of weights * x <= bound`.
pub struct Inequality {
    /// One weight per variable.
    pub weights: Vec<f64>,
    /// The upper bound of the sum.
    pub bound: f64,
}

/// Violations and weights that rounding may cause in rows whose largest weight is 1. A choice, not measured.
const ROUNDING: f64 = 1e-12;
/// Largest number of entries of the tableau, which take 2 MB. It limits the time of a pivot, too. A choice, not
/// measured.
const LARGEST: usize = 250_000;
/// Pivots per row and column, after which a program counts as unsolved. It ends cycles; programs of random bands
/// take about one. A choice, not measured.
const PIVOTS: usize = 10;

/// The point of the unit box that maximizes `sum of costs * x` under the rows, up to rounding. `None` if there is none,
/// if numbers overflow, or if the program is too large. Costs should have no ties, which may lead to cycles.
pub fn maximize_linear(rows: &[Inequality], costs: &[f64]) -> Option<Vec<f64>> {
    if rows.len() * costs.len() > LARGEST {
        return None;
    }
    let mut tableau = Tableau::new(rows, costs)?;
    for _ in 0..PIVOTS * (rows.len() + costs.len()) {
        let Some(leaving) = tableau.leaving() else { return Some(tableau.solution(costs.len())) };
        tableau.pivot(leaving, tableau.entering(leaving)?)?;
    }
    None
}

struct Tableau {
    rows: Vec<Vec<f64>>,
    /// The values of the basic variables.
    values: Vec<f64>,
    /// The variable of each row; slacks come after the others.
    basic: Vec<usize>,
    /// The variable of each column.
    nonbasic: Vec<usize>,
    /// The value of the variable of each column, one of its bounds.
    at: Vec<f64>,
    /// The gain of the objective per unit of the variable of each column.
    gains: Vec<f64>,
}

/// A basic variable that leaves the basis.
#[derive(Clone, Copy)]
struct Leaving {
    row: usize,
    /// The bound that it violates.
    bound: f64,
}

impl Tableau {
    fn new(rows: &[Inequality], costs: &[f64]) -> Option<Self> {
        let n = costs.len();
        let at: Vec<f64> = costs.iter().map(|&cost| if cost > 0.0 { 1.0 } else { 0.0 }).collect();
        let mut tableau = Self {
            rows: Vec::with_capacity(rows.len()),
            values: Vec::with_capacity(rows.len()),
            basic: (n..n + rows.len()).collect(),
            nonbasic: (0..n).collect(),
            at,
            gains: costs.to_vec(),
        };
        for Inequality { weights, bound } in rows {
            let largest = weights.iter().fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
            let scale = if largest > 0.0 { largest } else { 1.0 };
            let row: Vec<f64> = weights.iter().map(|weight| weight / scale).collect();
            let sum: f64 = row.iter().zip(&tableau.at).map(|(weight, x)| weight * x).sum();
            let value = bound / scale - sum;
            if !value.is_finite() {
                return None;
            }
            tableau.rows.push(row);
            tableau.values.push(value);
        }
        Some(tableau)
    }

    fn upper(&self, variable: usize) -> f64 {
        if variable < self.nonbasic.len() { 1.0 } else { f64::INFINITY }
    }

    /// The basic variable that violates a bound most; `None` if none does.
    fn leaving(&self) -> Option<Leaving> {
        let violations = self.values.iter().zip(&self.basic).enumerate().map(|(row, (&value, &variable))| {
            let upper = self.upper(variable);
            if value < 0.0 {
                (-value, Leaving { row, bound: 0.0 })
            } else {
                (value - upper, Leaving { row, bound: upper })
            }
        });
        let (violation, leaving) = violations.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (violation > ROUNDING).then_some(leaving)
    }

    /// The column that costs least per unit by which it moves the leaving variable to its bound; `None` if none does,
    /// so that the rows contradict each other.
    fn entering(&self, Leaving { row, bound }: Leaving) -> Option<usize> {
        let rises = self.values[row] < bound;
        let moves = |&j: &usize| {
            let effect = if self.at[j] > 0.0 { self.rows[row][j] } else { -self.rows[row][j] };
            if rises { effect > ROUNDING } else { effect < -ROUNDING }
        };
        let size = |j: usize| self.rows[row][j].abs();
        let cost = |j: usize| self.gains[j].abs() / size(j);
        let cheaper = |&i: &usize, &j: &usize| match cost(i).total_cmp(&cost(j)) {
            Ordering::Equal => size(j).total_cmp(&size(i)),
            different => different,
        };
        (0..self.nonbasic.len()).filter(moves).min_by(cheaper)
    }

    /// Exchanges a basic variable, which goes to its bound, for that of a column. `None` if numbers overflow.
    fn pivot(&mut self, Leaving { row, bound }: Leaving, column: usize) -> Option<()> {
        let pivot = self.rows[row][column];
        let step = (self.values[row] - bound) / pivot;
        let entered = self.at[column] + step;
        for (value, weights) in self.values.iter_mut().zip(&self.rows) {
            *value -= weights[column] * step;
        }
        for (j, weight) in self.rows[row].iter_mut().enumerate() {
            *weight = if j == column { 1.0 } else { *weight } / pivot;
        }
        let of_row = std::mem::take(&mut self.rows[row]);
        for weights in self.rows.iter_mut().filter(|weights| !weights.is_empty()) {
            eliminate(weights, &of_row, column);
        }
        eliminate(&mut self.gains, &of_row, column);
        self.rows[row] = of_row;
        self.values[row] = entered;
        self.at[column] = bound;
        std::mem::swap(&mut self.basic[row], &mut self.nonbasic[column]);
        self.values.iter().all(|value| value.is_finite()).then_some(())
    }

    /// The values of the first `n` variables, clamped to the box.
    fn solution(&self, n: usize) -> Vec<f64> {
        let mut x = vec![0.0; n];
        let values = self.basic.iter().zip(&self.values).chain(self.nonbasic.iter().zip(&self.at));
        for (&variable, value) in values.filter(|(variable, _)| **variable < n) {
            x[variable] = value.clamp(0.0, 1.0);
        }
        x
    }
}

/// Expresses weights by the variable that left the basis in place of that of `column`.
fn eliminate(weights: &mut [f64], of_row: &[f64], column: usize) {
    let factor = weights[column];
    if factor == 0.0 {
        return;
    }
    for (j, (weight, of_row)) in weights.iter_mut().zip(of_row).enumerate() {
        *weight = if j == column { 0.0 } else { *weight } - factor * of_row;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(weights: &[f64], bound: f64) -> Inequality {
        Inequality { weights: weights.to_vec(), bound }
    }

    fn assert_near(found: Option<Vec<f64>>, expected: &[f64]) {
        let found = found.unwrap_or_default();
        let close = found.len() == expected.len() && found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12);
        assert!(close, "expected {expected:?}, found {found:?}");
    }

    #[test]
    fn without_rows_each_variable_takes_the_bound_that_its_cost_prefers() {
        assert_near(maximize_linear(&[], &[2.0, -1.0]), &[1.0, 0.0]);
    }

    /// `x + y <= 1` and `x - y <= 0.5` meet in (0.75, 0.25); `x >= 0.9` is written as `-x <= -0.9`.
    #[test]
    fn the_solution_is_the_vertex_that_costs_least() {
        let rows = [row(&[1.0, 1.0], 1.0), row(&[1.0, -1.0], 0.5)];
        assert_near(maximize_linear(&rows, &[3.0, 1.0]), &[0.75, 0.25]);
        assert_near(maximize_linear(&rows, &[1.0, 3.0]), &[0.0, 1.0]);
        assert_near(maximize_linear(&rows, &[3.0, -1.0]), &[0.75, 0.25]);
        assert_near(maximize_linear(&rows, &[1.0, -2.0]), &[0.5, 0.0]);
        assert_near(maximize_linear(&[row(&[-1.0, 0.0], -0.9)], &[-1.0, -2.0]), &[0.9, 0.0]);
    }

    #[test]
    fn equations_are_two_rows() {
        let rows = [row(&[3.0, 2.0], 2.0), row(&[-3.0, -2.0], -2.0)];
        assert_near(maximize_linear(&rows, &[1.0, 0.5]), &[2.0 / 3.0, 0.0]);
    }

    #[test]
    fn rows_that_contradict_each_other_or_the_box_have_no_solution() {
        assert_eq!(maximize_linear(&[row(&[1.0, 1.0], 0.4), row(&[-1.0, -1.0], -0.5)], &[1.0, 0.3]), None);
        assert_eq!(maximize_linear(&[row(&[-1.0, -1.0], -2.5)], &[1.0, 0.3]), None);
        assert_eq!(maximize_linear(&[row(&[1e308, 1e308], f64::INFINITY)], &[1.0, 0.3]), None);
    }

    /// Klee and Minty (1972), scaled to the unit box: `2 sum_{j<i} 10^(i-j) x_j + x_i <= 100^(i-1)` with `x_i <= 100^i`.
    #[test]
    fn a_program_that_is_hard_for_simplex_methods_is_solved() {
        let (n, size) = (5, |i: usize| libm::pow(100.0, i as f64));
        let rows: Vec<Inequality> = (0..n)
            .map(|i| {
                let weight =
                    |j: usize| if j < i { 2.0 * libm::pow(10.0, (i - j) as f64) } else { f64::from(u8::from(i == j)) };
                row(&(0..n).map(|j| weight(j) * size(j)).collect::<Vec<_>>(), size(i))
            })
            .collect();
        let costs: Vec<f64> = (0..n).map(|j| libm::pow(10.0, (n - 1 - j) as f64) * size(j)).collect();
        assert_near(maximize_linear(&rows, &costs), &[0.0, 0.0, 0.0, 0.0, 1.0]);
    }
}
