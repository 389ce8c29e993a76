"""What keeps a customer's session within its process: each layer holds where another one fails.

Nothing here imports Textual, Rich, Peewee or asyncio: it does its work before them.
"""

from tui.confinement.environment import cut_environment
from tui.confinement.process import Layer, confine_process, layers

__all__ = ["Layer", "confine_process", "cut_environment", "layers"]
