"""Stand-ins for ``typing`` at run time.

``typing`` imports ``re``, ``enum`` and ``contextlib`` and would cost as much as the rest of ``import tanteo``. Modules
that are loaded by this import therefore import it in an ``if TYPE_CHECKING:`` block, which type checkers read and the
interpreter skips. The few names that are needed outside such a block have a stand-in here.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Generic, TypeVar, overload
else:

    class Generic:
        """Stand in for :class:`typing.Generic`: subscripting a class returns the class."""

        def __class_getitem__(cls, item):
            """Return the class itself."""
            return cls

    class TypeVar:
        """Stand in for :class:`typing.TypeVar`."""

        def __init__(self, name):
            self.__name__ = name

    def overload(function):
        """Stand in for :func:`typing.overload`."""
        return function


__all__ = ["TYPE_CHECKING", "Generic", "TypeVar", "overload"]
