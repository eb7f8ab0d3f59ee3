"""One folder a module, one Lambda a folder."""

from shared import lazy

lazy.install()
