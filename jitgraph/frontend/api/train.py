"""tf.train: optimizers and the global step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.coordination.coordinator import Coordinator, LooperThread
    from jitgraph.frontend.coordination.queue_runner import (
        QueueRunner,
        add_queue_runner,
        start_queue_runners,
    )
    from jitgraph.frontend.estimator.warm_start import VocabInfo, warm_start
    from jitgraph.frontend.files.matched_filenames import match_filenames_once
    from jitgraph.frontend.graph_util import write_graph
    from jitgraph.frontend.monitored.cluster import ClusterSpec, Server, replica_device_setter
    from jitgraph.frontend.monitored.monitored_session import (
        ChiefSessionCreator,
        MonitoredSession,
        MonitoredTrainingSession,
        SessionCreator,
        SingularMonitoredSession,
        WorkerSessionCreator,
    )
    from jitgraph.frontend.monitored.saving_hooks import (
        CheckpointSaverHook,
        CheckpointSaverListener,
        SummarySaverHook,
    )
    from jitgraph.frontend.monitored.scaffold import Scaffold
    from jitgraph.frontend.monitored.session_hooks import (
        SessionRunArgs,
        SessionRunContext,
        SessionRunHook,
        SessionRunValues,
    )
    from jitgraph.frontend.monitored.session_manager import SessionManager
    from jitgraph.frontend.monitored.supervisor import Supervisor
    from jitgraph.frontend.monitored.timers import SecondOrStepTimer
    from jitgraph.frontend.monitored.training_hooks import (
        FeedFnHook,
        FinalOpsHook,
        GlobalStepWaiterHook,
        LoggingTensorHook,
        NanLossDuringTrainingError,
        NanTensorHook,
        StepCounterHook,
        StopAtStepHook,
    )
    from jitgraph.frontend.queues.batching import (
        batch,
        batch_join,
        maybe_batch,
        maybe_batch_join,
        maybe_shuffle_batch,
        maybe_shuffle_batch_join,
        shuffle_batch,
        shuffle_batch_join,
    )
    from jitgraph.frontend.queues.producers import (
        input_producer,
        limit_epochs,
        range_input_producer,
        slice_input_producer,
        string_input_producer,
    )
    from jitgraph.frontend.summaries.event_file import summary_iterator
    from jitgraph.frontend.summaries.former_names import SummaryWriter
    from jitgraph.frontend.train.adadelta import AdadeltaOptimizer
    from jitgraph.frontend.train.adagrad import AdagradOptimizer
    from jitgraph.frontend.train.adagrad_da import AdagradDAOptimizer
    from jitgraph.frontend.train.adam import AdamOptimizer
    from jitgraph.frontend.train.checkpoint_state import (
        checkpoint_exists,
        generate_checkpoint_state_proto,
        get_checkpoint_mtimes,
        get_checkpoint_state,
        latest_checkpoint,
        remove_checkpoint,
        update_checkpoint_state,
    )
    from jitgraph.frontend.train.checkpoint_utils import (
        NewCheckpointReader,
        init_from_checkpoint,
        list_variables,
        load_checkpoint,
        load_variable,
    )
    from jitgraph.frontend.train.cosine_decays import (
        cosine_decay,
        cosine_decay_restarts,
        linear_cosine_decay,
        noisy_linear_cosine_decay,
    )
    from jitgraph.frontend.train.decays import (
        exponential_decay,
        inverse_time_decay,
        natural_exp_decay,
        piecewise_constant,
        piecewise_constant as piecewise_constant_decay,
        polynomial_decay,
    )
    from jitgraph.frontend.train.ftrl import FtrlOptimizer
    from jitgraph.frontend.train.global_step import (
        assert_global_step,
        create_global_step,
        get_global_step,
        get_or_create_global_step,
        global_step,
    )
    from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
    from jitgraph.frontend.train.meta_graph import export_meta_graph, import_meta_graph
    from jitgraph.frontend.train.momentum import MomentumOptimizer
    from jitgraph.frontend.train.moving_averages import ExponentialMovingAverage
    from jitgraph.frontend.train.optimizer import Optimizer
    from jitgraph.frontend.train.proximal import (
        ProximalAdagradOptimizer,
        ProximalGradientDescentOptimizer,
    )
    from jitgraph.frontend.train.rmsprop import RMSPropOptimizer
    from jitgraph.frontend.train.saver import Saver
    from jitgraph.frontend.train.sync_replicas import SyncReplicasOptimizer
    from jitgraph.protos import (
        BytesList,
        Example,
        Feature,
        FeatureList,
        FeatureLists,
        Features,
        FloatList,
        Int64List,
        SequenceExample,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "AdadeltaOptimizer",
    "AdagradDAOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "BytesList",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "ChiefSessionCreator",
    "ClusterSpec",
    "Coordinator",
    "Example",
    "ExponentialMovingAverage",
    "Feature",
    "FeatureList",
    "FeatureLists",
    "Features",
    "FeedFnHook",
    "FinalOpsHook",
    "FloatList",
    "FtrlOptimizer",
    "GlobalStepWaiterHook",
    "GradientDescentOptimizer",
    "Int64List",
    "LoggingTensorHook",
    "LooperThread",
    "MomentumOptimizer",
    "MonitoredSession",
    "MonitoredTrainingSession",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "NewCheckpointReader",
    "Optimizer",
    "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer",
    "QueueRunner",
    "RMSPropOptimizer",
    "Saver",
    "Scaffold",
    "SecondOrStepTimer",
    "SequenceExample",
    "Server",
    "SessionCreator",
    "SessionManager",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "SingularMonitoredSession",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "SummaryWriter",
    "Supervisor",
    "SyncReplicasOptimizer",
    "VocabInfo",
    "WorkerSessionCreator",
    "add_queue_runner",
    "assert_global_step",
    "batch",
    "batch_join",
    "checkpoint_exists",
    "cosine_decay",
    "cosine_decay_restarts",
    "create_global_step",
    "exponential_decay",
    "export_meta_graph",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "get_checkpoint_state",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
    "import_meta_graph",
    "init_from_checkpoint",
    "input_producer",
    "inverse_time_decay",
    "latest_checkpoint",
    "limit_epochs",
    "linear_cosine_decay",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "match_filenames_once",
    "maybe_batch",
    "maybe_batch_join",
    "maybe_shuffle_batch",
    "maybe_shuffle_batch_join",
    "natural_exp_decay",
    "noisy_linear_cosine_decay",
    "piecewise_constant",
    "piecewise_constant_decay",
    "polynomial_decay",
    "range_input_producer",
    "remove_checkpoint",
    "replica_device_setter",
    "shuffle_batch",
    "shuffle_batch_join",
    "slice_input_producer",
    "start_queue_runners",
    "string_input_producer",
    "summary_iterator",
    "update_checkpoint_state",
    "warm_start",
    "write_graph",
]
