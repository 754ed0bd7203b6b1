//! Reads the tables written by the Python scripts in this folder; `table.py` describes the format.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

/// A value with 60 digits: the arguments, the nearest double, and the difference of the value from it in ulp of that
/// double.
pub(crate) struct Golden {
    pub(crate) arguments: Vec<f64>,
    pub(crate) nearest: f64,
    beyond: f64,
}

impl Golden {
    /// Distance of `computed` from the value in ulp of the nearest double.
    pub(crate) fn ulps(&self, computed: f64) -> f64 {
        let difference = computed - self.nearest;
        if difference == 0.0 { self.beyond.abs() } else { (difference / ulp(self.nearest) - self.beyond).abs() }
    }
}

/// The distance from `|x|` to the next larger double.
fn ulp(x: f64) -> f64 {
    let bits = x.abs().to_bits();
    f64::from_bits(bits + 1) - f64::from_bits(bits)
}

fn double(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).unwrap())
}

/// The lines of a table.
pub(crate) fn read(table: &str) -> Vec<Golden> {
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [arguments @ .., nearest, beyond] = fields.as_slice() else { panic!("short line: {line}") };
        let arguments = arguments.iter().map(|bits| double(bits)).collect();
        Golden { arguments, nearest: double(nearest), beyond: beyond.parse().unwrap() }
    };
    table.lines().map(line).collect()
}

/// Asserts that the error of `function` is at most `bound` ulp on every line of `table`.
pub(crate) fn assert_within(bound: f64, table: &str, function: impl Fn(&[f64]) -> f64) {
    let mut worst = (0.0, Vec::new());
    for golden in read(table) {
        let error = golden.ulps(function(&golden.arguments));
        if error.is_nan() || error > worst.0 {
            worst = (error, golden.arguments);
        }
    }
    assert!(worst.0 <= bound, "{} ulp at {:?}, allowed {bound}", worst.0, worst.1);
}
