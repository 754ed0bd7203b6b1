"""Batches: how much a search loses when ``q`` trials run at once, beside peers that choose batches jointly."""
