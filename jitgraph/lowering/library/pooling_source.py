"""The sources of pooling kernels, behind the lines that read their arguments.

Forward, an outer iteration is a row of results; backward, a band of rows of the images. Windows are
cut off at the edges; the innermost loops run over channels, which lie side by side. Numba types a
conditional expression in a tenth of the time that min and max take.
"""

from __future__ import annotations

_FORWARD = """\
    for row in range(lo, hi):
        image = row // out_h
        top = (row - image * out_h) * stride_h - pad_h
        first_h = -top if top < 0 else 0
        rest_h = in_h - top
        last_h = window_h if window_h < rest_h else rest_h
        for column in range(out_w):
            left = column * stride_w - pad_w
            first_w = -left if left < 0 else 0
            rest_w = in_w - left
            last_w = window_w if window_w < rest_w else rest_w
            to = (row * out_w + column) * depth
            corner = (image * in_h + top) * in_w + left
"""

_MAX = """\
            source = (corner + first_h * in_w + first_w) * depth
            for k in range(depth):
                store(y, 1, to + k, load(x, 0, source + k))
            for i in range(first_h, last_h):
                for j in range(first_w, last_w):
                    source = (corner + i * in_w + j) * depth
                    for k in range(depth):
                        new = load(x, 0, source + k)
                        old = load(y, 1, to + k)
                        store(y, 1, to + k, new if new > old else old)
"""

_MEAN = """\
            for k in range(depth):
                store(y, 1, to + k, cast_{dtype}(0))
            for i in range(first_h, last_h):
                for j in range(first_w, last_w):
                    source = (corner + i * in_w + j) * depth
                    for k in range(depth):
                        store(y, 1, to + k, load(y, 1, to + k) + load(x, 0, source + k))
            seen = cast_{dtype}((last_h - first_h) * (last_w - first_w))
            for k in range(depth):
                store(y, 1, to + k, load(y, 1, to + k) / seen)
"""

_BACKWARD = """\
    for part in range(lo, hi):
        image = part // bands
        begin = (part - image * bands) * band
        end = begin + band
        end = end if end < in_h else in_h
        start = image * in_h + begin
        for k in range(start * in_w * depth, (start + end - begin) * in_w * depth):
            store(dx, {operand}, k, cast_{dtype}(0))
        row = (begin + pad_h - window_h + stride_h) // stride_h
        row = row if row > 0 else 0
        while row < out_h and row * stride_h - pad_h < end:
            top = row * stride_h - pad_h
            first_h = -top if top < 0 else 0
            rest_h = in_h - top
            last_h = window_h if window_h < rest_h else rest_h
            begin_h, stop_h = begin - top, end - top
            own_h = first_h if first_h > begin_h else begin_h
            end_h = last_h if last_h < stop_h else stop_h
            for column in range(out_w):
                left = column * stride_w - pad_w
                first_w = -left if left < 0 else 0
                rest_w = in_w - left
                last_w = window_w if window_w < rest_w else rest_w
                given = ((image * out_h + row) * out_w + column) * depth
                corner = (image * in_h + top) * in_w + left
"""

_FIND_MAXIMUM = """\
                source = (corner + first_h * in_w + first_w) * depth
                for k in range(depth):
                    store(best, 4, note + k, load(x, 0, source + k))
                    store(where, 3, note + k, first_h * window_w + first_w)
                for i in range(first_h, last_h):
                    for j in range(first_w, last_w):
                        source = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            new, old = load(x, 0, source + k), load(best, 4, note + k)
                            place = load(where, 3, note + k)
                            store(best, 4, note + k, new if new > old else old)
                            at = i * window_w + j if new > old else place
                            store(where, 3, note + k, at)
"""

_TO_MAXIMUM = """\
                note = part * depth
{find}                for i in range(own_h, end_h):
                    for j in range(first_w, last_w):
                        to = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            is_here = load(where, 3, note + k) == i * window_w + j
                            part_of = load(dy, 1, given + k) if is_here else cast_{dtype}(0)
                            store(dx, 2, to + k, load(dx, 2, to + k) + part_of)
            row += 1
"""

_TO_ALL = """\
                seen = cast_{dtype}((last_h - first_h) * (last_w - first_w))
                part_of_each = cast_{dtype}(1) / seen
                for i in range(own_h, end_h):
                    for j in range(first_w, last_w):
                        to = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            share = load(dy, 0, given + k) * part_of_each
                            store(dx, 1, to + k, load(dx, 1, to + k) + share)
            row += 1
"""

SOURCES = {
    "avg_pool": _FORWARD + _MEAN,
    "avg_pool_gradient": _BACKWARD.replace("{operand}", "1") + _TO_ALL,
    "max_pool": _FORWARD + _MAX,
    "max_pool_gradient": _BACKWARD.replace("{operand}", "2") + _TO_MAXIMUM,
}
"""Kernel bodies; `{dtype}` stands for the type of the elements, `{find}` for what finds maxima."""

MOST_TAPS = 16
"""Windows of so many elements are gone through in registers."""


def find_maximum(height: int, width: int) -> str:
    """Source that notes where the maximum of a window lies, for each channel."""
    if not 1 < height * width <= MOST_TAPS:
        return _FIND_MAXIMUM
    lines = [
        f"if last_h - first_h == {height} and last_w - first_w == {width}:",
        "    for k in range(depth):",
        "        at, old = 0, load(x, 0, corner * depth + k)",
    ]
    for tap in range(1, height * width):
        i, j = divmod(tap, width)
        lines += [
            f"        new = load(x, 0, (corner + {i} * in_w + {j}) * depth + k)",
            f"        at = {tap} if new > old else at",
            "        old = new if new > old else old",
        ]
    lines += ["        store(where, 3, note + k, at)", "else:"]
    whole = "".join(f"{' ' * 16}{line}\n" for line in lines)
    return whole + "".join(f"    {line}\n" for line in _FIND_MAXIMUM.splitlines())
