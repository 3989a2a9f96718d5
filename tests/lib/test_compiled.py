import numpy as np

from route_app.lib import compiled as compiled_module
from route_app.lib.compiled import COMPILES, compiled


def _total(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def test_a_compiled_function_answers_as_the_plain_one_does():
    assert COMPILES  # every machine the tests run on has a wheel
    values = np.arange(10.0)
    assert compiled(_total)(values) == _total(values) == 45.0


def test_where_nothing_can_be_kept_it_compiles_anew(monkeypatch):
    real = compiled_module.njit

    def keeps_nothing(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(compiled_module, "njit", keeps_nothing)
    assert compiled(_total)(np.arange(4.0)) == 6.0
