"""The product: a store that keeps every release, the operations on it, and its REST, web and command-line faces."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("termservice")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
