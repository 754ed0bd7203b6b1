//! Random streams: pinned values and distributions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use proptest::prelude::*;
use tanteo_core::numerics::normal::ndtr;
use tanteo_core::numerics::{Purpose, Stream};

fn stream() -> Stream {
    Stream::new(42, 7, Purpose::Suggest, 0)
}

fn purpose(number: u64) -> Purpose {
    let purposes = [Purpose::Suggest, Purpose::Enqueue, Purpose::Scramble, Purpose::Repair, Purpose::Sample];
    purposes.into_iter().find(|&purpose| purpose as u64 == number).unwrap()
}

/// An independent implementation of `ChaCha8` (`golden/make_streams.py`) gives the same bits for the documented key.
#[test]
fn bits_equal_those_of_chacha8() {
    for line in include_str!("golden/streams.txt").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let address: Vec<u64> = fields[..4].iter().map(|field| field.parse().unwrap()).collect();
        let mut stream = Stream::new(address[0], address[1], purpose(address[2]), address[3].try_into().unwrap());
        for word in &fields[4..] {
            assert_eq!(format!("{:016x}", stream.bits()), *word, "stream {address:?}");
        }
    }
}

#[test]
fn uniform_is_stable() {
    let mut stream = stream();
    assert_eq!(
        [(); 4].map(|()| stream.uniform().to_bits()),
        [0x3FEC18D5B8CB0729, 0x3FE94E0898C0ABFF, 0x3FEDDDF6A999FAA3, 0x3FC344E17208E004]
    );
}

/// The numbers are the 32-bit words of the stream, the lower half of each 64 bits first.
#[test]
fn fill_uniform_takes_every_word_of_the_stream() {
    let mut numbers = [0.0; 700];
    stream().fill_uniform(&mut numbers);
    let mut words = stream();
    for pair in numbers.as_chunks::<2>().0 {
        let bits = words.bits();
        let number = |word: u64| (word as f64 + 0.5) / (1u64 << 32) as f64;
        assert_eq!(*pair, [number(bits & 0xFFFF_FFFF), number(bits >> 32)]);
    }
}

#[test]
fn below_or_equal_is_stable() {
    let mut stream = stream();
    let drawn = [0, 1, 5, 99, 1 << 40, 3 << 62, u64::MAX].map(|last| stream.below_or_equal(last));
    assert_eq!(drawn, [0, 1, 5, 15, 717191247944, 9151300811511240108, 7284046003976401339]);
}

#[test]
fn normal_is_stable() {
    let mut stream = stream();
    assert_eq!(
        [(); 6].map(|()| stream.normal().to_bits()),
        [
            0x3FF2A4ABF8F4F584,
            0x3FE9E445C0F0EEFB,
            0x3FF804D2955E8DF4,
            0xBFF08BC37DCC7F59,
            0x3FD90E22C2C4FCDB,
            0x3FDAA703C7890CDB
        ]
    );
}

#[test]
fn weighted_is_stable() {
    let mut stream = stream();
    assert_eq!([(); 10].map(|()| stream.weighted(&[1.0, 0.0, 2.5, 0.5])), [3, 2, 3, 0, 2, 2, 2, 2, 3, 2]);
}

/// The stream depends on every part of the address and on nothing else.
#[test]
fn streams_differ_by_every_part_of_the_address() {
    let first = |seed, trial, purpose, attempt| Stream::new(seed, trial, purpose, attempt).bits();
    let mut drawn = vec![first(1, 2, Purpose::Suggest, 3), first(2, 1, Purpose::Suggest, 3)];
    drawn.extend([
        first(1, 3, Purpose::Suggest, 2),
        first(1, 2, Purpose::Enqueue, 3),
        first(0, 0, Purpose::Suggest, 0),
    ]);
    drawn.sort_unstable();
    drawn.dedup();
    assert_eq!(drawn.len(), 5);
    assert_eq!(first(1, 2, Purpose::Suggest, 3), first(1, 2, Purpose::Suggest, 3));
}

/// Chi-square statistic of `counts` against `shares`, divided by its degrees of freedom. The seeds are fixed, so only a
/// change of the code can cause a failure. A correct generator exceeds the limits used here for one in 10^4 seeds.
fn chi_square(counts: &[u32], shares: &[f64]) -> f64 {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let term = |(&count, share): (&u32, &f64)| {
        let excess = f64::from(count) - total * share;
        excess * excess / (total * share)
    };
    counts.iter().zip(shares).map(term).sum::<f64>() / (counts.len() - 1) as f64
}

fn histogram<const N: usize>(draws: usize, mut draw: impl FnMut() -> usize) -> [u32; N] {
    let mut counts = [0; N];
    for _ in 0..draws {
        counts[draw()] += 1;
    }
    counts
}

#[test]
fn uniform_fills_the_interval_evenly() {
    let mut stream = stream();
    let counts = histogram::<64>(20_000, || (stream.uniform() * 64.0) as usize);
    assert!(chi_square(&counts, &[1.0 / 64.0; 64]) < 1.85);
}

/// The first numbers of neighbouring trials are as independent as the numbers of one stream.
#[test]
fn neighbouring_streams_are_independent() {
    let mut trial = 0;
    let counts = histogram::<64>(20_000, || {
        trial += 1;
        let pair = [trial, trial + 1].map(|trial| Stream::new(0, trial, Purpose::Suggest, 0).below_or_equal(7));
        (8 * pair[0] + pair[1]) as usize
    });
    assert!(chi_square(&counts, &[1.0 / 64.0; 64]) < 1.85);
}

#[test]
fn small_integers_are_unbiased() {
    let mut stream = stream();
    let counts = histogram::<7>(20_000, || stream.below_or_equal(6) as usize);
    assert!(chi_square(&counts, &[1.0 / 7.0; 7]) < 5.0);
}

/// With `3 2^62` values, reducing 64 bits modulo this number would draw the first third twice as often.
#[test]
fn huge_ranges_are_unbiased() {
    let mut stream = stream();
    let counts = histogram::<12>(20_000, || (stream.below_or_equal((3 << 62) - 1) >> 60) as usize);
    assert!(chi_square(&counts, &[1.0 / 12.0; 12]) < 3.8);
}

#[test]
fn normal_has_its_distribution() {
    let mut stream = stream();
    let counts = histogram::<12>(20_000, || (stream.normal() * 2.0 + 6.0).clamp(0.0, 11.0) as usize);
    let end = |cell: usize| {
        if cell == 0 {
            0.0
        } else if cell == 12 {
            1.0
        } else {
            ndtr((cell as f64 - 6.0) / 2.0)
        }
    };
    let shares: [f64; 12] = std::array::from_fn(|cell| end(cell + 1) - end(cell));
    assert!(chi_square(&counts, &shares) < 3.8);
}

#[test]
fn weighted_follows_the_weights() {
    let mut stream = stream();
    let weights = [0.5, 3.0, 1.0, 0.25, 5.25];
    let counts = histogram::<5>(20_000, || stream.weighted(&weights));
    assert!(chi_square(&counts, &weights.map(|weight| weight / 10.0)) < 6.6);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn uniform_numbers_lie_in_the_open_interval(seed: u64, trial: u64) {
        let mut stream = Stream::new(seed, trial, Purpose::Repair, 0);
        for _ in 0..20 {
            let u = stream.uniform();
            prop_assert!(0.0 < u && u < 1.0);
        }
    }

    #[test]
    fn below_or_equal_stays_in_range(seed: u64, last: u64) {
        let mut stream = Stream::new(seed, 0, Purpose::Repair, 0);
        prop_assert!(stream.below_or_equal(last) <= last);
    }

    /// An index of weight 0 is never drawn, at any position.
    #[test]
    fn weightless_indices_are_never_drawn(seed: u64, weights in prop::collection::vec(0u8..3, 1..20)) {
        prop_assume!(weights.iter().any(|&weight| weight > 0));
        let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
        let mut stream = Stream::new(seed, 0, Purpose::Repair, 0);
        for _ in 0..20 {
            prop_assert!(weights[stream.weighted(&weights)] > 0.0);
        }
    }
}

#[test]
fn every_order_is_a_possible_shuffle() {
    let shuffled = |seed| {
        let mut items = [0, 1, 2];
        Stream::new(seed, 0, Purpose::Repair, 0).shuffle(&mut items);
        items
    };
    let orders: std::collections::BTreeSet<[usize; 3]> = (0..60).map(shuffled).collect();
    assert!(orders.into_iter().eq([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]));
}
