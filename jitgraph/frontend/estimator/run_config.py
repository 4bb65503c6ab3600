"""Stage frontend: tf.estimator.RunConfig: how an Estimator saves, logs and seeds.

In: options, the environment variable TF_CONFIG. Out: a record that is replaced, never changed.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from typing import Any

from jitgraph.config import ConfigProto
from jitgraph.frontend.api import logging
from jitgraph.frontend.monitored.cluster import ClusterSpec

_UNSET: Any = object()
_REPLACEABLE = [
    "model_dir",
    "tf_random_seed",
    "save_summary_steps",
    "save_checkpoints_steps",
    "save_checkpoints_secs",
    "session_config",
    "keep_checkpoint_max",
    "keep_checkpoint_every_n_hours",
    "log_step_count_steps",
    "train_distribute",
    "device_fn",
    "protocol",
    "eval_distribute",
    "experimental_distribute",
    "experimental_max_worker_delay_secs",
    "session_creation_timeout_secs",
]
_ONE_TASK = "tf.estimator runs as one local task here"
_BOTH = "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set."

_CHECKS: list[tuple[str, Callable[[Any], bool], str]] = [
    ("model_dir", bool, "model_dir should be non-empty"),
    ("save_summary_steps", lambda n: n >= 0, "save_summary_steps should be >= 0"),
    ("save_checkpoints_steps", lambda n: n >= 0, "save_checkpoints_steps should be >= 0"),
    ("save_checkpoints_secs", lambda n: n >= 0, "save_checkpoints_secs should be >= 0"),
    (
        "session_config",
        lambda given: isinstance(given, ConfigProto),
        "session_config must be instance of ConfigProto",
    ),
    ("keep_checkpoint_max", lambda n: n >= 0, "keep_checkpoint_max should be >= 0"),
    (
        "keep_checkpoint_every_n_hours",
        lambda hours: hours > 0,
        "keep_checkpoint_every_n_hours should be > 0",
    ),
    ("log_step_count_steps", lambda n: n > 0, "log_step_count_steps should be > 0"),
    ("tf_random_seed", lambda seed: isinstance(seed, int), "tf_random_seed must be integer."),
    ("device_fn", callable, 'device_fn must be callable with exactly one argument "op".'),
    (
        "session_creation_timeout_secs",
        lambda secs: secs > 0,
        "session_creation_timeout_secs should be > 0",
    ),
]


def _property(name: str) -> Any:
    def read(config: Any) -> Any:
        return getattr(config, f"_{name}")

    read.__doc__ = f"What was given as `{name}`, or found in TF_CONFIG."
    return property(read)


class RunConfig:
    """How an Estimator saves, logs and seeds.

    Args:
      model_dir: the folder of checkpoints and summaries.
      tf_random_seed: the graphs' seed.
      save_summary_steps: so many steps are between two summaries.
      save_checkpoints_steps, save_checkpoints_secs: how often checkpoints are saved; every 600
        seconds if none is given, never where both are None.
      session_config: a ConfigProto.
      keep_checkpoint_max, keep_checkpoint_every_n_hours: as for tf.train.Saver.
      log_step_count_steps: so many steps are between two lines of the log.
      device_fn: a function of an operation that gives its device.
      session_creation_timeout_secs: how long a task that is not the chief waits.
      train_distribute, eval_distribute, experimental_distribute: None.
      protocol, experimental_max_worker_delay_secs: accepted: there is one task.

    Raises:
      ValueError: an option that can't be, or that is not there.
      NotImplementedError: training is to be distributed.

    Example:
      >>> config = tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=500)
      >>> config.replace(tf_random_seed=2).tf_random_seed
      2
    """

    model_dir = _property("model_dir")
    tf_random_seed = _property("tf_random_seed")
    save_summary_steps = _property("save_summary_steps")
    save_checkpoints_steps = _property("save_checkpoints_steps")
    save_checkpoints_secs = _property("save_checkpoints_secs")
    session_config = _property("session_config")
    keep_checkpoint_max = _property("keep_checkpoint_max")
    keep_checkpoint_every_n_hours = _property("keep_checkpoint_every_n_hours")
    log_step_count_steps = _property("log_step_count_steps")
    train_distribute = _property("train_distribute")
    device_fn = _property("device_fn")
    protocol = _property("protocol")
    eval_distribute = _property("eval_distribute")
    experimental_max_worker_delay_secs = _property("experimental_max_worker_delay_secs")
    session_creation_timeout_secs = _property("session_creation_timeout_secs")
    cluster_spec = _property("cluster_spec")
    evaluation_master = _property("evaluation_master")
    global_id_in_cluster = _property("global_id_in_cluster")
    is_chief = _property("is_chief")
    master = _property("master")
    num_ps_replicas = _property("num_ps_replicas")
    num_worker_replicas = _property("num_worker_replicas")
    service = _property("service")
    task_id = _property("task_id")
    task_type = _property("task_type")

    def __init__(
        self,
        model_dir: Any = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = _UNSET,
        save_checkpoints_secs: Any = _UNSET,
        session_config: Any = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Any = None,
        protocol: str | None = None,
        eval_distribute: Any = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: float | None = None,
        session_creation_timeout_secs: float = 7200,
    ) -> None:
        if save_checkpoints_steps is _UNSET and save_checkpoints_secs is _UNSET:
            save_checkpoints_secs = 600
        steps = None if save_checkpoints_steps is _UNSET else save_checkpoints_steps
        secs = None if save_checkpoints_secs is _UNSET else save_checkpoints_secs
        if steps is not None and secs is not None:
            raise ValueError(_BOTH)
        if train_distribute or eval_distribute or experimental_distribute:
            raise NotImplementedError(f"{_ONE_TASK}: no distribution strategies.")
        environment = json.loads(os.environ.get("TF_CONFIG") or "{}")
        if environment:
            logging.info("TF_CONFIG environment variable: %s", environment)
        self._model_dir = _folder(environment, model_dir)
        self._tf_random_seed = tf_random_seed
        self._save_summary_steps = save_summary_steps
        self._save_checkpoints_steps = steps
        self._save_checkpoints_secs = secs
        self._session_config = session_config
        self._keep_checkpoint_max = keep_checkpoint_max
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._log_step_count_steps = log_step_count_steps
        self._train_distribute = None
        self._device_fn = device_fn
        self._protocol = protocol
        self._eval_distribute = None
        self._experimental_distribute = None
        self._experimental_max_worker_delay_secs = experimental_max_worker_delay_secs
        self._session_creation_timeout_secs = session_creation_timeout_secs
        self._check()
        self._read_task(environment)

    def _read_task(self, environment: dict[str, Any]) -> None:
        service = environment.get("service")
        if service is not None and not isinstance(service, dict):
            raise TypeError("If 'service' is set in TF_CONFIG, it must be a dict. Given "
                            f"{type(service)}")  # fmt: skip
        jobs = environment.get("cluster", {})
        tasks = sum(len(addresses) for addresses in jobs.values())
        if tasks > 1 or (jobs and not set(jobs) & {"chief", "master"}):
            raise NotImplementedError(f"{_ONE_TASK}: TF_CONFIG names {tasks} of {sorted(jobs)}.")
        task = environment.get("task", {})
        expected = next(iter(jobs), "worker")
        self._service = service
        self._cluster_spec = ClusterSpec(jobs)
        self._task_type = task.get("type", expected)
        self._task_id = int(task.get("index", 0))
        self._global_id_in_cluster = 0
        if not jobs and self._task_type != "worker":
            raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
        if not jobs and self._task_id != 0:
            raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
        self._master = ""
        self._evaluation_master = ""
        self._is_chief = True
        self._num_ps_replicas = 0
        self._num_worker_replicas = 1

    def _check(self) -> None:
        """Checks each property that is set.

        Raises:
          ValueError: one can't be.
        """
        for name, is_fine, text in _CHECKS:
            value = getattr(self, f"_{name}")
            if value is not None and not is_fine(value):
                raise ValueError(text)

    def replace(self, **kwargs: Any) -> RunConfig:
        """Another RunConfig, with some properties changed.

        Args:
          **kwargs: the new values.

        Raises:
          ValueError: there is no such property, or both ways to save checkpoints are set.
        """
        found = copy.deepcopy(self)
        for name, value in kwargs.items():
            if name not in _REPLACEABLE:
                raise ValueError(
                    f"Replacing {name} is not supported. Allowed properties are {_REPLACEABLE}."
                )
            setattr(found, f"_{name}", value)
        steps, secs = kwargs.get("save_checkpoints_steps"), kwargs.get("save_checkpoints_secs")
        if steps is not None and secs is not None:
            raise ValueError(_BOTH)
        if steps is not None:
            found._save_checkpoints_secs = None
        if secs is not None:
            found._save_checkpoints_steps = None
        found._check()
        return found


def default_session_config() -> Any:
    """The ConfigProto of an Estimator that is given none."""
    found = ConfigProto(allow_soft_placement=True)
    found.graph_options.rewrite_options.meta_optimizer_iterations = 1
    return found


def _folder(environment: dict[str, Any], given: Any) -> str | None:
    folder = None if given is None else os.fspath(given)
    if folder == "":
        raise ValueError("model_dir should be non-empty.")
    told: str | None = environment.get("model_dir")
    if told == "":
        raise ValueError("model_dir in TF_CONFIG should be non-empty.")
    if told and folder and told != folder:
        raise ValueError(
            "`model_dir` provided in RunConfig construct, if set, must have the same value as the "
            f'model_dir in TF_CONFIG. model_dir: {folder}\nTF_CONFIG["model_dir"]: {told}.\n'
        )
    if told:
        logging.info("Using model_dir in TF_CONFIG: %s", told)
    return folder or told
