"""Searchers of Ray Tune side by side; see benches/README.md."""
