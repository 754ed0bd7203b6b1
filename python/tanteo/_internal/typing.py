"""What annotations need at run time, which is next to nothing.

``typing`` imports ``re``, ``enum`` and ``contextlib`` and would cost as much as all the rest of ``import tanteo``. The
modules that this import runs therefore take it in an ``if TYPE_CHECKING:`` block: checkers know the name and read the
block, the interpreter skips it.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import overload
else:

    def overload(function):
        """Stand in for :func:`typing.overload`."""
        return function


__all__ = ["TYPE_CHECKING", "overload"]
