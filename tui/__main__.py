"""`python -m tui` is the same program as `customjobs`."""

import sys

if __name__ == "__main__":
    from tui import faults

    faults.take_over()  # first, since an import can go wrong, too
    from tui.cli.main import main

    sys.exit(main())
