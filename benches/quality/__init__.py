"""Search quality beside the peers: ``python -m benches.quality run`` and ``python -m benches.quality report``."""
