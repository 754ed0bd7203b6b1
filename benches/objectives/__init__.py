"""Searches with several objectives: fronts of formulas, engineering designs and trainings, some with constraints."""
