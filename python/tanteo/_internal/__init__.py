"""Helpers for all modules: argument checks, safe text, files, optional packages. Not part of the public interface."""
