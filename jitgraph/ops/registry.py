"""Every op type by name. In: the family modules. Out: REGISTRY, what all stages look ops up in.

A family is imported when an op is asked for that no family imported so far defines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module

from jitgraph.ops.definition import OpDef

OFTEN_USED = (
    "arithmetic",
    "casting",
    "shapes_of",
    "assembling",
    "activations",
    "reshaping",
    "reduction_definitions",
    "comparison",
    "selection",
    "logical",
    "slicing",
    "elementwise_division",
    "elementwise_powers",
    "elementwise_exponential",
    "elementwise_extrema",
    "transposing",
    "repeating",
)
"""The families that are searched first: other ops are made of theirs."""

FAMILIES = (
    *OFTEN_USED,
    "arguments",
    "array_rows",
    "assertions",
    "band_parts",
    "batch_norm_definitions",
    "bias",
    "bitwise",
    "box_drawing",
    "box_sampling",
    "box_suppression",
    "box_suppression_combined",
    "bucketing",
    "candidate_picks",
    "candidates",
    "categorical_streams",
    "checkpointing",
    "colour_definitions",
    "constants",
    "control_flow",
    "convolution3d_definitions",
    "convolution_definitions",
    "counting",
    "cross_entropy",
    "cross_products",
    "csv_decoding",
    "ctc",
    "ctc_beam_search",
    "dataset_definitions",
    "decompositions",
    "decompression",
    "depthwise_definitions",
    "diagonals",
    "dilation",
    "edit_distances",
    "elementwise_complex",
    "elementwise_incomplete",
    "elementwise_losses",
    "elementwise_remainders",
    "elementwise_rounding",
    "elementwise_special",
    "elementwise_sums",
    "elementwise_trigonometric",
    "example_definitions",
    "factorization",
    "fake_quantizing",
    "file_contents",
    "filling",
    "flat_places",
    "fourier_definitions",
    "gamma_gradient",
    "gather_trees",
    "gathering",
    "histograms",
    "identities",
    "image_crops",
    "image_decoding_definitions",
    "image_encoding",
    "image_glimpses",
    "image_resizing_definitions",
    "internal",
    "iterator_definitions",
    "known_shapes",
    "least_squares",
    "local_response",
    "masking",
    "matmul",
    "matrices",
    "mirror_padding",
    "numerics",
    "packing",
    "padding",
    "parallel_stacking",
    "partitioning",
    "patches",
    "placeholders",
    "pooling3d_definitions",
    "pooling_argmax",
    "pooling_definitions",
    "py_functions",
    "queue_definitions",
    "random_definitions",
    "random_streams",
    "ranges",
    "raw_decoding",
    "reader_definitions",
    "rearranging",
    "rectifiers",
    "rejection_streams",
    "rising_segments",
    "row_updates",
    "scans",
    "scatter",
    "scattering",
    "searching",
    "segments",
    "sequence_example_definitions",
    "set_operations",
    "shape_arithmetic",
    "softmax",
    "space_batch",
    "space_depth",
    "sparse_crosses",
    "sparse_dense_elementwise",
    "sparse_ordering",
    "sparse_pairs",
    "sparse_products",
    "sparse_reductions",
    "sparse_segments",
    "sparse_shaping",
    "sparse_softmax",
    "sparse_to_dense",
    "splitting",
    "square_matrices",
    "state",
    "stateless_definitions",
    "strided_slice_assign",
    "strided_slice_grad",
    "strided_slicing",
    "string_base64",
    "string_cases",
    "string_hashing",
    "string_joining",
    "string_lengths",
    "string_numbers",
    "string_parts",
    "string_patterns",
    "string_reducing",
    "string_splitting",
    "summary_definitions",
    "table_definitions",
    "tensor_array_definitions",
    "tensor_scattering",
    "top_k",
    "training_dense",
    "training_sparse",
    "triangular",
    "unique",
    "unsorted_segments",
    "value_counts",
)


class Registry(Mapping[str, OpDef]):
    """Op types by name."""

    def __init__(self, package: str, families: tuple[str, ...]) -> None:
        self._package = package
        self._waiting = dict.fromkeys(families)
        self._found: dict[str, OpDef] = {}

    def __getitem__(self, name: str) -> OpDef:
        found = self._found.get(name) or self._in_imported(name)
        while found is None and self._waiting:
            import_module(f"{self._package}.{next(iter(self._waiting))}")
            found = self._in_imported(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        self._import_all()
        return iter(self._found)

    def __len__(self) -> int:
        self._import_all()
        return len(self._found)

    def _in_imported(self, name: str) -> OpDef | None:
        """The op if a family that is imported by now defines it."""
        for family in list(self._waiting):
            module = sys.modules.get(f"{self._package}.{family}")
            if module is None or _is_being_imported(module):
                continue
            del self._waiting[family]
            defined = [each for each in vars(module).values() if isinstance(each, OpDef)]
            self._found.update((each.name, each) for each in defined)
        return self._found.get(name)

    def _import_all(self) -> None:
        for family in list(self._waiting):
            import_module(f"{self._package}.{family}")
        self._in_imported("")


def _is_being_imported(module: object) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


REGISTRY: Mapping[str, OpDef] = Registry("jitgraph.ops", FAMILIES)
