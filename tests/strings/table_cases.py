"""Look-up tables and what is asked of them: run by TensorFlow 1.15 to record, and by the tests.

In each case the first line makes tables, the others are run one after the other; FILE stands for a
file with the case's text.
"""

PAIRS = "L.HashTable(L.KeyValueTensorInitializer({}, tf.constant({}, tf.int64)), -1)"

CASES = {
    "words": (
        "t = L.index_table_from_tensor(['a', 'b', 'c'], default_value=-7)",
        "t.lookup(tf.constant(['a', 'z']))",
        "t.size()",
        "tf.tables_initializer()",
        "t.lookup(tf.constant([['a'], ['z']]))",
        "t.size()",
        "tf.tables_initializer()",
        "t.lookup(tf.string_split(['a c', 'x']))",
        "t.initializer",
    ),
    "not initialized": ("t = " + PAIRS.format("['a']", "[1]"), "t.export()"),
    "two values": ("t = " + PAIRS.format("['a', 'a']", "[1, 2]"), "t.initializer", "t.size()"),
    "the same value twice": (
        "t = " + PAIRS.format("['a', 'a']", "[1, 1]"),
        "t.initializer",
        "t.size()",
    ),
    "too few values": ("t = 0", PAIRS.format("['a', 'b']", "[1]")),
    "a matrix": ("t = 0", PAIRS.format("[['a'], ['b']]", "[[1], [2]]")),
    "too few values in the run": (
        "t = tf.placeholder_with_default(tf.constant([1], tf.int64), [None]); "
        "t = L.HashTable(L.KeyValueTensorInitializer(['a', 'b'], t), -1)",
        "t.initializer",
    ),
    "one name": (
        "t = [L.HashTable(L.KeyValueTensorInitializer(['a'], [n]), 0, shared_name='s')"
        " for n in (1, 2)]",
        "t[0].initializer",
        "t[1].lookup(tf.constant(['a']))",
        "t[1].initializer",
    ),
    "buckets": (
        "t = L.index_table_from_tensor(['x', 'y'], num_oov_buckets=3)",
        "t.initializer",
        "t.lookup(tf.constant(['x', 'q', 'w', 'e', 'r']))",
        "t.size()",
    ),
    "buckets of numbers": (
        "t = L.index_table_from_tensor([5, 7], dtype=tf.int64, num_oov_buckets=3)",
        "t.initializer",
        "t.lookup(tf.constant([5, 6, 7, 8, 9], tf.int64))",
    ),
    "a strong hash": (
        "t = L.index_table_from_tensor(['x'], 5, hasher_spec=L.StrongHashSpec([3, 4]))",
        "t.initializer",
        "t.lookup(tf.constant(['x', 'q', 'w', 'e', 'r']))",
    ),
    "back to words": (
        "t = L.index_to_string_table_from_tensor(['x', 'y'])",
        "t.initializer",
        "t.lookup(tf.constant([0, 1, 2, -1], tf.int64))",
    ),
    "mutable": (
        "t = L.MutableHashTable(tf.string, tf.int64, -1)",
        "t.lookup(tf.constant(['a']))",
        "t.insert(['a', 'b', 'a'], [1, 2, 3])",
        "t.lookup([['a'], ['z']])",
        "t.size()",
        "t.remove(tf.constant(['a', 'q']))",
        "t.export()",
        "t.insert(['a'], [1, 2])",
        "t.lookup(tf.constant([1]))",
        "t.insert(['a'], ['b'])",
    ),
    "mutable rows": (
        "t = L.MutableHashTable(tf.string, tf.float32, [0.0, 0.0])",
        "t.insert(['a'], [[3.0, 4.0]])",
        "t.lookup([['a'], ['z']])",
        "t.export()",
        "t.insert(['a', 'b'], [[1.0], [3.0]])",
    ),
    "dense": (
        "t = L.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -1)",
        "t.insert([1, 2], [10, 20])",
        "t.lookup([1, 9])",
        "t.size()",
        "t.insert([0], [10])",
        "t.lookup([-1])",
    ),
    "another default": (
        "t = 0",
        "L.HashTable(L.KeyValueTensorInitializer(['a'], [1.5]), 'x')",
        "L.HashTable(L.KeyValueTensorInitializer(['a'], [1.5]), [0.0])",
    ),
    "wrong arguments": (
        "t = 0",
        "L.HashTable(L.KeyValueTensorInitializer(['a'], [1]), 0).lookup(tf.constant([1]))",
        "L.index_table_from_tensor(None)",
        "L.index_table_from_file('')",
        "L.index_table_from_tensor(['a'], num_oov_buckets=-1)",
        "L.index_table_from_file('a', vocab_size=0)",
        "L.index_table_from_tensor([1.5])",
        "L.index_table_from_tensor([1.5], dtype=tf.float32)",
        "L.TextFileInitializer('', tf.string, 0, tf.int64, 1)",
        "L.TextFileInitializer('f', tf.string, -1, tf.int64, 1)",
        "L.TextFileInitializer('f', tf.float32, -2, tf.int64, 1)",
        "L.TextFileInitializer('f', tf.string, -2, tf.int32, -1)",
        "L.IdTableWithHashBuckets(None, 0)",
        "L.StrongHashSpec([1])",
    ),
}
FILES = (
    ("a\nb\nc\n", ""),
    ("a\nb\nc", ""),
    ("a\nb\nc\n", ", vocab_size=2"),
    ("a\nb\nc\n", ", vocab_size=5"),
    ("a\na\n", ""),
    ("", ""),
    ("a\n\nb\n", ""),
    ("a\tx\nb\ty\n", ", key_column_index=1"),
    ("a\tx\nb\n", ", key_column_index=1"),
    ("a 1\nb 2\n", ", key_column_index=0, value_column_index=1, delimiter=' '"),
    ("a 1\nb x\n", ", key_column_index=0, value_column_index=1, delimiter=' '"),
    ("a\r\nb\r\n", ""),
    ("a\tx\nb\ty\n", ", key_column_index=5"),
)
ASKED = "t.lookup(tf.constant(['a', 'b', 'c', '', 'x', 'y']))"


def outcomes(tf, outcome, path):
    """For each case what its lines give: `outcome(function)` runs one."""
    found = {}
    for name, lines in CASES.items():
        found[name] = _ran(tf, outcome, lines, path)
    for text, options in FILES:
        with open(path, "w") as file:
            file.write(text)
        lines = (f"t = L.index_table_from_file(FILE{options})", "t.initializer", ASKED)
        found[f"file {text!r}{options}"] = _ran(tf, outcome, lines, path)
    back = ("t = L.index_to_string_table_from_file(FILE)", "t.initializer", "t.lookup([1])")
    found["no file"] = _ran(tf, outcome, (back[0].replace("FILE", "FILE + '-'"), back[1]), path)
    return found


def _ran(tf, outcome, lines, path):
    with tf.Graph().as_default(), tf.Session() as session:
        scope = {"tf": tf, "L": tf.contrib.lookup, "FILE": path}
        exec(lines[0], scope)
        return [outcome(tf, lambda one=line: session.run(eval(one, scope))) for line in lines[1:]]
