"""The parameters of a search space.

A parameter does not know its name, so it is not checked when it is created. ``SearchSpace`` checks every field and
names the parameter in its errors.
"""

from .base import Parameter
from .choice import Categorical, Ordinal
from .constant import Constant
from .numeric import Float, Int

#: The kinds of parameters, each in one class.
KINDS: tuple[type[Parameter], ...] = (Float, Int, Categorical, Ordinal, Constant)

__all__ = ["Categorical", "Constant", "Float", "Int", "Ordinal", "Parameter"]
