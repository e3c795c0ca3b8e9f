"""Prints the names in the code of AWS clients that look like environment variables, sorted.

Reads sources below the given folders, and the constants of classes in jars. Tests and examples are left out.
"""

import os
import re
import sys
import zipfile

NAME = re.compile(
    rb"(?<![A-Za-z0-9_])(?:(?:AWS|BOTO)_[A-Z0-9_]*[A-Z0-9_]"
    rb"|(?:HTTP|HTTPS|ALL|NO)_PROXY|(?:http|https|all|no)_proxy)(?![A-Za-z0-9_])"
)
SOURCES = (".py", ".js", ".cjs", ".mjs", ".go", ".rs")
LEFT_OUT = {"tests", "test", "testdata", "examples", "docs"}


def texts(folder):
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in files:
            path = os.path.join(place, name)
            if name.endswith(".jar"):
                with zipfile.ZipFile(path) as jar:
                    for entry in jar.namelist():
                        if entry.endswith(".class"):
                            yield jar.read(entry)
            elif name.endswith(SOURCES) and not name.endswith("_test.go") and ".spec." not in name:
                with open(path, "rb") as source:
                    yield source.read()


names = set()
for folder in sys.argv[1:]:
    for text in texts(folder):
        names.update(NAME.findall(text))
for name in sorted(names):
    print(name.decode())
