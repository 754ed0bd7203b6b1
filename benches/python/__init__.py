"""Side-by-side speed, measured in one run."""
