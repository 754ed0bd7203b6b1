//! The pure core of Tanteo: a function of (space, settings, seed, history, pending).
//!
//! No clock, no files, no environment, no printing and no global random numbers live here. The rooms, each of
//! which uses only the rooms above it in this list:
//!
//! | room | what it holds |
//! | --- | --- |
//! | [`numerics`] | exp and log kernels, the normal distribution, random streams, Sobol points |
//! | [`space`] | parameters, conditions, constraints, configurations |
//! | [`encoding`] | how a value becomes a number in `[0, 1]`, and back |
//! | [`pareto`] | several objectives at once |
//! | [`history`] | every trial, in columns |
//! | [`learning_curve`] | what unfinished trials would have ended with |
//! | [`importance`] | which parameters mattered |
//! | [`model`] | surrogates, usable on their own |
//! | [`transfer`] | what earlier searches know of this one |
//! | [`acquisition`] | what makes a candidate worth a trial |
//! | [`sampler`] | the closed set of samplers |
//! | [`pruner`] | the closed set of pruners |
//! | [`optimizer`] | the ask-and-tell state machine and its snapshot |

pub mod acquisition;
pub mod encoding;
pub mod history;
pub mod importance;
pub mod learning_curve;
pub mod model;
pub mod numerics;
pub mod optimizer;
pub mod pareto;
pub mod pruner;
pub mod sampler;
pub mod space;
pub mod transfer;
