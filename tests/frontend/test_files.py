"""tf.gfile and tf.io.gfile: files, folders, and TensorFlow's errors for those that aren't there."""

from __future__ import annotations

from pathlib import Path

import pytest

import jitgraph as tf


def test_text_and_bytes(tmp_path: Path) -> None:
    path = str(tmp_path / "words")
    with tf.gfile.GFile(path, "w") as file:
        file.write("eins\nzwei ä\n")
        file.write(b"drei")
        assert file.size() == 17
    assert tf.gfile.FastGFile(path, "rb").read() == b"eins\nzwei \xc3\xa4\ndrei"
    assert list(tf.gfile.Open(path)) == ["eins\n", "zwei ä\n", "drei"]
    file = tf.gfile.GFile(path)
    assert file.read(4) == "eins"
    assert file.tell() == 4
    file.seek(5)
    assert file.readline() == "zwei ä\n"
    assert file.readlines() == ["drei"]
    with tf.gfile.GFile(path, "a") as longer:
        longer.write("!")
    assert tf.io.gfile.GFile(path).read().endswith("drei!")


def test_a_file_that_may_not_be_read_or_written(tmp_path: Path) -> None:
    path = str(tmp_path / "x")
    with pytest.raises(tf.errors.PermissionDeniedError, match="File isn't open for reading"):
        tf.gfile.GFile(path, "w").read()
    with pytest.raises(tf.errors.PermissionDeniedError, match="File isn't open for writing"):
        tf.gfile.GFile(path).write("x")
    with pytest.raises(tf.errors.NotFoundError, match="x; No such file or directory"):
        tf.gfile.GFile(path).read()
    with pytest.raises(tf.errors.InvalidArgumentError, match="mode is not"):
        tf.gfile.GFile(path, "q")
    with pytest.raises(tf.errors.UnimplementedError, match="File system scheme 'gs' not impl"):
        tf.gfile.GFile("gs://bucket/x").read()


def test_folders(tmp_path: Path) -> None:
    top = str(tmp_path / "top")
    tf.gfile.MakeDirs(f"{top}/a/b")
    tf.gfile.MakeDirs(f"{top}/a/b")
    tf.gfile.MkDir(f"{top}/c")
    tf.gfile.GFile(f"{top}/a/one", "w").close()
    assert tf.gfile.Exists(f"{top}/a/one")
    assert tf.gfile.IsDirectory(f"{top}/a")
    assert not tf.gfile.IsDirectory(f"{top}/a/one")
    assert sorted(tf.gfile.ListDirectory(top)) == ["a", "c"]
    assert tf.gfile.Glob(f"{top}/*/*") == [f"{top}/a/b", f"{top}/a/one"]
    assert tf.gfile.Stat(f"{top}/a/one").length == 0
    assert [(w[0][len(top) :], sorted(w[1]), w[2]) for w in tf.gfile.Walk(f"{top}/a")] == [
        ("/a", ["b"], ["one"]),
        ("/a/b", [], []),
    ]
    tf.gfile.Copy(f"{top}/a/one", f"{top}/two")
    with pytest.raises(tf.errors.AlreadyExistsError, match="file already exists"):
        tf.gfile.Copy(f"{top}/a/one", f"{top}/two")
    tf.gfile.Copy(f"{top}/a/one", f"{top}/two", overwrite=True)
    tf.io.gfile.rename(f"{top}/two", f"{top}/three")
    tf.gfile.Remove(f"{top}/three")
    tf.gfile.DeleteRecursively(top)
    assert not tf.io.gfile.exists(top)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Remove", "NotFoundError"),
        ("DeleteRecursively", "NotFoundError"),
        ("ListDirectory", "NotFoundError"),
        ("Stat", "NotFoundError"),
    ],
)
def test_missing_files(tmp_path: Path, name: str, error: str) -> None:
    with pytest.raises(getattr(tf.errors, error)):
        getattr(tf.gfile, name)(str(tmp_path / "missing"))


def test_folders_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.MkDir(str(tmp_path))
    with pytest.raises(tf.errors.NotFoundError):
        tf.gfile.MkDir(str(tmp_path / "a" / "b"))


def test_file_io(tmp_path: Path) -> None:
    """As scripts import it of TensorFlow's Python modules."""
    from jitgraph.python.lib.io import file_io

    path = str(tmp_path / "a" / "b.txt")
    file_io.recursive_create_dir(str(tmp_path / "a"))
    file_io.write_string_to_file(path, "one")
    assert file_io.read_file_to_string(path) == "one"
    assert file_io.read_file_to_string(path, binary_mode=True) == b"one"
    assert file_io.get_matching_files(str(tmp_path / "a" / "*")) == [path]
    with file_io.FileIO(path, mode="rb") as file:
        assert file.size() == 3


def test_files_behind_a_scheme(tmp_path) -> None:
    root = "memory://jitgraph_test"
    gfile = tf.io.gfile
    gfile.makedirs(f"{root}/a")
    with tf.gfile.GFile(f"{root}/a/one.txt", "w") as file:
        file.write("one\ntwo\n")
    assert tf.gfile.GFile(f"{root}/a/one.txt").readlines() == ["one\n", "two\n"]
    assert gfile.stat(f"{root}/a/one.txt").length == 8
    assert gfile.glob(f"{root}/a/*.txt") == ["memory:///jitgraph_test/a/one.txt"]
    assert gfile.exists(f"{root}/a/one.txt")
    assert not gfile.exists(f"{root}/a/two.txt")
    assert gfile.isdir(f"{root}/a")
    gfile.copy(f"{root}/a/one.txt", str(tmp_path / "one.txt"))
    gfile.copy(str(tmp_path / "one.txt"), f"{root}/a/two.txt")
    gfile.rename(f"{root}/a/two.txt", f"{root}/a/three.txt")
    assert gfile.listdir(f"{root}/a") == ["one.txt", "three.txt"]
    assert list(gfile.walk(root)) == [
        (root, ["a"], []),
        (f"{root}/a", [], ["one.txt", "three.txt"]),
    ]
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.write_file(f"{root}/b.txt", "three"))
        assert session.run(tf.read_file(f"{root}/b.txt")) == b"three"
        found = session.run(tf.matching_files(f"{root}/*.txt"))
        assert found.tolist() == [b"memory:///jitgraph_test/b.txt"]
        with pytest.raises(tf.errors.NotFoundError, match="ReadFile"):
            session.run(tf.read_file(f"{root}/none.txt"))
    with pytest.raises(tf.errors.NotFoundError):
        tf.gfile.GFile(f"{root}/none.txt").read()
    with pytest.raises(tf.errors.UnimplementedError, match="different file systems"):
        gfile.rename(f"{root}/b.txt", str(tmp_path / "b.txt"))
    gfile.remove(f"{root}/b.txt")
    gfile.rmtree(root)
    assert not gfile.exists(f"{root}/a/one.txt")
