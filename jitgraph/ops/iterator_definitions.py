"""Ops that make and use iterators: IteratorV2, MakeIterator, IteratorGetNext, and those that pass
through a whole dataset at once.

In: datasets. Out: elements. An iterator belongs to the session that uses it; the ops run in Python,
between the programs of a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.errors import FailedPreconditionError, InvalidArgumentError
from jitgraph.ops.dataset_calls import node_of, reduced
from jitgraph.ops.dataset_nodes import Element, Node, Pass, as_value
from jitgraph.ops.definition import ANY, REQUIRED, Dims, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.held_iterators import HeldIterator, iterator_called, iterator_of
from jitgraph.shapes import as_shape


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _scalar(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _nothing(q: ShapeQuery) -> list[Dims | None]:
    return []


def _as_said(q: ShapeQuery) -> list[Dims | None]:
    return [as_shape(shape)._dims for shape in q.attrs["output_shapes"]]


_STRUCTURE = {"output_types": REQUIRED, "output_shapes": REQUIRED}


def _made(title: str, output_types: Any, output_shapes: Any, **_: Any) -> HeldIterator:
    return HeldIterator(output_types, output_shapes)


def _made_with_dataset(
    title: str, dataset_factory: Any, output_types: Any, output_shapes: Any, **_: Any
) -> HeldIterator:
    factory = dataset_factory.bound(())
    return HeldIterator(output_types, output_shapes, lambda: node_of(factory(())))


ITERATOR = OpDef(
    "IteratorV2",
    "-> handle: resource",
    _scalar,
    types={"output_types": ANY},
    attrs={"shared_name": REQUIRED, "container": REQUIRED, **_STRUCTURE},
    reference=_made,
    gradient=no_gradient,
    stateful=True,
    holds=True,
    samples=_no_samples,
)
ONE_SHOT_ITERATOR = OpDef(
    "OneShotIterator",
    "-> handle: resource",
    _scalar,
    types={"output_types": ANY},
    attrs={"dataset_factory": REQUIRED, **_STRUCTURE, "container": "", "shared_name": ""},
    reference=_made_with_dataset,
    gradient=no_gradient,
    functions=("dataset_factory",),
    stateful=True,
    holds=True,
    samples=_no_samples,
)


def _using(name: str, signature: str, shape: Any, reference: Any, **more: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        reference=reference,
        gradient=no_gradient,
        stateful=True,
        must_run=True,
        calls_python=True,
        samples=_no_samples,
        **more,
    )


def _begun(dataset: Any, iterator: Any) -> None:
    iterator_of(iterator).begin(node_of((dataset,)))


def _next(iterator: Any, **_: Any) -> Element:
    return iterator_of(iterator).next()


def _handle(iterator: Any) -> np.ndarray:
    return as_value(iterator_of(iterator).handle.encode())


def _called(handle: Any, output_types: Any = (), output_shapes: Any = ()) -> np.ndarray:
    return as_value(iterator_called(handle.item(), output_types, output_shapes))


MAKE_ITERATOR = _using("MakeIterator", "dataset: variant, iterator: resource ->", _nothing, _begun)
ITERATOR_GET_NEXT = _using(
    "IteratorGetNext", "iterator: resource -> components: [output_types]", _as_said, _next,
    types={"output_types": ANY}, attrs=_STRUCTURE,
)  # fmt: skip
ITERATOR_TO_STRING_HANDLE = _using(
    "IteratorToStringHandle", "resource_handle: resource -> string_handle: string", _scalar,
    _handle,
)  # fmt: skip
ITERATOR_FROM_STRING_HANDLE = _using(
    "IteratorFromStringHandleV2", "string_handle: string -> resource_handle: resource", _scalar,
    _called, types={"output_types": ANY}, attrs={"output_types": (), "output_shapes": ()},
)  # fmt: skip


def _reduced(dataset: Any, state: Any, others: Any, *, f: Any, **_: Any) -> Element:
    return reduced(node_of((dataset,)), tuple(state), f.bound(others))


def _single(dataset: Any, **_: Any) -> Element:
    run = Pass()
    node: Node = node_of((dataset,))
    stream = node.stream(run)
    try:
        found = next(stream, None)
        if found is None:
            raise InvalidArgumentError(None, None, "Dataset was empty.")
        if next(stream, None) is not None:
            raise InvalidArgumentError(None, None, "Dataset had more than one element.")
        return found
    finally:
        run.end()
        stream.close()


REDUCE_DATASET = _using(
    "ReduceDataset",
    "input_dataset: variant, initial_state: [Tstate], other_arguments: [Targuments] "
    "-> components: [output_types]",
    _as_said, _reduced, functions=("f",),
    types={"Tstate": ANY, "Targuments": ANY, "output_types": ANY},
    attrs={"f": REQUIRED, **_STRUCTURE, "use_inter_op_parallelism": True},
)  # fmt: skip
DATASET_TO_SINGLE_ELEMENT = _using(
    "DatasetToSingleElement", "dataset: variant -> components: [output_types]", _as_said, _single,
    types={"output_types": ANY}, attrs=_STRUCTURE,
)  # fmt: skip

HANDED_IN = "_HandedIn"


def _unknown(title: str, **_: Any) -> Any:
    raise FailedPreconditionError(None, None, f"{title}: nothing was handed in")


HANDED_IN_THING = OpDef(
    HANDED_IN,
    "-> handle: resource",
    _scalar,
    attrs={"container": "", "shared_name": ""},
    reference=_unknown,
    gradient=no_gradient,
    stateful=True,
    holds=True,
    internal=True,
    samples=_no_samples,
)
"""Stands in a function for a table or queue that a session keeps for the graph around it."""
