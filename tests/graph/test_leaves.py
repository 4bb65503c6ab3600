"""dtypes, shapes, errors and settings: what TensorFlow's record does not cover."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jitgraph import dtypes, errors, settings
from jitgraph.shapes import TensorShape

DIMS = st.none() | st.lists(st.none() | st.integers(0, 3), max_size=4)


@given(DIMS, DIMS)
def test_merging_is_symmetric_and_tells_compatibility(a, b):
    one, two = TensorShape(a), TensorShape(b)
    if not one.is_compatible_with(two):
        with pytest.raises(ValueError, match="not compatible"):
            one.merge_with(two)
        return
    merged = one.merge_with(two)
    assert merged._dims == two.merge_with(one)._dims
    assert merged.merge_with(one)._dims == merged._dims


@given(DIMS)
def test_equal_shapes_have_equal_hashes(dims):
    one, two = TensorShape(dims), TensorShape(dims)
    assert one != two if dims is not None and None in dims else one == two
    assert hash(one) == hash(two)


def test_shapes_are_pickled():
    assert pickle.loads(pickle.dumps(TensorShape([None, 2])))._dims == (None, 2)


def test_bfloat16_has_the_type_of_ml_dtypes():
    import ml_dtypes

    assert dtypes.bfloat16.as_numpy_dtype is ml_dtypes.bfloat16
    assert dtypes.as_dtype(ml_dtypes.bfloat16) is dtypes.bfloat16
    assert dtypes.as_dtype(np.dtype(ml_dtypes.bfloat16)) is dtypes.bfloat16
    assert float(dtypes.bfloat16.max) == float.fromhex("0x1.fep127")
    assert dtypes.bfloat16.size == 2


def test_reference_types_keep_their_numpy_type():
    assert dtypes.float32._as_ref.as_numpy_dtype is np.float32
    assert dtypes.float32._as_ref.is_floating
    assert pickle.loads(pickle.dumps(dtypes.float32._as_ref)) is dtypes.float32._as_ref


def test_errors_are_pickled():
    error = pickle.loads(pickle.dumps(errors.NotFoundError(None, None, "gone")))
    assert type(error) is errors.NotFoundError
    assert (error.message, error.error_code) == ("gone", errors.NOT_FOUND)


@pytest.fixture
def environment(monkeypatch):
    for name in ("CACHE_DIR", "CACHE", "CACHE_SIZE", "DEBUG", "NUM_THREADS"):
        monkeypatch.delenv(f"JITGRAPH_{name}", raising=False)
    return monkeypatch


def test_settings_have_defaults(environment):
    assert settings.cache_directory() is None
    assert settings.cache_on_disk()
    assert settings.cache_size() == 1 << 30
    assert settings.debug_level() == 0
    assert settings.num_threads() is None


def test_settings_are_read_when_asked(environment):
    for name, value in (
        ("CACHE_DIR", "/some/where"),
        ("CACHE", "OFF"),
        ("CACHE_SIZE", " 1000 "),
        ("DEBUG", "2"),
        ("NUM_THREADS", "3"),
    ):
        environment.setenv(f"JITGRAPH_{name}", value)
    assert settings.cache_directory() == "/some/where"
    assert not settings.cache_on_disk()
    assert settings.cache_size() == 1000
    assert settings.debug_level() == 2
    assert settings.num_threads() == 3


@pytest.mark.parametrize(
    ("text", "size"),
    [("512M", 1 << 29), ("1g", 1 << 30), ("1.5 GiB", 3 << 29), ("64kB", 1 << 16), ("7", 7)],
)
def test_a_cache_size_may_have_a_unit(environment, text, size):
    environment.setenv("JITGRAPH_CACHE_SIZE", text)
    assert settings.cache_size() == size


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1X", "M", "1e9", "0.1", "1G 2"])
def test_a_cache_size_that_is_none_is_named(environment, text):
    environment.setenv("JITGRAPH_CACHE_SIZE", text)
    with pytest.raises(ValueError, match="JITGRAPH_CACHE_SIZE must be bytes such as 512M"):
        settings.cache_size()


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "²"])
def test_bad_settings_are_named(environment, value):
    environment.setenv("JITGRAPH_NUM_THREADS", value)
    with pytest.raises(ValueError, match="JITGRAPH_NUM_THREADS must be a positive integer, got"):
        settings.num_threads()
