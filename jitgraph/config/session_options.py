"""Stage config: tf.ConfigProto and the messages in it.

In: what users set. Out: records that a session reads. It heeds `intra_op_parallelism_threads`
(1: no other thread helps; any other number means the process's pool). All other fields are
accepted and change nothing: there is one device, and the compiler's passes are always on.
"""

from __future__ import annotations

from typing import ClassVar

from jitgraph.config.fields import (
    BOOL,
    FLOAT,
    INT32,
    INT64,
    STRING,
    Enum,
    Fields,
    MapOf,
    Nested,
    Repeated,
)
from jitgraph.config.message import Message


class VirtualDevices(Message):
    """Parts of one GPU."""

    FULL_NAME = "tensorflow.GPUOptions.Experimental.VirtualDevices"
    FIELDS: ClassVar[Fields] = {"memory_limit_mb": Repeated(FLOAT)}


class GPUExperimental(Message):
    """Experimental GPU options."""

    FULL_NAME = "tensorflow.GPUOptions.Experimental"
    FIELDS: ClassVar[Fields] = {
        "virtual_devices": Repeated(Nested(lambda: VirtualDevices)),
        "use_unified_memory": BOOL,
        "num_dev_to_dev_copy_streams": INT32,
        "collective_ring_order": STRING,
        "timestamped_allocator": BOOL,
        "kernel_tracker_max_interval": INT32,
        "kernel_tracker_max_bytes": INT32,
        "kernel_tracker_max_pending": INT32,
    }
    VirtualDevices = VirtualDevices


class GPUOptions(Message):
    """Options of GPUs: accepted.

    Example:
      >>> tf.GPUOptions(allow_growth=True)
      allow_growth: true
    """

    FULL_NAME = "tensorflow.GPUOptions"
    FIELDS: ClassVar[Fields] = {
        "per_process_gpu_memory_fraction": FLOAT,
        "allow_growth": BOOL,
        "allocator_type": STRING,
        "deferred_deletion_bytes": INT64,
        "visible_device_list": STRING,
        "polling_active_delay_usecs": INT32,
        "polling_inactive_delay_msecs": INT32,
        "force_gpu_compatible": BOOL,
        "experimental": Nested(lambda: GPUExperimental),
    }
    Experimental = GPUExperimental


class OptimizerOptions(Message):
    """How much TensorFlow's graph optimizer does: accepted."""

    FULL_NAME = "tensorflow.OptimizerOptions"
    L1, L0 = 0, -1
    DEFAULT, OFF, ON_1, ON_2 = 0, -1, 1, 2
    Level = Enum("Level", L1=0, L0=-1)
    GlobalJitLevel = Enum("GlobalJitLevel", DEFAULT=0, OFF=-1, ON_1=1, ON_2=2)
    FIELDS: ClassVar[Fields] = {
        "do_common_subexpression_elimination": BOOL,
        "do_constant_folding": BOOL,
        "max_folded_constant_in_bytes": INT64,
        "do_function_inlining": BOOL,
        "opt_level": Level.field(),
        "global_jit_level": GlobalJitLevel.field(),
    }


class AutoParallelOptions(Message):
    """Copies of a graph on several devices: accepted."""

    FULL_NAME = "tensorflow.AutoParallelOptions"
    FIELDS: ClassVar[Fields] = {"enable": BOOL, "num_replicas": INT32}


class RewriterConfig(Message):
    """Which rewrites of the graph TensorFlow does: accepted."""

    FULL_NAME = "tensorflow.RewriterConfig"
    DEFAULT, ON, OFF, AGGRESSIVE = 0, 1, 2, 3
    DEFAULT_NUM_ITERS, ONE, TWO = 0, 1, 2
    DEFAULT_MEM_OPT, NO_MEM_OPT, MANUAL, HEURISTICS = 0, 1, 2, 3
    SWAPPING_HEURISTICS, RECOMPUTATION_HEURISTICS, SCHEDULING_HEURISTICS = 4, 5, 6
    Toggle = Enum("Toggle", DEFAULT=0, ON=1, OFF=2, AGGRESSIVE=3)
    NumIterationsType = Enum("NumIterationsType", DEFAULT_NUM_ITERS=0, ONE=1, TWO=2)
    MemOptType = Enum(
        "MemOptType",
        DEFAULT_MEM_OPT=0,
        NO_MEM_OPT=1,
        MANUAL=2,
        SWAPPING_HEURISTICS=4,
        RECOMPUTATION_HEURISTICS=5,
        SCHEDULING_HEURISTICS=6,
        HEURISTICS=3,
    )
    FIELDS: ClassVar[Fields] = {
        "layout_optimizer": Toggle.field(),
        "constant_folding": Toggle.field(),
        "shape_optimization": Toggle.field(),
        "remapping": Toggle.field(),
        "arithmetic_optimization": Toggle.field(),
        "dependency_optimization": Toggle.field(),
        "loop_optimization": Toggle.field(),
        "function_optimization": Toggle.field(),
        "debug_stripper": Toggle.field(),
        "disable_model_pruning": BOOL,
        "scoped_allocator_optimization": Toggle.field(),
        "pin_to_host_optimization": Toggle.field(),
        "implementation_selector": Toggle.field(),
        "auto_mixed_precision": Toggle.field(),
        "disable_meta_optimizer": BOOL,
        "meta_optimizer_iterations": NumIterationsType.field(),
        "min_graph_nodes": INT32,
        "memory_optimization": MemOptType.field(),
        "memory_optimizer_target_node_name_scope": STRING,
        "meta_optimizer_timeout_ms": INT64,
        "auto_parallel": Nested(lambda: AutoParallelOptions),
        "fail_on_optimizer_errors": BOOL,
        "optimizers": Repeated(STRING),
    }


class GraphOptions(Message):
    """Options of graphs: accepted."""

    FULL_NAME = "tensorflow.GraphOptions"
    FIELDS: ClassVar[Fields] = {
        "enable_recv_scheduling": BOOL,
        "optimizer_options": Nested(lambda: OptimizerOptions),
        "build_cost_model": INT64,
        "build_cost_model_after": INT64,
        "infer_shapes": BOOL,
        "place_pruned_graph": BOOL,
        "enable_bfloat16_sendrecv": BOOL,
        "timeline_step": INT32,
        "rewrite_options": Nested(lambda: RewriterConfig),
    }


class ThreadPoolOptionProto(Message):
    """A pool of threads by name: accepted."""

    FULL_NAME = "tensorflow.ThreadPoolOptionProto"
    FIELDS: ClassVar[Fields] = {"num_threads": INT32, "global_name": STRING}


class RPCOptions(Message):
    """Options of remote calls: accepted."""

    FULL_NAME = "tensorflow.RPCOptions"
    FIELDS: ClassVar[Fields] = {
        "use_rpc_for_inprocess_master": BOOL,
        "compression_algorithm": STRING,
        "compression_level": INT32,
        "cache_rpc_response": BOOL,
        "disable_session_connection_sharing": BOOL,
    }


class JobDef(Message):
    """The tasks of a job in a cluster."""

    FULL_NAME = "tensorflow.JobDef"
    FIELDS: ClassVar[Fields] = {"name": STRING, "tasks": MapOf(INT32, STRING)}


class ClusterDef(Message):
    """The jobs of a cluster: accepted."""

    FULL_NAME = "tensorflow.ClusterDef"
    FIELDS: ClassVar[Fields] = {"job": Repeated(Nested(lambda: JobDef))}


class SessionMetadata(Message):
    """A session's name and version."""

    FULL_NAME = "tensorflow.SessionMetadata"
    FIELDS: ClassVar[Fields] = {"name": STRING, "version": INT64}


class ConfigExperimental(Message):
    """Experimental options of a session: accepted."""

    FULL_NAME = "tensorflow.ConfigProto.Experimental"
    FIELDS: ClassVar[Fields] = {
        "collective_group_leader": STRING,
        "executor_type": STRING,
        "recv_buf_max_chunk": INT32,
        "use_numa_affinity": BOOL,
        "collective_deterministic_sequential_execution": BOOL,
        "collective_nccl": BOOL,
        "share_session_state_in_clusterspec_propagation": BOOL,
        "disable_thread_spinning": BOOL,
        "share_cluster_devices_in_session": BOOL,
        "session_metadata": Nested(lambda: SessionMetadata),
        "optimize_for_static_graph": BOOL,
    }


class ConfigProto(Message):
    """Options of a session.

    `intra_op_parallelism_threads=1` keeps a session's runs on the calling thread; any other
    number means the process's pool (its size is JITGRAPH_NUM_THREADS). All other fields are
    accepted and change nothing.

    Example:
      >>> config = tf.ConfigProto(allow_soft_placement=True)
      >>> config.gpu_options.allow_growth = True
      >>> with tf.Session(config=config) as sess:
      ...     sess.run(tf.add(1, 2))
      3
    """

    FULL_NAME = "tensorflow.ConfigProto"
    FIELDS: ClassVar[Fields] = {
        "device_count": MapOf(STRING, INT32),
        "intra_op_parallelism_threads": INT32,
        "inter_op_parallelism_threads": INT32,
        "use_per_session_threads": BOOL,
        "session_inter_op_thread_pool": Repeated(Nested(lambda: ThreadPoolOptionProto)),
        "placement_period": INT32,
        "device_filters": Repeated(STRING),
        "gpu_options": Nested(lambda: GPUOptions),
        "allow_soft_placement": BOOL,
        "log_device_placement": BOOL,
        "graph_options": Nested(lambda: GraphOptions),
        "operation_timeout_in_ms": INT64,
        "rpc_options": Nested(lambda: RPCOptions),
        "cluster_def": Nested(lambda: ClusterDef),
        "isolate_session_state": BOOL,
        "experimental": Nested(lambda: ConfigExperimental),
    }
    Experimental = ConfigExperimental
