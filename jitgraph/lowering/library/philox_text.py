"""Library: the rounds of Philox 4x32-10 on vectors, as LLVM text.

In: numbers of steps, the counter's high half, the key. Out: the four words of each step, as
`ops.philox.words` gives them, in the low halves of the lanes; the high halves are dirt. The ten
rounds are a loop: unrolled they take LLVM three times as long to compile.
"""

from __future__ import annotations

from collections.abc import Sequence

from jitgraph.lowering.library.vector_text import WORDS, VectorText
from jitgraph.ops import philox

LOW = 0xFFFFFFFF
_ROLLED = '!0 = distinct !{!0, !1}\n!1 = !{!"llvm.loop.unroll.disable"}'


def words_of(
    text: VectorText, steps: Sequence[str], high: Sequence[str], keys: Sequence[str]
) -> list[list[str]]:
    """Of each vector of steps the four words.

    Args:
      text: where to write; a block `before` ends here, a block `after` begins.
      steps: vectors of 64-bit numbers of steps.
      high: the low and the high word of the counter's upper half.
      keys: the two words of the key.
    """
    counters = [[step, shifted(text, "lshr", step), *high] for step in steps]
    flat = [word for counter in counters for word in counter] + list(keys)
    text.line("br label %before")
    text.label("before")
    text.line("br label %round")
    text.label("round")
    text.line("%turn = phi i64 [ 0, %before ], [ %turn.next, %round ]")
    for k, word in enumerate(flat):
        text.line(f"%w{k} = phi {WORDS} [ {word}, %before ], [ %w{k}.next, %round ]")
    for start in range(0, len(flat) - 2, 4):
        _round(text, start, len(flat) - 2)
    for k, step in enumerate(philox.RAISES, len(flat) - 2):
        text.line(f"%w{k}.next = add {WORDS} %w{k}, {text.splat(WORDS, step)}")
    text.line("%turn.next = add i64 %turn, 1")
    text.line(f"%turn.more = icmp slt i64 %turn.next, {philox.ROUNDS}")
    text.declared.append(_ROLLED)
    text.line("br i1 %turn.more, label %round, label %after, !llvm.loop !0")
    text.label("after")
    return [[f"%w{4 * number + k}.next" for k in range(4)] for number in range(len(steps))]


def _round(text: VectorText, start: int, keys: int) -> None:
    """One round of the counter that begins at word `start`; those at `keys` are the key."""
    left = _product(text, f"%w{start}", philox.MULTIPLIERS[0])
    right = _product(text, f"%w{start + 2}", philox.MULTIPLIERS[1])
    for place, product, word, key in (
        (start, right, start + 1, keys),
        (start + 2, left, start + 3, keys + 1),
    ):
        mixed = text.do("xor", WORDS, shifted(text, "lshr", product), f"%w{word}")
        text.line(f"%w{place}.next = xor {WORDS} {mixed}, %w{key}")
    for place, product in ((start + 1, right), (start + 3, left)):
        text.line(f"%w{place}.next = or {WORDS} {product}, zeroinitializer")


def _product(text: VectorText, word: str, factor: int) -> str:
    return text.do("mul", WORDS, low(text, word), text.splat(WORDS, factor))


def low(text: VectorText, word: str) -> str:
    """Lanes without their high halves."""
    return text.do("and", WORDS, word, text.splat(WORDS, LOW))


def shifted(text: VectorText, how: str, word: str) -> str:
    """Lanes shifted by half their length."""
    return text.do(how, WORDS, word, text.splat(WORDS, 32))
