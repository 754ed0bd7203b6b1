"""The checks of `tanteo.testing` on the samplers of other libraries, in pinned versions (`requirements.txt`)."""
