"""The search space: its parameters, their conditions, priors and constraints, and its form as JSON."""
