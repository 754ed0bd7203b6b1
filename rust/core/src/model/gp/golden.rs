//! Comparison with scikit-learn. `tests/golden/make_gp.py` writes the table and documents its lines.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::fit::{Objective, Workspace};
use super::{Column, Form, GaussianProcess, Inputs, Layout, Observations, Theta};
use crate::numerics::ln;

const TABLE: &str = include_str!("../../../tests/golden/gp.txt");

/// The numbers of a line, read in order.
struct Line(std::vec::IntoIter<f64>);

impl Line {
    fn number(&mut self) -> f64 {
        self.0.next().unwrap()
    }
    fn numbers(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.number()).collect()
    }
    fn points(&mut self, n: usize, d: usize) -> Vec<Vec<f64>> {
        (0..n).map(|_| self.numbers(d)).collect()
    }
}

fn assert_close(computed: f64, expected: f64, scale: f64, label: &str) {
    assert!((computed - expected).abs() <= 1e-8 * scale, "{label}: {computed} {expected}");
}

#[test]
fn posterior_evidence_and_gradient_are_those_of_an_independent_implementation() {
    assert_eq!(TABLE.lines().count(), 20);
    for (number, line) in TABLE.lines().enumerate() {
        let numbers: Vec<f64> = line.split(' ').map(|x| x.parse().unwrap()).collect();
        check(number, &mut Line(numbers.into_iter()));
    }
}

fn check(number: usize, line: &mut Line) {
    let (n, d, m) = (line.number() as usize, line.number() as usize, line.number() as usize);
    let theta: Vec<f64> = line.numbers(d + 2).iter().map(|x| ln(*x)).collect();
    let (points, y, known_noise) = (line.points(n, d), line.numbers(n), line.numbers(n));
    let columns = (0..d).map(|j| Column::Numeric(points.iter().map(|p| p[j]).collect())).collect();
    let inputs = Inputs::new(columns, vec![false; d]);
    let fitted = Theta::new(Form::Usual, theta.clone());
    let model = GaussianProcess::with(inputs.clone(), fitted, &y, &known_noise).unwrap();
    assert_eq!(model.theta()[..], theta, "no jitter is needed");
    let new = line.points(m, d);
    let (means, variances) = (line.numbers(m), line.numbers(m));
    for ((at, mean), variance) in model.predict(&new).iter().zip(means).zip(variances) {
        assert_close(at.mean, mean, 1.0, &format!("mean of {number}"));
        assert_close(at.variance, variance, 1.0, &format!("variance of {number}"));
    }
    let evidence = line.number();
    assert_close(model.log_evidence(), evidence, evidence.abs().max(1.0), &format!("evidence of {number}"));
    let slopes = line.numbers(d + 2);
    let largest = slopes.iter().fold(1.0, |a: f64, g| a.max(g.abs()));
    let data = Observations { inputs: &inputs, y: &y, known_noise: &known_noise };
    for (computed, expected) in evidence_gradient(data, &theta).into_iter().zip(slopes) {
        assert_close(computed, expected, largest, &format!("gradient of {number}"));
    }
}

/// The gradient of the evidence: that of the objective without its prior.
fn evidence_gradient(data: Observations<'_>, theta: &[f64]) -> Vec<f64> {
    let layout = Layout::of(data.inputs);
    let (mut whole, mut prior) = (vec![0.0; layout.len()], vec![0.0; layout.len()]);
    let objective = Objective { data, layout: &layout };
    objective.evaluate(&mut Workspace::new(data.y.len()), theta, &mut whole, &|| false).unwrap();
    layout.log_prior(theta, &mut prior);
    whole.iter().zip(&prior).map(|(whole, prior)| prior - whole).collect()
}
