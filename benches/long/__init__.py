"""Searches of thousands of trials over numbers, beside CMA-ES and its variant with a surrogate."""
