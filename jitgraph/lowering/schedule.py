"""What a region computes where: in which loop over a row, and what is kept in memory in between.

In: a region, the values needed from it. Out: a `Schedule`: for each instruction the number of its
loop, for each value whether it has an element for every point or one for a whole row, and which
values are stored.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Value
from jitgraph.lowering import scalar
from jitgraph.lowering.fuse import key_dtype
from jitgraph.lowering.region import ROW, Place, Region

CHEAP = 6
"""A value needed in a later loop over the same row is computed again up to this cost."""


class Schedule:
    """The order of a region's work.

    Attributes:
      producer: for each value made here, its instruction.
      stages: for each instruction the number of the loop over a row in which (before which, for
        values of the row as a whole) it is computed; a reduction belongs to the loop it closes.
      outputs: the values needed afterwards, in the order of their making.
      temporaries: values of one loop that a later one needs and that are dear to compute again.
    """

    def __init__(self, region: Region, needed: set[Value]) -> None:
        self.region = region
        self.producer = {v: instr for instr in region.instrs for v in instr.outputs}
        self.stages = self._stages()
        self._chain_costs: dict[Value, int] = {}
        self.outputs = [v for instr in region.instrs for v in instr.outputs if v in needed]
        self._stored = set(self.outputs)
        self.temporaries = self._crossing() if region.kind == ROW else []
        self._stored.update(self.temporaries)
        self.reductions = [i for i in region.instrs if i.definition.reduce is not None]

    @property
    def last_stage(self) -> int:
        """The number of the last loop."""
        return max(self.stages.values(), default=0)

    def is_inside(self, value: Value) -> bool:
        """Whether the value is computed in this region and stands at a place in it."""
        return self.region.source(value) in self.producer

    def is_full(self, value: Value) -> bool:
        """Whether a value has an element for every point of the inner loops."""
        region = self.region
        if region.kind != ROW:
            return True
        source = region.source(value)
        maker = self.producer.get(source)
        if maker is not None and maker.definition.reduce is not None:
            return False
        return any(axis in region.reduced for axis in region.places.get(source, ()))

    def is_reloaded(self, source: Value, stage: int) -> bool:
        """Whether loop `stage` reads the value from memory, where an earlier loop stored it."""
        stored = source in self._stored and self.is_full(source)
        return stored and self.stages[self.producer[source]] < stage

    def place(self, instr: Instr) -> Place:
        """The place at which an instruction reads its inputs."""
        if instr.definition.reduce is not None:
            return self.region.whole_place()
        return self.region.places[instr.outputs[0]]

    def _stages(self) -> dict[Instr, int]:
        stages: dict[Instr, int] = {}
        for instr in self.region.instrs:
            stage = 0
            for given in instr.values:
                maker = self.producer.get(self.region.source(given))
                if maker is not None:
                    stage = max(stage, stages[maker] + (maker.definition.reduce is not None))
            stages[instr] = stage
        return stages

    def _crossing(self) -> list[Value]:
        found: dict[Value, None] = {}
        for instr in self.region.instrs:
            if instr.definition.reduce is None and not self.is_full(instr.outputs[0]):
                continue
            for given in instr.values:
                source = self.region.source(given)
                if source not in self._stored and self._is_dear(source, self.stages[instr]):
                    found[source] = None
        return list(found)

    def _is_dear(self, source: Value, stage: int) -> bool:
        """Whether an earlier loop makes the value and it costs much to make it again."""
        maker = self.producer.get(source)
        if maker is None or not self.is_full(source) or self.stages[maker] >= stage:
            return False
        return self._chain_cost(source) > CHEAP

    def _chain_cost(self, value: Value) -> int:
        source = self.region.source(value)
        maker = self.producer.get(source)
        if maker is None or not self.is_full(maker.outputs[0]):
            return 0
        if source not in self._chain_costs:
            own = scalar.cost(maker.definition, key_dtype(maker))
            given = sum(self._chain_cost(each) for each in maker.values)
            self._chain_costs[source] = own + given
        return self._chain_costs[source]
