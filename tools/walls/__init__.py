"""The walls of the house as functions over a source tree.

Every rule takes the root of a tree and returns one sentence per breach, so that a test can run it on this tree (no
breach) and on a scratch copy in which the rule is broken on purpose (a breach).
"""
