"""Benchmarks of Tanteo beside its peers; see ``benches/README.md`` for the method."""
