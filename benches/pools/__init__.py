"""Searches among the rows of tables, after the protocol of HPO-B (Pineda Arango et al. 2021)."""
