"""Speed of Tanteo and its peers, measured in one run."""
