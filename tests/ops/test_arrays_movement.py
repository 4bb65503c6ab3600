"""Movement rules of array ops: walking an AffineMap or Assembly gives the reference's result."""

import numpy as np
import pytest

from jitgraph import dtypes
from jitgraph.ops.definition import OpDef, ShapeQuery
from jitgraph.ops.registry import REGISTRY

MOVEMENTS = [d for d in REGISTRY.values() if d.samples and (callable(d.view) or d.assemble)]


@pytest.mark.parametrize("definition", MOVEMENTS, ids=lambda d: d.name)
def test_rule_agrees_with_reference(definition):
    for sample in definition.samples(np.random.default_rng(1)):
        query = _query(definition, sample)
        attrs = {name: query.attrs[name] for name in definition.attrs}
        expected = np.asarray(definition.reference(*sample.inputs, **attrs))
        (dims,) = definition.shape(query)
        assert dims == expected.shape
        given = _flat(sample.inputs)
        if definition.assemble:
            found = _assembled(definition, query, given, expected)
        else:
            found = _walked(definition.view(query), given[0], dims)
        np.testing.assert_array_equal(found, expected)


def _flat(inputs) -> list:
    flat = []
    for value in inputs:
        flat.extend(value if isinstance(value, list) else [value])
    return [np.asarray(value) for value in flat]


def _query(definition: OpDef, sample) -> ShapeQuery:
    given = _flat(sample.inputs)
    attrs = {**definition.attrs, **sample.attrs}
    kinds = [dtypes.as_dtype(value.dtype) for value in given]
    return ShapeQuery(
        [value.shape for value in given], kinds, attrs, lambda i: given[i].astype(object)
    )


def _walked(affine, source, dims):
    result = np.empty(dims, source.dtype)
    for place in np.ndindex(*dims):
        at = list(affine.offsets)
        for index, step in zip(place, affine.sources, strict=True):
            if step is not None:
                at[step[0]] += step[1] * index
        assert all(0 <= position < size for position, size in zip(at, source.shape, strict=True))
        result[place] = source[tuple(at)]
    return result


def _assembled(definition: OpDef, query: ShapeQuery, given, expected):
    assembly = definition.assemble(query)
    fill = assembly.fill
    if isinstance(fill, str):
        fill = given[[arg.name for arg in definition.inputs].index(fill)]
    result = np.full(expected.shape, 0 if fill is None else fill, expected.dtype)
    written = np.zeros(expected.shape, int)
    for piece in assembly.pieces:
        source = given[piece.index]
        part = source if piece.map is None else _walked(piece.map, source, piece.sizes)
        place = tuple(
            slice(start, start + size)
            for start, size in zip(piece.offsets, piece.sizes, strict=True)
        )
        result[place] = part
        written[place] += 1
    assert written.max(initial=0) <= 1
    assert fill is not None or written.min(initial=1) == 1
    return result
