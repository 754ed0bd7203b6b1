"""What a parameter is in other libraries: reads their distributions where the meaning is exact, and refuses the others.

``detection.py`` recognizes a distribution by the module of its type, so that no library is imported; ``reading.py``
hands it to the file of its library.
"""

from .detection import UNKNOWN, library_of
from .inexact import Inexact
from .reading import read, refuse_mapping

__all__ = ["UNKNOWN", "Inexact", "library_of", "read", "refuse_mapping"]
