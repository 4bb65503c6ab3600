"""The embedding projector: which variables TensorBoard shows as points, and by which names.

In: a ProjectorConfig (extra `io`). Out: `projector_config.pbtxt` in the folder of a FileWriter,
beside which a saver's checkpoint is expected.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jitgraph.frontend.graph_util import write_whole

FILE = "projector_config.pbtxt"


def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Tells TensorBoard which variables are points to look at.

    Args:
      summary_writer: the FileWriter in whose folder the checkpoints are.
      config: a ProjectorConfig: the variables, and files that name their rows.

    Raises:
      ValueError: the writer has no folder.

    Example:
      >>> config = projector.ProjectorConfig()
      >>> config.embeddings.add(tensor_name="embedding:0", metadata_path="words.tsv")
      >>> projector.visualize_embeddings(tf.summary.FileWriter("/tmp/log"), config)
    """
    folder = summary_writer.get_logdir()
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    write_whole(Path(folder, FILE), str(config).encode())
