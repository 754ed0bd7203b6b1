"""Searches with a budget of cost, with and without a sampler that weighs the cost of trials."""
