"""Records the operations that each public call creates. Runs under TensorFlow 1.15.5.

In: cases/names_*.txt and the one-argument functions below. Out: names_<area>.json, each case with
its code, its operations in creation order ([name, type, inputs, control inputs, outputs]) and
the graph's collections.
"""

import case_files
import numpy as np

UNARY = """
abs acos acosh asin asinh atan atanh ceil cos cosh digamma erf erfc exp expm1 floor lgamma log log1p
log_sigmoid negative ones_like reciprocal rint round rsqrt sigmoid sign sin sinh sqrt square tan
tanh zeros_like nn.relu nn.relu6 nn.elu nn.selu nn.softplus nn.softsign nn.leaky_relu nn.l2_loss
nn.softmax nn.log_softmax reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_logsumexp
identity stop_gradient
""".split()
SECOND = """
exp log sigmoid tanh sqrt rsqrt reciprocal square sin nn.relu nn.elu nn.softplus nn.softmax
""".split()

FORWARD = 'x = tf.placeholder(tf.float32, [2, 3], name="x")\ny = tf.%s(x)\n'
FIRST = FORWARD + "g = tf.gradients(y, x)\n"
AGAIN = FIRST + "h = tf.gradients(g, x)\n"


def record():
    """Returns {area: [case]}; a case is {"title", "code", "ops", "collections"}."""
    cases = case_files.read_all("names_") + list(_function_cases())
    areas = {}
    for area, title, code in cases:
        areas.setdefault(area, []).append(_case(title, code))
    return areas


def _function_cases():
    for name in UNARY:
        yield "functions", "tf.%s and its gradient" % name, FIRST % name
    for name in SECOND:
        yield "functions", "tf.%s and its second gradient" % name, AGAIN % name


def _case(title, code):
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        try:
            exec(code, {"tf": tf, "np": np})
        except Exception as error:
            raise RuntimeError("case %r fails: %s" % (title, error)) from error
        return {
            "title": title,
            "code": code,
            "ops": [describe(op) for op in graph.get_operations()],
            "collections": collections(graph),
        }


def describe(op):
    """[name, type, input names, control input names, outputs as "float32[?,3]"]."""
    inputs = [tensor.name for tensor in op.inputs]
    controls = [control.name for control in op.control_inputs]
    return [op.name, op.type, inputs, controls, [signature(tensor) for tensor in op.outputs]]


def signature(tensor):
    """A tensor's dtype and static shape as text: "float32[?,3]", or "float32?" for any rank."""
    if tensor.shape.ndims is None:
        return tensor.dtype.name + "?"
    dims = ("?" if dim is None else str(dim) for dim in tensor.shape.as_list())
    return "%s[%s]" % (tensor.dtype.name, ",".join(dims))


def collections(graph):
    """{key: names of the items} for every collection with an item that has a name."""
    found = {key: _item_names(graph.get_collection(key)) for key in graph.get_all_collection_keys()}
    return {key: names for key, names in sorted(found.items()) if names}


def _item_names(items):
    return [item.name for item in items if hasattr(item, "name")]
