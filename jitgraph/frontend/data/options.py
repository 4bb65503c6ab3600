"""Options of datasets: what may be said of how elements are made; none changes the elements.

In: attributes. Out: an `Options`, which names what it does not heed by heeding nothing.
"""

from __future__ import annotations

from typing import Any


class _Group:
    """Options that belong together; each is None until it is set."""

    _names: tuple[str, ...] = ()

    def __init__(self) -> None:
        for name in self._names:
            object.__setattr__(self, name, None)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(type(self))


class OptimizationOptions(_Group):
    """How the pipeline may be changed: heeded by nothing, since elements are the same."""

    _names = (
        "apply_default_optimizations",
        "autotune",
        "autotune_algorithm",
        "autotune_cpu_budget",
        "filter_fusion",
        "filter_with_random_uniform_fusion",
        "hoist_random_uniform",
        "map_and_batch_fusion",
        "map_and_filter_fusion",
        "map_fusion",
        "map_parallelization",
        "map_vectorization",
        "noop_elimination",
        "parallel_batch",
        "shuffle_and_repeat_fusion",
    )


class ThreadingOptions(_Group):
    """How many threads make elements: heeded by nothing."""

    _names = ("max_intra_op_parallelism", "private_threadpool_size")


class Options(_Group):
    """Options of a dataset, for `Dataset.with_options`.

    Example:
      >>> options = tf.data.Options()
      >>> options.experimental_deterministic = True
      >>> data = tf.data.Dataset.range(3).with_options(options)
    """

    _names = (
        "experimental_deterministic",
        "experimental_distribute",
        "experimental_optimization",
        "experimental_slack",
        "experimental_stateful_whitelist",
        "experimental_stats",
        "experimental_threading",
    )

    def __init__(self) -> None:
        super().__init__()
        self.experimental_optimization = OptimizationOptions()
        self.experimental_threading = ThreadingOptions()

    def merge(self, options: Options) -> Options:
        """These options, and over them those that are set in others.

        Args:
          options: the others.
        """
        result = Options()
        for name in self._names:
            own, other = getattr(self, name), getattr(options, name)
            is_set = other is not None and (not isinstance(other, _Group) or other != type(other)())
            object.__setattr__(result, name, other if is_set else own)
        return result

    @property
    def optimizes(self) -> bool:
        """Whether TensorFlow would fuse neighbours: it makes an operation for it."""
        return (
            getattr(self.experimental_optimization, "apply_default_optimizations", None)
            is not False
        )

    @property
    def tunes(self) -> bool:
        """Whether TensorFlow would tune itself: it makes an operation for it."""
        return getattr(self.experimental_optimization, "autotune", None) is not False
