"""Stage frontend: tf.train.ClusterSpec and Server, for the one task that this process is.

In: jobs and tasks. Out: the same, readable; more than one task is refused where one would be used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jitgraph.errors import UnimplementedError
from jitgraph.graph.devices import DeviceSpec

ONE_TASK = (
    "jitgraph runs in one process: a cluster may have one task. Run the script without a cluster."
)


class ClusterSpec:
    """The tasks of a cluster: for each job the addresses of its tasks.

    Args:
      cluster: a dict of lists, or of dicts by the tasks' numbers; or a ClusterSpec.

    Raises:
      TypeError: it is something else.
    """

    def __init__(self, cluster: Any) -> None:
        given = cluster._jobs if isinstance(cluster, ClusterSpec) else cluster
        if not isinstance(given, Mapping):
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network "
                "addresses, or a `ClusterDef` protocol buffer"
            )
        self._jobs: dict[str, dict[int, str]] = {}
        for job, tasks in given.items():
            if isinstance(tasks, Mapping):
                self._jobs[job] = {int(number): str(tasks[number]) for number in sorted(tasks)}
            elif isinstance(tasks, (list, tuple)):
                self._jobs[job] = {number: str(task) for number, task in enumerate(tasks)}
            else:
                raise TypeError(
                    f"The tasks for job {job!r} must be a list or a dictionary from integers to "
                    "strings."
                )

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return list(self._jobs)

    def num_tasks(self, job_name: str) -> int:
        """How many tasks a job has."""
        return len(self._tasks(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The numbers of a job's tasks."""
        return sorted(self._tasks(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task.

        Raises:
          ValueError: there is none.
        """
        tasks = self._tasks(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of a job's tasks by their numbers, None for those that are left out."""
        tasks = self._tasks(job_name)
        return [tasks.get(number) for number in range(max(tasks, default=-1) + 1)]

    def as_dict(self) -> dict[str, Any]:
        """The dict: a list for a job whose tasks are numbered without a gap."""
        found: dict[str, Any] = {}
        for job, tasks in self._jobs.items():
            is_list = list(tasks) == list(range(len(tasks)))
            found[job] = list(tasks.values()) if is_list else dict(tasks)
        return found

    def _tasks(self, job_name: str) -> dict[int, str]:
        if job_name not in self._jobs:
            raise ValueError(f"No such job in cluster: {job_name!r}")
        return self._jobs[job_name]

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._jobs == other._jobs

    def __hash__(self) -> int:
        return hash(str(self._jobs))

    def __repr__(self) -> str:
        return f"ClusterSpec({self.as_dict()})"


class Server:
    """The server of this process's task, of which there may be one.

    Args:
      server_or_cluster_def: a ClusterSpec, or a dict for one.
      job_name, task_index: which task this is.
      protocol, config, start: accepted.

    Raises:
      errors.UnimplementedError: the cluster has several tasks.

    Example:
      >>> server = tf.train.Server.create_local_server()
      >>> sess = tf.Session(server.target)
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        self._cluster = ClusterSpec(server_or_cluster_def)
        if sum(self._cluster.num_tasks(job) for job in self._cluster.jobs) > 1:
            raise UnimplementedError(None, None, ONE_TASK)
        self._job = job_name
        self._task = task_index or 0

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """A server for this process alone."""
        return Server({"local": ["localhost:0"]}, config=config, start=start)

    @property
    def target(self) -> str:
        """What sessions take as target: nothing, they run here."""
        return ""

    @property
    def server_def(self) -> ClusterSpec:
        """The cluster."""
        return self._cluster

    def start(self) -> None:
        """Accepted: there is nothing to start."""

    def join(self) -> None:
        """Refused: it would wait for other tasks for ever.

        Raises:
          errors.UnimplementedError: always.
        """
        raise UnimplementedError(None, None, ONE_TASK)


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str = "/job:ps",
    worker_device: str = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Any = None,
    ps_strategy: Any = None,
) -> Callable[[Any], str] | None:
    """A function for `tf.device` that puts variables on the tasks that keep them, in turn.

    Args:
      ps_tasks: how many tasks keep variables; 0 places nothing.
      ps_device, worker_device: the devices of variables, and of all else.
      merge_devices: accepted.
      cluster: a ClusterSpec, or a dict for one, which tells `ps_tasks`.
      ps_ops: the types that are placed as variables; Variable, VariableV2, VarHandleOp if None.
      ps_strategy: a function of an operation that gives the number of its task.

    Returns:
      A function of operations that gives devices' names; None where nothing is to be placed. All
      of it runs in this process.

    Raises:
      TypeError: `ps_strategy` can't be called.
    """
    if cluster is not None:
        tasks = ClusterSpec(cluster).as_dict()
        job = DeviceSpec.from_string(ps_device).job
        if not job or job not in tasks:
            return None
        ps_tasks = len(tasks[job])
    if not ps_tasks:
        return None
    if ps_strategy is not None and not callable(ps_strategy):
        raise TypeError("ps_strategy must be callable")
    types = tuple(ps_ops or ("Variable", "VariableV2", "AutoReloadVariable", "VarHandleOp"))
    turn = iter(range(1 << 62))

    def chosen(op: Any) -> str:
        if op.type not in types:
            return _merged(worker_device, op.device)
        number = ps_strategy(op) if ps_strategy else next(turn) % ps_tasks
        has_task = DeviceSpec.from_string(ps_device).task is not None
        return _merged(ps_device if has_task else f"{ps_device}/task:{number}", op.device)

    return chosen


def _merged(chosen: str, given: str) -> str:
    spec, more = DeviceSpec.from_string(chosen), DeviceSpec.from_string(given)
    fields = ("job", "replica", "task", "device_type", "device_index")
    return DeviceSpec(
        *(
            getattr(spec, name) if getattr(more, name) is None else getattr(more, name)
            for name in fields
        )
    ).to_string()
