"""Earlier searches from which a new one learns: read once, and mapped by the names of parameters."""
