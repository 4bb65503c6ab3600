"""What LLVM's vectoriser says of a kernel's loops.

In: a kernel's source. Out: how many loops became vectors, and why the others did not, in LLVM's
own words. LLVM writes them to the standard error of its process, and can't be told to stop: so
the kernel is compiled once more in a process of its own, which is this module run as a program.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

from jitgraph.kernels.cache import resolve_names
from jitgraph.kernels.compile import CompileRequest, KernelSource, compile_source

_VECTORIZED = re.compile(
    r"vectorized loop \(vectorization width: (\w+(?: x \d+)?), interleaved count: (\d+)"
)
_REASON = "loop not vectorized: "


@dataclass(frozen=True)
class VectorizerReport:
    """What became of the loops.

    Attributes:
      vectorized: (elements at once, how often interleaved) of each loop that became vectors.
      refused: (reason, how often), as LLVM tells it, of loops and of what is in them.
    """

    vectorized: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        made = [
            f"vectorised: {width} elements at once, {count} interleaved"
            for width, count in self.vectorized
        ]
        kept = [
            f"not vectorised: {reason}{f' (told {count} times)' if count > 1 else ''}"
            for reason, count in self.refused
        ]
        return "\n".join([*made, *kept]) or "LLVM's vectoriser saw no loop in it"


def vectorizer_report(source: KernelSource) -> VectorizerReport:
    """Compiles the kernel in another process, listening to the vectoriser.

    Raises:
      RuntimeError: that process failed.
    """
    plain = [source.name, source.source, source.names, source.options, source.types, source.helpers]
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(plain), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the vectoriser can't be asked: {done.stderr.strip()[-500:]}")
    return parse_remarks(done.stderr)


def parse_remarks(text: str) -> VectorizerReport:
    """The report in what LLVM printed.

    Example:
      >>> print(parse_remarks("remark: <unknown>:0:0: loop not vectorized: it calls a function"))
      not vectorised: it calls a function
    """
    remarks = [line.split(": ", 2)[2] for line in text.splitlines() if line.startswith("remark: ")]
    made = [(found[1], int(found[2])) for line in remarks if (found := _VECTORIZED.match(line))]
    reasons = [line.removeprefix(_REASON) for line in remarks if line.startswith(_REASON)]
    return VectorizerReport(tuple(made), tuple(Counter(reasons).items()))


def _compile_aloud(text: str) -> None:
    """Compiles a kernel while LLVM tells of its vectoriser."""
    import llvmlite.binding as llvm

    name, body, names, options, types, helpers = json.loads(text)
    pairs = tuple((option, value) for option, value in options)
    source = KernelSource(name, body, tuple(names), pairs, tuple(types), "", helpers)
    for kind in ("", "-missed", "-analysis"):
        llvm.set_option("jitgraph", f"-pass-remarks{kind}=loop-vectorize")
    compile_source(CompileRequest(source, "kernel_told", resolve_names(source)))


if __name__ == "__main__":
    _compile_aloud(sys.stdin.read())
