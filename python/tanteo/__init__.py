"""Tanteo: ask-and-tell optimization for people who tune models."""
