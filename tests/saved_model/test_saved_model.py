"""SavedModels: those of TensorFlow are loaded, ours hold what theirs hold; bad input."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
ROWS = np.linspace(-1, 1, 6).reshape(2, 3).astype(np.float32)


@pytest.fixture
def theirs(tmp_path):
    for name, content in RECORDED["files"].items():
        path = tmp_path / "theirs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    return str(tmp_path / "theirs")


def _build(folder, as_text: bool = False) -> bytes:
    source = Path(folder).parent / "words.txt"
    source.write_text("cat dog")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.Variable(np.arange(6, dtype=np.float32).reshape(3, 2), name="w")
        ready = tf.Variable(0, name="ready", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        path = tf.constant(str(source), name="path")
        words = tf.Variable("", name="words", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        y = tf.matmul(x, w, name="y")
        session.run(tf.global_variables_initializer())
        start = tf.group(ready.initializer, words.initializer)
        with tf.control_dependencies([start]):
            main_op = tf.group(tf.assign(ready, 7), tf.assign(words, path))
        signature = tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        with pytest.raises(AssertionError, match="has not been saved yet"):
            builder.add_meta_graph(["serve"])
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": signature}, [path], main_op=main_op
        )
        builder.add_meta_graph(["serve", "gpu"], {"serving_default": signature})
        with pytest.raises(AssertionError, match="has already been saved"):
            builder.add_meta_graph_and_variables(session, ["serve"])
        return builder.save(as_text)


def _loaded(folder, scope=None):
    with tf.Graph().as_default(), tf.Session() as session:
        found = tf.saved_model.loader.load(session, ["serve"], folder, import_scope=scope)
        signature = found.signature_def["serving_default"]
        assert tf.saved_model.is_valid_signature(signature)
        x, y = (
            tf.saved_model.utils.get_tensor_from_tensor_info(info, import_scope=scope)
            for info in (signature.inputs["x"], signature.outputs["y"])
        )
        prefix = f"{scope}/" if scope else ""
        ready, words = session.run([f"{prefix}ready:0", f"{prefix}words:0"])
        y = session.run(y, {x: ROWS})
        return {"y": y.tolist(), "ready": int(ready), "words": Path(words.decode()).name}


def test_tensorflows_models_are_loaded(theirs) -> None:
    assert _loaded(theirs) == RECORDED["loaded"]
    assert _loaded(theirs, "model") == RECORDED["loaded"]


@pytest.mark.parametrize("as_text", [False, True])
def test_there_and_back(tmp_path, as_text) -> None:
    folder = str(tmp_path / "ours")
    name = "saved_model.pbtxt" if as_text else "saved_model.pb"
    assert _build(folder, as_text) == str(tmp_path / "ours" / name).encode()
    assert tf.saved_model.loader.maybe_saved_model_directory(folder)
    assert _loaded(folder) == RECORDED["loaded"]


def test_the_folder_and_the_message_are_tensorflows(tmp_path, theirs) -> None:
    folder = tmp_path / "ours"
    _build(str(folder))
    ours = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert ours == set(RECORDED["files"])
    found, expected = (_parsed(each) for each in (folder, Path(theirs)))
    for mine, their in zip(found.meta_graphs, expected.meta_graphs, strict=True):
        assert mine.meta_info_def.tags == their.meta_info_def.tags
        assert mine.signature_def == their.signature_def
        assert set(mine.collection_def) == set(their.collection_def)
        for key in ("saved_model_main_op", "variables", "trainable_variables"):
            assert mine.collection_def[key] == their.collection_def[key]


def _parsed(folder):
    from jitgraph.frontend.saved_model.loader import parse_saved_model

    return parse_saved_model(str(folder))


def test_simple_save(tmp_path) -> None:
    folder = str(tmp_path / "simple")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        y = x * tf.Variable(3.0)
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
        with pytest.raises(AssertionError, match="already exists, and isn't empty"):
            tf.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
    with tf.Graph().as_default(), tf.Session() as session:
        found = tf.saved_model.load(session, [tf.saved_model.SERVING], folder)
        signature = found.signature_def[tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
        assert session.run(signature.outputs["y"].name, {"x:0": [1, 2]}).tolist() == [3, 6]


def test_a_model_without_variables(tmp_path) -> None:
    folder = str(tmp_path / "plain")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.add(tf.placeholder(tf.int32, [], name="x"), 1, name="y")
        builder = tf.saved_model.Builder(folder)
        builder.add_meta_graph_and_variables(session, ["a"])
        builder.save()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["a"], folder)
        assert session.run("y:0", {"x:0": 4}) == 5


def test_what_is_not_there(tmp_path, theirs) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(OSError, match="SavedModel file does not exist at"):
            tf.saved_model.loader.load(session, ["serve"], str(tmp_path))
        with pytest.raises(RuntimeError, match="tags 'train' could not be found"):
            tf.saved_model.loader.load(session, ["train"], theirs)
        file = Path(theirs) / "saved_model.pb"
        file.write_bytes(file.read_bytes()[:-9])
        with pytest.raises(OSError, match="Cannot parse file"):
            tf.saved_model.loader.load(session, ["serve"], theirs)


def test_an_asset_may_not_lead_out_of_the_folder(tmp_path) -> None:
    folder = tmp_path / "ours"
    _build(str(folder))
    model = _parsed(folder)
    asset = model.meta_graphs[0].asset_file_def.add(filename="../../../etc/passwd")
    asset.tensor_info.name = "path:0"
    (folder / "saved_model.pb").write_bytes(model.SerializeToString())
    with pytest.raises(tf.errors.InvalidArgumentError, match="lies outside of that folder"):
        _loaded(str(folder))


def test_signatures() -> None:
    utils = tf.saved_model.signature_def_utils
    with tf.Graph().as_default():
        examples = tf.placeholder(tf.string, [None])
        numbers = tf.placeholder(tf.float32, [None])
        assert utils.is_valid_signature(utils.regression_signature_def(examples, numbers))
        found = utils.classification_signature_def(examples, examples, numbers)
        assert utils.is_valid_signature(found)
        assert found.method_name == "tensorflow/serving/classify"
        assert not utils.is_valid_signature(utils.build_signature_def())
        for wrong in (
            lambda: utils.regression_signature_def(None, numbers),
            lambda: utils.regression_signature_def(numbers, numbers),
            lambda: utils.regression_signature_def(examples, examples),
            lambda: utils.classification_signature_def(examples, None, None),
            lambda: utils.predict_signature_def({}, {"y": numbers}),
        ):
            with pytest.raises(ValueError, match=r"must be|cannot"):
                wrong()
        sparse = tf.sparse_placeholder(tf.int32)
        info = tf.saved_model.build_tensor_info(sparse)
        found = tf.saved_model.get_tensor_from_tensor_info(info)
        assert found.values is sparse.values
