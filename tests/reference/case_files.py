"""Reads the lists of cases: text files of `## title` lines, each followed by its code.

In: a file name under cases/. Out: (title, code) pairs.
"""

import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


def read_cases(file_name):
    """Returns the (title, code) pairs of a file of cases, in order."""
    with open(os.path.join(FOLDER, file_name)) as file:
        parts = ("\n" + file.read()).split("\n## ")
    pairs = (part.partition("\n") for part in parts if part.strip())
    return [(title.strip(), code.strip() + "\n") for title, _, code in pairs]


def read_all(prefix):
    """Returns the pairs of every file whose name starts with `prefix`, by file name."""
    names = sorted(name for name in os.listdir(FOLDER) if name.startswith(prefix))
    return [
        (name[len(prefix) : -len(".txt")], *case) for name in names for case in read_cases(name)
    ]
