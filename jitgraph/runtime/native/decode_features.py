"""Native code: the values of one feature of many Examples.

In: arguments [records, places, stride, results, offsets, kind]: what `index_examples` noted of the
feature, every so many bytes; where in the results each record's values go; the feature's kind.
Out: float32 or int64 numbers, or for each string two words, its place and size.
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import load_byte, load_word, store_int32, store_word

BYTES = 1
FLOATS = 2


def kernel(args, lo, hi):
    records = load_word(args)
    stride = load_word(args + 16)
    results = load_word(args + 24)
    offsets = load_word(args + 32)
    kind = load_word(args + 40)
    for step in range(hi - lo):
        number = lo + step
        entry = load_word(args + 8) + stride * number
        count = load_word(entry + 16)
        offset = load_word(offsets + 8 * number)
        source = records + load_word(entry)
        if kind == FLOATS:
            copy_floats(source, results + 4 * offset, count)
        elif kind == BYTES:
            note_strings(records, source, results + 16 * offset, count)
        else:
            read_numbers(source, results + 8 * offset, count)


def copy_floats(source, result, count):
    for number in range(count):
        byte = source + 4 * number
        low = load_byte(byte) | (load_byte(byte + 1) << 8)
        high = load_byte(byte + 2) | (load_byte(byte + 3) << 8)
        store_int32(result + 4 * number, low | (high << 16))


def read_numbers(source, result, count):
    for number in range(count):
        value = 0
        shift = 0
        byte = load_byte(source)
        while byte > 127:
            value = value | ((byte & 127) << shift)
            shift += 7
            source += 1
            byte = load_byte(source)
        store_word(result + 8 * number, value | (byte << shift))
        source += 1


def note_strings(records, source, result, count):
    for number in range(count):
        size = 0
        shift = 0
        byte = load_byte(source + 1)
        source += 2
        while byte > 127:
            size = size | ((byte & 127) << shift)
            shift += 7
            byte = load_byte(source)
            source += 1
        size = size | (byte << shift)
        store_word(result + 16 * number, source - records)
        store_word(result + 16 * number + 8, size)
        source += size
