"""Strings and regular expressions: RegexFullMatch, RegexReplace and their static forms.

In: strings, a pattern, what is put in place of matches. Out: bools, or strings. They run on the
host, on the characters of UTF-8, by Python's `re` with the syntax of RE2
(https://github.com/google/re2/wiki/Syntax), as far as both have it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import require_rank
from jitgraph.ops.definition import REQUIRED, Dims, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import each_of, refused, strings_of, text_of

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7F",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1F\\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\[:(\w+):\]")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_END = re.compile(r"(?<!\\)((?:\\\\)*)\\z")
_AROUND = re.compile(r"(?<!\\)(?:\\\\)*(\(\?<?[=!])")
_BACK = re.compile(r"(?<!\\)(?:\\\\)*(\\[1-9])")
_COMPLAINTS = {
    "missing )": "missing ): {text}",
    "unbalanced parenthesis": "missing ): {text}",
    "unterminated character set": "missing ]: {rest}",
    "nothing to repeat": "no argument for repetition operator: {first}",
    "bad escape (end of pattern)": "trailing \\",
}
_REWRITE = re.compile(r"\\(.?)", re.DOTALL)


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    _require_known(text)
    plain = _QUOTED.sub(lambda match: re.escape(match.group(1)), text)
    plain = _CLASS.sub(lambda match: _CLASSES.get(match.group(1), match.group(0)), plain)
    plain = _END.sub(r"\1\\Z", plain)
    if plain.endswith("$") and not _escapes_its_end(plain):
        plain = plain[:-1] + r"\Z"
    try:
        return re.compile(plain, re.ASCII)
    except re.error as error:
        raise refused(f"Invalid pattern: {text}, error: {_complaint(text, error)}") from None


def _require_known(text: str) -> None:
    """RE2 neither looks around nor back, as it would take more than linear time."""
    around, back = _AROUND.search(text), _BACK.search(text)
    if around:
        what = f"invalid perl operator: {around.group(1)}"
    elif back:
        what = f"invalid escape sequence: {back.group(1)}"
    else:
        return
    raise refused(f"Invalid pattern: {text}, error: {what}")


def _complaint(text: str, error: re.error) -> str:
    """What RE2 says of a pattern that Python refuses."""
    rest = text[error.pos or 0 :]
    for beginning, complaint in _COMPLAINTS.items():
        if error.msg.startswith(beginning):
            return complaint.format(text=text, rest=rest, first=rest[:1])
    return str(error)


def _escapes_its_end(text: str) -> bool:
    """Whether the last character stands behind a backslash that is not itself behind one."""
    head = text[:-1]
    return (len(head) - len(head.rstrip("\\"))) % 2 == 1


def _full_match(input: Any, pattern: Any) -> np.ndarray:
    texts = np.asarray(input, object)
    wanted = _pattern(text_of(pattern))
    found = [wanted.fullmatch(text_of(text)) is not None for text in texts.ravel().tolist()]
    return np.array(found, bool).reshape(texts.shape)


def _replaced(input: Any, pattern: Any, rewrite: Any, replace_global: bool) -> np.ndarray:
    wanted, template = _pattern(text_of(pattern)), text_of(rewrite)
    parts = _parts(template, wanted.groups)

    def one(text: bytes) -> bytes:
        found = _rewritten(wanted, text_of(text), parts, replace_global)
        return found.encode("utf-8", "surrogateescape")

    return each_of(one, input)


def _parts(template: str, groups: int) -> list[str | int]:
    """A rewrite as texts and numbers of groups, up to where RE2 finds it wrong."""
    found: list[str | int] = []
    place = 0
    for match in _REWRITE.finditer(template):
        found.append(template[place : match.start()])
        place = match.end()
        letter = match.group(1)
        if letter == "\\":
            found.append("\\")
        elif not (letter.isdigit() and letter.isascii()):
            return found
        elif int(letter) <= groups:
            found.append(int(letter))
    return [*found, template[place:]]


def _rewritten(
    pattern: re.Pattern[str], text: str, parts: list[str | int], replace_global: bool
) -> str:
    """RE2's replacement: no empty match right behind a match."""
    pieces: list[str] = []
    place, last_end = 0, -1
    for match in pattern.finditer(text):
        if match.start() == match.end() == last_end:
            continue
        pieces.append(text[place : match.start()])
        pieces.extend(p if isinstance(p, str) else match.group(p) or "" for p in parts)
        place = last_end = match.end()
        if not replace_global:
            break
    return "".join((*pieces, text[place:]))


def _with_scalars(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes[1:]:
        require_rank(dims, 0)
    return [q.shapes[0]]


_TEXTS = ["hello world", "", "aab-ab", "größe 12", "a\nb"]
_PATTERNS = (r"a+b", r"(\w+) (\w+)", r"[[:alpha:]]+", r".*", r"b*", r"^a.*\z", r"(?i)HELLO.*$")


def _texts() -> np.ndarray:
    return strings_of([text.encode() for text in _TEXTS], [5])


def _scalar(text: str) -> np.ndarray:
    return strings_of([text.encode()], [])


def _match_samples(rng: np.random.Generator) -> Any:
    for pattern in _PATTERNS:
        yield Sample((_texts(), _scalar(pattern)))


def _static_match_samples(rng: np.random.Generator) -> Any:
    for pattern in _PATTERNS:
        yield Sample((_texts(),), {"pattern": pattern})


def _replace_samples(rng: np.random.Generator) -> Any:
    for pattern in _PATTERNS:
        yield Sample((_texts(), _scalar(pattern), _scalar(r"<\0>")))
    yield Sample((_texts(), _scalar(r"(\w)(\w)"), _scalar(r"\2\1\\")), {"replace_global": False})


def _static_replace_samples(rng: np.random.Generator) -> Any:
    for pattern in _PATTERNS:
        yield Sample((_texts(),), {"pattern": pattern, "rewrite": r"<\0>"})


def _definition(name: str, signature: str, reference: Any, samples: Any, **attrs: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        _with_scalars if "," in signature else same_shape,
        attrs=attrs,
        reference=reference,
        gradient=no_gradient,
        samples=samples,
    )


REGEX_FULL_MATCH = _definition(
    "RegexFullMatch", "input: string, pattern: string -> output: bool", _full_match, _match_samples
)
STATIC_REGEX_FULL_MATCH = _definition(
    "StaticRegexFullMatch", "input: string -> output: bool", _full_match, _static_match_samples,
    pattern=REQUIRED,
)  # fmt: skip
REGEX_REPLACE = _definition(
    "RegexReplace", "input: string, pattern: string, rewrite: string -> output: string",
    _replaced, _replace_samples, replace_global=True,
)  # fmt: skip
STATIC_REGEX_REPLACE = _definition(
    "StaticRegexReplace", "input: string -> output: string", _replaced, _static_replace_samples,
    pattern=REQUIRED, rewrite=REQUIRED, replace_global=True,
)  # fmt: skip


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether a regular expression matches each string from its beginning to its end.

    Args:
      input: strings.
      pattern: the expression, or a scalar string tensor.
      name: the op's name.

    Returns:
      A bool tensor of the same shape. A run raises errors.InvalidArgumentError for what is no
      regular expression.

    Example:
      >>> tf.Session().run(tf.strings.regex_full_match(["ab", "b"], "a.*")).tolist()
      [True, False]
    """
    if isinstance(pattern, (str, bytes)):
        found: Tensor = apply(STATIC_REGEX_FULL_MATCH, [input], {"pattern": pattern}, name)
        return found
    return apply(REGEX_FULL_MATCH, [input, pattern], {}, name)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    r"""Strings with something else in place of what a regular expression matches.

    Args:
      input: strings.
      pattern: the expression, or a scalar string tensor.
      rewrite: what takes the place of a match; \\0 is the match, \\1 its first group.
      replace_global: whether all matches are replaced, or the first one.
      name: the op's name.

    Returns:
      A string tensor of the same shape. A run raises errors.InvalidArgumentError for what is no
      regular expression.

    Example:
      >>> tf.Session().run(tf.strings.regex_replace("aabab", "a+", "x"))
      b'xbxb'
    """
    attrs: dict[str, Any] = {"replace_global": replace_global}
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        attrs |= {"pattern": pattern, "rewrite": rewrite}
        found: Tensor = apply(STATIC_REGEX_REPLACE, [input], attrs, name)
        return found
    return apply(REGEX_REPLACE, [input, pattern, rewrite], attrs, name)
