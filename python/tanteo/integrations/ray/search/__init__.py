"""The search behind the searcher: the reports of all trials, and when and how the optimizer is told of them."""
