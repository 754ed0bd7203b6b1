"""What a parameter is in other libraries: reads their distributions where the meaning is exact, and refuses the others.

``detection.py`` recognizes a distribution by the module of its type, so that no library is imported; ``reading.py``
hands it to the file of its library.
"""

from .detection import library_of
from .reading import read, refuse_mapping

__all__ = ["library_of", "read", "refuse_mapping"]
