"""Pruning: recorded and analytic learning curves, searched on a simulated clock."""
