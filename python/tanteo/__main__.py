"""The command ``tanteo``, as ``python -m tanteo``."""

import sys

from tanteo.cli import main

if __name__ == "__main__":
    sys.exit(main())
