"""A model of studies that several processes use: random histories, each step compared with what a fresh reader sees.

* :mod:`.worker` is a process that opens, asks, tells, looks, forks and closes as it is told.
* :mod:`.world` says what every file must hold: what was acknowledged, or after a rough step a beginning of it.
* :mod:`.steps` draws the steps: also kills, copies, moves, deleted side files and links.
* ``python -m support.histories`` runs histories, with or without one of the cures (``--without``).
"""
