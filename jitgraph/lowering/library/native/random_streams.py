"""Library, native: numbers of many Philox streams, each taken when it is asked for.

The word language: every value is an int64; float64 are held as their bits. `STREAMS` streams lie
`APART` steps from one another. Their first `READY` steps are made for all of them at once, more
for each stream by itself. A step gives two numbers of a kind, of which the second is taken first.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.doubles import less, result_of, root, times
from jitgraph.lowering.library.native.memory import load_int32, load_word, store_word
from jitgraph.lowering.library.random_text import numbers_bits_int32 as numbers

STREAMS = 16
APART = 256
READY = 2
STEP_BYTES = 16
LOW = 0xFFFFFFFF
ONE = 0x3FF0000000000000
LEAST = 0
TAU = 0
MINUS_TWO = 0

FIRST = 0
STEP = 8
UNIFORMS_LEFT = 16
UNIFORMS = 24
NORMALS_LEFT = 40
NORMALS = 48
HIGH = 64
KEY = 72
SHARED = 80
OWN = 88
LOG = 96
SIN = 104
COS = 112
STREAM_BYTES = 128


def opened(args, stream, shared, own, block):
    """Makes the first steps of the streams of a block."""
    state = load_word(args + 16)
    first = load_word(state) + block * STREAMS * APART
    store_word(stream + HIGH, load_word(state + 8))
    store_word(stream + KEY, load_word(state + 16))
    store_word(stream + SHARED, shared)
    store_word(stream + OWN, own)
    store_word(stream + LOG, load_word(args + 56))
    store_word(stream + SIN, load_word(args + 64))
    store_word(stream + COS, load_word(args + 72))
    for step in range(READY):
        to = shared + step * STREAMS * STEP_BYTES
        make(stream, to, first + step, APART)
    return first


def make(stream, to, step, apart):
    """The words of some steps."""
    high = load_word(stream + HIGH)
    numbers(to, 0, step, apart, 1, high, load_word(stream + KEY), 0, 0, 0, 0, 0)
    return 0


def begin(stream, first, number):
    """Turns to one of the streams of a block."""
    store_word(stream + FIRST, first + number * APART)
    store_word(stream + STEP, 0)
    store_word(stream + UNIFORMS_LEFT, 0)
    store_word(stream + NORMALS_LEFT, 0)
    return 0


def next_words(stream, number):
    """The address of the words of the stream's next step."""
    step = load_word(stream + STEP)
    store_word(stream + STEP, step + 1)
    if step < READY:
        return load_word(stream + SHARED) + (step * STREAMS + number) * STEP_BYTES
    own = load_word(stream + OWN)
    place = (step - READY) & (STREAMS - 1)
    if place == 0:
        make(stream, own, load_word(stream + FIRST) + step, 1)
    return own + place * STEP_BYTES


def unit(words):
    """A number of [0, 1) of two words."""
    high = (load_int32(words) & 0xFFFFF) << 32
    return less(high | (load_int32(words + 4) & LOW) | ONE, ONE)


def uniform(stream, number):
    """A uniform number of stream `number`."""
    left = load_word(stream + UNIFORMS_LEFT)
    if left == 0:
        words = next_words(stream, number)
        store_word(stream + UNIFORMS, unit(words))
        store_word(stream + UNIFORMS + 8, unit(words + 8))
        left = 2
    store_word(stream + UNIFORMS_LEFT, left - 1)
    return load_word(stream + UNIFORMS + 8 * left - 8)


def normal(stream, number):
    """A normal number of stream `number`."""
    left = load_word(stream + NORMALS_LEFT)
    if left == 0:
        words = next_words(stream, number)
        distance = unit(words)
        if distance < LEAST:
            distance = LEAST
        radius = root(times(MINUS_TWO, result_of(load_word(stream + LOG), distance)))
        angle = times(TAU, unit(words + 8))
        sine = result_of(load_word(stream + SIN), angle)
        store_word(stream + NORMALS, times(sine, radius))
        cosine = result_of(load_word(stream + COS), angle)
        store_word(stream + NORMALS + 8, times(cosine, radius))
        left = 2
    store_word(stream + NORMALS_LEFT, left - 1)
    return load_word(stream + NORMALS + 8 * left - 8)
