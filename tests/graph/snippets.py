"""Snippets of TensorFlow 1 programs that need no more than graph, dtypes and shapes.

The last line of each is an expression. `outcome` runs one: its value as text, or its error.
Runs under Python 3.7 too, where recorded.json is made from TensorFlow 1.15.5 by record.py.
"""

import ast

DTYPES = """\
tf.float32
str(tf.float32)
tf.float32 == "float32"
tf.float32 == np.float32
tf.float32 != np.float64
tf.float32 == np.dtype("float32")
tf.float32 == 3.5
tf.float32 == None
tf.float32 != None
tf.float32 == "nothing"
tf.as_dtype("float32_ref")
tf.as_dtype("float32_ref") == tf.float32
tf.as_dtype("float32_ref").base_dtype
tf.float32._as_ref
tf.float32._as_ref._is_ref_dtype
tf.float32._is_ref_dtype
tf.as_dtype("half")
tf.as_dtype("double")
tf.as_dtype("float")
tf.as_dtype("int")
tf.as_dtype("bool")
tf.as_dtype("bfloat16")
tf.as_dtype("nothing")
tf.as_dtype(float)
tf.as_dtype(int)
tf.as_dtype(bool)
tf.as_dtype(complex)
tf.as_dtype(object)
tf.as_dtype(str)
tf.as_dtype(bytes)
tf.as_dtype(None)
tf.as_dtype(np.int64)
tf.as_dtype(np.dtype("int8"))
tf.as_dtype(np.dtype(">i4"))
tf.as_dtype(np.dtype("S3"))
tf.as_dtype(np.dtype("U3"))
tf.as_dtype(np.array([1]).dtype)
tf.as_dtype(np.dtype([("a", "i4")]))
tf.as_dtype([1])
tf.as_dtype(1)
tf.as_dtype(101)
tf.as_dtype(1000)
tf.as_dtype(tf.int32)
tf.float32.is_compatible_with("float32")
tf.float32.is_compatible_with(tf.float64)
tf.float32.is_compatible_with(tf.float32._as_ref)
tf.float32._as_ref.is_compatible_with(tf.float32)
tf.bool.max
tf.string.min
tf.complex64.max
tf.bool.limits
tf.string.limits
tf.complex64.limits
tf.int8.limits
tf.uint8.limits
tf.float32.limits
tf.uint8 is tf.as_dtype(np.uint8)
int(tf.int32.as_datatype_enum)
{tf.float32: 1}[tf.as_dtype(np.float32)]
len({tf.float32, tf.as_dtype("float32"), tf.float64})
copy.deepcopy(tf.float32) is tf.float32
pickle.loads(pickle.dumps(tf.int64)) is tf.int64
""".splitlines()

_NAMES = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "bool complex64 complex128 string resource"
)
_FACTS = (
    "name is_floating is_integer is_complex is_bool is_unsigned is_quantized "
    "is_numpy_compatible size real_dtype as_datatype_enum"
)
DTYPES += [f"tf.{name}.{fact}" for name in _NAMES.split() for fact in _FACTS.split()]
DTYPES += [
    f"tf.{name}.{fact}.item()"
    for name in _NAMES.split()[:12]
    for fact in ("min", "max")
    if name not in ("bfloat16", "resource")
]

SHAPES = """\
tf.Dimension(3)
str(tf.Dimension(None))
tf.Dimension(None)
tf.Dimension(-1)
tf.Dimension(1.5)
tf.Dimension("3")
tf.Dimension("a")
tf.Dimension(tf.Dimension(2))
tf.Dimension(tf.float32)
tf.Dimension([1])
tf.Dimension(3) == 3
tf.Dimension(3) == tf.Dimension(4)
tf.Dimension(3) == None
tf.Dimension(None) == tf.Dimension(None)
tf.Dimension(None) != 3
tf.Dimension(3) != 4
tf.Dimension(3) == "a"
tf.Dimension(3) == [3]
tf.Dimension(3) + 4
3 + tf.Dimension(4)
tf.Dimension(3) + None
tf.Dimension(3) + 1.5
tf.Dimension(3) - 4
tf.Dimension(3) - 1
5 - tf.Dimension(3)
None - tf.Dimension(3)
tf.Dimension(3) * 4
4 * tf.Dimension(3)
tf.Dimension(3) * tf.Dimension(None)
tf.Dimension(7) // 2
7 // tf.Dimension(2)
tf.Dimension(7) // 0
tf.Dimension(7) % 4
7 % tf.Dimension(4)
tf.Dimension(7) / 2
7 / tf.Dimension(2)
tf.Dimension(3) < 4
tf.Dimension(3) <= tf.Dimension(None)
tf.Dimension(3) > 4
tf.Dimension(3) >= 3
4 > tf.Dimension(3)
range(tf.Dimension(3))
int(tf.Dimension(3))
[1, 2, 3, 4][tf.Dimension(2)]
tf.Dimension(3).value
tf.Dimension(3).merge_with(None)
tf.Dimension(None).merge_with(3)
tf.Dimension(3).merge_with(4)
tf.Dimension(3).is_compatible_with(None)
tf.Dimension(3).is_compatible_with(4)
tf.Dimension(3).assert_is_compatible_with(4)
tf.dimension_value(tf.Dimension(3))
tf.dimension_value(3)
tf.dimension_at_index(tf.TensorShape([2, 3]), 1)
tf.dimension_at_index(tf.TensorShape(None), 1)
tf.TensorShape([2, None])
str(tf.TensorShape([2, None]))
tf.TensorShape(None)
str(tf.TensorShape(None))
tf.TensorShape([])
str(tf.TensorShape([]))
tf.TensorShape(3)
str(tf.TensorShape([3]))
tf.TensorShape([-1])
tf.TensorShape("ab")
tf.TensorShape(["a"])
tf.TensorShape([1.5])
tf.TensorShape([2.0])
tf.TensorShape(2.5)
tf.TensorShape(np.array([2, 3]))
tf.TensorShape((np.int64(2), tf.Dimension(3)))
tf.TensorShape(tf.TensorShape([1]))
tf.TensorShape([[1]])
tf.TensorShape({})
tf.TensorShape(NotImplemented)
tf.TensorShape([2, 3]).dims
tf.TensorShape(None).dims
tf.TensorShape([2, 3]).ndims
tf.TensorShape([2, 3]).rank
tf.TensorShape(None).rank
len(tf.TensorShape([2, 3]))
len(tf.TensorShape(None))
bool(tf.TensorShape([]))
bool(tf.TensorShape(None))
list(tf.TensorShape([2, None]))
list(tf.TensorShape(None))
tf.TensorShape([2, 3])[0]
tf.TensorShape([2, 3])[-1]
tf.TensorShape([2, 3])[5]
tf.TensorShape([2, 3, 4])[1:]
tf.TensorShape([2, 3, 4])[:-1]
tf.TensorShape([2, 3, 4])[::2]
tf.TensorShape(None)[0]
tf.TensorShape(None)[1:]
tf.TensorShape(None)[1:3]
tf.TensorShape(None)[:3]
tf.TensorShape(None)[:-1]
tf.TensorShape(None)[-2:]
tf.TensorShape(None)[::2]
tf.TensorShape([2, 3]).num_elements()
tf.TensorShape([2, None]).num_elements()
tf.TensorShape(None).num_elements()
tf.TensorShape([]).num_elements()
tf.TensorShape([2, None]).merge_with([None, 3])
tf.TensorShape(None).merge_with([None, 3])
tf.TensorShape([2]).merge_with(None)
tf.TensorShape([2, 3]).merge_with([2, 4])
tf.TensorShape([2, 3]).merge_with([2])
tf.TensorShape([2, None]).concatenate([3])
tf.TensorShape([2]).concatenate(None)
tf.TensorShape([2]).concatenate(tf.Dimension(3))
tf.TensorShape([2]).with_rank(1)
tf.TensorShape([2]).with_rank(2)
tf.TensorShape(None).with_rank(2)
tf.TensorShape([2]).with_rank_at_least(1)
tf.TensorShape([2]).with_rank_at_least(2)
tf.TensorShape(None).with_rank_at_least(2)
tf.TensorShape([2, 3]).with_rank_at_most(1)
tf.TensorShape([2]).with_rank_at_most(1)
tf.TensorShape([2]).assert_has_rank(1)
tf.TensorShape([2]).assert_has_rank(2)
tf.TensorShape([2]).assert_same_rank([2, 3])
tf.TensorShape([2, None]).is_compatible_with([None, 3])
tf.TensorShape([2, None]).is_compatible_with([3, 3])
tf.TensorShape([2, None]).is_compatible_with([3])
tf.TensorShape([2, None]).is_compatible_with(None)
tf.TensorShape([2]).assert_is_compatible_with([3])
tf.TensorShape([2, 3]).most_specific_compatible_shape([2, 4])
tf.TensorShape([2, 3]).most_specific_compatible_shape([2])
tf.TensorShape([2, 3]).most_specific_compatible_shape([2, 3])
tf.TensorShape([2, None]).is_fully_defined()
tf.TensorShape([2, 3]).is_fully_defined()
tf.TensorShape(None).is_fully_defined()
tf.TensorShape([2, None]).assert_is_fully_defined()
tf.TensorShape([2, None]).as_list()
tf.TensorShape(None).as_list()
tf.TensorShape([2, 3]) == [2, 3]
tf.TensorShape([2, 3]) == (2, 3)
tf.TensorShape([2, 3]) == [2, 4]
tf.TensorShape([2, 3]) == [2]
tf.TensorShape([None]) == tf.TensorShape([None])
tf.TensorShape([None]) == [None]
tf.TensorShape(None) == tf.TensorShape(None)
tf.TensorShape(None) == None
tf.TensorShape(None) == [2]
tf.TensorShape([2]) == "2"
tf.TensorShape([2]) == object()
tf.TensorShape([2]) == 2
tf.TensorShape([2]) != [3]
tf.TensorShape([2]) != [2, 3]
tf.TensorShape([2]) != [2]
tf.TensorShape([None]) != [None]
tf.TensorShape([2]) != None
tf.TensorShape(None) != [2]
tf.TensorShape([2]) != "a"
hash(tf.TensorShape([2, 3])) == hash(tf.TensorShape([2, 3]))
""".splitlines()
SHAPES += [
    "s = tf.TensorShape([None])\ns == s",
    "s = tf.TensorShape([None, 2])\nt = tf.TensorShape(s)\ns == t",
    "a, b = tf.TensorShape([2, 3])\na * b",
    "x = tf.placeholder(tf.float32, [None])\nx.shape == x.get_shape()",
]

GRAPHS = """\
tf.constant(1)
tf.constant(1, name="a").op
str(tf.constant(1.0, name="a"))
str(tf.placeholder(tf.float32, [None, 3], name="a"))
str(tf.placeholder(tf.float32, name="a"))
tf.placeholder(tf.float32, [None, 3], name="a")
tf.placeholder(tf.float32, name="a")
tf.constant(1, name="a b")
tf.constant(1, name="_a")
tf.constant(1, name="a:0")
tf.constant(1, name="a-b.c_d/e\\\\f")
tf.constant(1, name="ü")
tf.constant(1, name="").name
tf.constant(1, name="a/").name
tf.constant(1, name="a/b").name
[tf.constant(1, name=n).name for n in ["a", "a", "A", "a_1", "a", "a_1_1", "a_1", "A"]]
[tf.constant(1, name=n).name for n in ["a_1", "a", "a", "a", "a_2", "a_1"]]
[tf.get_default_graph().unique_name("x") for _ in range(3)]
[tf.get_default_graph().unique_name("x", mark_as_used=False) for _ in range(2)]
[tf.constant(1, name="a/").name, tf.constant(1, name="a").name]
[tf.constant(1, name="a/").name, tf.constant(1, name="a/").name]
tf.get_default_graph().get_operation_by_name(3)
tf.get_default_graph().get_tensor_by_name(3)
tf.get_default_graph().get_operation_by_name("a:0")
tf.get_default_graph().get_tensor_by_name("a")
tf.get_default_graph().get_tensor_by_name("a:b")
tf.get_default_graph().get_tensor_by_name("a:0:1")
tf.get_default_graph().get_tensor_by_name("a:0")
tf.get_default_graph().as_graph_element(3)
tf.get_default_graph().as_graph_element(None)
tf.get_default_graph().as_graph_element("a", allow_tensor=False, allow_operation=False)
tf.get_default_graph().as_graph_element("a", allow_tensor=False)
tf.get_default_graph().as_graph_element("a", allow_operation=False)
tf.get_default_graph().as_graph_element(tf.constant(1), allow_tensor=False)
tf.get_default_graph().as_graph_element(tf.no_op(), allow_operation=False)
tf.get_default_graph().as_graph_element(tf.constant(1, name="a"))
tf.get_default_graph().as_graph_element(tf.no_op(name="a"))
tf.get_default_graph().get_collection("nothing")
tf.get_default_graph().get_collection_ref("nothing")
tf.get_default_graph().version
tf.get_default_graph().seed
tf.get_default_graph().finalized
tf.get_default_graph().building_function
tf.get_default_graph().get_name_scope()
tf.constant(1).op.get_attr("nothing")
tf.constant(1, name="c").op.get_attr("dtype")
tf.constant(1, name="c").op.colocation_groups()
tf.constant(1, name="c").op.values()
tf.constant(1, name="c").value_index
tf.constant(1, name="c").device
len(tf.constant([1, 2], name="c"))
bool(tf.constant(1))
tf.get_default_session()
tf.constant(1).eval()
tf.no_op().run()
tf.constant(1) == tf.constant(1)
hash(tf.constant(1)) is not None
tf.reset_default_graph()
tf.name_scope("a", 3)
tf.GraphKeys.TRAINABLE_VARIABLES
sorted(k + "=" + str(getattr(tf.GraphKeys, k)) for k in dir(tf.GraphKeys) if k[0] != "_")
""".splitlines()


def scope(*lines):
    return "\n".join(lines)


GRAPHS += [
    scope("with tf.name_scope('a') as s:", "  x = tf.constant(1)", "s, x.name"),
    scope("with tf.name_scope('a'):", "  with tf.name_scope('b') as s: pass", "s"),
    scope(
        "with tf.name_scope('a') as s: pass",
        "with tf.name_scope('a') as t: pass",
        "with tf.name_scope(s) as u: x = tf.constant(1, name='x')",
        "with tf.name_scope(s) as v: y = tf.constant(1, name='x')",
        "s, t, u, v, x.name, y.name",
    ),
    scope(
        "with tf.name_scope('a'):",
        "  with tf.name_scope(None) as s: x = tf.constant(1)",
        "  with tf.name_scope('') as t: y = tf.constant(1)",
        "  with tf.name_scope('b/') as u: z = tf.constant(1)",
        "s, t, u, x.name, y.name, z.name",
    ),
    scope("with tf.name_scope('_a'): pass", "1"),
    scope("with tf.name_scope('a'):", "  with tf.name_scope('_a') as s: pass", "s"),
    scope("with tf.name_scope('a'):", "  with tf.name_scope('b:c') as s: pass", "s"),
    scope("with tf.name_scope('a'): x = tf.constant(1, name='_b')", "x.name"),
    scope("with tf.name_scope('a'): x = tf.constant(1, name='b c')", "x.name"),
    scope("with tf.name_scope('a b'): pass", "1"),
    scope("with tf.name_scope(None, 'd') as s: pass", "s"),
    scope("with tf.name_scope('e', 'd') as s: pass", "s"),
    scope("with tf.name_scope(None) as s: pass", "s"),
    scope("with tf.name_scope(None, None, [tf.constant(1)]) as s: pass", "s"),
    scope("with tf.name_scope(None, None, []) as s: pass", "s"),
    scope(
        "with tf.Graph().as_default() as g: a = tf.constant(1, name='a')",
        "with tf.name_scope('s', values=[a]): b = tf.constant(1)",
        "b.graph is g, b.name",
    ),
    scope(
        "with tf.Graph().as_default() as g: a = tf.constant(1, name='a')",
        "b = tf.constant(1, name='b')",
        "with tf.name_scope('s', values=[a, b]): pass",
        "1",
    ),
    scope(
        "with tf.Graph().as_default() as g: a = tf.no_op(name='a')",
        "b = tf.constant(1, name='b')",
        "with tf.name_scope('s', values=[3, b, None, a]): pass",
        "1",
    ),
    scope(
        "with tf.name_scope('a'):",
        "  with tf.name_scope('b'): pass",
        "with tf.name_scope('a'):",
        "  with tf.name_scope('b') as s: n = tf.get_default_graph().get_name_scope()",
        "s, n",
    ),
    scope(
        "s = tf.name_scope('a')",
        "with s as one: pass",
        "with s as two: pass",
        "one, two, s.name",
    ),
    scope(
        "try:",
        "  with tf.name_scope('a'): raise KeyError",
        "except KeyError: pass",
        "tf.constant(1).name",
    ),
    scope(
        "a = tf.no_op(name='a')",
        "with tf.control_dependencies([a]): b = tf.no_op(name='b')",
        "c = tf.no_op(name='c')",
        "b.control_inputs, c.control_inputs, a._control_outputs",
    ),
    scope(
        "a, b, c = tf.no_op(name='a'), tf.constant(1, name='b'), tf.no_op(name='c')",
        "with tf.control_dependencies([a, b, a, b.op, 'c', 'b:0']):",
        "  with tf.control_dependencies([c, a]): x = tf.no_op(name='x')",
        "x.control_inputs",
    ),
    scope(
        "a, b = tf.no_op(name='a'), tf.no_op(name='b')",
        "with tf.control_dependencies([a]):",
        "  with tf.control_dependencies(None):",
        "    x = tf.no_op(name='x')",
        "    with tf.control_dependencies([b]): y = tf.no_op(name='y')",
        "  z = tf.no_op(name='z')",
        "x.control_inputs, y.control_inputs, z.control_inputs",
    ),
    scope(
        "a = tf.constant(1, name='a')",
        "with tf.control_dependencies([a]):",
        "  x = tf.identity(a, name='x')",
        "  y = tf.constant(1, name='y')",
        "  z = tf.identity(y, name='z')",
        "x.op.control_inputs, y.op.control_inputs, z.op.control_inputs",
    ),
    scope(
        "a, b = tf.no_op(name='a'), tf.no_op(name='b')",
        "with tf.control_dependencies([a]):",
        "  y = tf.constant(1, name='y')",
        "  with tf.control_dependencies([b]): z = tf.identity(y, name='z')",
        "z.op.control_inputs",
    ),
    scope(
        "a = tf.no_op(name='a')",
        "block = tf.control_dependencies([a])",
        "with block: x = tf.no_op(name='x')",
        "with block: y = tf.no_op(name='y')",
        "x.control_inputs, y.control_inputs",
    ),
    scope("with tf.control_dependencies([None]): pass", "1"),
    scope("with tf.control_dependencies(3): pass", "1"),
    scope("with tf.control_dependencies([]): x = tf.no_op()", "x.control_inputs"),
    scope(
        "with tf.Graph().as_default(): a = tf.constant(1, name='a')",
        "with tf.control_dependencies([a]): pass",
        "1",
    ),
    scope("with tf.device('/cpu:0'): x = tf.constant(1)", "x.device, str(x)"),
    scope("with tf.device('cpu'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/gpu:1'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/device:CPU:0'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/job:worker/task:3/device:GPU:*'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/CPU:0'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/tpu:0'): x = tf.constant(1)", "x.device"),
    scope("with tf.device('/cpu:0/gpu:0'): x = tf.constant(1)", "x.device"),
    scope("with tf.device(None): x = tf.constant(1)", "x.device"),
    scope("with tf.device(''): x = tf.constant(1)", "x.device"),
    scope(
        "with tf.device('/job:ps/cpu:0'):",
        "  with tf.device('/gpu:1'): x = tf.constant(1)",
        "  with tf.device('/task:2'): y = tf.constant(1)",
        "  with tf.device(None): z = tf.constant(1)",
        "  with tf.device(''): w = tf.constant(1)",
        "x.device, y.device, z.device, w.device",
    ),
    scope(
        "with tf.device('/job:ps'):",
        "  with tf.device(lambda op: '/cpu:0' if op.type == 'Const' else '/gpu:0'):",
        "    x, y = tf.constant(1), tf.no_op()",
        "x.device, y.device",
    ),
    scope(
        "with tf.device(lambda op: '/job:a' + op.device):",
        "  with tf.device('/cpu:1'): x = tf.constant(1)",
        "x.device",
    ),
    scope("with tf.device(tf.DeviceSpec(job='a', device_type='gpu')): x = tf.no_op()", "x.device"),
    scope("tf.DeviceSpec.from_string('/job:a/replica:1/task:2/cpu:3').to_string()"),
    scope("tf.DeviceSpec(job='a').replace(task=3).to_string()"),
    scope("tf.DeviceSpec(job='a') == tf.DeviceSpec(job='a')"),
    scope("x = tf.constant(1)", "x.op._set_device('/cpu:0')", "x.device"),
    scope(
        "with tf.device('/cpu:0'): a = tf.constant(1, name='a')",
        "with tf.device('/gpu:0'):",
        "  with tf.colocate_with(a): x = tf.constant(1, name='x')",
        "x.device, x.op.colocation_groups(), x.op.get_attr('_class')",
    ),
    scope(
        "a, b = tf.constant(1, name='a'), tf.no_op(name='b')",
        "with tf.colocate_with(b):",
        "  with tf.colocate_with(a): x = tf.constant(1, name='x')",
        "  with tf.colocate_with(a, True): y = tf.constant(1, name='y')",
        "  with tf.colocate_with(None, True): z = tf.constant(1, name='z')",
        "with tf.colocate_with(x): w = tf.constant(1)",
        "[t.op.colocation_groups() for t in (x, y, z, w)]",
    ),
    scope("with tf.colocate_with(None): pass", "1"),
    scope(
        "tf.add_to_collection('k', 1)",
        "tf.add_to_collections(['k', 'l', 'k'], 2)",
        "tf.add_to_collections('m', 3)",
        "tf.get_collection('k'), tf.get_collection('l'), tf.get_collection('m')",
    ),
    scope(
        "tf.add_to_collection('k', tf.constant(1, name='a/x'))",
        "tf.add_to_collection('k', tf.constant(1, name='b/x'))",
        "tf.add_to_collection('k', 'nameless')",
        "tf.get_collection('k', 'a'), tf.get_collection('k', '.*x'), tf.get_collection('k', 'x')",
    ),
    scope(
        "tf.get_collection_ref('k').append(1)",
        "tf.get_collection('k').append(2)",
        "tf.get_collection('nothing')",
        "tf.add_to_collection(('a', 'tuple'), 1)",
        "g = tf.get_default_graph()",
        "tf.get_collection('k'), g.get_all_collection_keys(), sorted(map(str, g.collections))",
    ),
    scope(
        "tf.add_to_collection('k', 1)",
        "tf.get_default_graph().clear_collection('k')",
        "tf.get_default_graph().clear_collection('l')",
        "tf.get_collection('k'), tf.get_default_graph().get_all_collection_keys()",
    ),
    scope("tf.get_default_graph().finalize()", "tf.constant(1)"),
    scope("tf.get_default_graph().finalize()", "tf.add_to_collection('k', 1)"),
    scope("tf.get_default_graph().finalize()", "tf.get_default_graph().clear_collection('k')"),
    scope("tf.get_default_graph().finalize()", "tf.get_default_graph().finalized"),
    scope(
        "g = tf.Graph()",
        "with g.as_default():",
        "  with tf.Graph().as_default() as h: inner = tf.get_default_graph()",
        "  outer = tf.get_default_graph()",
        "inner is h, outer is g, tf.get_default_graph() is g",
    ),
    scope(
        "x = tf.placeholder(tf.float32, [None, 3], name='x')",
        "x.set_shape([2, None])",
        "x",
    ),
    scope("x = tf.placeholder(tf.float32)", "x.set_shape([2, None])", "x.shape"),
    scope("x = tf.placeholder(tf.float32, [2])", "x.set_shape(None)", "x.shape"),
    scope("x = tf.placeholder(tf.float32, [2, None])", "x.set_shape([3, None])", "x.shape"),
    scope("x = tf.placeholder(tf.float32, [2, None])", "x.set_shape([2])", "x.shape"),
    scope("x = tf.placeholder(tf.float32, [2, None])", "x.set_shape([-1])", "x.shape"),
    scope(
        "a = tf.constant(1, name='a')",
        "b = tf.add(a, a, name='b')",
        "c = tf.add(a, b, name='c')",
        "a.consumers(), c.consumers(), c.op.inputs[1], list(c.op.inputs), c.op.outputs",
    ),
    scope(
        "a = tf.constant(1, name='a')",
        "tf.no_op(name='b')",
        "g = tf.get_default_graph()",
        "g.get_operations(), g.version, g.get_tensor_by_name('a:0'), "
        "g.get_operation_by_name('b'), g.as_graph_element('a'), g.as_graph_element('a:0')",
    ),
    scope("tf.constant(1, name='a')", "tf.get_default_graph().get_tensor_by_name('a')"),
    scope("tf.constant(1, name='a')", "tf.get_default_graph().get_tensor_by_name('a:1')"),
    scope("tf.constant(1, name='a')", "tf.get_default_graph().get_tensor_by_name('a:-1')"),
    scope("tf.constant(1, name='a')", "tf.get_default_graph().get_operation_by_name('a:0')"),
    scope("tf.constant(1, name='a')", "tf.get_default_graph().as_graph_element(b'a')"),
    scope(
        "with tf.Graph().as_default(): a = tf.constant(1, name='a')",
        "tf.get_default_graph().as_graph_element(a)",
    ),
    scope(
        "class Like:",
        "  def __init__(self, t): self.t = t",
        "  def _as_graph_element(self): return self.t",
        "like = Like(tf.constant(1, name='a'))",
        "with tf.control_dependencies([like]): x = tf.no_op(name='x')",
        "tf.get_default_graph().as_graph_element(like), x.control_inputs",
    ),
    scope(
        "c = tf.constant(1)",
        "g = c.graph",
        "before = g.is_feedable(c), g.is_fetchable(c), g.is_fetchable(c.op)",
        "g.prevent_feeding(c)",
        "g.prevent_fetching(c.op)",
        "before, g.is_feedable(c), g.is_fetchable(c), g.is_fetchable(c.op)",
    ),
    scope(
        "a, b = tf.no_op(name='a'), tf.no_op(name='b')",
        "a._add_control_input(b)",
        "a._add_control_inputs([b])",
        "a.control_inputs",
    ),
    scope(
        "with tf.get_default_graph().gradient_override_map({'Identity': 'Mine'}):",
        "  a = tf.identity(tf.constant(1))",
        "b = tf.identity(a)",
        "b.op.get_attr('_gradient_op_type')",
    ),
    scope("with tf.get_default_graph().gradient_override_map(3): pass", "1"),
    scope("with tf.get_default_graph().gradient_override_map({'a': 3}): pass", "1"),
    scope("tf.set_random_seed(3)", "tf.get_default_graph().seed"),
    scope("with tf.container('c') as c: pass", "c"),
    scope(
        "import threading",
        "found = []",
        "def look(): found.append(tf.get_default_graph() is g)",
        "g = tf.get_default_graph()",
        "thread = threading.Thread(target=look)",
        "thread.start()",
        "thread.join()",
        "found",
    ),
    scope("list(tf.placeholder(tf.float32))"),
]

ERRORS = """\
tf.errors.OpError(None, None, "m", 7).error_code
tf.errors.InvalidArgumentError(None, None, "m").message
tf.errors.InvalidArgumentError(None, None, "m").error_code
tf.errors.InvalidArgumentError(None, None, "m").op
tf.errors.InvalidArgumentError(None, None, "m").node_def
str(tf.errors.InvalidArgumentError(None, None, "m"))
isinstance(tf.errors.NotFoundError(None, None, "m"), tf.errors.OpError)
tf.errors.exception_type_from_error_code(3).__name__
tf.errors.exception_type_from_error_code(99)
tf.errors.error_code_from_exception_type(tf.errors.NotFoundError)
sorted(cls.__name__ for cls in tf.errors.OpError.__subclasses__())
sorted((n, getattr(tf.errors, n)) for n in dir(tf.errors) if n.isupper() and n[0] != "_")
""".splitlines()

GROUPS = {"dtypes": DTYPES, "shapes": SHAPES, "graphs": GRAPHS, "errors": ERRORS}


def outcome(code, names):
    """What a snippet gives: "= value" or "! class: message"."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    names = dict(names)
    try:
        exec(compile(tree, "<snippet>", "exec"), names)
        return f"= {eval(compile(last, '<snippet>', 'eval'), names)!r}"
    except Exception as error:
        return f"! {type(error).__name__}: {error}"
