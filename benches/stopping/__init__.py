"""Stopping rules: the expected improvement of the next trials, recorded together with the actual improvement."""
