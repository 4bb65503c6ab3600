"""What every Program keeps to, checked: the contract between passes.

In: a Program. Out: nothing, or a `VerificationError` that names the instruction.
"""

from __future__ import annotations

from collections.abc import Iterable

from jitgraph import dtypes
from jitgraph.ir.builder import UnknownSize, output_types
from jitgraph.ir.printer import print_instr, type_text
from jitgraph.ir.program import Host, Instr, Program, Type, Value
from jitgraph.ir.sizes import known_equal
from jitgraph.ops.internal import BRANCH


class VerificationError(Exception):
    """A program breaks the rules of programs: a mistake in the compiler, not in the graph."""


def verify(program: Program) -> None:
    """Checks that a program is well formed and well typed.

    Every value is made before it is used, and made once; names are unique; each instruction's
    output types are what its op's own rules give for its operands; host operands stand only where
    the op takes them; results are made, updates are made and have their variable's dtype.

    Raises:
      VerificationError: with the text of the first instruction that is wrong.

    Example:
      >>> run_passes(program, lambda record: verify(record.after))
    """
    _verify(program, program)


def _verify(program: Program, whole: Program) -> None:
    """Checks a program, or one inside it, whose sizes are those of the whole."""
    check = _Check()
    check.declare([*program.feeds, *program.states], "the program's inputs")
    for instr in program.instrs:
        text = print_instr(instr)
        check.uses(instr.values, text)
        _check_operands(instr, text)
        _check_bodies(instr, text, whole)
        _check_types(instr, text, whole)
        check.declare(instr.outputs, text)
    check.uses(program.results, "the results")
    _check_updates(program, check)


class _Check:
    def __init__(self) -> None:
        self.made: set[Value] = set()
        self.names: set[str] = set()

    def declare(self, values: Iterable[Value], text: str) -> None:
        for value in values:
            if value in self.made:
                raise VerificationError(f"%{value.name} is made twice: {text}")
            if value.name in self.names:
                raise VerificationError(f"another value is named %{value.name}: {text}")
            self.made.add(value)
            self.names.add(value.name)

    def uses(self, values: Iterable[Value], text: str) -> None:
        for value in values:
            if value in self.made:
                continue
            other = " (another value of that name is)" if value.name in self.names else ""
            raise VerificationError(f"%{value.name} is not made before it is used{other}: {text}")


def _check_operands(instr: Instr, text: str) -> None:
    count = len(instr.inputs)
    wanted = {index % count for index in instr.definition.host} if count else set()
    for index, given in enumerate(instr.inputs):
        if isinstance(given, Host) is not (index in wanted):
            kind = "a host operand" if index in wanted else "a value"
            raise VerificationError(f"operand {index} must be {kind}: {text}")


def _check_types(instr: Instr, text: str, program: Program) -> None:
    guards = len(program.scope.guards)
    try:
        expected = output_types(instr.definition, instr.inputs, instr.attrs)
    except UnknownSize:
        raise VerificationError(f"the sizes of its outputs depend on data: {text}") from None
    except (ValueError, KeyError) as error:
        raise VerificationError(f"{error!r}: {text}") from error
    if len(program.scope.guards) != guards:
        added = program.scope.guards[guards]
        raise VerificationError(f"it only holds under a new guard, {added}: {text}")
    if len(expected) != len(instr.outputs):
        raise VerificationError(f"it has {len(expected)} outputs: {text}")
    for value, type in zip(instr.outputs, expected, strict=True):
        if not _is_same(value.type, type):
            raise VerificationError(f"%{value.name} should be {type_text(type)}: {text}")


def _check_bodies(instr: Instr, text: str, whole: Program) -> None:
    """Each program inside takes what the instruction takes, and gives what it gives."""
    outputs = [value.type for value in instr.outputs]
    given = [operand.type for operand in instr.inputs]
    for name, body in zip(instr.definition.bodies, instr.bodies, strict=True):
        where = f"{name} of {text}"
        _verify(body, whole)
        wanted = given[1:] if instr.definition is BRANCH else given
        _check_same([feed.type for feed in body.feeds], wanted, f"the feeds of {where}")
        if name != "condition":
            _check_same(
                [result.type for result in body.results], outputs, f"the results of {where}"
            )
        elif [result.type.dtype for result in body.results] != [dtypes.bool]:
            raise VerificationError(f"it must give one bool: {where}")
        if body.states or body.updates:
            raise VerificationError(f"it has variables of its own: {where}")


def _check_same(found: list[Type], wanted: list[Type], what: str) -> None:
    if len(found) != len(wanted) or not all(map(_is_same, found, wanted)):
        kinds = [", ".join(map(type_text, types)) for types in (found, wanted)]
        raise VerificationError(f"{what} are ({kinds[0]}), not ({kinds[1]})")


def _is_same(left: Type, right: Type) -> bool:
    return (
        left.dtype is right.dtype
        and left.rank == right.rank
        and all(map(known_equal, left.dims, right.dims))
    )


def _check_updates(program: Program, check: _Check) -> None:
    states = set(program.states)
    for state, value in program.updates:
        text = f"update %{state.name} = %{value.name}"
        if state not in states:
            raise VerificationError(f"%{state.name} is not a state: {text}")
        check.uses([value], text)
        if state.type.dtype is not value.type.dtype:
            kinds = f"{value.type.dtype.name} instead of {state.type.dtype.name}"
            raise VerificationError(f"{kinds}: {text}")
