//! The pure core of Tanteo: a function of (space, settings, seed, history, pending).
//!
//! The core uses no clock, files, environment, printing or global random numbers. Each room uses only the rooms above
//! it in this list:
//!
//! | room | what it holds |
//! | --- | --- |
//! | [`numerics`] | exp and log kernels, the normal distribution, random streams, Sobol points |
//! | [`space`] | parameters, conditions, constraints, configurations |
//! | [`pareto`] | Pareto dominance and hypervolume |
//! | [`history`] | all trials, stored in columns |
//! | [`learning_curve`] | estimates of the final values of unfinished trials |
//! | [`importance`] | the importance of parameters |
//! | [`model`] | surrogates, usable on their own |
//! | [`transfer`] | transfer from earlier searches |
//! | [`acquisition`] | acquisition functions |
//! | [`setting`] | settings as named fields, with their ranges |
//! | [`sampler`] | the closed set of samplers |
//! | [`pruner`] | the closed set of pruners |
//! | [`optimizer`] | the ask-and-tell state machine and its snapshot |

pub mod acquisition;
pub mod history;
pub mod importance;
pub mod learning_curve;
pub mod model;
pub mod numerics;
pub mod optimizer;
pub mod pareto;
pub mod pruner;
pub mod sampler;
pub mod setting;
pub mod space;
pub mod transfer;
