"""`python -m tui` is the same program as `customjobs`."""

import sys

from tui import faults

if __name__ == "__main__":
    faults.take_over()  # first, since an import can go wrong, too
    from tui.cli.main import main

    sys.exit(main())
