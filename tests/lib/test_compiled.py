import numpy as np

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
