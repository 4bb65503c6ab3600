"""How a TPUEstimator runs: tf.contrib.tpu's RunConfig, TPUConfig, InputPipelineConfig.

In: options. Out: records. What would tell a TPU what to do is checked and kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jitgraph.frontend.estimator.run_config import RunConfig


class InputPipelineConfig:
    """Where input functions run; all the same here."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class _Fields(NamedTuple):
    iterations_per_loop: int
    num_shards: int | None
    num_cores_per_replica: int | None
    per_host_input_for_training: int
    tpu_job_name: str | None
    initial_infeed_sleep_secs: int | None
    input_partition_dims: Any
    eval_training_input_configuration: int
    experimental_host_call_every_n_steps: int


class TPUConfig(_Fields):
    """What a TPU would be told.

    Args:
      iterations_per_loop: so many steps make a run there.
      num_shards, num_cores_per_replica: how the model would be spread.
      per_host_input_for_training: one of InputPipelineConfig, or a bool.
      tpu_job_name, initial_infeed_sleep_secs, input_partition_dims,
        eval_training_input_configuration, experimental_host_call_every_n_steps: kept.

    Raises:
      ValueError: a number that can't be.

    Example:
      >>> tf.contrib.tpu.TPUConfig(iterations_per_loop=100).iterations_per_loop
      100
    """

    __slots__ = ()

    def __new__(
        cls,
        iterations_per_loop: int = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: Any = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: int = InputPipelineConfig.PER_HOST_V1,
        experimental_host_call_every_n_steps: int = 1,
    ) -> TPUConfig:
        require_positive("TPUConfig iterations_per_loop", iterations_per_loop)
        require_positive("TPUConfig num_shards", num_shards)
        require_positive("TPUConfig initial_infeed_sleep_secs", initial_infeed_sleep_secs)
        if num_cores_per_replica not in (None, 1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError(
                "num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; got "
                f"{num_cores_per_replica}"
            )
        kinds = InputPipelineConfig
        if isinstance(per_host_input_for_training, bool):
            by_flag = {False: kinds.PER_SHARD_V1, True: kinds.PER_HOST_V1}
            per_host_input_for_training = by_flag[per_host_input_for_training]
        if eval_training_input_configuration not in (kinds.PER_HOST_V1, kinds.SLICED):
            raise ValueError(
                "eval_training_input_configuration must be PER_HOST_V1 or SLICED; got "
                f"{eval_training_input_configuration}"
            )
        return super().__new__(
            cls,
            iterations_per_loop,
            num_shards,
            num_cores_per_replica,
            per_host_input_for_training,
            tpu_job_name,
            initial_infeed_sleep_secs,
            input_partition_dims,
            eval_training_input_configuration,
            experimental_host_call_every_n_steps,
        )


def require_positive(name: str, value: int | None) -> None:
    """Checks a number that may be None.

    Raises:
      ValueError: it is not above 0.
    """
    if value is not None and value <= 0:
        raise ValueError(f"{name} must be positive")


class TPURunConfig(RunConfig):
    """A RunConfig with a TPUConfig.

    Args:
      tpu_config: the TPUConfig; a default one when None.
      evaluation_master, master: targets, empty or None.
      cluster: None: there is no TPU.
      **kwargs: as for `tf.estimator.RunConfig`.

    Raises:
      ValueError: both a target and a cluster.
      NotImplementedError: a cluster.

    Example:
      >>> tf.contrib.tpu.RunConfig(tf_random_seed=1).tpu_config.iterations_per_loop
      2
    """

    def __init__(
        self,
        tpu_config: TPUConfig | None = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if master is not None and cluster is not None:
            raise ValueError("Both master and cluster are set.")
        if cluster is not None:
            raise NotImplementedError("There is no TPU here: RunConfig takes no cluster.")
        self._tpu_config = tpu_config or TPUConfig()
        self._master = master or ""
        self._evaluation_master = evaluation_master or self._master

    @property
    def tpu_config(self) -> TPUConfig:
        """The TPUConfig."""
        return self._tpu_config

    @property
    def cluster(self) -> None:
        """None."""
        return

    def replace(self, **kwargs: Any) -> TPURunConfig:
        """Another one, with some properties changed; see `RunConfig.replace`."""
        tpu_config = kwargs.pop("tpu_config", self._tpu_config)
        found = super().replace(**kwargs)
        assert isinstance(found, TPURunConfig)
        found._tpu_config = tpu_config
        return found


class TPUClusterResolver:
    """Would find a TPU: tells that there is none.

    Raises:
      NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "There is no TPU here: models run on this machine's processors. Run the script with "
            "use_tpu=False, without a TPUClusterResolver."
        )
