"""Benchmarks of Tanteo and its peers; see ``benches/README.md`` for the method."""
