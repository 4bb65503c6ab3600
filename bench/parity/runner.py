"""Runs cases of one op in one library; both sides run this very code, on their own module.

In: the library (jitgraph or TensorFlow's compat.v1), a request. Out: for each case its outputs or
error, and its gradients or error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from bench.parity.messages import CaseRequest, Item, OpRequest


class Library(NamedTuple):
    """What differs between the sides.

    Args:
      tf: the module.
      create: (op type, inputs by name, attributes) -> Operation.
      config: of a session.
    """

    tf: Any
    create: Callable[[str, dict[str, Any], dict[str, Any]], Any]
    config: Any = None


@dataclass
class Built:
    """A case in a graph: what to fetch, what to feed, what to run before."""

    outputs: list[Any]
    feeds: dict[Any, np.ndarray] = field(default_factory=dict)
    initializers: list[Any] = field(default_factory=list)


def run_op(library: Library, request: OpRequest) -> list[dict[str, Any]]:
    """One reply a case: {"outputs": [..]} or {"error": ..}; where something can be
    differentiated also {"gradients": [.., None]} or {"gradient_error": ..}."""
    with library.tf.Graph().as_default() as graph:
        made = [_attempt(_build, library, request, case) for case in request.cases]
        found = _run_all(library, graph, made)
        slopes = [
            _attempt(_differentiate, library.tf, case, built, outputs)
            for case, built, outputs in zip(request.cases, made, found, strict=True)
        ]
        derived = _run_all(library, graph, slopes)
    return [
        _reply(outputs, slope, gradients)
        for outputs, slope, gradients in zip(found, slopes, derived, strict=True)
    ]


def _reply(outputs: Any, slope: Any, gradients: Any) -> dict[str, Any]:
    if isinstance(outputs, Exception):
        return {"error": described(outputs)}
    if slope is None:
        return {"outputs": outputs}
    if isinstance(gradients, Exception):
        return {"outputs": outputs, "gradient_error": described(gradients)}
    return {"outputs": outputs, "gradients": gradients}


def described(error: Exception) -> str:
    """The class of an error, and what it says on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _attempt(step: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return step(*arguments)
    except Exception as error:
        return error


def _build(library: Library, request: OpRequest, case: CaseRequest) -> Built:
    built = Built([])
    inputs = {
        name: [_tensor(library, each, built) for each in given]
        if isinstance(given, list)
        else _tensor(library, given, built)
        for name, given in zip(request.arguments, case.inputs, strict=True)
    }
    attrs = {key: _attribute(library.tf, value) for key, value in case.attrs.items()}
    built.outputs = list(library.create(request.op, inputs, attrs).outputs)
    return built


def _attribute(tf: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return tf.TensorShape(value["shape"]) if "shape" in value else tf.as_dtype(value["dtype"])
    if isinstance(value, tuple):
        return tuple(_attribute(tf, each) for each in value)
    return value


def _tensor(library: Library, item: Item, built: Built) -> Any:
    tf = library.tf
    dtype = tf.as_dtype("string" if item.array.dtype == object else item.array.dtype)
    if item.role == "constant":
        return tf.constant(item.array, dtype)
    if item.role == "variable":
        return _variable(library, item.array, dtype, built)
    fed = tf.placeholder(dtype, item.array.shape)
    built.feeds[fed] = item.array
    return fed


def _variable(library: Library, array: np.ndarray, dtype: Any, built: Built) -> Any:
    tf, create = library.tf, library.create
    shape = tf.TensorShape(array.shape)
    (ref,) = create("VariableV2", {}, {"shape": shape, "dtype": dtype}).outputs
    built.initializers.append(create("Assign", {"ref": ref, "value": tf.constant(array)}, {}))
    return ref


def _differentiate(tf: Any, case: CaseRequest, built: Any, outputs: Any) -> Built | None:
    """The gradients of all that can be differentiated, for fixed random upstream gradients."""
    if isinstance(built, Exception) or isinstance(outputs, Exception):
        return None
    rng = np.random.default_rng(0)
    feeds, ys, upstream = dict(built.feeds), [], []
    for y, value in list(zip(built.outputs, outputs, strict=True))[: case.differentiated]:
        if _is_continuous(y) and not y.dtype._is_ref_dtype:
            weight = rng.uniform(0.5, 1.5, value.shape).astype(value.dtype)
            ys.append(y)
            upstream.append(tf.placeholder(y.dtype, value.shape))
            feeds[upstream[-1]] = weight
    xs = [x for x in built.feeds if _is_continuous(x)]
    if not ys or not xs:
        return None
    found = tf.gradients(ys, xs, grad_ys=upstream)
    return Built([None if g is None else tf.convert_to_tensor(g) for g in found], feeds)


def _is_continuous(tensor: Any) -> bool:
    return bool(tensor.dtype.is_floating or tensor.dtype.is_complex)


def _run_all(library: Library, graph: Any, made: list[Any]) -> list[Any]:
    """The results of all cases by one run; if it fails, each by a run of its own."""
    able = [built for built in made if isinstance(built, Built)]
    with library.tf.Session(graph=graph, config=library.config) as session:
        together = _attempt(_run, session, able)
        if isinstance(together, Exception):
            together = [_alone(session, built) for built in able]
    results = iter(together)
    return [next(results) if isinstance(built, Built) else built for built in made]


def _alone(session: Any, built: Built) -> Any:
    found = _attempt(_run, session, [built])
    return found if isinstance(found, Exception) else found[0]


def _run(session: Any, several: list[Built]) -> list[list[Any]]:
    session.run([op for built in several for op in built.initializers])
    feeds = {tensor: array for built in several for tensor, array in built.feeds.items()}
    fetches = [[t for t in built.outputs if t is not None] for built in several]
    found = session.run(fetches, feeds)
    return [_with_gaps(built.outputs, arrays) for built, arrays in zip(several, found, strict=True)]


def _with_gaps(tensors: list[Any], arrays: list[Any]) -> list[Any]:
    rest = iter(arrays)
    return [None if tensor is None else _as_array(next(rest)) for tensor in tensors]


def _as_array(result: Any) -> np.ndarray:
    """What a run gave; one string is `bytes`, which NumPy would make an array of its own kind."""
    return np.asarray(result, object if isinstance(result, bytes) else None)
