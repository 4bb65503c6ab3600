"""Assertions about arrays, for tests: near, equal, within bounds. In: arrays, tensors, structures.

Out: AssertionError, which says where values differ. A tensor is evaluated by the test's session.
"""

from __future__ import annotations

import math
import unittest
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from jitgraph.graph import Tensor

FEW = 500
SHOWN = 10


class ArrayAssertions(unittest.TestCase):
    """What `tf.test.TestCase` knows of arrays."""

    def evaluate(self, tensors: Any) -> Any:
        """The tensors' values."""
        raise NotImplementedError

    def _GetNdArray(self, a: Any) -> Any:
        if isinstance(a, Tensor):
            a = self.evaluate(a)
        return a if isinstance(a, np.ndarray) else np.array(a)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Two numbers differ by `err` at most."""
        more = "" if msg is None else f" ({msg})"
        close = f1 == f2 or math.fabs(f1 - f2) <= err
        self.assertTrue(close, f"{f1:f} != {f2:f} +/- {err:f}{more}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None):
        """Two sequences of numbers differ by `err` at most, each number of each."""
        self.assertEqual(len(farray1), len(farray2), msg=msg)
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err, msg=msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None):
        """The norm of two arrays' difference is below `err`."""
        self.assertTrue(np.linalg.norm(ndarray1 - ndarray2) < err, msg=msg)

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """Two arrays, or structures of them, are of one shape and near: |a - b| <= atol + rtol |b|.

        Raises:
          AssertionError: they are not; tells where.
          ValueError: one is a mapping and the other none, or their lengths differ.

        Example:
          >>> self.assertAllClose([1.0, 2.0], tf.constant([1.0, 2.0]))
        """
        self._assert_close(a, b, rtol, atol, "", msg or "")

    def _assert_close(self, a: Any, b: Any, rtol: float, atol: float, path: str, msg: str) -> None:
        a = a._asdict() if hasattr(a, "_asdict") else a
        b = b._asdict() if hasattr(b, "_asdict") else b
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg}")
        if isinstance(a, Mapping):
            self.assertCountEqual(
                a,
                b,
                f"mismatched keys: a{path} has keys {a.keys()}, but b{path} has keys {b.keys()}. "
                f"{msg}",
            )
            for key in a:
                self._assert_close(a[key], b[key], rtol, atol, f"{path}[{key}]", msg)
            return
        words = f"Mismatched value: a{path} is different from b{path}. {msg}"
        if not isinstance(a, list | tuple):
            self._assert_arrays_close(a, b, rtol, atol, words)
            return
        try:
            one, other = self._GetNdArray(a), self._GetNdArray(b)
            self._assert_arrays_close(one, other, rtol, atol, words)
        except (ValueError, TypeError) as error:
            if len(a) != len(b):
                raise ValueError(
                    f"Mismatched length: a{path} has {len(a)} items, but b{path} has {len(b)} "
                    f"items. {msg}"
                ) from error
            for index, (left, right) in enumerate(zip(a, b, strict=True)):
                self._assert_close(left, right, rtol, atol, f"{path}[{index}]", msg)

    def _assert_arrays_close(self, a: Any, b: Any, rtol: float, atol: float, msg: str) -> None:
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        contents = f" with contents {b}" if b.ndim <= 3 or b.size < FEW else ""
        shapes = f"Shape mismatch: expected {a.shape}, got {b.shape}{contents}."
        self.assertEqual(a.shape, b.shape, shapes)
        if np.allclose(a, b, rtol=rtol, atol=atol):
            return
        apart = (np.abs(a - b) > atol + rtol * np.abs(b)) | (np.isnan(a) != np.isnan(b))
        x, y = (a[apart], b[apart]) if a.ndim else (a, b)
        lines = [
            msg,
            *([f"not close where = {np.where(apart)}"] if a.ndim else []),
            f"not close lhs = {x}",
            f"not close rhs = {y}",
            f"not close dif = {np.abs(x - y)}",
            f"not close tol = {atol + rtol * np.abs(y)}",
            f"dtype = {a.dtype}, shape = {a.shape}",
        ]
        np.testing.assert_allclose(a, b, rtol, atol, equal_nan=True, err_msg="\n".join(lines))

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """`assertAllClose` with wider bounds for types of less precision."""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        bounds = {
            "float32": (float_rtol, float_atol),
            "complex64": (float_rtol, float_atol),
            "float16": (half_rtol, half_atol),
            "bfloat16": (bfloat16_rtol, bfloat16_atol),
        }
        found = [bounds[name] for name in {a.dtype.name, b.dtype.name} & bounds.keys()]
        rtol = max([rtol, *(bound[0] for bound in found)])
        atol = max([atol, *(bound[1] for bound in found)])
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """Somewhere two arrays are not near; arguments as `assertAllClose`'s."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Two arrays are of one shape and equal; NaN equals NaN."""
        msg = msg or ""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        contents = f" Contents: {b}. \n" if b.ndim <= 3 or b.size < FEW else " "
        shapes = f"Shape mismatch: expected {a.shape}, got {b.shape}.{contents}{msg}."
        self.assertEqual(a.shape, b.shape, shapes)
        same = a == b
        if a.dtype.kind == "f" or a.dtype.name == "bfloat16":
            same = same | (np.isnan(a) & np.isnan(b))
        if np.all(same):
            return
        differ = np.logical_not(same)
        x, y = (a[differ], b[differ]) if a.ndim else (a, b)
        where = [f"not equal where = {np.where(differ)}"] if a.ndim else []
        lines = [msg, *where, f"not equal lhs = {x}", f"not equal rhs = {y}"]
        np.testing.assert_array_equal(a, b, err_msg="\n".join(lines))

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Somewhere two arrays differ."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """All elements are greater than a number."""
        self.assertGreater(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """All elements are less than a number."""
        self.assertLess(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """No element is less than a number."""
        self.assertGreaterEqual(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """No element is greater than a number."""
        self.assertLessEqual(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """All elements lie between two numbers, none is NaN.

        Args:
          target: an array or a tensor.
          lower_bound, upper_bound: the numbers.
          open_lower_bound, open_upper_bound: the number itself is outside.
        """
        target = self._GetNdArray(target)
        if target.dtype.kind not in "fiu":
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has "
                f"type: {target.dtype}"
            )
        self._refuse(
            np.isnan(target),
            target,
            "are NaN. Subscripts(s) and value(s) of the NaN element(s):\n",
        )
        below = target <= lower_bound if open_lower_bound else target < lower_bound
        above = target >= upper_bound if open_upper_bound else target > upper_bound
        left, right = "(" if open_lower_bound else "[", ")" if open_upper_bound else "]"
        self._refuse(
            below | above,
            target,
            f"are outside the range {left}{lower_bound}, {upper_bound}{right}. "
            "Subscript(s) and value(s) of the offending elements:\n",
        )

    def _refuse(self, wrong: Any, target: Any, words: str) -> None:
        places = np.argwhere(wrong)
        if not np.any(wrong):
            return
        lines = [f"  {place} : {target[tuple(place)]}" for place in places[:SHOWN]]
        lines += ["  ..."] if len(places) > SHOWN else []
        count = f"{len(places)} of the {target.size} element(s) "
        raise AssertionError(count + words + "\n".join(lines))

    def assertAllInSet(self, target: Any, expected_set: Iterable[Any]) -> None:
        """All elements are among some values."""
        others = np.setdiff1d(self._GetNdArray(target).ravel(), list(expected_set))
        if others.size:
            raise AssertionError(
                f"{others.size} unique element(s) are not in the set {expected_set}: {others}"
            )

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """An array is of a NumPy dtype."""
        self.assertEqual(self._GetNdArray(target).dtype, expected_dtype)

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """An array is of a tensor's shape.

        Raises:
          TypeError: the first is no array, or the second no tensor.
        """
        if not isinstance(np_array, np.ndarray | np.generic):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if not isinstance(tf_tensor, Tensor):
            raise TypeError("tf_tensor must be a Tensor")
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)
