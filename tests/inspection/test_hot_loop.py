"""The hot loop in assembly, and what LLVM's vectoriser says."""

from jitgraph.inspection.hot_loop import hot_loop
from jitgraph.inspection.vectorizer import parse_remarks

ASSEMBLY = """\
f:
\tvmovups (%rdi), %zmm0
\tvmovups (%rsi), %zmm1
\tvmovups (%rdx), %zmm2
.LBB0_1:
\tvaddps (%rax), %zmm0, %zmm1
\taddq $64, %rax
\tcmpq %rax, %rcx
\tjne .LBB0_1
.LBB0_2:
\tvaddss (%rax), %xmm0, %xmm1
\tincq %rax
\tjl .LBB0_2
\tretq
"""


def test_a_loop_of_vectors_before_straight_code_and_loops_of_numbers():
    found = hot_loop(ASSEMBLY)
    assert found.startswith(".LBB0_1:")
    assert found.count("\n") == 5


def test_a_loop_on_arm():
    text = "f:\n\tfmla v0.4s, v1.4s, v2.4s\nL1:\n\tadd x0, x0, #4\n\tcbnz x0, L1\n\tret\n"
    assert hot_loop(text) == "L1:\n\tadd x0, x0, #4\n\tcbnz x0, L1\n"


def test_code_without_a_loop():
    assert hot_loop("f:\n\tretq\n") == "f:\n\tretq\n"
    assert hot_loop("") == ""


def test_remarks():
    text = (
        "remark: <unknown>:0:0: loop not vectorized: cannot prove it is safe to reorder\n"
        "something else\n"
        "remark: <unknown>:0:0: loop not vectorized\n"
        "remark: <unknown>:0:0: loop not vectorized: cannot prove it is safe to reorder\n"
        "remark: <unknown>:0:0: vectorized loop (vectorization width: 8, interleaved count: 4)\n"
    )
    found = parse_remarks(text)
    assert found.vectorized == (("8", 4),)
    assert found.refused == (("cannot prove it is safe to reorder", 2),)
    assert str(found).splitlines() == [
        "vectorised: 8 elements at once, 4 interleaved",
        "not vectorised: cannot prove it is safe to reorder (told 2 times)",
    ]
    assert str(parse_remarks("")) == "LLVM's vectoriser saw no loop in it"
