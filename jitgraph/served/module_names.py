"""Which of jitgraph's namespaces serve which of TensorFlow's own modules.

In: the modules that TensorFlow 1 scripts import below tensorflow.python and tensorflow.contrib.
Out: for each the public namespaces in which its names are looked up, "" being the package itself.
"""

from __future__ import annotations

_PYTHON = {
    "client.session": "",
    "data.ops.dataset_ops": "data",
    "data.ops.iterator_ops": "data",
    "debug": "debug",
    "framework.common_shapes": "",
    "framework.constant_op": "",
    "framework.dtypes": "dtypes|",
    "framework.errors": "errors",
    "framework.errors_impl": "errors",
    "framework.function": "",
    "framework.graph_util": "graph_util",
    "framework.graph_util_impl": "graph_util",
    "framework.importer": "",
    "framework.load_library": "",
    "framework.meta_graph": "train",
    "framework.ops": "",
    "framework.random_seed": "",
    "framework.sparse_tensor": "",
    "framework.tensor_shape": "",
    "framework.tensor_util": "",
    "framework.test_util": "test",
    "framework.versions": "version|",
    "lib.io.tf_record": "python_io",
    "ops.array_ops": "|manip",
    "ops.candidate_sampling_ops": "nn",
    "ops.check_ops": "",
    "ops.clip_ops": "",
    "ops.confusion_matrix": "",
    "ops.control_flow_ops": "",
    "ops.ctc_ops": "nn",
    "ops.custom_gradient": "",
    "ops.data_flow_ops": "|io",
    "ops.distributions.distributions": "distributions",
    "ops.embedding_ops": "nn",
    "ops.functional_ops": "",
    "ops.gen_array_ops": "|manip",
    "ops.gen_math_ops": "|math",
    "ops.gen_nn_ops": "nn",
    "ops.gen_random_ops": "|random",
    "ops.gen_state_ops": "",
    "ops.gradients": "",
    "ops.gradients_impl": "",
    "ops.histogram_ops": "",
    "ops.image_ops": "image",
    "ops.image_ops_impl": "image",
    "ops.init_ops": "|initializers",
    "ops.io_ops": "|io",
    "ops.linalg.linalg_impl": "linalg",
    "ops.linalg_ops": "linalg|",
    "ops.logging_ops": "|summary",
    "ops.lookup_ops": "lookup|contrib.lookup|",
    "ops.losses.losses": "losses",
    "ops.losses.losses_impl": "losses",
    "ops.losses.util": "losses",
    "ops.math_ops": "|math",
    "ops.metrics": "metrics",
    "ops.metrics_impl": "metrics",
    "ops.nn": "nn",
    "ops.nn_impl": "nn",
    "ops.nn_ops": "nn",
    "ops.parsing_ops": "|io",
    "ops.partitioned_variables": "",
    "ops.random_ops": "|random",
    "ops.resource_variable_ops": "",
    "ops.rnn": "nn",
    "ops.rnn_cell": "nn.rnn_cell",
    "ops.rnn_cell_impl": "nn.rnn_cell|contrib.rnn",
    "ops.script_ops": "",
    "ops.seq2seq": "contrib.legacy_seq2seq",
    "ops.sets": "sets",
    "ops.sparse_ops": "|sparse",
    "ops.special_math_ops": "|math",
    "ops.spectral_ops": "spectral",
    "ops.standard_ops": "",
    "ops.state_ops": "",
    "ops.string_ops": "|strings",
    "ops.summary_ops": "summary",
    "ops.template": "",
    "ops.tensor_array_ops": "",
    "ops.variable_scope": "",
    "ops.variables": "",
    "platform.app": "app",
    "platform.flags": "flags",
    "platform.gfile": "gfile",
    "platform.googletest": "test",
    "platform.resource_loader": "resource_loader",
    "platform.sysconfig": "sysconfig",
    "platform.test": "test",
    "platform.tf_logging": "logging|",
    "saved_model.builder": "saved_model.builder",
    "saved_model.loader": "saved_model.loader",
    "saved_model.saved_model": "saved_model",
    "saved_model.signature_constants": "saved_model.signature_constants",
    "saved_model.signature_def_utils": "saved_model.signature_def_utils",
    "saved_model.simple_save": "saved_model",
    "saved_model.tag_constants": "saved_model.tag_constants",
    "saved_model.utils": "saved_model.utils",
    "summary.summary": "summary",
    "summary.writer.writer": "summary",
    "training.checkpoint_utils": "train",
    "training.saver": "train",
    "training.training": "train",
    "util.compat": "compat",
    "util.nest": "nest|contrib.framework.nest",
}
"""Names are looked up from left to right."""

_TRAINING = (
    "adadelta adagrad adagrad_da adam basic_session_run_hooks checkpoint_management coordinator "
    "device_setter evaluation ftrl gradient_descent input learning_rate_decay momentum "
    "monitored_session optimizer proximal_adagrad proximal_gradient_descent queue_runner "
    "queue_runner_impl rmsprop saver_test_utils server_lib session_manager session_run_hook "
    "slot_creator summary_io supervisor sync_replicas_optimizer training_ops training_util "
    "warm_starting_util"
).split()

_MESSAGES = (
    "core.example.example_pb2 core.example.feature_pb2 core.framework.attr_value_pb2 "
    "core.framework.graph_pb2 core.framework.node_def_pb2 core.framework.op_def_pb2 "
    "core.framework.step_stats_pb2 core.framework.summary_pb2 core.framework.tensor_pb2 "
    "core.framework.tensor_shape_pb2 core.framework.types_pb2 core.framework.variable_pb2 "
    "core.framework.versions_pb2 core.protobuf.config_pb2 core.protobuf.meta_graph_pb2 "
    "core.protobuf.saved_model_pb2 core.protobuf.saver_pb2 core.protobuf.rewriter_config_pb2 "
    "core.util.event_pb2 python.training.checkpoint_state_pb2"
).split()

_CONTRIB = {
    "contrib.crf.python.ops.crf": "contrib.crf",
    "contrib.framework.python.ops": "contrib.framework",
    "contrib.framework.python.ops.arg_scope": "contrib.framework",
    "contrib.framework.python.ops.variables": "contrib.framework",
    "contrib.layers.python.layers": "contrib.layers",
    "contrib.layers.python.layers.initializers": "contrib.layers",
    "contrib.layers.python.layers.layers": "contrib.layers",
    "contrib.layers.python.layers.regularizers": "contrib.layers",
    "contrib.layers.python.layers.utils": "contrib.layers|contrib.slim.utils",
    "contrib.learn.python.learn.datasets.mnist": "contrib.learn.datasets.mnist",
    "contrib.learn.datasets.mnist": "contrib.learn.datasets.mnist",
    "contrib.rnn.python.ops.core_rnn_cell": "contrib.rnn|nn.rnn_cell",
    "contrib.rnn.python.ops.core_rnn_cell_impl": "contrib.rnn|nn.rnn_cell",
    "contrib.rnn.python.ops.rnn": "contrib.rnn|nn",
    "contrib.rnn.python.ops.rnn_cell": "contrib.rnn|nn.rnn_cell",
    "contrib.losses.python.losses.loss_ops": "contrib.losses",
    "contrib.metrics.python.ops.metric_ops": "contrib.metrics",
    "contrib.slim.nets": "contrib.slim.nets",
    "contrib.slim.python.slim.evaluation": "contrib.slim.evaluation",
    "contrib.slim.python.slim.learning": "contrib.slim.learning",
    "contrib.slim.python.slim.model_analyzer": "contrib.slim.model_analyzer",
    "contrib.tpu.python.tpu.tpu_config": "contrib.tpu",
    "contrib.tpu.python.tpu.tpu_estimator": "contrib.tpu",
    "contrib.tpu.python.tpu.tpu_optimizer": "contrib.tpu",
    "contrib.training.python.training.evaluation": "contrib.training",
    "contrib.training.python.training.hparam": "contrib.training",
    "contrib.training.python.training.training": "contrib.training",
    "contrib.tensorboard.plugins.projector": "contrib.tensorboard.plugins.projector",
}

_KERAS = (
    "activations backend callbacks constraints datasets datasets.mnist initializers layers losses "
    "metrics models optimizers preprocessing preprocessing.sequence regularizers utils"
).split()

NAMESPACES: dict[str, tuple[str, ...]] = {
    **{f"{root}keras": ("keras",) for root in ("python.", "contrib.")},
    **{
        f"{root}keras.{name}": (f"keras.{name}",)
        for root in ("python.", "contrib.")
        for name in _KERAS
    },
    **{f"python.keras.{name}": ("keras.utils",) for name in ("utils.np_utils", "utils.data_utils")},
    **{f"python.{name}": tuple(found.split("|")) for name, found in _PYTHON.items()},
    **{f"python.training.{name}": ("train",) for name in _TRAINING},
    **dict.fromkeys(_MESSAGES, ("", "train", "summary")),
    **{name: tuple(found.split("|")) for name, found in _CONTRIB.items()},
}

FOLDERS = frozenset(
    ".".join(name.split(".")[:end]) for name in NAMESPACES for end in range(1, name.count(".") + 1)
)
"""Modules that hold others."""
