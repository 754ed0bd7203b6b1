"""Trials: what is asked, what is told of it, and every way to read what came of it."""
