//! The tree-structured Parzen estimator's densities (to be written).
