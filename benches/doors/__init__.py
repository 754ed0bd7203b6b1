"""Tanteo inside other libraries: what a trial costs there."""
