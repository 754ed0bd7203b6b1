"""Trials: how they are asked for and told, and how their results are read."""
