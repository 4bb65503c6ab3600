"""Native code: where in serialized Examples the values of features are.

In: arguments [records, starts, number of keys, keys, starts of keys, kinds of keys, places]: the
records one behind the other and where each starts (one more: the end), the same for the keys, and
for each key its kind, the number of its field in Feature. Out: for each record and key three words
of `places`: offset, size and count of its values; the count stays as it was where there are none.
Gives 1 if a record is not written in the usual way: then nothing is said of what it holds.
https://protobuf.dev/programming-guides/encoding has the format.
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import load_byte, load_word, store_word

FIRST = 10
SECOND = 18
BYTES = 1
FLOATS = 2
LARGEST = 0x7FFFFFFF
MISSING = -1


def kernel(args, lo, hi):
    for number in range(hi - lo):
        if read_example(args, lo + number) == 0:
            return 1
    return 0


def sized(records, place, end):
    """A size and the place behind it, shifted; 0 where there is none."""
    size = 0
    shift = 0
    while place < end and shift < 35:
        byte = load_byte(records + place)
        place += 1
        size = size | ((byte & 127) << shift)
        if byte < 128:
            if size > LARGEST or place + size > end:
                return 0
            return (place << 32) | size
        shift += 7
    return 0


def field(records, tag, place, end):
    """The contents of a field of this tag: their place, shifted, and size; 0 where it is not."""
    if place >= end:
        return 0
    if load_byte(records + place) != tag:
        return 0
    return sized(records, place + 1, end)


def read_example(args, number):
    records = load_word(args)
    starts = load_word(args + 8) + 8 * number
    place = load_word(starts)
    end = load_word(starts + 8)
    if place == end:
        return 1
    found = field(records, FIRST, place, end)
    place = found >> 32
    if found == 0 or place + (found & LARGEST) != end:
        return 0
    key = 0
    while place < end:
        found = field(records, FIRST, place, end)
        if found == 0:
            return 0
        place = (found >> 32) + (found & LARGEST)
        key = read_entry(args, number, found >> 32, place, key)
        if key < 0:
            return 0
    return 1


def read_entry(args, number, place, end, guess):
    """Notes a feature; gives which key comes next as a rule, -1 for what is not usual."""
    records = load_word(args)
    name = field(records, FIRST, place, end)
    if name == 0:
        return -1
    place = (name >> 32) + (name & LARGEST)
    found = field(records, SECOND, place, end)
    place = found >> 32
    if found == 0 or place + (found & LARGEST) != end:
        return -1
    key = key_number(args, records + (name >> 32), name & LARGEST, guess)
    if key < 0:
        return guess
    keys = load_word(args + 16)
    kind = load_word(load_word(args + 40) + 8 * key)
    entry = load_word(args + 48) + 24 * (number * keys + key)
    if place < end and read_feature(records, kind, place, end, entry) == 0:
        return -1
    return key + 1


def key_number(args, name, size, guess):
    """Which key this is, -1 if it is none that is wanted."""
    count = load_word(args + 16)
    for step in range(count):
        key = guess + step
        if key >= count:
            key = key - count
        if is_key(args, key, name, size):
            return key
    return -1


def is_key(args, key, name, size):
    starts = load_word(args + 32) + 8 * key
    start = load_word(starts)
    if load_word(starts + 8) - start != size:
        return 0
    wanted = load_word(args + 24) + start
    for place in range(size):
        if load_byte(wanted + place) != load_byte(name + place):
            return 0
    return 1


def read_feature(records, kind, place, end, entry):
    """Notes where the values of a feature are; gives 0 for what is not usual."""
    found = field(records, 8 * kind + 2, place, end)
    start = found >> 32
    if found == 0 or start + (found & LARGEST) != end or load_word(entry + 16) != MISSING:
        return 0
    if kind == BYTES:
        return note(entry, start, end, count_strings(records, start, end))
    if start == end:
        return note(entry, start, end, 0)
    packed = field(records, FIRST, start, end)
    start = packed >> 32
    if packed == 0 or start + (packed & LARGEST) != end:
        return 0
    if kind == FLOATS:
        if (end - start) & 3 != 0:
            return 0
        return note(entry, start, end, (end - start) // 4)
    return note(entry, start, end, count_numbers(records, start, end))


def note(entry, start, end, count):
    if count < 0:
        return 0
    store_word(entry, start)
    store_word(entry + 8, end - start)
    store_word(entry + 16, count)
    return 1


def count_strings(records, place, end):
    count = 0
    while place < end:
        found = field(records, FIRST, place, end)
        if found == 0:
            return -1
        place = (found >> 32) + (found & LARGEST)
        count += 1
    return count


def count_numbers(records, place, end):
    count = 0
    size = 0
    while place < end:
        size += 1
        if load_byte(records + place) < 128:
            count += 1
            size = 0
        if size > 9:
            return -1
        place += 1
    if size != 0:
        return -1
    return count
