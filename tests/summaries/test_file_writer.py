"""tf.summary.FileWriter: what its files hold, and that TensorBoard reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.checkpoint.records import framed, read_records


@pytest.fixture(autouse=True)
def _own_graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def events(folder: Path) -> list[Any]:
    return [event for path in sorted(folder.iterdir()) for event in tf.train.summary_iterator(path)]


def kinds(folder: Path) -> list[str]:
    return [event.WhichOneof("what") for event in events(folder)]


def summary(tag: str, number: float) -> Any:
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=number)])


def test_no_file_before_the_first_event(tmp_path: Path) -> None:
    writer = tf.summary.FileWriter(tmp_path / "a" / "b")
    assert writer.get_logdir() == str(tmp_path / "a" / "b")
    assert not list((tmp_path / "a" / "b").iterdir())
    writer.close()


def test_a_graph_goes_first(tmp_path: Path) -> None:
    tf.constant(1.0, name="one")
    tf.summary.FileWriter(str(tmp_path), tf.get_default_graph()).close()
    first, graph, meta = events(tmp_path)
    assert first.file_version == "brain.Event:2"
    assert tf.GraphDef.FromString(graph.graph_def).node[0].name == "one"
    assert tf.MetaGraphDef.FromString(meta.meta_graph_def).graph_def.node[0].name == "one"
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("events.out.tfevents.")


def test_summaries_with_steps_and_descriptions_once(tmp_path: Path) -> None:
    described = tf.summary.tensor_summary("t", [1.0], summary_description="what it is")
    with tf.Session() as session, tf.summary.FileWriter(tmp_path) as writer:
        for step in (3, np.int64(4)):
            writer.add_summary(session.run(described), step)
        writer.add_summary(summary("plain", 2.0))
    _, first, second, third = events(tmp_path)
    assert (first.step, second.step, third.step) == (3, 4, 0)
    assert first.summary.value[0].metadata.summary_description == "what it is"
    assert not second.summary.value[0].HasField("metadata")
    assert third.summary.value[0].simple_value == 2.0
    assert first.wall_time <= second.wall_time <= third.wall_time


def test_everything_else_that_is_added(tmp_path: Path) -> None:
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    with tf.Session() as session, tf.summary.FileWriter(tmp_path) as writer:
        session.run(tf.add(1.0, tf.placeholder_with_default(2.0, [])), None, options, metadata)
        writer.add_run_metadata(metadata, "first run", 1)
        with pytest.raises(ValueError, match="tag was already used"):
            writer.add_run_metadata(metadata, "first run")
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 1)
        writer.add_event(tf.Event(wall_time=1.0, step=5))
        with pytest.raises(TypeError, match="must be type MetaGraphDef"):
            writer.add_meta_graph(tf.GraphDef())
        with pytest.raises(ValueError, match="not both"):
            writer.add_graph(tf.get_default_graph(), graph_def=tf.GraphDef())
        with pytest.raises(TypeError, match="must be an instance of `Graph`"):
            writer.add_graph(None)
    assert kinds(tmp_path) == ["file_version", "tagged_run_metadata", "session_log", None]
    content = events(tmp_path)[1].tagged_run_metadata.run_metadata
    stats = tf.summary.TaggedRunMetadata.FromString(events(tmp_path)[1].SerializeToString())
    assert stats is not None
    recorded = _run_metadata(content)
    names = [node.node_name for part in recorded.step_stats.dev_stats for node in part.node_stats]
    assert names == [
        node.node_name for part in metadata.step_stats.dev_stats for node in part.node_stats
    ]
    assert names


def _run_metadata(content: bytes) -> Any:
    from jitgraph import protos

    return protos.message_class("RunMetadata").FromString(content)


def test_what_is_flushed_can_be_read(tmp_path: Path) -> None:
    writer = tf.summary.FileWriter(tmp_path)
    for step in range(5):
        writer.add_summary(summary("loss", step), step)
    writer.flush()
    assert len(events(tmp_path)) == 6
    writer.close()


def test_reopened_it_begins_another_file(tmp_path: Path) -> None:
    writer = tf.summary.FileWriter(tmp_path, filename_suffix=".end")
    writer.add_summary(summary("loss", 1), 1)
    writer.close()
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_summary(summary("loss", 2), 2)
    writer.reopen()
    writer.add_summary(summary("loss", 3), 3)
    writer.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert all(path.name.endswith(".end") for path in tmp_path.iterdir())
    assert [event.step for event in events(tmp_path) if event.summary.value] == [1, 3]


def test_a_folder_has_one_writer_in_the_cache(tmp_path: Path) -> None:
    cache = tf.summary.FileWriterCache
    assert cache.get(str(tmp_path)) is cache.get(str(tmp_path))
    cache.clear()
    assert kinds(tmp_path) == ["file_version", "graph_def", "meta_graph_def"]


def test_a_forgotten_writer_loses_nothing(tmp_path: Path) -> None:
    writer = tf.summary.FileWriter(tmp_path)
    for step in range(3):
        writer.add_summary(summary("loss", step), step)
    del writer
    assert len(events(tmp_path)) == 4


def test_damaged_files_are_told() -> None:
    import io

    content = framed(b"one") + framed(b"two")
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1
        with pytest.raises(tf.errors.DataLossError, match="record at"):
            list(read_records(io.BytesIO(bytes(damaged)), len(content), "events"))
    for length in set(range(1, len(content))) - {len(framed(b"one"))}:
        with pytest.raises(tf.errors.DataLossError, match="truncated record"):
            list(read_records(io.BytesIO(content[:length]), length, "events"))


def test_tensorflows_files_are_read(tmp_path: Path) -> None:
    recorded = json.loads(Path(__file__).with_name("recorded.json").read_text())
    content = base64.b64decode(recorded["events"])
    (tmp_path / "events").write_bytes(content)
    first, *others = events(tmp_path)
    assert first.file_version == "brain.Event:2"
    numbers = [(event.step, event.summary.value[0].simple_value) for event in others]
    assert numbers == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert b"".join(framed(event.SerializeToString()) for event in (first, *others)) == content


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(tf.errors.NotFoundError, match="nothing"):
        list(tf.train.summary_iterator(str(tmp_path / "nothing")))


def test_tensorboard_reads_it(tmp_path: Path) -> None:
    module = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    x = tf.placeholder(tf.float32, [4], name="x")
    with tf.name_scope("layer"):
        tf.summary.scalar("loss", tf.reduce_sum(x))
        tf.summary.histogram("x", x)
        tf.summary.image("x", tf.reshape(x, [1, 2, 2, 1]))
        tf.summary.audio("x", tf.reshape(x, [1, 4]), 8000)
    everything = tf.summary.merge_all()
    with tf.Session() as session, tf.summary.FileWriter(tmp_path, session.graph) as writer:
        for step in range(3):
            content = session.run(everything, {x: np.full(4, step / 4)})
            writer.add_summary(content, step)
    read = module.EventAccumulator(str(tmp_path))
    read.Reload()
    tags = read.Tags()
    assert tags["scalars"] == ["layer/loss"]
    assert tags["histograms"] == ["layer/x"]
    assert tags["images"] == ["layer/x_1/image/0"]
    assert tags["audio"] == ["layer/x_2/audio/0"]
    assert [item.value for item in read.Scalars("layer/loss")] == [0, 1, 2]
    assert {"x", "layer/loss"} <= {node.name for node in read.Graph().node}


def test_summaries_by_their_names_of_2016(tmp_path: Path) -> None:
    tf.scalar_summary("the loss", 1.5)
    tf.scalar_summary(["a", "b"], [1.0, 2.0])
    tf.histogram_summary("the weights", [1.0, 2.0])
    tf.image_summary("a picture", tf.zeros([1, 2, 2, 1]), max_images=1)
    tf.merge_summary([tf.scalar_summary("another", 1.0, collections=[])])
    names = [op.name for op in tf.get_default_graph().get_operations() if "Summary" in op.type]
    assert names == [
        "ScalarSummary",
        "ScalarSummary_1",
        "HistogramSummary",
        "ImageSummary",
        "ScalarSummary_2",
        "Merge/MergeSummary",
    ]
    with tf.Session() as session:
        writer = tf.train.SummaryWriter(tmp_path, session.graph_def)
        writer.add_summary(session.run(tf.merge_all_summaries()), 1)
        writer.close()
    tags = [value.tag for value in events(tmp_path)[-1].summary.value]
    assert tags == ["the loss", "a", "b", "the weights", "a picture/image"]


def test_the_projector_is_told_which_variables_to_show(tmp_path: Path) -> None:
    projector = tf.contrib.tensorboard.plugins.projector
    config = projector.ProjectorConfig(model_checkpoint_path="model.ckpt")
    config.embeddings.add(tensor_name="words:0", metadata_path="names of <words>.tsv")
    config.embeddings[0].sprite.single_image_dim.extend([28, 28])
    projector.visualize_embeddings(tf.summary.FileWriter(tmp_path), config)
    content = (tmp_path / "projector_config.pbtxt").read_text()
    text_format = pytest.importorskip("google.protobuf.text_format")
    assert text_format.Parse(content, projector.ProjectorConfig()) == config
    theirs = pytest.importorskip("tensorboard.plugins.projector")
    read = text_format.Parse(content, theirs.ProjectorConfig())
    assert read.SerializeToString() == config.SerializeToString()
