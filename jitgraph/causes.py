"""Causes of compilations: why what was compiled before does not serve a request.

In: what was compiled, and the feeds at hand. Out: a line for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from jitgraph.compiler import Compiled
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.size_scope import Guard
from jitgraph.ir.sizes import evaluate
from jitgraph.ir.trace import SymbolSource

FIRST = "first use of these fetches"
DROPPED = "dropped before: there were too many functions"
OTHER_NUMBER = "a number that sizes depend on is another one"

StateDims = Callable[[Operation], "tuple[int, ...] | None"]
Ranks = Mapping[Tensor, int]

_SYMBOL = re.compile(r"\bs[0-9]+\b")


def feeds_cause(ranks: Ranks, before: Ranks) -> str:
    """How the feeds differ from those for which the same fetches were compiled last."""
    parts = [
        f"{feed.name} seen with rank {before[feed]}, now rank {rank}"
        for feed, rank in ranks.items()
        if before.get(feed, rank) != rank
    ]
    parts += [f"{feed.name} is fed, too" for feed in ranks if feed not in before]
    parts += [f"{feed.name} is no longer fed" for feed in before if feed not in ranks]
    return "; ".join(parts)


def variant_cause(
    compiled: Compiled, feeds: Sequence[Tensor], values: Sequence[int], state_dims: StateDims
) -> str:
    """What of a program's assumptions does not hold.

    Args:
      compiled: the program.
      feeds: what it takes.
      values: of its symbols, for the feeds at hand.
      state_dims: for a variable's operation the shape of its contents, None if not initialised.
    """
    parts = [*_states_changed(compiled, state_dims), *_guards_broken(compiled, feeds, values)]
    return "; ".join(parts) or OTHER_NUMBER


def _states_changed(compiled: Compiled, state_dims: StateDims) -> list[str]:
    traced, parts = compiled.traced, []
    for variable, state in zip(traced.variables, traced.program.states, strict=True):
        dims = state_dims(variable)
        if dims is not None and dims != state.type.dims:
            parts.append(f"variable {variable.name} had shape {state.type.dims}, now {dims}")
    for op, was in traced.assumed.items():
        if op in traced.tested and (state_dims(op) is not None) is not was:
            parts.append(f"variable {op.name} is {'no longer' if was else 'now'} initialized")
    return parts


def _guards_broken(compiled: Compiled, feeds: Sequence[Tensor], values: Sequence[int]) -> list[str]:
    scope, symbols = compiled.optimised.scope, compiled.traced.symbols
    sizes = {symbol.name: value for symbol, value in zip(symbols, values, strict=True)}
    names = {symbol.name: _place(symbol, feeds) for symbol in symbols}
    broken = [guard for guard in scope.guards if not _holds(guard, sizes)]
    return [_broken_text(str(guard), sizes, names) for guard in broken]


def _holds(guard: Guard, sizes: Mapping[str, int]) -> bool:
    try:
        return guard.holds(evaluate(guard.left, sizes), evaluate(guard.right, sizes))
    except ZeroDivisionError:
        return False


def _broken_text(guard: str, sizes: Mapping[str, int], names: Mapping[str, str]) -> str:
    found = dict.fromkeys(_SYMBOL.findall(guard))
    now = ", ".join(f"{names[name]} is {sizes[name]}" for name in found)
    assumed = _SYMBOL.sub(lambda match: names[match[0]], guard)
    return f"{assumed} was assumed, now {now}"


def _place(symbol: SymbolSource, feeds: Sequence[Tensor]) -> str:
    feed = feeds[symbol.feed].name
    if not symbol.is_item:
        return f"{feed}.shape[{symbol.position}]"
    return f"{feed}[{symbol.position}]" if feeds[symbol.feed].shape.ndims != 0 else feed
