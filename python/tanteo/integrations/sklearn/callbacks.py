"""The tasks of a search as the callbacks of scikit-learn (since 1.9) see them."""

from __future__ import annotations

from typing import Any


class SearchTask:
    """The task of a search. Each fit of a candidate is a task below it, as in ``RandomizedSearchCV``.

    scikit-learn numbers the fits of every batch from 0, and refuses a number that was used before. They are therefore
    numbered here.

    Parameters
    ----------
    search
        The search.
    context
        The context of its ``fit``.
    n_fits
        The maximum number of fits.
    """

    def __init__(self, search: Any, context: Any, n_fits: int) -> None:
        self._search, self._n_begun = search, 0
        self._context = context.subcontext(task_name="search", max_subtasks=n_fits, sequential_subtasks=False)
        self._context.call_on_fit_task_begin(estimator=search)

    def subcontext(self, *, task_name: str, task_id: int) -> Any:
        """Return the context of the next fit."""
        self._n_begun += 1
        return self._context.subcontext(task_name=task_name, task_id=self._n_begun - 1)

    def end(self) -> None:
        """Tell the callbacks that the search has ended."""
        self._context.call_on_fit_task_end(estimator=self._search)
