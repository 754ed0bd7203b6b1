"""When searches would have been stopped: what was expected of the next trials, recorded beside what they brought."""
