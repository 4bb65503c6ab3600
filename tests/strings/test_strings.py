"""Strings and tables: what TensorFlow 1.15 makes of all cases, its errors among them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import jitgraph as tf

HERE = Path(__file__).parent


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"strings_{name}", HERE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


cases, table_cases = module("cases"), module("table_cases")


def recorded(name: str) -> dict:
    return json.loads((HERE / f"{name}.json").read_text())


def test_strings_are_as_in_tensorflow() -> None:
    expected = recorded("recorded")
    found = {each: cases.outcome(tf, each) for each in cases.EXPRESSIONS}
    assert [(each, expected[each]) for each in found if found[each] != expected[each]] == []


def test_tables_are_as_in_tensorflow(tmp_path: Path) -> None:
    expected = recorded("recorded_tables")
    path = str(tmp_path / "words")
    text = json.dumps(table_cases.outcomes(tf, cases.outcome_of, path)).replace(path, "PATH")
    found = json.loads(text)
    assert found.keys() == expected.keys()
    for name in found:
        assert (name, found[name]) == (name, expected[name])


def test_a_saver_keeps_what_a_table_holds(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
        saver = tf.train.Saver()
        session.run(table.insert(["a", "b"], [1, 2]))
        path = saver.save(session, str(tmp_path / "model"))
        session.run(table.insert(["a", "c"], [7, 8]))
        saver.restore(session, path)
        assert session.run(table.lookup(["a", "b", "c"])).tolist() == [1, 2, -1]
