"""What tracing may find out that it needs: values that must be computed before the rest."""

from __future__ import annotations

from jitgraph.graph import Operation, Tensor


class NeedsValue(Exception):
    """A shape, axis or predicate depends on data: `tensor` must be computed before the rest is
    compiled; `always`: also with other feeds and variables."""

    always = True

    def __init__(self, tensor: Tensor) -> None:
        super().__init__(tensor.name)
        self.tensor = tensor


class NeedsRun(Exception):
    """The size of what `op` makes depends on data: it must run before the rest is compiled;
    `always`: also with other feeds and variables."""

    always = True

    def __init__(self, op: Operation) -> None:
        super().__init__(op.name)
        self.op = op
