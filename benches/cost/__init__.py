"""Searches that have a budget of cost, with and without weighing what trials cost."""
