"""tf.sysconfig: how extensions in C++ are built, which jitgraph has none of."""

from __future__ import annotations

from pathlib import Path

CXX11_ABI_FLAG = 1
MONOLITHIC_BUILD = 0


def get_include() -> str:
    """The folder of C++ headers, were there any."""
    return str(Path(__file__).resolve().parents[2] / "include")


def get_lib() -> str:
    """The folder of the package."""
    return str(Path(__file__).resolve().parents[2])


def get_compile_flags() -> list[str]:
    """The compiler's arguments for an extension, were there headers."""
    return [f"-I{get_include()}", f"-D_GLIBCXX_USE_CXX11_ABI={CXX11_ABI_FLAG}"]


def get_link_flags() -> list[str]:
    """The linker's arguments for an extension: none."""
    return []
