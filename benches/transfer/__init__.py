"""Transfer: the benefit of an earlier search for a new one, and the cost of a misleading one."""
