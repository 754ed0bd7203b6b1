"""The parameters of a search space.

A parameter alone is unchecked, for only the space knows its name: ``SearchSpace`` checks every field and names the
parameter in what it raises.
"""

from .base import Parameter
from .choice import Categorical, Ordinal
from .constant import Constant
from .numeric import Float, Int

__all__ = ["Categorical", "Constant", "Float", "Int", "Ordinal", "Parameter"]
