# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are."""

import os
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
BUILD = TOP / "build"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "morsel"
