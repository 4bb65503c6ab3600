"""Pictures of graphs and programs in the DOT language of Graphviz, and as SVG by its `dot`.

In: operations, or a program. Out: text. Name scopes are clusters, host steps and variables have
shapes of their own.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from jitgraph.graph import Graph, get_default_graph
from jitgraph.ir.printer import type_text
from jitgraph.ir.program import Program, Value

GRAPHVIZ = "Graphviz draws SVG pictures: install it (https://graphviz.org), so that `dot` is found"
HEAD = 'digraph {\n  node [shape=box, fontname="sans-serif", fontsize=10];'


def graph_dot(graph: Graph | None = None) -> str:
    """A graph as a picture in the DOT language of Graphviz, name scopes as clusters.

    Args:
      graph: the default graph when None.

    Returns:
      Text for `dot`, or for other programs that read DOT.

    Example:
      >>> with open("graph.dot", "w") as file:
      ...     _ = file.write(tf.graph_dot())
    """
    return operations_dot((graph or get_default_graph()).get_operations())


def operations_dot(ops: Sequence[Any]) -> str:
    """Operations, clustered by name scope; control inputs are dashed."""
    known = set(ops)
    tree: dict[str | None, Any] = {}
    for op in ops:
        scope = tree
        *names, _ = op.name.split("/")
        for name in names:
            scope = scope.setdefault(name, {})
        scope.setdefault(None, []).append(op)
    lines = [HEAD, *_clusters(tree, "", "  ")]
    for op in ops:
        lines += [
            f"  {_quoted(tensor.op.name)} -> {_quoted(op.name)}"
            f" [tooltip={_quoted(_label(tensor))}];"
            for tensor in op.inputs
            if tensor.op in known
        ]
        lines += [
            f"  {_quoted(before.name)} -> {_quoted(op.name)} [style=dashed];"
            for before in op.control_inputs
            if before in known
        ]
    return "\n".join([*lines, "}"]) + "\n"


def _clusters(tree: dict[Any, Any], path: str, indent: str) -> Iterator[str]:
    for name, inner in tree.items():
        if name is None:
            for op in inner:
                label = _quoted(f"{op.name.rsplit('/', 1)[-1]}\n{op.type}")
                shape = ", shape=cylinder" if op.type == "VariableV2" else ""
                facts = f"label={label}, tooltip={_quoted(op.site)}{shape}"
                yield f"{indent}{_quoted(op.name)} [{facts}];"
            continue
        inside = f"{path}/{name}" if path else name
        yield f"{indent}subgraph {_quoted(f'cluster_{inside}')} {{"
        yield f"{indent}  label={_quoted(name)}; color=gray;"
        yield from _clusters(inner, inside, f"{indent}  ")
        yield f"{indent}}}"


def program_dot(program: Program) -> str:
    """A program: feeds and states above, results below."""
    lines = [HEAD]
    for kind, values in (("feed", program.feeds), ("state", program.states)):
        shape = "ellipse" if kind == "feed" else "cylinder"
        lines += [
            f"  {_quoted(value.name)} [label={_quoted(f'{kind} {_value(value)}')}, shape={shape}];"
            for value in values
        ]
    makers = _makers(program)
    for number, instr in enumerate(program.instrs):
        node = _quoted(f"instruction {number}")
        text = "\n".join([instr.name, *map(_value, instr.outputs)])
        lines.append(f"  {node} [label={_quoted(text)}];")
        lines += [f"  {makers[value]} -> {node};" for value in instr.values if value in makers]
    lines += _ends(program, makers)
    return "\n".join([*lines, "}"]) + "\n"


def _makers(program: Program) -> dict[Value, str]:
    found = {value: _quoted(value.name) for value in (*program.feeds, *program.states)}
    for number, instr in enumerate(program.instrs):
        found.update(dict.fromkeys(instr.outputs, _quoted(f"instruction {number}")))
    return found


def _ends(program: Program, makers: dict[Value, str]) -> Iterator[str]:
    for number, value in enumerate(program.results):
        node = _quoted(f"result {number}")
        yield f"  {node} [shape=ellipse];"
        yield f"  {makers[value]} -> {node};"
    for state, value in program.updates:
        yield f"  {makers[value]} -> {_quoted(state.name)} [style=dashed, constraint=false];"


def svg(dot: str) -> str:
    """The picture that Graphviz draws.

    Raises:
      RuntimeError: Graphviz is not installed.
      ValueError: it can't draw this.
    """
    program = shutil.which("dot")
    if program is None:
        raise RuntimeError(GRAPHVIZ)
    done = subprocess.run(
        [program, "-Tsvg"], input=dot, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"Graphviz: {done.stderr.strip()}")
    return done.stdout


def _label(tensor: Any) -> str:
    return f"{tensor.name} {tensor.dtype.base_dtype.name} {tensor.shape}"


def _value(value: Value) -> str:
    return f"%{value.name}: {type_text(value.type)}"


def _quoted(text: str) -> str:
    """A DOT string; a line break is one in the picture."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
