"""What a person asked sshd to run beside the panel: one command of the command line, or nothing.

sshd hands it over as one text (sshd(8), `SSH_ORIGINAL_COMMAND`). It is split into words here and
never shown to a shell.
"""

import shlex

from models.refusals import BadInput
from models.text import quoted

LONGEST = 64 * 1024
"""Characters that such a command may have; the longest note takes 20,000."""


def words_of(original: str) -> list[str]:
    """Return the words of a command that came over SSH.

    Raises:
        BadInput: it is too long, or a quotation mark has no end.
    """
    if len(original) > LONGEST:
        raise BadInput(f"The command is too long: at most {LONGEST:,} characters are taken.")
    try:
        words = shlex.split(original)
    except ValueError as error:
        raise BadInput(f"The command {quoted(original)} has an open quotation mark.") from error
    if words[:1] == ["customjobs"]:
        # As one would write it on the server itself.
        return words[1:]
    return words
