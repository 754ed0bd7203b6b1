//! Hand-computed cases, and marginals against the enumeration of a finite conditional space.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::ablation::{ablation, walk};
use super::fanova::explained;
use super::forest::{Data, Node, SplitRule, Tree, for_each_tree};
use super::{fanova, ped_anova};
use crate::history::{History, Measurement, Origin, Outcome};
use crate::numerics::{Pool, Purpose, Stream};
use crate::space::{Accept, Condition, Configuration, Constraint, Domain, Parameter, Prior, SearchSpace, Value};

fn parameter(domain: Domain, when: &[(usize, &[u64])]) -> Parameter {
    let condition =
        |(parent, levels): &(usize, &[u64])| Condition { parent: *parent, accept: Accept::Levels(levels.to_vec()) };
    let when = when.iter().map(condition).collect();
    Parameter { name: "p".to_owned(), domain, default: None, prior: Prior::Uniform, when }
}

fn choices(n: u64) -> Parameter {
    parameter(Domain::unordered(n).unwrap(), &[])
}

fn real() -> Parameter {
    parameter(Domain::real(0.0, 1.0, false).unwrap(), &[])
}

fn space(parameters: Vec<Parameter>) -> SearchSpace {
    let with_name = |(i, p): (usize, Parameter)| Parameter { name: format!("p{i}"), ..p };
    SearchSpace::new(parameters.into_iter().enumerate().map(with_name).collect(), Vec::new()).unwrap()
}

fn history_of(space: &SearchSpace, trials: impl IntoIterator<Item = (Configuration, f64)>) -> History {
    let mut history = History::new(space.parameters().len(), 1);
    for (configuration, value) in trials {
        let row = history.push(space, &configuration, Origin::Observed);
        let measurement = Measurement { value, sem: None, replicates: Vec::new() };
        history.finish(row as usize, Outcome::Complete(vec![measurement]), &[], None);
    }
    history
}

fn levels(levels: &[Option<u64>]) -> Configuration {
    Configuration(levels.iter().map(|level| level.map(Value::Level)).collect())
}

/// A space with every kind of condition: a chain, a parent with an order, and one parameter with two parents.
fn family() -> SearchSpace {
    space(vec![
        choices(3),
        parameter(Domain::integer(0, 4, 1, false).unwrap(), &[(0, &[0, 1])]),
        parameter(Domain::unordered(3).unwrap(), &[(1, &[1, 2, 4])]),
        parameter(Domain::ordered(2).unwrap(), &[]),
        parameter(Domain::integer(1, 6, 1, true).unwrap(), &[(0, &[1, 2]), (3, &[1])]),
    ])
}

/// Every configuration of a finite space, with the probability that a uniform draw gives it.
fn configurations(space: &SearchSpace) -> Vec<(Configuration, f64)> {
    let mut partial = vec![(vec![None; space.parameters().len()], 1.0)];
    for &j in space.order() {
        let last = space.parameters()[j].domain.last_level().unwrap();
        let mut next = Vec::new();
        for (values, mass) in partial {
            if !space.is_active(j, &values) {
                next.push((values, mass));
                continue;
            }
            for level in 0..=last {
                let mut values: Vec<Option<Value>> = values.clone();
                values[j] = Some(Value::Level(level));
                let (low, high) = space.axes()[j].cell(Value::Level(level));
                next.push((values, mass * (high - low)));
            }
        }
        partial = next;
    }
    partial.into_iter().map(|(values, mass)| (Configuration(values), mass)).collect()
}

/// `P(active) Var E[y | x_j] / Var y` by its definition.
fn by_definition(space: &SearchSpace, j: usize, y: &[f64]) -> f64 {
    let points = configurations(space);
    let moment = |f: &dyn Fn(f64) -> f64| points.iter().zip(y).map(|((_, mass), y)| mass * f(*y)).sum::<f64>();
    let mean = moment(&|y| y);
    let total = moment(&|y| (y - mean) * (y - mean));
    let last = space.parameters()[j].domain.last_level().unwrap();
    let at = |level: u64| {
        let mut sums = (0.0, 0.0);
        for ((_, mass), y) in points.iter().zip(y).filter(|((point, _), _)| point.0[j] == Some(Value::Level(level))) {
            sums = (sums.0 + mass, sums.1 + mass * y);
        }
        sums
    };
    let sums: Vec<(f64, f64)> = (0..=last).map(at).collect();
    let active: f64 = sums.iter().map(|(mass, _)| mass).sum();
    let mean = sums.iter().map(|(_, sum)| sum).sum::<f64>() / active;
    sums.iter().map(|(mass, sum)| mass * (sum / mass - mean) * (sum / mass - mean)).sum::<f64>() / total
}

#[test]
fn marginals_from_leaves_equal_those_of_the_enumerated_space() {
    let space = family();
    for seed in 0..5 {
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        // Only some of the configurations, so that trees have leaves without trials.
        let trials: Vec<_> = configurations(&space).into_iter().filter(|_| stream.uniform() < 0.5).collect();
        let history = history_of(&space, trials.into_iter().map(|(configuration, _)| (configuration, stream.normal())));
        let data = Data::new(&space, &history, 0);
        let trees = for_each_tree(&data, seed, &Pool::serial(), &|| false, |tree| tree).unwrap();
        for tree in &trees[..8] {
            let y: Vec<f64> =
                configurations(&space).iter().map(|(point, _)| tree.predict(&data.point(point))).collect();
            for (j, share) in explained(&data, tree).into_iter().enumerate() {
                assert!((share - by_definition(&space, j, &y)).abs() < 1e-12, "parameter {j}: {share}");
            }
        }
    }
}

/// One trial of forty diverged. Its value counts as that of the fence, so that the others can be told apart.
#[test]
fn a_diverged_trial_does_not_hide_the_others_from_an_ablation() {
    let space = space(vec![real(), real()]);
    let point = |x: f64, y: f64| Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]);
    let at = |i: u32| (f64::from(i * 7 % 40) / 40.0, f64::from(i * 11 % 40) / 40.0);
    let trials = (0..40).map(|i| {
        let (x, y) = at(i);
        (point(x, y), if i == 13 { 1e17 } else { x })
    });
    let history = history_of(&space, trials);
    let (start, end) = (point(0.9, 0.5), point(0.1, 0.5));
    let path = ablation(&space, &history, 0, 0, &start, &end, &Pool::serial(), &|| false).unwrap().unwrap();
    assert!((path[0].prediction - 0.9).abs() < 0.3 && (path[1].prediction - 0.1).abs() < 0.3, "{path:?}");
}

/// `y` is 0 for `x <= 1/2`, else 1 up to `z = 1/4` and 3 above: `E y = 5/4`, `E y^2 = 7/2`, `V = 31/16`; the marginal of
/// `x` is 0 and 5/2, that of `z` is 1/2 and 3/2.
#[test]
fn fanova_of_a_tree_of_three_leaves() {
    let space = space(vec![real(), real()]);
    let history = history_of(&space, []);
    let split = |parameter, cut, left, right| Node::Split { parameter, rule: SplitRule::UpTo(cut), left, right };
    let nodes = vec![split(0, 0.5, 1, 2), Node::Leaf(0.0), split(1, 0.25, 3, 4), Node::Leaf(1.0), Node::Leaf(3.0)];
    let importances = explained(&Data::new(&space, &history, 0), &Tree { nodes });
    assert!((importances[0] - (25.0 / 16.0) / (31.0 / 16.0)).abs() < 1e-15);
    assert!((importances[1] - (3.0 / 16.0) / (31.0 / 16.0)).abs() < 1e-15);
}

/// Eight trials of a parent with a child under its first choice. The best four have the parent's first choice, and the
/// child's first one three times out of four (of six trials that have it, three).
#[test]
fn ped_anova_of_a_branch_is_the_variance_where_it_exists() {
    let child = parameter(Domain::unordered(2).unwrap(), &[(0, &[0])]);
    let space = space(vec![choices(2), child, choices(2)]);
    let trial = |parent, child, other, value| (levels(&[Some(parent), child, Some(other)]), value);
    let history = history_of(
        &space,
        [
            trial(0, Some(0), 0, 1.0),
            trial(0, Some(0), 1, 2.0),
            trial(0, Some(0), 0, 3.0),
            trial(0, Some(1), 1, 4.0),
            trial(0, Some(1), 0, 5.0),
            trial(0, Some(1), 1, 6.0),
            trial(1, None, 0, 7.0),
            trial(1, None, 1, 8.0),
        ],
    );
    // A fifth of each density is uniform.
    let smooth = |p: f64| 0.8 * p + 0.1;
    let divergence = |all: f64, best: f64| {
        let term = |p: f64, b: f64| p * (b / p - 1.0) * (b / p - 1.0);
        term(smooth(all), smooth(best)) + term(smooth(1.0 - all), smooth(1.0 - best))
    };
    let parent = 0.25 * divergence(0.75, 1.0);
    let child = 0.75 * (4.0_f64 / 6.0) * (4.0 / 6.0) * divergence(0.5, 0.75);
    let importances = ped_anova(&space, &history, 0, Some(0.5));
    assert!((importances[0] - parent / (parent + child)).abs() < 1e-15);
    assert!((importances[1] - child / (parent + child)).abs() < 1e-15);
    assert_eq!(importances[2], 0.0);
}

#[test]
fn equal_values_are_among_the_best_together() {
    let space = space(vec![choices(2), choices(2)]);
    let trial = |i: u64| (levels(&[Some(i % 2), Some(i / 4)]), (i % 2) as f64);
    let history = history_of(&space, (0..8).map(trial));
    for quantile in [0.01, 0.3, 0.5] {
        assert_eq!(ped_anova(&space, &history, 0, Some(quantile)), [1.0, 0.0]);
    }
    assert_eq!(ped_anova(&space, &history, 0, Some(0.7)), [0.0, 0.0]);
}

#[test]
fn parameters_with_one_value_or_no_effect_have_no_importance() {
    let single = parameter(Domain::real(2.0, 2.0, false).unwrap(), &[]);
    let space = space(vec![choices(3), choices(4), single, real()]);
    let value = |k| if k == 1 { 1.0 } else { 0.0 };
    let configuration = |i: u64| {
        let [k, idle, x] = [i % 3, i / 3 % 4, i / 12];
        let values = [Value::Level(k), Value::Level(idle), Value::Real(2.0), Value::Real(x as f64 / 3.0)];
        (Configuration(values.map(Some).to_vec()), value(k))
    };
    let history = history_of(&space, (0..48).map(configuration));
    for importances in
        [ped_anova(&space, &history, 0, None), fanova(&space, &history, 0, 3, &Pool::serial(), &|| false).unwrap()]
    {
        assert!((importances[0] - 1.0).abs() < 1e-12);
        assert!(importances[1..].iter().all(|share| *share < 1e-12), "{importances:?}");
    }
}

/// Separate splits would find neither: the child exists in one branch, and the parent alone has no effect.
#[test]
fn a_child_is_found_where_its_parent_alone_has_no_effect() {
    let child = parameter(Domain::real(0.0, 1.0, false).unwrap(), &[(0, &[2])]);
    let space = space(vec![choices(4), child, real()]);
    let mut stream = Stream::new(0, 0, Purpose::Sample, 0);
    let mut trial = |i: u64| {
        let x = stream.uniform();
        let child = (i % 4 == 2).then_some(Value::Real(x));
        let value = child.map_or(0.5, |_| x);
        (Configuration(vec![Some(Value::Level(i % 4)), child, Some(Value::Real(stream.uniform()))]), value)
    };
    let history = history_of(&space, (0..200).map(&mut trial));
    let importances = fanova(&space, &history, 0, 0, &Pool::serial(), &|| false).unwrap();
    assert!(importances[1] > 0.9, "{importances:?}");
}

fn searched() -> (SearchSpace, History) {
    let space = family();
    let mut stream = Stream::new(7, 0, Purpose::Sample, 0);
    let trials: Vec<_> = configurations(&space).into_iter().map(|(point, _)| (point, stream.normal())).collect();
    let history = history_of(&space, trials);
    (space, history)
}

/// The bits are guaranteed to be the same on every machine.
#[test]
fn fanova_is_reproducible_bit_for_bit() {
    let (space, history) = searched();
    let importances = fanova(&space, &history, 0, 42, &Pool::serial(), &|| false).unwrap();
    assert_eq!(importances.iter().map(|share| share.to_bits()).collect::<Vec<_>>(), RECORD);
    assert_ne!(importances, fanova(&space, &history, 0, 43, &Pool::serial(), &|| false).unwrap());
}

const RECORD: [u64; 5] =
    [4596819275229196007, 4602413633349503197, 4585622143247284035, 4589837157067392462, 4596109836752658082];

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    fn threads<const N: usize>() -> Option<std::sync::Arc<rayon::ThreadPool>> {
        rayon::ThreadPoolBuilder::new().num_threads(N).build().ok().map(std::sync::Arc::new)
    }
    let (space, history) = searched();
    let with = |pool: &Pool| fanova(&space, &history, 0, 1, pool, &|| false).unwrap();
    let serial = with(&Pool::serial());
    assert_eq!(with(&Pool::new(threads::<2>)), serial);
    assert_eq!(with(&Pool::new(threads::<3>)), serial);
}

#[test]
fn a_forest_can_be_interrupted() {
    let (space, history) = searched();
    assert!(fanova(&space, &history, 0, 1, &Pool::serial(), &|| true).is_err());
}

/// A weighted sum, from ones to zeros: the largest weight first.
/// A function of many configurations that calls one of a single configuration.
fn each(predict: impl Fn(&Configuration) -> f64) -> impl Fn(&[Configuration]) -> Result<Vec<f64>, ()> {
    move |all| Ok(all.iter().map(&predict).collect())
}

#[test]
fn ablation_flips_the_parameter_with_the_largest_effect_first() {
    let space = space(vec![choices(2), choices(2), choices(2)]);
    let predict = |c: &Configuration| {
        let level = |j: usize| c.0[j].map_or(0.0, |value| value.to_bits() as f64);
        level(0) + 3.0 * level(1) + 2.0 * level(2)
    };
    let steps = walk(&space, &levels(&[Some(1); 3]), &levels(&[Some(0); 3]), each(predict)).unwrap();
    assert_eq!(steps.iter().map(|step| step.changed.clone()).collect::<Vec<_>>(), [vec![], vec![1], vec![2], vec![0]]);
    assert_eq!(steps.iter().map(|step| step.prediction).collect::<Vec<_>>(), [6.0, 3.0, 1.0, 0.0]);
}

#[test]
fn ablation_activates_a_branch_with_its_parent() {
    let branch = |level| parameter(Domain::unordered(2).unwrap(), if level == 0 { &[(0, &[0])] } else { &[(0, &[1])] });
    let space = space(vec![choices(2), branch(0), branch(1)]);
    let (start, end) = (levels(&[Some(0), Some(1), None]), levels(&[Some(1), None, Some(1)]));
    let steps = walk(&space, &start, &end, each(|_| 0.0)).unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!((steps[1].changed.clone(), steps[1].configuration.clone()), (vec![0, 1, 2], end));
}

/// The child needs both parents. The start and the end lack it because of different parents, so flipping the first
/// parent alone would need a value that neither has.
#[test]
fn ablation_flips_parents_together_where_one_alone_would_need_a_value() {
    let child = parameter(Domain::unordered(2).unwrap(), &[(0, &[1]), (1, &[1])]);
    let space = space(vec![choices(2), choices(2), child]);
    let (start, end) = (levels(&[Some(0), Some(1), None]), levels(&[Some(1), Some(0), None]));
    let first_is_better = |c: &Configuration| -> f64 { if c.0[0] == Some(Value::Level(1)) { 0.0 } else { 1.0 } };
    let steps = walk(&space, &start, &end, each(first_is_better)).unwrap();
    assert_eq!(steps.iter().map(|step| step.changed.clone()).collect::<Vec<_>>(), [vec![], vec![0, 1]]);
}

#[test]
fn ablation_avoids_configurations_that_break_a_constraint() {
    let constraint = Constraint::Order { left: 0, right: 1, strict: false };
    let integer = || parameter(Domain::integer(0, 9, 1, false).unwrap(), &[]);
    let names = |(i, p): (usize, Parameter)| Parameter { name: format!("p{i}"), ..p };
    let parameters = [integer(), integer()].into_iter().enumerate().map(names).collect();
    let space = SearchSpace::new(parameters, vec![constraint]).unwrap();
    let steps = walk(&space, &levels(&[Some(1), Some(2)]), &levels(&[Some(5), Some(6)]), each(|_| 0.0)).unwrap();
    assert_eq!(steps.iter().map(|step| step.changed.clone()).collect::<Vec<_>>(), [vec![], vec![1], vec![0]]);
}

#[test]
fn every_path_through_a_conditional_space_ends() {
    let space = family();
    let points = configurations(&space);
    let mut stream = Stream::new(5, 0, Purpose::Sample, 0);
    for _ in 0..200 {
        let mut draw = || &points[stream.below_or_equal(points.len() as u64 - 1) as usize].0;
        let (start, end) = (draw(), draw());
        let sum = |c: &Configuration| c.0.iter().flatten().map(|value| value.to_bits() as f64).sum();
        let steps = walk(&space, start, end, each(sum)).unwrap();
        assert!(steps.len() <= space.parameters().len() + 1);
        for step in &steps {
            space.validate_values(&step.configuration).unwrap();
        }
        assert_eq!(steps.last().unwrap().configuration, *end);
    }
}

#[test]
fn excluded_trials_do_not_count() {
    let space = space(vec![choices(2), choices(2)]);
    let trials = |n: u64| (0..n).map(|i| (levels(&[Some(i % 2), Some(i / 2 % 2)]), (i % 2) as f64));
    let alone = history_of(&space, trials(40));
    // Forty more, for which the other parameter would be important.
    let more = (0..40).map(|i| (levels(&[Some(i / 2 % 2), Some(i % 2)]), -1.0 - (i % 2) as f64));
    let mut both = history_of(&space, trials(40).chain(more));
    (40..80).for_each(|row| both.exclude(row));
    let importance = |history| ped_anova(&space, history, 0, None);
    assert_eq!(importance(&both), importance(&alone));
}
