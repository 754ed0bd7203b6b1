"""The strategies of `tanteo.testing`, with the options that the tests of spaces need."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import tanteo as tt
from tanteo.testing import strategies as public
from tanteo.testing.strategies import values

seeds: SearchStrategy[int] = public.seeds()
json_labels: SearchStrategy[Any] = public.labels()


def parameters(*, extreme: bool = False) -> SearchStrategy[tt.Parameter]:
    """Draw any parameter, including constants with any label."""
    return public.parameters(extreme=extreme) | json_labels.map(tt.Constant)


def search_spaces(*, conditional: bool = True, **options: Any) -> SearchStrategy[tt.SearchSpace]:
    """Draw a space with groups and constants."""
    return public.search_spaces(conditional=conditional, nested=True, constants=True, **options)


@st.composite
def spaces_with_params(draw: DrawFn, **options: Any) -> tuple[tt.SearchSpace, dict[str, Any]]:
    """Draw a space and one configuration of it."""
    space = draw(search_spaces(**options))
    return space, draw(public.params(space))


__all__ = ["json_labels", "parameters", "search_spaces", "seeds", "spaces_with_params", "values"]
