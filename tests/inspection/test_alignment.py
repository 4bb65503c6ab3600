"""Programs side by side: lines of one value meet, whatever else changes around them."""

from __future__ import annotations

import random

from jitgraph.inspection.report.alignment import BOTH, CHANGED, EQUAL, NEW, OLD, aligned

OLD_TEXT = """\
feed %x: float32[4]
%a: float32[4] = Neg(%x)
%b: float32[4] = Neg(%a)
%c: float32[4] = Exp(%b)
%n: int32[] = Loop(%c)
    body:
        feed %k: int32[]
        return %k
    end
return %c, %n"""

NEW_TEXT = """\
feed %x: float32[4]
%d: float32[4] = Identity(%x)
%c: float32[4] = Exp(%x)
%n: int32[] = Loop(%c)
    body:
        feed %k: int32[]
        return %k
    end
%e: float32[4] = Exp(%c)
return %c, %n"""


def test_what_came_went_and_changed() -> None:
    found = list(aligned(OLD_TEXT.splitlines(), NEW_TEXT.splitlines()))
    assert [row.kind for row in found] == [EQUAL, BOTH, OLD, CHANGED, *[EQUAL] * 5, NEW, EQUAL]
    assert found[1].before.startswith("%a")
    assert found[1].after.startswith("%d")
    assert found[2] == (OLD, "%b: float32[4] = Neg(%a)", "")
    assert found[3][1:] == ("%c: float32[4] = Exp(%b)", "%c: float32[4] = Exp(%x)")


def test_both_texts_are_whole_and_in_order() -> None:
    source = random.Random(5)
    for _ in range(50):
        old = [f"%v{source.randrange(9)}: = {source.randrange(2)}" for _ in range(12)]
        new = [line for line in old if source.random() < 0.7]
        source.shuffle(new)
        found = list(aligned(old, new))
        assert [row.before for row in found if row.before] == old
        assert [row.after for row in found if row.after] == new
        assert all(row.before == row.after for row in found if row.kind == EQUAL)


def test_nothing_and_something() -> None:
    assert list(aligned([], [])) == []
    assert list(aligned(["a"], [])) == [(OLD, "a", "")]
    assert list(aligned([], ["a"])) == [(NEW, "", "a")]
