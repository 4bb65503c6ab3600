"""Native code: what CPython calls for `frame.run(*arrays)` (METH_FASTCALL: self, arguments, count).

`self` is an array whose data is the frame's words. Gives NotImplemented, having run nothing,
for anything but the arrays that the frame was bound for; the caller then takes the slow path.
NULL with an exception set when an output can't be allocated or a kernel fails (KernelFailure).
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import (
    atomic_load,
    atomic_replace_if,
    atomic_store,
    call,
    float32_bits,
    float64_bits,
    load_int32,
    load_word,
    store_int32,
    store_word,
)
from jitgraph.runtime.native.layout import (
    ARRAY_DATA,
    ARRAY_DESCRIPTOR,
    ARRAY_DIMENSIONS,
    ARRAY_FLAGS,
    ARRAY_FLAGS_NEEDED,
    ARRAY_FLAGS_OWNED,
    ARRAY_RANK,
    FLOAT32_NUMBER,
    FLOAT_VALUE,
    FRAME_BUSY,
    FRAME_EPOCH,
    FRAME_EPOCH_EXPECTED,
    FRAME_FEED_COUNT,
    FRAME_FEEDS,
    FRAME_OUTPUT_COUNT,
    FRAME_OUTPUTS,
    FRAME_POOL,
    FRAME_PYTHON,
    FRAME_RELEASES_GIL,
    FRAME_ROWS,
    FRAME_RUNS_ADDRESS,
    FRAME_SCALAR_RESULT,
    FRAME_STATUS_ADDRESS,
    FRAME_TABLE,
    INT32_NUMBER,
    NO_NUMBER,
    OBJECT_REFERENCES,
    OBJECT_TYPE,
    POOL_PROCESS,
    POOL_STARTED,
    PYTHON_ARRAY_TYPE,
    PYTHON_CALL,
    PYTHON_CLEAR_ERROR,
    PYTHON_DEC_REF,
    PYTHON_EXECUTE,
    PYTHON_FAILURE,
    PYTHON_FLOAT_TYPE,
    PYTHON_INC_REF,
    PYTHON_INT_TYPE,
    PYTHON_NEW_ARRAY,
    PYTHON_NEW_INT,
    PYTHON_NEW_LIST,
    PYTHON_NONE,
    PYTHON_NOT_IMPLEMENTED,
    PYTHON_POOL,
    PYTHON_READ_INT,
    PYTHON_RESTORE_THREAD,
    PYTHON_RETURN_ARRAY,
    PYTHON_SAVE_THREAD,
    PYTHON_SET_ERROR,
    PYTHON_SET_ITEM,
    PYTHON_START_POOL,
    SLOT_BYTES,
    SLOT_DESCRIPTOR,
    SLOT_DIMENSIONS,
    SLOT_KEEPS,
    SLOT_KEPT,
    SLOT_NUMBER,
    SLOT_NUMBER_KIND,
    SLOT_OBJECT,
    SLOT_PATCH_COUNT,
    SLOT_PATCHES,
    SLOT_RANK,
)

INT32_LEAST = -2147483648
INT32_MOST = 2147483647


def new_reference(python, item):
    call(load_word(python + PYTHON_INC_REF), item)
    return item


def patch(slot, pointer):
    patches = load_word(slot + SLOT_PATCHES)
    for index in range(load_word(slot + SLOT_PATCH_COUNT)):
        place = patches + 16 * index
        store_word(load_word(place), pointer + load_word(place + 8))


def bind_number(python, slot, item):
    kind = load_word(slot + SLOT_NUMBER_KIND)
    if kind == NO_NUMBER:
        return False
    place = slot + SLOT_NUMBER
    type_ = load_word(item + OBJECT_TYPE)
    takes_fraction = kind < INT32_NUMBER
    if type_ == load_word(python + PYTHON_FLOAT_TYPE):
        if not takes_fraction:
            return False
        fraction = load_word(item + FLOAT_VALUE)
    elif type_ == load_word(python + PYTHON_INT_TYPE):
        store_int32(place, 0)
        whole = call(load_word(python + PYTHON_READ_INT), item, place)
        if load_int32(place) != 0:
            return False
        if not takes_fraction:
            if kind == INT32_NUMBER and (whole < INT32_LEAST or whole > INT32_MOST):
                return False
            store_word(place, whole)
            patch(slot, place)
            return True
        fraction = float64_bits(whole)
    else:
        return False
    store_word(place, float32_bits(fraction) if kind == FLOAT32_NUMBER else fraction)
    patch(slot, place)
    return True


def is_as_wanted(slot, array, flags):
    if load_word(array + ARRAY_DESCRIPTOR) != load_word(slot + SLOT_DESCRIPTOR):
        return False
    rank = load_word(slot + SLOT_RANK)
    if load_int32(array + ARRAY_RANK) != rank:
        return False
    if load_int32(array + ARRAY_FLAGS) & flags != flags:
        return False
    wanted = load_word(slot + SLOT_DIMENSIONS)
    given = load_word(array + ARRAY_DIMENSIONS)
    for axis in range(rank):
        if load_word(given + 8 * axis) != load_word(wanted + 8 * axis):
            return False
    return True


def bind_feed(python, slot, item):
    if load_word(item + OBJECT_TYPE) != load_word(python + PYTHON_ARRAY_TYPE):
        return bind_number(python, slot, item)
    if not is_as_wanted(slot, item, ARRAY_FLAGS_NEEDED):
        return False
    patch(slot, load_word(item + ARRAY_DATA))
    return True


def bind_feeds(frame, python, arguments):
    slot = load_word(frame + FRAME_FEEDS)
    for index in range(load_word(frame + FRAME_FEED_COUNT)):
        if not bind_feed(python, slot, load_word(arguments + 8 * index)):
            return False
        slot += SLOT_BYTES
    return True


def drop_outputs(frame, python, count):
    slot = load_word(frame + FRAME_OUTPUTS)
    for index in range(count):
        call(load_word(python + PYTHON_DEC_REF), load_word(slot + index * SLOT_BYTES + SLOT_OBJECT))


def new_array(python, slot):
    return call(
        load_word(python + PYTHON_NEW_ARRAY),
        load_word(python + PYTHON_ARRAY_TYPE),
        new_reference(python, load_word(slot + SLOT_DESCRIPTOR)),
        load_word(slot + SLOT_RANK),
        load_word(slot + SLOT_DIMENSIONS),
        0,
        0,
        0,
        0,
    )


def fresh_or_dropped_array(python, slot):
    """The array returned last time if the user holds it no more, so that no page is new."""
    kept = load_word(slot + SLOT_KEPT)
    if kept != 0:
        dropped = load_word(kept + OBJECT_REFERENCES) == 1
        if dropped and is_as_wanted(slot, kept, ARRAY_FLAGS_OWNED):
            return new_reference(python, kept)
        store_word(slot + SLOT_KEPT, 0)
        call(load_word(python + PYTHON_DEC_REF), kept)
    array = new_array(python, slot)
    if array != 0:
        store_word(slot + SLOT_KEPT, new_reference(python, array))
    return array


def new_outputs(frame, python):
    slot = load_word(frame + FRAME_OUTPUTS)
    for index in range(load_word(frame + FRAME_OUTPUT_COUNT)):
        keeps = load_word(slot + SLOT_KEEPS) != 0
        array = fresh_or_dropped_array(python, slot) if keeps else new_array(python, slot)
        if array == 0:
            drop_outputs(frame, python, index)
            return False
        store_word(slot + SLOT_OBJECT, array)
        patch(slot, load_word(array + ARRAY_DATA))
        slot += SLOT_BYTES
    return True


def start_pool(python):
    started = call(load_word(python + PYTHON_CALL), load_word(python + PYTHON_START_POOL))
    if started == 0:
        call(load_word(python + PYTHON_CLEAR_ERROR))
    else:
        call(load_word(python + PYTHON_DEC_REF), started)


def execute(frame, python):
    pool = load_word(frame + FRAME_POOL)
    if pool != 0 and load_word(pool + POOL_STARTED) == 0:
        start_pool(python)
    store_word(load_word(frame + FRAME_STATUS_ADDRESS), 0)
    runs = load_word(frame + FRAME_RUNS_ADDRESS)
    store_word(runs, load_word(runs) + 1)
    releases = load_word(frame + FRAME_RELEASES_GIL) != 0
    thread = call(load_word(python + PYTHON_SAVE_THREAD)) if releases else 0
    call(
        load_word(python + PYTHON_EXECUTE),
        load_word(frame + FRAME_TABLE),
        load_word(frame + FRAME_ROWS),
        pool,
        load_word(frame + FRAME_STATUS_ADDRESS),
    )
    if releases:
        call(load_word(python + PYTHON_RESTORE_THREAD), thread)


def returned(frame, python):
    count = load_word(frame + FRAME_OUTPUT_COUNT)
    if count == 0:
        return new_reference(python, load_word(python + PYTHON_NONE))
    slot = load_word(frame + FRAME_OUTPUTS)
    as_result = load_word(python + PYTHON_RETURN_ARRAY)
    if load_word(frame + FRAME_SCALAR_RESULT) != 0:
        return call(as_result, load_word(slot + SLOT_OBJECT))
    items = call(load_word(python + PYTHON_NEW_LIST), count)
    if items == 0:
        drop_outputs(frame, python, count)
        return 0
    for index in range(count):
        item = call(as_result, load_word(slot + SLOT_OBJECT))
        call(load_word(python + PYTHON_SET_ITEM), items, index, item)
        slot += SLOT_BYTES
    return items


def raise_failure(python, status):
    number = call(load_word(python + PYTHON_NEW_INT), status)
    if number != 0:
        call(load_word(python + PYTHON_SET_ERROR), load_word(python + PYTHON_FAILURE), number)
        call(load_word(python + PYTHON_DEC_REF), number)


def run(frame, python, arguments):
    if atomic_load(load_word(frame + FRAME_EPOCH)) != load_word(frame + FRAME_EPOCH_EXPECTED):
        return new_reference(python, load_word(python + PYTHON_NOT_IMPLEMENTED))
    if not bind_feeds(frame, python, arguments):
        return new_reference(python, load_word(python + PYTHON_NOT_IMPLEMENTED))
    if not new_outputs(frame, python):
        return 0
    execute(frame, python)
    status = load_word(load_word(frame + FRAME_STATUS_ADDRESS))
    if status != 0:
        drop_outputs(frame, python, load_word(frame + FRAME_OUTPUT_COUNT))
        raise_failure(python, status)
        return 0
    return returned(frame, python)


def kernel(self, arguments, count):
    frame = load_word(self + ARRAY_DATA)
    python = load_word(frame + FRAME_PYTHON)
    process = load_word(load_word(python + PYTHON_POOL) + POOL_PROCESS)
    busy = atomic_load(frame + FRAME_BUSY)
    if count != load_word(frame + FRAME_FEED_COUNT) or busy == process:
        return new_reference(python, load_word(python + PYTHON_NOT_IMPLEMENTED))
    if not atomic_replace_if(frame + FRAME_BUSY, busy, process):
        return new_reference(python, load_word(python + PYTHON_NOT_IMPLEMENTED))
    result = run(frame, python, arguments)
    atomic_store(frame + FRAME_BUSY, 0)
    return result
