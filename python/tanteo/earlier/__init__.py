"""Earlier searches as help for a new one: read once, mapped by name."""
