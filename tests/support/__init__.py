"""Shared by the tests: generated spaces with an independent validity check, example searches, fresh processes."""
