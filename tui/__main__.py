"""`python -m tui` is the same program as `customjobs`."""

import sys

from tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
