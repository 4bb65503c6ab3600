"""Expressions on strings: run by TensorFlow 1.15 to record, and by the tests."""

import numpy as np

EXPRESSIONS = [
    # numbers as strings
    "tf.as_string([1, -20, 300])",
    "tf.as_string([1, -20, 300], width=6, fill='0')",
    "tf.as_string([1, -20, 300], width=6, fill='-')",
    "tf.as_string([1, -20], fill='+')",
    "tf.as_string([1, -20], width=5, fill=' ')",
    "tf.as_string([0.1, 1e10, -2.5e-7, np.inf, -np.inf, np.nan])",
    "tf.as_string(tf.constant([0.1, 1e20], tf.float64), precision=20)",
    "tf.as_string([0.1, 1e10, -2.5e-7], shortest=True)",
    "tf.as_string([0.1, 1e10, -2.5e-7], scientific=True, precision=2, width=12)",
    "tf.as_string([0.1, 1e10], precision=0)",
    "tf.as_string([True, False], width=7)",
    "tf.as_string(tf.constant([1 + 2j], tf.complex64), precision=1)",
    "tf.as_string([1, 2], precision=2)",
    "tf.as_string([1, 2], scientific=True)",
    "tf.as_string([1.0], scientific=True, shortest=True)",
    "tf.as_string([1.0], fill='x', width=4)",
    "tf.as_string([1.0], fill='00', width=4)",
    "tf.as_string(tf.constant([200], tf.uint8))",
    # strings as numbers
    "tf.string_to_number(['1', '-2.5', ' 3 ', '1e3', '.5', '5.', '+1', '1e-50', '1e50'])",
    "tf.string_to_number(['inf', '-INF', '+inf', 'nan', '0x10', '1e+5'])",
    "tf.string_to_number(['Infinity'])",
    "tf.string_to_number(['1', '-25', ' 3', '4 ', '007'], tf.int32)",
    "tf.string_to_number(['+5'], tf.int32)",
    "tf.string_to_number(['9223372036854775807'], tf.int64)",
    "tf.string_to_number(['3.14159265358979', '1e300'], tf.float64)",
    "tf.string_to_number(['2147483648'], tf.int32)",
    "tf.string_to_number(['1.5'], tf.int32)",
    "tf.string_to_number(['x'])",
    "tf.string_to_number([''])",
    "tf.string_to_number(['1 2'])",
    "tf.string_to_number(['1_0'])",
    "tf.string_to_number(['1f'])",
    "tf.string_to_number(['1'], tf.uint8)",
    # cases and spaces
    "tf.strings.lower(['ABC def', u'ÄÖÜ'])",
    "tf.strings.upper(['ABC def', u'äöü'])",
    "tf.strings.lower(['ABC def', u'ÄÖÜ'], encoding='utf-8')",
    "tf.strings.upper(['ABC def', u'äöü'], encoding='utf-8')",
    "tf.strings.upper(['a'], encoding='latin-1')",
    "tf.string_strip(['  a b \\n', '\\t', '', u'\\u00a0x\\x0b\\x0c'])",
    # parts
    "tf.substr(['hello', 'world'], 1, 3)",
    "tf.substr(['hello', 'world'], [1, 2], [3, 9])",
    "tf.substr('hello', -3, 2)",
    "tf.substr('hello', 5, 2)",
    "tf.substr('hello', 6, 2)",
    "tf.substr(['abc', 'hello'], [0, -6], [1, 1])",
    "tf.substr([['ten', 'eleven'], ['a', 'b']], [[0], [0]], [[2], [1]])",
    "tf.substr('hello', [0, 1], [1, 2])",
    "tf.substr('hello', [0, 1], 2)",
    "tf.substr('hello', [0, 1], [1])",
    "tf.strings.substr([u'größe', u'日本語x'], 2, 2, unit='UTF8_CHAR')",
    "tf.strings.substr([u'größe', u'日本語x'], -3, 2, unit='UTF8_CHAR')",
    "tf.strings.substr([u'größe'], 6, 1, unit='UTF8_CHAR')",
    "tf.substr('hello', 1, -1)",
    "tf.strings.length([u'größe', '', 'abc'], unit='UTF8_CHAR')",
    # splitting
    "tf.string_split(['a b  c', '', ' x '])",
    "tf.string_split(['a b  c', '', ' x '], skip_empty=False)",
    "tf.string_split(['a,b;c', ',;'], ',;')",
    "tf.string_split(['a,b;c', ',;'], ',;', skip_empty=False)",
    "tf.string_split(['abc', u'ö'], '')",
    "tf.string_split(['a-b'], delimiter='-')",
    "tf.string_split([], ',')",
    "tf.string_split('a b')",
    "tf.string_split(['a'], ['x'])",
    "tf.string_split(['a b'], result_type='other')",
    "tf.strings.split(['a b  c ', '', ' x\\ty'])",
    "tf.strings.split(['1<>2<><>3', '<>'], '<>')",
    "tf.strings.split(['a b c d', ' e  f g '], maxsplit=2)",
    "tf.strings.split(['a b c d', ' e  f g '], ' ', maxsplit=1)",
    "tf.strings.split([' a b '], maxsplit=0)",
    # patterns
    "tf.strings.regex_full_match(['abc', 'ab', '', 'xabc'], 'a.*')",
    "tf.strings.regex_full_match(['abc', 'ABC'], tf.constant('(?i)abc'))",
    "tf.strings.regex_full_match([u'ö', u'öö'], '.')",
    "tf.strings.regex_full_match(['a\\nb'], 'a.b')",
    "tf.strings.regex_full_match(['a'], '(')",
    "tf.strings.regex_replace(['abxd', 'xx', ''], 'x*', '-')",
    "tf.strings.regex_replace(['aabab', 'b'], '(a+)b', '<\\\\1|\\\\0>')",
    "tf.strings.regex_replace(['aabab'], 'a', 'X', replace_global=False)",
    "tf.strings.regex_replace(['aabab'], tf.constant('b'), '')",
    "tf.strings.regex_replace(['a.b'], '\\\\.', '\\\\\\\\')",
    "tf.strings.regex_replace(['ab'], '(a)', 'x\\\\2y')",
    "tf.strings.regex_replace(['ab'], '(a)', 'x\\\\qy')",
    "tf.strings.regex_replace(['ab'], '*', 'x')",
    "tf.strings.regex_replace(['ab'], 'a)', 'x')",
    "tf.strings.regex_replace(['ab'], 'a\\\\', 'x')",
    "tf.strings.regex_replace(['ab'], '(?=a)b', 'x')",
    "tf.strings.regex_replace(['ab'], '(a)\\\\1', 'x')",
    "tf.strings.regex_replace(['a1 b22'], '[[:digit:]]+', '#')",
    "tf.strings.regex_replace(['a1 b22 _'], '\\\\W', '#')",
    "tf.strings.regex_replace([u'größe'], '[^a-z]', '?')",
    "tf.strings.regex_replace(['a\\n', 'a'], 'a$', 'x')",
    "tf.strings.regex_replace(['a+b'], '\\\\Qa+\\\\E', 'x')",
    "tf.strings.regex_replace(['a'], '[', 'x')",
    "tf.strings.regex_replace(['some  <br />tags'], '<br ?/?>|[^a-z]+', ' ')",
    # joining
    "tf.reduce_join([['a', 'b'], ['c', 'd']])",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], 0)",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], [0, 1], separator='-')",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], -1, keepdims=True)",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], [])",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], [1, 1])",
    "tf.reduce_join([['a', 'b'], ['c', 'd']], 2)",
    "tf.reduce_join('a')",
    "tf.strings.join([['a', 'b'], 'x'], '/')",
    # base64
    "tf.encode_base64(['', 'a', 'ab', 'abc', b'\\xff\\xfe'])",
    "tf.encode_base64(['', 'a', 'ab', 'abc'], pad=True)",
    "tf.decode_base64(['YQ', 'YQ==', 'YWI', '__4', ''])",
    "tf.decode_base64(['YQ='])",
    "tf.decode_base64(['Y'])",
    "tf.decode_base64(['+/+/'])",
    "tf.decode_base64(['Y Q='])",
    # tables of values
    "tf.decode_csv(['1,2.5,a', '-3,1e3,\"b,\"\"c\"\"\"'], [[0], [0.0], ['']])",
    "tf.decode_csv([' 1 , 2.5 , a '], [[0], [0.0], ['']])",
    "tf.decode_csv(',,', [[7], [0.5], ['none']])",
    "tf.decode_csv(['1,2'], [tf.constant([], tf.int64), tf.constant([], tf.float64)])",
    "tf.decode_csv(['1,'], [tf.constant([], tf.int64), tf.constant([], tf.float64)])",
    "tf.decode_csv(['1', '1,2'], [[0]])",
    "tf.decode_csv(['1,x'], [[0], [0]])",
    "tf.decode_csv(['1,x'], [[0], [0.5]])",
    "tf.decode_csv(['1;2'], [[0], [0]], field_delim=';')",
    "tf.decode_csv(['1\\t2'], [[0], [0]], '\\t')",
    "tf.decode_csv(['NA,2'], [[9], [0]], na_value='NA')",
    "tf.decode_csv(['1,2,3'], [[0], ['']], select_cols=[0, 2])",
    "tf.decode_csv(['1,2,3'], [[0], ['']], select_cols=[2, 0])",
    "tf.decode_csv(['1,2,3'], [[0]], select_cols=[0, 1])",
    "tf.decode_csv(['1,2'], [[0], ['']], select_cols=[0, 2])",
    "tf.decode_csv(['a\"b'], [['']])",
    "tf.decode_csv(['\"a\"b'], [['']])",
    "tf.decode_csv(['\"ab'], [['']])",
    "tf.decode_csv(['a\\nb'], [['']])",
    "tf.decode_csv(['\"a\\nb\"'], [['']])",
    "tf.decode_csv(['\"a\",b\"'], [[''], ['']], use_quote_delim=False)",
    "tf.decode_csv(['99999999999'], [[0]])",
    "tf.decode_csv(['1'], [[0]], field_delim='ab')",
    "tf.decode_csv(['1'], [[0, 1]])",
    "tf.decode_csv([['1,2', '3,4']], [[0], [0]])",
    "tf.decode_csv([''], [[4]])",
    # compression
    "tf.decode_compressed(['abc'])",
    "tf.decode_compressed(['abc'], 'LZMA')",
    # buckets
    "tf.string_to_hash_bucket(['a', 'b'], 0)",
    "tf.string_to_hash_bucket_strong(['a'], 10, [1])",
    # strings as other tensors
    "tf.equal(['a', 'b'], 'a')",
    "tf.not_equal(['a', 'b'], ['a', 'c'])",
    "tf.constant(['a', 'b']) == 'a'",
    "tf.gather(['a', 'b', 'c'], [2, 0, 2])",
    "tf.concat([['a'], ['b', 'c']], 0)",
    "tf.stack([['a', 'b'], ['c', 'd']], 1)",
    "tf.unstack([['a', 'b'], ['c', 'd']], axis=1)",
    "tf.reshape(['a', 'b', 'c', 'd'], [2, 2])",
    "tf.transpose([['a', 'b'], ['c', 'd']])",
    "tf.where([True, False], ['a', 'b'], ['c', 'd'])",
    "tf.constant(['a', 'b', 'c'])[1:]",
    "tf.constant([['a', 'b'], ['c', 'd']])[..., 0]",
    "tf.slice(['a', 'b', 'c'], [1], [2])",
    "tf.split(['a', 'b'], 2)",
    "tf.tile(['a', 'b'], [2])",
    "tf.expand_dims(['a'], 0)",
    "tf.squeeze([['a']])",
    "tf.boolean_mask(['a', 'b', 'c'], [True, False, True])",
    "tf.fill([2], 'x')",
    "tf.zeros([2], tf.string)",
    "tf.zeros_like(['a', 'b'])",
    "tf.unique(['b', 'a', 'b'])",
    "tf.reverse(['a', 'b', 'c'], [0])",
    "tf.identity('a')",
    "tf.size(['a', 'b'])",
    "tf.shape(['a', 'b'])",
    "tf.pad([['a']], [[0, 1], [1, 0]])",
    "tf.cond(tf.constant(True), lambda: tf.constant('yes'), lambda: tf.constant('no'))",
    "tf.case([(tf.constant(False), lambda: tf.constant('a'))], lambda: tf.constant('b'))",
    "tf.while_loop(lambda s: tf.strings.length(s) < 4, lambda s: s + 'x', ['a'])",
    "tf.map_fn(lambda s: tf.strings.join([s, '!']), tf.constant(['a', 'b']))",
    "tf.one_hot(1, 3, on_value='a', off_value='b', dtype=tf.string)",
    "tf.dynamic_partition(['a', 'b', 'c'], [1, 0, 1], 2)",
    "tf.constant('a') + 'b'",
    "'a' + tf.constant(['b', 'c'])",
    "tf.constant('a') * 2",
    "tf.cast('1', tf.int32)",
    "tf.less('a', 'b')",
    "tf.gather_nd([['a', 'b'], ['c', 'd']], [[1, 0]])",
    "tf.placeholder_with_default('a', [])",
    "tf.sparse_tensor_to_dense(tf.string_split(['a b', 'c']), default_value='')",
    "tf.meshgrid(['a', 'b'], ['c'])",
    "tf.broadcast_to('a', [2])",
    "tf.random_shuffle(['a', 'a'])",
]


def outcome(tf, expression):
    """What an expression gives, as JSON holds it; or the error's class and first line."""
    with tf.Graph().as_default(), tf.Session() as session:
        return outcome_of(tf, lambda: session.run(eval(expression, {"tf": tf, "np": np})))


def outcome_of(tf, function):
    """What a function gives, as JSON holds it; or the error's class and first line."""
    try:
        return _listed(function())
    except (tf.errors.OpError, TypeError, ValueError) as error:
        message = getattr(error, "message", None) or str(error)
        return {"error": type(error).__name__, "message": _first_line(message)}


def _first_line(message):
    return message.split("\n")[0].split(" and with computed input tensors")[0].rstrip(".")


def _listed(value):
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [_listed(part) for part in value]
    if isinstance(value, bytes):
        return {"dtype": "string", "shape": [], "items": [value.decode("latin-1")]}
    array = np.asarray(value)
    items = array.ravel().tolist()
    if array.dtype.kind in "OS":
        kind, items = "string", [item.decode("latin-1") for item in items]
    else:
        kind, items = array.dtype.name, [repr(item) for item in items]
    return {"dtype": kind, "shape": list(array.shape), "items": items}
