"""Batches: the loss in quality when ``q`` trials run at once, compared with peers that choose batches jointly."""
