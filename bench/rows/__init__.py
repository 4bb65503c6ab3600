"""The benchmarks, in the order in which they are shown."""

from __future__ import annotations

import importlib

from bench.row import Row

_MODULE_OF = {
    "run": "small",
    "callable": "small",
    "regression": "regression",
    "black_scholes": "arrays",
    "scale": "arrays",
    "uniform": "random_numbers",
    "normal": "random_numbers",
    "truncated": "random_numbers",
    "dropout": "random_numbers",
    "mlp": "mlp",
    "adam": "mlp",
    "rows_adagrad": "table",
    "rows_adam": "table",
    "cnn": "cnn",
    "cnn_50": "cnn",
    "cnn_1": "cnn",
    "conv": "convolutions",
    "resize": "pictures",
    "resize_uint8": "pictures",
    "resize_cubic": "pictures",
    "resize_area": "pictures",
    "pictures": "pictures",
    "batch_norm": "normalization",
    "separable": "normalization",
    "loop": "loops",
    "loop_slope": "loops",
    "loop_matmul": "loops",
    "loop_matmul_slope": "loops",
    "lstm_unrolled": "lstm",
    "lstm_dynamic": "lstm",
    "chain": "chain",
    "layers": "layers",
    "sizes": "sizes",
    "mask_8": "stages",
    "mask_1m": "stages",
    "unique_1m": "stages",
    "called": "stages",
    "records_written": "records",
    "records_iterated": "records",
    "records_parsed_32": "records",
    "records_parsed": "records",
    "records_in_batches": "records",
    "data_mapped": "data",
    "data_parallel": "data",
    "data_shuffled": "data",
    "data_filtered": "data",
    "data_generated": "data",
    "cnn_fed": "fed",
    "mlp_fed": "fed",
    "signatures": "signatures",
    "tail": "tail",
    "start": "start",
    "warm": "cold",
    "cold": "cold",
    "cold_cnn": "cold",
    "warm_lstm": "cold",
    "warm_lstm_dynamic": "cold",
    "cold_lstm": "cold",
    "cold_lstm_dynamic": "cold",
}

ROW_NAMES = tuple(_MODULE_OF)


def find_row(name: str) -> Row:
    """The row of that name; imports its module alone, so that a fresh process stays light."""
    module = importlib.import_module(f"bench.rows.{_MODULE_OF[name]}")
    return next(row for row in module.ROWS if row.name == name)
