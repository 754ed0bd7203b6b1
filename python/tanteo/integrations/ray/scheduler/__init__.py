"""The scheduler that Ray Tune asks after each result: whether a trial goes on, is paused or is stopped.

The scheduler has an optimizer of its own, which it uses only for pruning. That optimizer has one trial for each trial
of Tune, with its reports but without its configuration. Tune does not save the state of schedulers. If the searcher of
the experiment is a :class:`TanteoSearch`, the optimizer is saved in the files of the searcher.

``scheduler.py`` has the class that Tune calls; ``pauses.py`` has the trials by number and by their id at Tune, records
their pauses and chooses which of them resumes; ``experiment.py`` knows the searcher and the limiters of concurrency;
``stored.py`` restores a stored state.
"""
