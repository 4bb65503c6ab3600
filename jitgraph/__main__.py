"""`python -m jitgraph` is the command `jitgraph`."""

from __future__ import annotations

import sys

from jitgraph.cli.main import main

sys.exit(main())
