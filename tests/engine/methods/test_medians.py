import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.methods.medians import medians_of_others


@given(st.lists(st.integers(-3, 3) | st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_each_value_is_left_out_of_its_own_median(values: list[float]) -> None:
    given = np.array(values, dtype=float)
    slowly = [np.median(np.delete(given, place)) for place in range(len(given))]
    assert medians_of_others(given).tolist() == slowly
