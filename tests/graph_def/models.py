"""Graphs built by TensorFlow's calls alone: run by TensorFlow 1.15 to record, and by the tests."""


def many_kinds(tf, np):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    w = tf.Variable(np.linspace(-1, 1, 12).reshape(4, 3).astype(np.float32), name="w")
    y = tf.nn.relu(tf.matmul(x, w) + 1.0)
    loss = tf.reduce_mean(tf.square(y[:, 1:]), axis=1, keepdims=True, name="loss")
    tf.constant(["a", "b"])
    tf.constant([True, False])
    tf.constant(2 + 1j, tf.complex64)
    tf.constant([1.5], tf.float16)
    tf.constant(np.arange(5, dtype=np.int64))
    both = tf.concat([y, y], 1)
    tf.split(both, 3, axis=1)
    tf.transpose(y)
    tf.argmax(y, 1)
    tf.cast(y, tf.int32)
    tf.placeholder_with_default(np.float32(3), [])
    with tf.device("/cpu:0"), tf.control_dependencies([loss]):
        tf.identity(y, name="copy")
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(loss))


def classifier(tf, np):
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    with tf.name_scope("hidden"):
        w = tf.Variable(np.cos(np.arange(30)).reshape(6, 5).astype(np.float32), name="w")
        b = tf.Variable(np.zeros(5, np.float32), name="b")
        hidden = tf.tanh(tf.nn.bias_add(tf.matmul(x, w), b))
    v = tf.Variable(np.sin(np.arange(20)).reshape(5, 4).astype(np.float32), name="v")
    logits = tf.matmul(hidden, v, name="logits")
    tf.nn.softmax(logits, name="probabilities")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.reduce_mean(losses, name="loss")


MODELS = {"many_kinds": many_kinds, "classifier": classifier}

BROKEN = {
    "unknown op": "node {name:'a' op:'Nope'}",
    "unknown input": "PH node {name:'b' op:'Neg' input:'c' FLOAT}",
    "no such output": "PH node {name:'b' op:'Neg' input:'a:3' FLOAT}",
    "wrong dtype": "PH node {name:'b' op:'Neg' input:'a' INT}",
    "missing type": "PH node {name:'b' op:'Neg' input:'a'}",
    "cycle of one": "PH node {name:'b' op:'Neg' input:'b' FLOAT}",
    "cycle of two": "PH node {name:'b' op:'Neg' input:'c' FLOAT} "
    "node {name:'c' op:'Neg' input:'b' FLOAT}",
    "twice": "PH PH",
    "too few inputs": "PH node {name:'b' op:'Neg' FLOAT}",
    "too many inputs": "PH node {name:'b' op:'Neg' input:'a' input:'a' FLOAT}",
    "bad name": "node {name:'a b' op:'NoOp'}",
    "constant without value": "node {name:'a' op:'Const' attr{key:'dtype' value{type:DT_FLOAT}}}",
    "unknown control input": "PH node {name:'b' op:'NoOp' input:'^z'}",
}


def expanded(text):
    """The text of a GraphDef."""
    placeholder = "node {name:'a' op:'Placeholder' attr{key:'dtype' value{type:DT_FLOAT}}}"
    found = text.replace("PH", placeholder)
    for name, dtype in (("FLOAT", "DT_FLOAT"), ("INT", "DT_INT32")):
        found = found.replace(" " + name + "}", " attr{key:'T' value{type:" + dtype + "}}}")
    return found + " versions {producer: 134}"
