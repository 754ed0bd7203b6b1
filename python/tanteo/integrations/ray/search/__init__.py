"""The search behind the searcher: what every trial reported, what the optimizer is told of it, and when."""
