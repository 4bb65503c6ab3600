"""Programs as text: one line for each thing, stable, complete, and read back by `parser`.

In: a Program, or one instruction. Out: text; the arrays too large to stand in it are listed by
`large_constants` in the order in which the text numbers them.

    symbol s0 = 128
    feed %x: float32[s0, 784]
    state %w: float32[784, 10]
    %y: float32[s0, 10] = MatMul(%x, %w) {transpose_a=False, transpose_b=False}   # train.py:12
    return %y

The programs inside a branch or loop follow its line, each behind its name, up to `end`:

    %y: float32[] = Branch(%p, %x)
        then:
            feed %x.1: float32[]
            return %x.1
        else:
            ...
        end

Type attributes and counts that the operands tell are left out, and so are private attributes
(`_class`), which say nothing about the meaning. Sizes are written in terms of the symbols that
stand for those found to be equal to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ir.operand_attributes import told_by_operands
from jitgraph.ir.program import Instr, Operand, Program, Type, Value
from jitgraph.ir.sizes import Size
from jitgraph.ops.constants import CONST
from jitgraph.shapes import TensorShape

MOST_ELEMENTS = 32
"""Arrays with more elements than this are written as references."""

HOST_DTYPE = dtypes.int32
"""The dtype of a host operand that is not followed by one."""

Numbers = Mapping[int, int]
"""The number of each large constant, by the identity of its array."""


def print_program(program: Program, *, sites: bool = False) -> str:
    """The text of a program.

    Args:
      program: the program.
      sites: end each instruction's line with a comment that names the user's file and line.

    Example:
      >>> print(print_program(traced.program))
    """
    numbers = {id(array): number for number, array in enumerate(large_constants(program))}
    lines = [
        *(_symbol_text(program, name) for name in program.scope.symbols),
        *(f"guard {guard}" for guard in program.scope.guards),
        *_lines(program, numbers, sites),
    ]
    return "\n".join(lines) + "\n"


def _lines(program: Program, numbers: Numbers, sites: bool) -> list[str]:
    """The lines of a program or of one inside it, but for its symbols and guards."""
    lines = [
        *(f"feed {value_text(value)}" for value in program.feeds),
        *(f"state {value_text(value)}" for value in program.states),
        *(line for instr in program.instrs for line in _instr_lines(instr, numbers, sites)),
        *(f"update %{state.name} = %{value.name}" for state, value in program.updates),
    ]
    if program.results:
        lines.append("return " + ", ".join(f"%{value.name}" for value in program.results))
    return lines


def _instr_lines(instr: Instr, numbers: Numbers, sites: bool) -> list[str]:
    lines = [print_instr(instr, numbers=numbers, sites=sites)]
    for name, body in zip(instr.definition.bodies, instr.bodies, strict=True):
        lines += [f"    {name}:", *(f"        {line}" for line in _lines(body, numbers, sites))]
    return [*lines, "    end"] if instr.definition.bodies else lines


def print_instr(instr: Instr, *, numbers: Numbers | None = None, sites: bool = False) -> str:
    """The line of one instruction, without the programs inside it.

    Args:
      instr: the instruction.
      numbers: the numbers of large constants; without them a reference only tells the type.
      sites: end the line with a comment that names the user's file and line.
    """
    outputs = ", ".join(map(value_text, instr.outputs))
    text = f"{outputs} = {instr.name}" if outputs else instr.name
    if instr.definition is CONST:
        text += f" {{{_constant_text(instr.attrs['value'], numbers or {})}}}"
    else:
        operands = ", ".join(map(operand_text, instr.inputs))
        text += f"({operands})" if operands else ""
        text += _attributes_text(instr, numbers or {})
    return f"{text}   # {_site(instr)}" if sites and instr.origin else text


def large_constants(program: Program) -> tuple[np.ndarray, ...]:
    """The arrays that the text of a program only refers to, each once, in its order."""
    arrays = _attribute_values(program)
    large = (each for each in arrays if isinstance(each, np.ndarray) and _is_large(each))
    return tuple({id(each): each for each in large}.values())


def _attribute_values(program: Program) -> Iterator[Any]:
    for instr in program.instrs:
        yield from instr.attrs.values()
        for body in instr.bodies:
            yield from _attribute_values(body)


def value_text(value: Value) -> str:
    """A value where it is made: `%x: float32[s0, 10]`."""
    return f"%{value.name}: {type_text(value.type)}"


def type_text(type: Type) -> str:
    """`float32[s0, 10]`"""
    return f"{type.dtype.name}[{', '.join(_number_text(dim) for dim in type.dims)}]"


def operand_text(operand: Operand) -> str:
    """An operand: `%x`, or a host operand `[s0, 784]`, `[s0]:int64`."""
    if isinstance(operand, Value):
        return f"%{operand.name}"
    text = _nested_text(operand.items)
    if 0 in operand.items.shape[:-1]:
        return f"{text}:{type_text(operand.type)}"
    return text if operand.dtype is HOST_DTYPE else f"{text}:{operand.dtype.name}"


def _symbol_text(program: Program, name: str) -> str:
    symbol = program.scope.symbols[name]
    any_integer = ", any integer" if program.scope.may_be_negative(name) else ""
    return f"symbol {name} = {symbol.hint}{any_integer}"


def _site(instr: Instr) -> str:
    return ", ".join(dict.fromkeys(operation.site for operation in instr.origin))


def _attributes_text(instr: Instr, numbers: Numbers) -> str:
    told = told_by_operands(instr.definition, instr.inputs, instr.attrs)
    if instr.definition.bodies:
        told = {**told, **instr.attrs}
    shown = [
        f"{name}={attribute_text(value, numbers)}"
        for name, value in sorted(instr.attrs.items())
        if not name.startswith("_") and (name not in told or told[name] != value)
    ]
    return f" {{{', '.join(shown)}}}" if shown else ""


def attribute_text(value: Any, numbers: Numbers | None = None) -> str:
    """An attribute's value as a Python expression over names of dtypes and symbols."""
    if isinstance(value, DType):
        return value.name
    if isinstance(value, np.ndarray):
        return _array_text(value, numbers or {})
    if isinstance(value, TensorShape):
        return f"TensorShape({None if value.ndims is None else value.as_list()})"
    if isinstance(value, (tuple, list)):
        items = ", ".join(attribute_text(item, numbers) for item in value)
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    return _number_text(value)


def _number_text(item: Any) -> str:
    if isinstance(item, Size):
        return str(item.scope.resolve(item))
    if isinstance(item, np.generic):
        return _numpy_text(item)
    return repr(item)


def _numpy_text(item: Any) -> str:
    """A NumPy scalar in the shortest form that its own dtype reads back."""
    if isinstance(item, np.complexfloating):
        return f"complex({item.real!s}, {item.imag!s})"
    if isinstance(item, (np.bool_, np.bytes_, np.str_)):
        return repr(item.item())
    text = str(item)
    is_float = not isinstance(item, np.integer)
    return f"{text}.0" if is_float and text.lstrip("-").isdigit() else text


def _nested_text(items: np.ndarray) -> str:
    if not items.ndim:
        return _number_text(items[()])
    if items.ndim == 1:
        return f"[{', '.join(map(_number_text, items))}]"
    return f"[{', '.join(map(_nested_text, items))}]"


def _constant_text(array: np.ndarray, numbers: Numbers) -> str:
    return _reference_text(array, numbers) if _is_large(array) else _nested_text(array)


def _array_text(array: np.ndarray, numbers: Numbers) -> str:
    if _is_large(array):
        return _reference_text(array, numbers)
    return f"array({_dtype_name(array)}, {array.shape}, {_nested_text(array)})"


def _reference_text(array: np.ndarray, numbers: Numbers) -> str:
    dims = "x".join(map(str, array.shape))
    number = numbers.get(id(array))
    return f"<const {dims} {_dtype_name(array)}{'' if number is None else f' #{number}'}>"


def _dtype_name(array: np.ndarray) -> str:
    return "string" if array.dtype.kind in "OSU" else array.dtype.name


def _is_large(array: np.ndarray) -> bool:
    return array.size > MOST_ELEMENTS
