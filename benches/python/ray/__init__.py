"""Comparison of Ray Tune searchers; see benches/README.md."""
