"""The shell recipes, with the AWS CLI of this environment."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_recipes_say_what_they_expect():
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    script = Path(__file__).with_name("recipes.sh")

    ended = subprocess.run(
        ["sh", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=240
    )

    assert (ended.returncode, ended.stderr) == (0, "")
